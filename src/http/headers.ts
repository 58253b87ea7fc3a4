/** Headers of answers: what the backend said, minus what no longer holds, plus what the gateway has to say. */
import type { BackendAnswer } from "../upstream/types.ts";
import type { Exchange } from "./exchange.ts";

/** Header values hold rule names: visible ASCII only, so nothing a policy or client wrote can break the header block. */
function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, "?").slice(0, 1000);
}

/** As many of the names as go into a header, and how many more there are. */
function listed(names: readonly string[], mostChars = 900): string {
  let text = "";
  for (const [i, name] of names.entries()) {
    if (text.length + name.length > mostChars) return `${text}, and ${names.length - i} more`;
    text += (text === "" ? "" : ", ") + name;
  }
  return text;
}

/** The `X-CheckStream-*` and `X-RateLimit-*` headers as far as they are known now; for streams that is the ingress decision. */
export function gatewayHeaders(exchange: Exchange): Record<string, string> {
  const rules = exchange.rules();
  const ownMs = performance.now() - exchange.startedMs - (exchange.backendMs ?? 0);
  return {
    "X-CheckStream-Request-Id": exchange.requestId,
    "X-CheckStream-Decision": exchange.decision() === "error" ? "allow" : exchange.decision(),
    "X-CheckStream-Latency-Ms": ownMs.toFixed(1),
    ...(rules.length > 0 && { "X-CheckStream-Rule-Triggered": headerSafe(rules.join(", ")) }),
    ...(exchange.lease !== undefined && { "X-CheckStream-Policy-Version": exchange.lease.runtime.version }),
    ...(exchange.untranslated.length > 0 && { "X-CheckStream-Translation-Dropped": headerSafe(listed(exchange.untranslated)) }),
    ...(exchange.fallback !== undefined && { "X-CheckStream-Fallback": `${exchange.fallback.name}; reason=${exchange.fallback.reason}` }),
    ...(exchange.budgetWarning !== undefined && { "X-CheckStream-Budget-Warning": exchange.budgetWarning }),
    ...exchange.limitHeaders,
  };
}

/** The comment after a stream's last event: `: checkstream decision=redact rules=a,b`. */
export function decisionComment(exchange: Exchange): Uint8Array {
  const rules = exchange.rules().map((name) => headerSafe(name).replaceAll(" ", "_")).join(",");
  return new TextEncoder().encode(`: checkstream decision=${exchange.decision()}${rules === "" ? "" : ` rules=${rules}`}\n\n`);
}

/** Response headers: the backend's, then the gateway's own. */
export function answerHeaders(
  answer: BackendAnswer,
  own: Readonly<Record<string, string>>,
  { streamed, changed }: { streamed: boolean; changed: boolean },
): Headers {
  const headers = new Headers();
  for (const [name, value] of answer.headers) {
    // The body's length is another after a redaction; the HTTP server counts it anew.
    if (name === "content-length" && (changed || streamed)) continue;
    // Ours are the limits the client meets first; the backend's stay under their own names.
    if (name.startsWith("x-checkstream-")) continue;
    headers.set(name, value);
  }
  for (const cookie of answer.setCookies) headers.append("set-cookie", cookie);
  if (streamed) {
    headers.set("cache-control", "no-cache, no-transform");
    // nginx and others would otherwise collect the stream before they pass it on.
    headers.set("x-accel-buffering", "no");
  }
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}
