/** One delivery: a POST to an address that was checked. Redirects are not followed: they would lead where nobody checked. */
import type { Resolver } from "../net/addresses.ts";
import { HttpClient } from "../net/client.ts";
import { ClientError } from "../net/client_error.ts";
import type { ProxyChoice } from "../net/proxies.ts";

export interface PostOptions {
  /** @default the system's */
  readonly resolve?: Resolver;
  /** @default the environment's */
  readonly proxy?: ProxyChoice;
  readonly allowPrivate: boolean;
  /** From the look-up to the answer's status; milliseconds. */
  readonly timeoutMs: number;
}

/** How a delivery went. `reason` names no path or query: a webhook's URL may itself be a secret. */
export type Delivery =
  | { readonly kind: "delivered" }
  /** Worth another try, not before `retryAfterMs` where the receiver asked for it. */
  | { readonly kind: "later"; readonly reason: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: "failed"; readonly reason: string }
  /** The address may not be called. */
  | { readonly kind: "refused"; readonly reason: string };

/** Sends `body` to `url`, over a connection of its own: deliveries are rare, and their receivers are many. Never rejects. */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowPrivate, timeoutMs, ...reaching }: PostOptions,
): Promise<Delivery> {
  const limits = { connectTimeoutMs: timeoutMs, firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs };
  const client = new HttpClient({ ...limits, publicOnly: !allowPrivate, ...reaching });
  try {
    const sent = { ...headers, "content-type": "application/json" };
    const call = { method: "POST", url, headers: sent, body, limitMs: timeoutMs };
    const answer = await client.send(call, new AbortController().signal);
    answer.body.cancel();
    return judge(url.host, answer.status, answer.headers.get("retry-after"));
  } catch (error) {
    if (!(error instanceof ClientError)) return later(`${url.host} cannot be called`);
    // Whom the client calls is a backend to it.
    const reason = error.message.replace(/^The backend /, "");
    return error.kind === "refused" ? { kind: "refused", reason } : later(reason);
  } finally {
    client.close();
  }
}

/** Which answers mean that another try may help: overload and faults, not refusals (RFC 9110, 15.5 and 15.6). */
function judge(host: string, status: number, retryAfter: string | undefined): Delivery {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const reason = `${host} answered ${status}`;
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) return { kind: "failed", reason };
  const seconds = Number(retryAfter);
  return { kind: "later", reason, retryAfterMs: retryAfter === undefined || !Number.isFinite(seconds) ? undefined : seconds * 1000 };
}

function later(reason: string): Delivery {
  return { kind: "later", reason, retryAfterMs: undefined };
}
