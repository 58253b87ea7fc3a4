/** Header hygiene both ways: what belongs to one connection stays on it (RFC 9110 §7.6.1), what is ours stays with us. */

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** Set anew for each connection or body, so the client's are dropped. */
const OWN = new Set(["host", "content-length", "content-encoding", "expect", "accept-encoding"]);

/** The credentials, which `auth.ts` decides about. */
export const CREDENTIALS = ["authorization", "x-api-key", "api-key"] as const;

/** The client's headers as a backend may see them, credentials apart; lower-case names. */
export function forwardedHeaders(headers: Headers, alsoDropped: readonly string[]): Record<string, string> {
  const dropped = new Set([
    ...namedByConnection(headers.get("connection")),
    ...alsoDropped.map((name) => name.toLowerCase()),
    ...CREDENTIALS,
  ]);
  const out: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (HOP_BY_HOP.has(name) || OWN.has(name) || dropped.has(name) || name.startsWith("x-checkstream-")) continue;
    out[name] = value;
  }
  return out;
}

/** The backend's headers as the client may see them. */
export function returnedHeaders(headers: ReadonlyMap<string, string>): Map<string, string> {
  const dropped = namedByConnection(headers.get("connection") ?? null);
  const out = new Map<string, string>();
  for (const [name, value] of headers) if (!HOP_BY_HOP.has(name) && !dropped.has(name)) out.set(name, value);
  return out;
}

function namedByConnection(value: string | null): Set<string> {
  return new Set((value ?? "").split(",").map((name) => name.trim().toLowerCase()).filter((name) => name !== ""));
}
