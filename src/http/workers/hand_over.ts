/**
 * Requests for the operator's routes that arrive at a worker are answered by the control plane: the worker passes them on over a loopback
 * listener that takes nothing without a secret of this process.
 */
import { Buffer } from "node:buffer";
import { randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { Handler } from "hono";
import type { Log } from "../../telemetry/log.ts";
import { PROBLEM_TYPE, problemBody } from "../admin/problem.ts";
import type { AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";
import { type Handler as Serves, listen, type Listener } from "../listeners.ts";
import type { ControlAddress } from "./protocol.ts";

const SECRET = "x-checkstream-handed-over";
const REMOTE = "x-checkstream-remote-address";
/** The name the client called: who may come without a key depends on it. */
const HOST = "x-checkstream-host";

/** Of one connection, not of the request (RFC 9110, section 7.6.1); and what the next hop works out by itself. */
const DROPPED = ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "accept-encoding"];

/** Listens for what workers hand over. */
export function listenForWorkers(handler: Serves, log: Log): { readonly listener: Listener; readonly address: ControlAddress } {
  const secret = randomBytes(32).toString("base64url");
  const listener = listen(
    {
      fetch(request) {
        const headers = new Headers(request.headers);
        if (!same(headers.get(SECRET) ?? "", secret)) return new Response(null, { status: 404 });
        const remoteAddress = headers.get(REMOTE) ?? undefined;
        headers.delete(SECRET);
        headers.delete(REMOTE);
        headers.set("host", headers.get(HOST) ?? "");
        headers.delete(HOST);
        return handler.fetch(new Request(request, { headers }), { remoteAddress });
      },
    },
    { hostname: "127.0.0.1", port: 0 },
    log,
  );
  return { listener, address: { url: listener.url, secret } };
}

/** Passes a request on to the control plane. */
export function handOver({ url, secret }: ControlAddress): Handler<AppEnv> {
  return async (c) => {
    const { method, headers: own, body, signal, url: asked } = c.req.raw;
    const headers = new Headers(own);
    for (const name of [...DROPPED, REMOTE]) headers.delete(name);
    headers.set(HOST, own.get("host") ?? "");
    headers.set(SECRET, secret);
    if (c.env.remoteAddress !== undefined) headers.set(REMOTE, c.env.remoteAddress);
    const { pathname, search } = new URL(asked);
    try {
      return await fetch(url + pathname + search, { method, headers, body, signal, redirect: "manual" });
    } catch (error) {
      const message = "The gateway's control plane does not answer; try again";
      const problem = new GatewayError(503, "overloaded", "control_plane_unavailable", message, { cause: error });
      const body = JSON.stringify(problemBody(problem, randomUUID()));
      return new Response(body, { status: problem.status, headers: { "content-type": PROBLEM_TYPE, "retry-after": "1" } });
    }
  };
}

function same(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
