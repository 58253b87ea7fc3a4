/** Reads what a call of the admin API brings, and says everything that is wrong with it at once. */
import type { Context } from "hono";
import type { z } from "zod";
import { type ValueProblem, valueProblems } from "../../config/value_problems.ts";
import { readRequestBytes } from "../body.ts";
import type { AppEnv } from "../deps.ts";
import { type GatewayError, invalidRequest } from "../errors.ts";

/** Deepest nesting of a body; what is parsed recursively later must not overflow the stack. */
const MAX_DEPTH = 64;

/**
 * What `fetch` and `curl -d` say of a body whose type nobody gave. (Forms of other sites say the same; those are told by their `Origin`,
 * see access.ts.)
 */
const UNSAID = ["", "text/plain", "application/x-www-form-urlencoded"];

/** Until a body has come; milliseconds. */
const BODY_TIMEOUT_MS = 30_000;

export interface BodyRules {
  /** Media types it may have; others are 415. */
  readonly types: readonly string[];
  /** An absent body counts as `{}`. */
  readonly mayBeEmpty: boolean;
  readonly maxBytes: number;
}

/** The body, checked. @throws {GatewayError} 400, 413, 415, or 422 with every path that is wrong. */
export async function readJson<S extends z.ZodType>(c: Context<AppEnv>, schema: S, rules: BodyRules): Promise<z.output<S>> {
  const bytes = await readRequestBytes(c.req.raw, {
    maxBytes: rules.maxBytes,
    timeoutMs: BODY_TIMEOUT_MS,
    setting: "the limit of this call",
  });
  if (bytes.byteLength === 0 && rules.mayBeEmpty) return check(schema, {});
  const type = (c.req.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (!rules.types.includes(type) && !UNSAID.includes(type)) {
    throw invalidRequest(`Send the body as ${rules.types.join(" or ")}, not "${type.slice(0, 60)}"`, {
      status: 415,
      code: "unsupported_media_type",
      headers: { "Accept": rules.types.join(", ") },
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalidRequest("The request body is not valid JSON", { code: "invalid_json" });
  }
  const wrong = unstorable(value);
  if (wrong !== undefined) throw unprocessable([wrong]);
  return check(schema, value);
}

/** The query, checked. @throws {GatewayError} 400 with every parameter that is wrong. */
export function readQuery<S extends z.ZodType>(c: Context<AppEnv>, schema: S): z.output<S> {
  const given: Record<string, string> = {};
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length > 1) {
      throw invalidRequest(`The parameter "${name.slice(0, 60)}" is given ${values.length} times; give it once`, { param: name });
    }
    given[name] = values[0]!;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const errors = valueProblems(parsed.error, schema, given);
  throw invalidRequest(sentence(errors), { code: "invalid_query", errors, ...(errors[0] !== undefined && { param: errors[0].path }) });
}

/** 422 with everything that is wrong. */
export function unprocessable(errors: readonly ValueProblem[], code = "invalid_body"): GatewayError {
  return invalidRequest(sentence(errors), { status: 422, code, errors });
}

function check<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unprocessable(valueProblems(parsed.error, schema, value));
}

function sentence(errors: readonly ValueProblem[]): string {
  return errors.map(({ path, message }) => path === "" ? message : `${path}: ${message}`).join("; ").slice(0, 2000);
}

/**
 * What no answer could give back as it came, found without recursion: nesting without end, names that mean an object's prototype, and texts
 * that UTF-8 or SQLite cannot hold (lone surrogates, NUL).
 */
function unstorable(whole: unknown): ValueProblem | undefined {
  const waiting: { readonly value: unknown; readonly path: string; readonly depth: number }[] = [{ value: whole, path: "", depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path, depth } = next;
    if (typeof value === "string" && !isText(value)) return { path, message: "holds a NUL or half of a surrogate pair" };
    if (typeof value !== "object" || value === null) continue;
    if (depth >= MAX_DEPTH) return { path: "", message: `nested more than ${MAX_DEPTH} deep` };
    for (const [key, each] of Object.entries(value)) {
      const below = path === "" ? key : `${path}.${key}`;
      if (key === "__proto__" || !isText(key)) return { path, message: `"${key.slice(0, 60).toWellFormed()}" cannot be a name` };
      waiting.push({ value: each, path: below, depth: depth + 1 });
    }
  }
  return undefined;
}

function isText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
