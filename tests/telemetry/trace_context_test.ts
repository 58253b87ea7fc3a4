/** W3C Trace Context: whose trace a request belongs to, and whether it is recorded. */
import assert from "node:assert/strict";
import { traceContext, traceparentOf } from "../../src/telemetry/trace_context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

Deno.test("traceContext() goes on with a caller's trace that is sampled, and never with one that is not", () => {
  const context = traceContext(`00-${TRACE}-${SPAN}-01`, 0, 0.5);
  assert.deepEqual([context?.traceId, context?.parentSpanId], [TRACE, SPAN]);
  assert.match(context!.spanId, /^[0-9a-f]{16}$/);
  assert.equal(traceparentOf(context!), `00-${TRACE}-${context!.backendSpanId}-01`);
  assert.notEqual(context!.spanId, context!.backendSpanId);
  assert.equal(traceContext(`00-${TRACE}-${SPAN}-00`, 1, 0), undefined);
  // A later version may go on after the flags; version 00 may not.
  assert.equal(traceContext(`01-${TRACE}-${SPAN}-01-more`, 0, 0.5)?.traceId, TRACE);
});

const wrong = [
  null,
  "",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `${"00-"}${TRACE.slice(1)}-${SPAN}-01`,
];
for (const header of wrong) {
  Deno.test(`traceContext() begins a trace of its own, at the ratio, where the caller's is ${JSON.stringify(header)}`, () => {
    const own = traceContext(header, 0.25, 0.2);
    assert.match(own?.traceId ?? "", /^[0-9a-f]{32}$/);
    assert.deepEqual([own?.parentSpanId, own?.traceId === TRACE], [undefined, false]);
    assert.equal(traceContext(header, 0.25, 0.25), undefined);
  });
}
