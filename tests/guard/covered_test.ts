import assert from "node:assert/strict";
import fc from "fast-check";
import { CoveredText } from "../../src/guard/covered.ts";
import { testRuns } from "../support/runs.ts";

Deno.test("CoveredText says what a list of all spans would", () => {
  const span = fc.record({ order: fc.nat(4), from: fc.nat(30), length: fc.nat(12), add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
      const covered = new CoveredText();
      const all: { from: number; to: number }[] = [];
      for (const { order, from, length, add } of spans.toSorted((a, b) => a.order - b.order || a.from - b.from)) {
        const to = from + length;
        assert.equal(covered.holds(order, from, to), all.some((other) => other.from <= from && other.to >= to));
        if (!add) continue;
        covered.add(order, from, to);
        all.push({ from, to });
      }
    }),
    { numRuns: testRuns() },
  );
});
