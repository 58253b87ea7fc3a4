/** Writes `schemas/` from the zod schemas; a test checks that it was run. */
import { jsonSchema, SCHEMAS } from "../src/cli/schema.ts";

const folder = new URL("../schemas/", import.meta.url);
await Deno.mkdir(folder, { recursive: true });
for (const kind of Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[]) {
  await Deno.writeTextFile(new URL(SCHEMAS[kind].file, folder), jsonSchema(kind));
}
