/** Configuration as it may be shown: without secrets. */

/** Names of values that hold a secret, or may. */
const SECRET = /(token|secret|password|api[-_]?key|authorization|credential)$/i;

/** A copy with secret values masked; names of environment variables and files stay readable. */
export function maskSecrets(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => maskSecrets(each));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, maskSecrets(each, key)]));
  }
  if (typeof value === "string" && SECRET.test(name)) return "********";
  return typeof value === "string" ? maskUrl(value) : value;
}

/** User information and key-like query values in URLs. */
function maskUrl(text: string): string {
  if (!/^[a-z]+:\/\//i.test(text)) return text;
  return text.replace(/\/\/[^/@\s]+@/, "//********@").replace(/([?&](?:api[-_]?key|key|token|sig|code)=)[^&#]+/gi, "$1********");
}
