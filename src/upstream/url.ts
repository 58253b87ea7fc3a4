/** Where a call goes: the backend's URL plus the client's path, with exactly one `/v1` between them. */

/** Azure's older URLs name the deployment and have no `/v1`. */
const AZURE_DEPLOYMENT = /\/openai\/deployments\/[^/]+$/;

/** Generally available; such URLs refuse calls without a version. */
const AZURE_API_VERSION = "2024-10-21";

/**
 * `https://api.openai.com/v1` + `/v1/chat/completions?x=1` → `https://api.openai.com/v1/chat/completions?x=1`. A query of the backend's
 * own comes first, then the client's; `query` is set over both.
 * @param base the configured URL, with or without `/v1` at its end.
 * @param target path and query as the client called them, beginning with `/`.
 */
export function backendUrl(base: string, target: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base);
  const cut = target.indexOf("?");
  const path = cut < 0 ? target : target.slice(0, cut);
  const clients = cut < 0 ? "" : target.slice(cut + 1);
  const prefix = url.pathname.replace(/\/+$/, "");
  const azure = AZURE_DEPLOYMENT.test(prefix);
  const inV1 = path === "/v1" || path.startsWith("/v1/");
  url.pathname = inV1 && (azure || prefix.endsWith("/v1")) ? prefix + path.slice(3) : prefix + path;
  if (clients !== "") url.search = url.search === "" ? clients : `${url.search.slice(1)}&${clients}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  if (azure && !url.searchParams.has("api-version")) url.searchParams.set("api-version", AZURE_API_VERSION);
  url.hash = "";
  return url;
}
