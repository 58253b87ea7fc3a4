/**
 * One delivery: a POST to an address that was checked. The connection goes to that address and not to the name, so DNS cannot answer
 * differently in between; redirects are not followed, since they would lead where nobody checked.
 */
import http from "node:http";
import https from "node:https";
import { checkedAddresses, PrivateAddressError, type Resolver } from "../net/addresses.ts";

export interface PostOptions {
  readonly resolve: Resolver;
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

/** Sends `body` to `url`. Never rejects. */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { resolve, allowPrivate, timeoutMs }: PostOptions,
): Promise<Delivery> {
  const started = performance.now();
  let addresses: readonly string[];
  try {
    addresses = await within(checkedAddresses(url.hostname, resolve, allowPrivate), timeoutMs);
  } catch (error) {
    if (error instanceof PrivateAddressError) return { kind: "refused", reason: error.message };
    return later(error instanceof Error ? error.message : "the look-up failed");
  }
  return await send(url, addresses[0]!, headers, body, Math.max(1, timeoutMs - (performance.now() - started)));
}

function send(url: URL, address: string, headers: Readonly<Record<string, string>>, body: string, timeoutMs: number): Promise<Delivery> {
  const secure = url.protocol === "https:";
  const bytes = new TextEncoder().encode(body);
  const options = {
    method: "POST",
    host: address,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    agent: false as const,
    headers: { ...headers, host: url.host, "content-type": "application/json", "content-length": String(bytes.byteLength) },
  };
  return new Promise((resolve) => {
    const done = (delivery: Delivery) => {
      clearTimeout(timer);
      resolve(delivery);
      request.destroy();
    };
    // The certificate must be the name's, though the connection goes to the address.
    const request = secure ? https.request({ ...options, servername: url.hostname }) : http.request(options);
    const timer = setTimeout(() => done(later(`${url.host} did not answer within ${Math.round(timeoutMs)} ms`)), timeoutMs);
    request.on("response", (answer) => {
      answer.on("error", () => {});
      done(judge(url.host, answer.statusCode ?? 0, answer.headers["retry-after"]));
    });
    request.on(
      "error",
      (error: Error & { code?: string }) => done(later(`${url.host} cannot be reached (${error.code ?? "connection failed"})`)),
    );
    request.end(bytes);
  });
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

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => timer = setTimeout(() => reject(new Error("the name was not looked up in time")), ms));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
