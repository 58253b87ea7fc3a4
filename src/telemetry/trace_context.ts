/** Which trace a request belongs to (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
import { randomBytes } from "node:crypto";

/** A request's place in a trace that is recorded. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The request's own span, 16 hex digits. */
  readonly spanId: string;
  /** The span of the request's call to its backend, which is told of it before it ends. */
  readonly backendSpanId: string;
  /** The caller's span; undefined where the trace begins here. */
  readonly parentSpanId: string | undefined;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The context of a request. A caller that traces decides for us; other requests are recorded at `ratio`, in [0, 1].
 * @param draw in [0, 1). @returns undefined when this request is not recorded.
 */
export function traceContext(traceparent: string | null, ratio: number, draw: number): TraceContext | undefined {
  const [, version, traceId, parentSpanId, flags, rest] = TRACEPARENT.exec(traceparent?.trim() ?? "") ?? [];
  // Version 00 ends with the flags; later ones may go on.
  const known = traceId !== undefined && !(version === "00" && rest !== undefined);
  if (known) return (parseInt(flags!, 16) & 1) === 1 ? { traceId, spanId: newId(8), backendSpanId: newId(8), parentSpanId } : undefined;
  return draw < ratio ? { traceId: newId(16), spanId: newId(8), backendSpanId: newId(8), parentSpanId: undefined } : undefined;
}

/** The header for the backend. */
export function traceparentOf({ traceId, backendSpanId }: TraceContext): string {
  return `00-${traceId}-${backendSpanId}-01`;
}

/** A random id of `bytes` bytes, in hex. */
function newId(bytes: 8 | 16): string {
  return randomBytes(bytes).toString("hex");
}
