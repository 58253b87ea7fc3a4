/** Reading a request that is translated: every key is either understood, dropped by name, or refused. */
import { isObject, type JsonObject, listOf } from "../json_value.ts";
import { RequestError } from "../request.ts";

/** Keys of one object, ticked off as they are understood. */
export class Dropped {
  readonly paths: string[] = [];

  /** Notes every key of `value` that is not among `known` and holds something. */
  rest(value: JsonObject, known: ReadonlySet<string>, path = ""): void {
    for (const [key, each] of Object.entries(value)) {
      if (!known.has(key) && !isEmpty(each)) this.add(path === "" ? key : `${path}.${key}`);
    }
  }

  add(path: string): void {
    if (!this.paths.includes(path)) this.paths.push(path);
  }
}

/** A value that asks for nothing. */
function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0);
}

/** What cannot be said in the backend's API. */
export function cannot(path: string, what: string): RequestError {
  return new RequestError(path, `"${path}" cannot be translated: ${what}`);
}

/** A tool without `allowed_callers` where that names nobody but the model, which is what every backend does. */
export function calledDirectly(tool: JsonObject): JsonObject {
  const { allowed_callers, ...rest } = tool;
  return listOf(allowed_callers).every((caller) => caller === "direct") ? rest : tool;
}

/** The same error, with its place as the client knows it. */
export function renamed(error: RequestError, named: (path: string) => string): RequestError {
  const path = named(error.path);
  return new RequestError(path, error.message.replace(`"${error.path}"`, `"${path}"`), error);
}

/** The members that hold a value. */
export function given(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

export function objectAt(value: unknown, path: string): JsonObject {
  if (isObject(value)) return value;
  throw new RequestError(path, `"${path}" must be an object`);
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new RequestError(path, `"${path}" must be a string`);
}

/** Models that refuse `max_tokens` and want `max_completion_tokens`, which other chat backends do not know (OpenAI's reasoning models). */
const REASONING_MODELS = /^(o\d|gpt-([5-9]|\d\d))/;

/** What the chat API of this model calls the limit of an answer. */
export function limitKey(model: unknown): "max_completion_tokens" | "max_tokens" {
  return typeof model === "string" && REASONING_MODELS.test(model) ? "max_completion_tokens" : "max_tokens";
}

/** A list, none when absent. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new RequestError(path, `"${path}" must be a list`);
}

/** `data:image/png;base64,AAAA` as media type and data; undefined for other URLs. */
export function dataUrl(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  const match = /^data:([^;,]+)(?:;[^;,]+)*;base64,/.exec(url);
  return match === null ? undefined : { mediaType: match[1]!, data: url.slice(match[0].length) };
}
