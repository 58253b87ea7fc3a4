/** Where the recorded streams come from: `tests/fixtures/streams/SOURCES.yaml`. */
import { parse } from "yaml";
import { z } from "zod";

export const STREAMS = new URL("../fixtures/streams/", import.meta.url);

const Sources = z.strictObject({
  sources: z.record(z.string(), z.string()),
  streams: z.record(
    z.string(),
    z.strictObject({ shape: z.enum(["stream", "pieces", "made"]), source: z.string(), note: z.string().optional() }),
  ),
});

let read: z.infer<typeof Sources> | undefined;

/** The table. @throws {z.ZodError} when it is not one. */
export function sources(): z.infer<typeof Sources> {
  return read ??= Sources.parse(parse(Deno.readTextFileSync(new URL("SOURCES.yaml", STREAMS))));
}
