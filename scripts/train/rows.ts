/** Labelled text from `../shared/data/*.jsonl.gz`. */

export interface Row {
  readonly text: string;
  readonly label: 0 | 1;
  readonly source: string;
  readonly sub: string;
  readonly lang: string;
}

/** Folder of the labelled text; `CHECKSTREAM_DATA` overrides. */
export function dataFolder(): string {
  return Deno.env.get("CHECKSTREAM_DATA") ?? new URL("../../../shared/data/", import.meta.url).pathname;
}

/** Whether the data folder holds a file of that name. */
export async function hasRows(name: string): Promise<boolean> {
  try {
    return (await Deno.stat(`${dataFolder()}/${name}.jsonl.gz`)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The lines of a gzipped file of the data folder. */
export async function readLines(name: string): Promise<string[]> {
  const file = await Deno.open(`${dataFolder()}/${name}.jsonl.gz`);
  const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
  return text.split("\n").filter((line) => line !== "");
}

/** Reads a file of labelled rows. Throws `SyntaxError` with the line number for a row without text or label. */
export async function readRows(name: string): Promise<Row[]> {
  return (await readLines(name)).map((line, index) => {
    const row: unknown = JSON.parse(line);
    if (typeof row !== "object" || row === null || !("text" in row) || !("label" in row)) {
      throw new SyntaxError(`${name}: line ${index + 1} has no text or label`);
    }
    const field = (key: string) => key in row ? String(Reflect.get(row, key)) : "";
    return {
      text: String(row.text),
      label: row.label === 1 ? 1 as const : 0 as const,
      source: field("source"),
      sub: field("sub"),
      lang: field("lang") || "en",
    };
  });
}

/** A seeded random source (mulberry32): training must give the same weights every time. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seeded shuffle, in place. */
export function shuffle<T>(items: T[], next: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
