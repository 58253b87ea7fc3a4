/** Checks values against the types of the providers' own SDKs: one `deno check` reads them all as literals. */

/** One literal: what it is for a reader of the errors, its type, and its value. */
export type Literal = readonly [where: string, type: string, value: unknown];

/** What the type checker says of these literals; empty when each has its type. `types` is the module's beginning, which names the types. */
export async function typeErrors(types: string, literals: readonly Literal[]): Promise<string> {
  // The same value in many places is checked once: most of the time goes into literals.
  const distinct = [...new Map(literals.map((each) => [`${each[1]} ${JSON.stringify(each[2])}`, each])).values()];
  const module = types +
    distinct.map(([where, type, value], at) =>
      `/** ${where.replaceAll("*/", "")} */\nexport const x${at}: ${type} = ${JSON.stringify(value, null, 1)};\n`
    ).join("");
  const root = new URL("../../", import.meta.url).pathname;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/tables.ts`, module);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--frozen", "--config", `${root}deno.json`, `${folder}/tables.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    const lines = module.split("\n");
    const said = new TextDecoder().decode(stderr).replace(/at file:\S*tables\.ts:(\d+):\d+/g, (at, line) => {
      const above = lines.slice(0, Number(line)).findLast((each) => each.startsWith("/** "));
      return `${at}\n    in ${above?.slice(4, -3)}`;
    });
    return code === 0 ? "" : said || `deno check ended with ${code}`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
