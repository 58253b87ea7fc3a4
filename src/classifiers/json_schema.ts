/** `json_schema`: whether an answer is the JSON that was asked for. */
import { z } from "zod";
import type { Classifier, ClassifierSession, Score } from "./types.ts";

/** Longer answers are not judged valid. UTF-16 units. */
const MAX_CHARS = 1 << 20;

export const jsonSchemaOptions = z.strictObject({
  /** JSON Schema (draft 2020-12, as far as zod reads it). @default any JSON */
  schema: z.record(z.string(), z.json()).default({}),
  /** Read the JSON inside a Markdown fence. */
  allow_fence: z.boolean().default(true),
});

/** The check a schema stands for. @throws z.ZodError when it cannot be read. */
function validator(schema: Readonly<Record<string, z.core.util.JSONType>>): z.ZodType {
  try {
    return z.fromJSONSchema(schema);
  } catch (error) {
    const message = `cannot read the schema: ${error instanceof Error ? error.message : "unknown reason"}`;
    throw new z.ZodError([{ code: "custom", path: ["schema"], message, input: schema }]);
  }
}

/**
 * Scores 1 from where the text cannot be the wanted JSON any more (label `not_json`), or once its value is complete and breaks
 * the schema (`schema_violation`); 0 while it can still become it (`incomplete`) and when it did (`valid`).
 */
export function jsonSchema(name: string, { schema, allow_fence }: z.infer<typeof jsonSchemaOptions>): Classifier {
  const check = validator(schema);
  return {
    name,
    tier: "A",
    labels: ["valid", "incomplete", "not_json", "schema_violation"],
    open: () => new JsonSession(check, allow_fence),
  };
}

type Verdict = "valid" | "incomplete" | "not_json" | "schema_violation";

/** Follows brackets and strings to the end of the first value; each character is looked at once. */
class JsonSession implements ClassifierSession {
  #text = "";
  #at = 0;
  #start = -1;
  readonly #open: string[] = [];
  #inString = false;
  #escaped = false;
  #verdict: Verdict = "incomplete";
  #fenced = false;

  constructor(readonly check: z.ZodType, readonly allowFence: boolean) {}

  push(segment: string): Score {
    if (this.#verdict === "incomplete" || this.#verdict === "valid") {
      this.#text += segment;
      if (this.#text.length > MAX_CHARS) this.#verdict = "not_json";
      else this.#read();
    }
    const bad = this.#verdict === "not_json" || this.#verdict === "schema_violation";
    if (bad) this.#text = "";
    return { score: bad ? 1 : 0, label: this.#verdict };
  }

  #read(): void {
    if (this.#start < 0 && !this.#begin()) return;
    for (; this.#at < this.#text.length && this.#verdict === "incomplete"; this.#at++) this.#character(this.#text[this.#at]!);
    if (this.#verdict === "valid" && !(this.#fenced ? /^\s*(?:`{0,3}\s*)$/ : /^\s*$/).test(this.#text.slice(this.#at))) {
      this.#verdict = "not_json";
    }
  }

  /** Finds the value's first bracket; objects and arrays only, as nothing else is asked for as "JSON". */
  #begin(): boolean {
    const lead = this.allowFence
      ? /^\s*(?:(`{1,3}|`{3}[a-zA-Z]{0,10})$|`{3}[a-zA-Z]{0,10}\s+)?/.exec(this.#text)!
      : /^\s*/.exec(this.#text)!;
    const at = lead[0].length;
    if (at === this.#text.length) return false;
    if (this.#text[at] !== "{" && this.#text[at] !== "[") {
      this.#verdict = "not_json";
      return false;
    }
    this.#fenced = lead[0].includes("`");
    this.#start = this.#at = at;
    return true;
  }

  #character(character: string): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (character === "\\") this.#escaped = true;
      else if (character === '"') this.#inString = false;
    } else if (character === '"') this.#inString = true;
    else if (character === "{") this.#open.push("}");
    else if (character === "[") this.#open.push("]");
    else if (character === "}" || character === "]") {
      if (this.#open.pop() !== character) this.#verdict = "not_json";
      else if (this.#open.length === 0) this.#complete(this.#text.slice(this.#start, this.#at + 1));
    }
  }

  #complete(json: string): void {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      this.#verdict = "not_json";
      return;
    }
    this.#verdict = this.check.safeParse(value).success ? "valid" : "schema_violation";
  }
}
