/** Error answers, from one envelope into the other. */
import { errorEnvelope } from "../envelopes.ts";
import { isObject, textOf } from "../json_value.ts";
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
  const message = textOf(error.message) ?? textOf(value.error) ?? textOf(value.detail);
  const [type, code, param] = [textOf(error.type), textOf(error.code), textOf(error.param)];
  return { ...(message !== undefined && { message }), ...(type && { type }), ...(code && { code }), ...(param && { param }) };
}

/** The backend's error in the client's envelope. What is no JSON error (a proxy's HTML page) is named, not repeated. */
export function translateError(api: Api, body: string, status: number): string {
  const { message, type, code, param } = errorFacts(body);
  return errorEnvelope(api, {
    message: message ?? `The backend answered status ${status} without an error message`,
    type: type ?? "backend_error",
    code: code ?? type ?? "backend_error",
    status,
    ...(param !== undefined && { param }),
  });
}
