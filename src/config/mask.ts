/** Which texts of a configuration are secrets, and how they are shown. */

/** What a secret is shown as. */
export const MASK = "********";

/** Names of values that hold a secret, or may. */
const SECRET_NAME = /(token|secret|password|passwd|api[-_]?key|authorization|credential|credentials)$/i;
/** Names of headers and query parameters that hold one. */
const SECRET_HEADER = /auth|token|secret|passw|key|credential|cookie|session|signature|jwt|bearer|^(sig|code)$/i;
/** Header values that are one whatever their name: a scheme and its credential, or a long run without spaces. */
const SECRET_HEADER_VALUE = /^(?:bearer|basic|digest|negotiate|apikey|token)\s+\S|[A-Za-z0-9_\-+/=.~]{24,}/i;
/** User information and key-like query values of URLs. */
const URL_USER = /\/\/[^/@\s]+@/;
const URL_KEY = /([?&](?:api[-_]?key|key|token|sig|signature|code|secret|password)=)[^&#]+/gi;

/** A copy with secret values masked; names of environment variables and files stay readable. */
export function maskSecrets(value: unknown): unknown {
  return mapSecrets(value, (_text, _path, masked) => masked);
}

/**
 * A copy of a JSON value in which each text that is a secret, or holds one, is replaced. `replace` gets the text, its dotted path, and the
 * text as it may be shown.
 */
export function mapSecrets(value: unknown, replace: (text: string, path: string, masked: string) => string): unknown {
  const walk = (each: unknown, path: string, name: string, inHeaders: boolean): unknown => {
    if (Array.isArray(each)) return each.map((one, i) => walk(one, `${path}.${i}`, "", false));
    if (typeof each === "object" && each !== null) {
      return Object.fromEntries(
        Object.entries(each).map((
          [key, one],
        ) => [key, walk(one, path === "" ? key : `${path}.${key}`, key, name === "headers" || name === "query")]),
      );
    }
    if (typeof each !== "string") return each;
    const masked = maskedText(each, name, inHeaders);
    return masked === each ? each : replace(each, path, masked);
  };
  return walk(value, "", "", false);
}

/** Sections whose values are, or stand beside, secrets. */
const SECRET_SECTION = /^(headers|query|auth|api_key_map)$/;

/** Whether a text that stands at `path`, wrongly perhaps, may be repeated in a message. */
export function mayRepeat(text: string, path: readonly string[]): boolean {
  if (path.some((step) => SECRET_SECTION.test(step) || SECRET_NAME.test(step))) return false;
  return !SECRET_HEADER_VALUE.test(text) && maskedText(text, "", false) === text;
}

/** What a secret looks like in a line of a file, after what names it. */
const IN_LINE: readonly RegExp[] = [
  /([\w-]*(?:token|secret|password|passwd|api[-_]?key|authorization|credentials?|cookie|auth)["']?\s*:\s*)("[^"]*"|'[^']*'|[^\s,{}[\]#"']+)/gi,
  /(\b(?:bearer|basic)\s+)([^\s"',}]+)/gi,
  /(:\/\/)([^/@\s"']+)(?=@)/g,
  /([?&](?:api[-_]?key|key|token|sig|signature|code|secret|password)=)([^&#\s"']+)/gi,
  /()\b((?:sk|pk|rk|ghp|gho|xox[a-z]|cs_live|AKIA)[-_A-Za-z0-9]{8,})/g,
];

/** A line of a file as it may be repeated below a message: as long as it was, its secrets starred. */
export function maskLine(line: string): string {
  return IN_LINE.reduce(
    (text, pattern) => text.replace(pattern, (_whole, before: string, secret: string) => before + "*".repeat(secret.length)),
    line,
  );
}

function maskedText(text: string, name: string, inHeaders: boolean): string {
  if (text === "") return text;
  if (SECRET_NAME.test(name) || (inHeaders && (SECRET_HEADER.test(name) || SECRET_HEADER_VALUE.test(text)))) return MASK;
  if (!/^[a-z]+:\/\//i.test(text)) return text;
  return text.replace(URL_USER, `//${MASK}@`).replace(URL_KEY, `$1${MASK}`);
}
