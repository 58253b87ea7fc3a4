/** Error answers, from one envelope into the other. */
import { errorEnvelope } from "../envelopes.ts";
import { isObject, listOf, textOf } from "../json_value.ts";
import type { Api } from "../types.ts";

/** What an error body says, whichever envelope it uses. */
export function errorFacts(
  body: string,
): { readonly message?: string; readonly type?: string; readonly code?: string; readonly param?: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {};
  }
  if (!isObject(value)) return {};
  const error = isObject(value.error) ? value.error : value;
  const message = textOf(error.message) ?? textOf(value.error) ?? textOf(value.detail) ?? validation(value.detail);
  const [type, code, param] = [textOf(error.type), textOf(error.code), textOf(error.param)];
  return { ...(message !== undefined && { message }), ...(type && { type }), ...(code && { code }), ...(param && { param }) };
}

/** Anthropic's envelope has an `error` too, beside a `type`. */
function isOpenAiError(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) && value.type === undefined && isObject(value.error) && typeof value.error.message === "string";
  } catch {
    return false;
  }
}

/** FastAPI's list of what is wrong with a body (vLLM, Mistral). */
function validation(detail: unknown): string | undefined {
  const said = listOf(detail).flatMap((each) => isObject(each) ? textOf(each.msg) ?? [] : []);
  return said.length === 0 ? undefined : said.join("; ");
}

/** An error type that Anthropic's SDK knows, for the words of other providers. */
export function anthropicType(type: string): string {
  if (/^(invalid_request|authentication|permission|not_found|rate_limit|timeout|overloaded|billing|api)_error$/.test(type)) return type;
  return /rate_limit|quota|requests|tokens/.test(type)
    ? "rate_limit_error"
    : /overloaded|unavailable/.test(type)
    ? "overloaded_error"
    : "api_error";
}

/** The backend's error in the client's envelope. What is no JSON error (a proxy's HTML page) is named, not repeated. */
export function translateError(api: Api, body: string, status: number): string {
  if (api !== "anthropic-messages" && isOpenAiError(body)) return body;
  const { message, type, code, param } = errorFacts(body);
  return errorEnvelope(api, {
    message: message ?? `The backend answered status ${status} without an error message`,
    type: type ?? "backend_error",
    code: code ?? type ?? "backend_error",
    status,
    ...(param !== undefined && { param }),
  });
}
