/** Keys of a tenant that say the same: a short one, and its place in a section. */

/** Short key, and the path that it is short for. */
export const SPELLINGS: readonly (readonly [short: string, long: readonly string[]])[] = [
  ["policy_path", ["policy"]],
  ["streaming_format", ["streaming", "format"]],
  ["backend_url", ["backend", "url"]],
  ["backend_timeout_ms", ["backend", "timeout_ms"]],
  ["headers", ["backend", "headers"]],
  ["auth", ["backend", "auth"]],
  ["auth_passthrough", ["backend", "auth_passthrough"]],
];

type Mapping = { readonly [key: string]: unknown };

/** Which things `tenant` says in both spellings: those have no right answer. */
export function saidTwice(tenant: Mapping): { readonly short: string; readonly long: string }[] {
  return SPELLINGS.filter(([short, long]) => tenant[short] !== undefined && at(tenant, long) !== undefined)
    .map(([short, long]) => ({ short, long: long.join(".") }));
}

/** `tenant` without what `patch` says in the other spelling. */
export function withoutOther<T extends Mapping>(tenant: T, patch: Mapping): T {
  let result = tenant;
  for (const [short, long] of SPELLINGS) {
    if (at(patch, long) !== undefined && at(patch, long) !== null) result = without(result, [short]);
    if (patch[short] !== undefined && patch[short] !== null) result = without(result, long);
  }
  // A policy is a file or a text.
  for (const [one, other] of [["path", "text"], ["text", "path"]] as const) {
    if (typeof at(patch, ["policy", one]) === "string") result = without(result, ["policy", other]);
  }
  return result;
}

function at(value: unknown, path: readonly string[]): unknown {
  for (const step of path) {
    if (!isMapping(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

function without<T extends Mapping>(mapping: T, [step, ...rest]: readonly string[]): T {
  if (step === undefined || !Object.hasOwn(mapping, step)) return mapping;
  const below = mapping[step];
  if (rest.length > 0) return isMapping(below) ? { ...mapping, [step]: without(below, rest) } : mapping;
  const { [step]: _, ...others } = mapping;
  // What is left has every key that T may have, since all of a tenant's are optional.
  return others as T;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
