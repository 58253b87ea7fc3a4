/** Calls of the admin API in tests. */

/** What a call gave back; `body` is parsed when it is JSON. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly etag: string | null;
  // deno-lint-ignore no-explicit-any -- tests reach into answers of every shape; the fuzz test checks the shapes
  readonly body: any;
  readonly text: string;
}

export type AdminCall = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<AdminAnswer>;

/** Calls at `url` with `key`; a body that is a text is sent as it is, anything else as JSON. */
export function adminClient(url: string, key: string | undefined): AdminCall {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(key !== undefined && { "x-checkstream-admin-key": key }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json(;|$)/.test(answer.headers.get("content-type") ?? "") && !answer.headers.get("content-type")!.includes("ndjson");
    return {
      status: answer.status,
      headers: answer.headers,
      etag: answer.headers.get("etag"),
      body: isJson ? JSON.parse(text) : undefined,
      text,
    };
  };
}
