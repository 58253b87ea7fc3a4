/** Where a call goes: the backend's URL plus the client's path, with exactly one `/v1` between them. */

/**
 * `https://api.openai.com/v1` + `/v1/chat/completions?x=1` → `https://api.openai.com/v1/chat/completions?x=1`. A query of the backend's
 * own (Azure's `api-version`) comes first.
 * @param base the configured URL, with or without `/v1` at its end.
 * @param target path and query as the client called them, beginning with `/`.
 */
export function backendUrl(base: string, target: string): URL {
  const url = new URL(base);
  const cut = target.indexOf("?");
  const path = cut < 0 ? target : target.slice(0, cut);
  const query = cut < 0 ? "" : target.slice(cut + 1);
  const prefix = url.pathname.replace(/\/+$/, "");
  url.pathname = prefix.endsWith("/v1") && (path === "/v1" || path.startsWith("/v1/")) ? prefix + path.slice(3) : prefix + path;
  if (query !== "") url.search = url.search === "" ? query : `${url.search.slice(1)}&${query}`;
  url.hash = "";
  return url;
}
