/** Reading parsed JSON of which nothing is known. */

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The array's items, or none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The number when it is one that counts something: a whole number from 0. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A backend's payload is not what its API says. */
export class BadEventError extends Error {
  override readonly name = "BadEventError";
}

/** @throws {BadEventError} when the text is not a JSON object. */
export function parseObject(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadEventError(`The backend sent ${what} that is not JSON; check that backend_url points to an LLM API`);
  }
  if (!isObject(value)) {
    throw new BadEventError(`The backend sent ${what} that is not a JSON object; check that backend_url points to an LLM API`);
  }
  return value;
}
