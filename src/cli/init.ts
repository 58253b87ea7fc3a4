/** `checkstream init`: lays out a folder to start from. Everything is written, or nothing. */
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { jsonSchema, SCHEMAS } from "./schema.ts";

/** The shipped files, in a checkout and inside the binary alike. */
const SHIPPED = new URL("../../", import.meta.url);

export function initCommand(setExit: (code: number) => void): Command {
  return new Command("init")
    .description("write a commented configuration, policies with their tests, schemas and a systemd unit; overwrites nothing")
    .argument("[folder]", "where to", "checkstream")
    .addHelpText("after", "\nExample:\n  checkstream init /etc/checkstream\n  checkstream serve --config /etc/checkstream/config.yaml")
    .action(async (folder: string) => {
      const files = await contents(resolve(folder));
      const taken = [...files.keys()].filter((name) => exists(join(folder, name)));
      if (taken.length > 0) {
        const shown = taken.slice(0, 5).map((name) => join(folder, name)).join(", ");
        const more = taken.length > 5 ? ` and ${taken.length - 5} more` : "";
        console.error(`checkstream: nothing was written, since these exist: ${shown}${more}; name an empty folder`);
        return setExit(1);
      }
      for (const [name, text] of files) {
        await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
        await Deno.writeTextFile(join(folder, name), text, { createNew: true });
      }
      console.log(nextSteps(folder, files.size));
    });
}

/** Every file by its path in the folder, which is `root`. */
async function contents(root: string): Promise<Map<string, string>> {
  const read = (path: string) => Deno.readTextFile(new URL(path, SHIPPED));
  const files = new Map<string, string>();
  // Shipped, both stand a folder deeper.
  files.set(
    "config.yaml",
    (await read("deploy/config.yaml")).replaceAll('"../policies/', '"./policies/').replace("../schemas/", "./schemas/"),
  );
  // Paths there stand by themselves, where systemd takes spaces as they are and `%` begins a specifier.
  files.set(
    "checkstream.service",
    (await read("deploy/systemd/checkstream.service")).replaceAll("/etc/checkstream", root.replaceAll("%", "%%")),
  );
  for (const { name } of Deno.readDirSync(new URL("policies/", SHIPPED))) files.set(`policies/${name}`, await read(`policies/${name}`));
  for (const kind of ["config", "policy", "policy-test"] as const) files.set(`schemas/${SCHEMAS[kind].file}`, jsonSchema(kind));
  return files;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function nextSteps(folder: string, count: number): string {
  return `Wrote ${count} files to ${folder}. Next:

  1. Name your tenants and backends in ${join(folder, "config.yaml")}, then check them:
       checkstream check --config ${join(folder, "config.yaml")}
  2. Choose and change policies in ${join(folder, "policies")}; their tests stand beside them:
       checkstream policy test ${join(folder, "policies")}
  3. Run it:
       checkstream serve --config ${join(folder, "config.yaml")}
     or as a service: ${join(folder, "checkstream.service")} says how`;
}
