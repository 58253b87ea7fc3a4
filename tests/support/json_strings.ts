/** The strings in parsed JSON, and what stands in their place. */
export type JsonStringPath = readonly (string | number)[];

/** Where the strings stand, in order. */
export function stringsIn(value: unknown, path: JsonStringPath = []): JsonStringPath[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** A copy with another text at `path`. */
export function withString(value: unknown, [step, ...rest]: JsonStringPath, text: (before: unknown) => string): unknown {
  if (step === undefined) return text(value);
  if (Array.isArray(value)) return value.map((item: unknown, i) => i === step ? withString(item, rest, text) : item);
  return Object.fromEntries(
    Object.entries(Object(value)).map(([key, inner]) => [key, key === step ? withString(inner, rest, text) : inner]),
  );
}
