/** What the conformance tables of the translations (`tests/fixtures/translation/`) hold, for the tests that read them. */
import { parse } from "yaml";
import type { JsonObject } from "../../src/formats/json_value.ts";
import type { AnswerFacts } from "../../src/formats/translate/mod.ts";

/** What every case says: its own name, and the pages of the public documentation (keys of `pages.yaml`) that its expected side follows. */
interface Case {
  readonly name: string;
  readonly docs: readonly string[];
}

/** A request: what it is for the backend, with what is dropped; or the error that the client gets. */
export interface RequestCase extends Case {
  readonly from: JsonObject;
  readonly to?: JsonObject;
  readonly dropped?: readonly string[];
  readonly error?: { readonly path: string; readonly says: string };
}

/** The requests of one translation; each case changes keys of the first pair. */
export interface Requests {
  readonly from: JsonObject;
  readonly to: JsonObject;
  readonly cases: readonly RequestCase[];
}

/** An event: an object is its payload, text is sent as it stands (a comment begins with `:`). */
export type Event = JsonObject | string;

/** A whole answer of the backend: what the client gets, or why it cannot be read. */
export interface WholeCase extends Case {
  readonly facts?: Partial<AnswerFacts>;
  readonly from: unknown;
  readonly to?: JsonObject;
  readonly unreadable?: string;
}

/** A streamed answer of the backend, likewise. */
export interface StreamCase extends Case {
  readonly facts?: Partial<AnswerFacts>;
  readonly from: readonly Event[] | null;
  readonly to?: readonly Event[];
  readonly unreadable?: string;
}

/** An error of the backend with its HTTP status. */
export interface ErrorCase extends Case {
  readonly status: number;
  readonly from: unknown;
  readonly to: JsonObject;
}

/** The answers of one translation. */
export interface Answers {
  readonly whole: readonly WholeCase[];
  readonly streams: readonly StreamCase[];
  readonly errors: readonly ErrorCase[];
}

/** A table by its file's name without `.yaml`; `*name` and `<<: *name` repeat what stands at `&name`. */
export async function table(name: string) {
  const text = await Deno.readTextFile(new URL(`../fixtures/translation/${name}.yaml`, import.meta.url));
  return parse(text, { merge: true, maxAliasCount: -1 });
}

/** The first pair with a case's keys over it; null under `to` takes a key away. */
export function over(base: JsonObject, changes: JsonObject, nullIsAbsent: boolean): JsonObject {
  const merged = Object.entries({ ...base, ...changes });
  return Object.fromEntries(nullIsAbsent ? merged.filter(([, value]) => value !== null) : merged);
}
