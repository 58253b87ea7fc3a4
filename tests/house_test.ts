/** The house rules, executable: imports point down, files stay one concept long, nothing is dead. */
import assert from "node:assert/strict";
import { walkFiles } from "./support/files.ts";

const ROOT = new URL("../", import.meta.url);
const sources = await walkFiles(new URL("src/", ROOT));

/** Layer of each room; a room imports from lower layers, its own, or as `BESIDE` says. */
const LAYERS: Readonly<Record<string, number>> = {
  cli: 7,
  http: 6,
  demo: 6,
  tenants: 5,
  guard: 4,
  policy: 3,
  classifiers: 2,
  upstream: 2,
  notify: 2,
  limits: 2,
  usage: 2,
  audit: 2,
  config: 1,
  matching: 0,
  formats: 0,
  net: 0,
  store: 0,
  telemetry: 0,
};

/** Lines of the longest file per room; lower it when you shorten one, never raise it. */
const LONGEST_LINES = 420;
/** Data, not code. */
const DATA = /\/(models|lexicons)\//;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?([^"';]*?)(?:from\s+)?"(\.[^"]+)"/gm)) {
    const names = match[2]!;
    const allTypes = match[1] !== undefined ||
      (/\{[^}]*\}/.test(names) &&
        names.replace(/[{}\s]/g, " ").split(",").every((name) => name.trim() === "" || name.trim().startsWith("type ")));
    found.push({ from: file, to: new URL(match[3]!, new URL(file, ROOT)).pathname.slice(ROOT.pathname.length), typeOnly: allTypes });
  }
  return found;
}

const roomOf = (path: string) => /^src\/([a-z]+)\//.exec(path)?.[1];
const imports = sources.flatMap(({ path, text }) => importsOf(path, text));

Deno.test("rooms import only from lower layers (types may cross)", () => {
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    const [a, b] = [roomOf(from), roomOf(to)];
    if (typeOnly || a === undefined || b === undefined || a === b) return false;
    return LAYERS[b]! >= LAYERS[a]!;
  });
  assert.deepEqual(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("every room has a layer", () => {
  const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter((room) => room !== undefined));
  assert.deepEqual([...rooms].filter((room) => LAYERS[room] === undefined), []);
});

Deno.test("no file outgrows one concept", () => {
  const long = sources.filter(({ path }) => !DATA.test(path)).map(({ path, text }) => ({ path, lines: text.split("\n").length })).filter((
    { lines },
  ) => lines > LONGEST_LINES);
  assert.deepEqual(long, []);
});

Deno.test("no file is dead", async () => {
  const others = [...await walkFiles(new URL("tests/", ROOT)), ...await walkFiles(new URL("scripts/", ROOT))];
  const main = { path: "main.ts", text: await Deno.readTextFile(new URL("main.ts", ROOT)) };
  const used = new Set([...sources, ...others, main].flatMap(({ path, text }) => importsOf(path, text).map(({ to }) => to)));
  for (const { text, path } of sources) {
    for (const match of text.matchAll(/new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g)) {
      used.add(new URL(match[1]!, new URL(path, ROOT)).pathname.slice(ROOT.pathname.length));
    }
  }
  assert.deepEqual(sources.map(({ path }) => path).filter((path) => !used.has(path)), []);
});

Deno.test("nothing is left undone, untyped or bound to one machine", () => {
  const marks = [
    /\bTO[D]O\b/,
    /\bFIX[M]E\b/,
    /@ts-(ignore|expect-error|nocheck)/,
    /:\s*any\s*[;,)=\]>]/,
    /\bas any\b/,
    /["'`]\/(?:work|root|home)\//,
    /from "(?:jsr|https?):/,
  ];
  const found = sources.filter(({ path }) => !DATA.test(path)).flatMap(({ path, text }) =>
    marks.filter((mark) => mark.test(text)).map((mark) => `${path}: ${mark.source}`)
  );
  assert.deepEqual(found, []);
});
