/** A value of JSON, as RFC 8259 knows it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * RFC 8785 (JSON Canonicalization Scheme): no white space, members sorted by UTF-16 code units, ECMAScript's shortest numbers and string
 * escapes. Members that are `undefined` are left out. @throws {TypeError} for numbers that JSON cannot say and for lone surrogates (§3.2.2.2).
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("Cannot canonicalise text with a lone surrogate (RFC 8785 §3.2.2.2)");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot canonicalise ${value}: JSON has no such number`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  let text = "";
  // The default sort compares UTF-16 code units, as §3.2.3 asks.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    if (text !== "") text += ",";
    text += `${canonicalJson(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
