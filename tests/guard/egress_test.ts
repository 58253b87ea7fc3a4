import assert from "node:assert/strict";
import { EgressGuard } from "../../src/guard/egress.ts";
import { newReport } from "../../src/guard/types.ts";
import type { Action } from "../../src/policy/types.ts";
import { contextOf, planOf, redact } from "../support/rules.ts";

const inject = (position: "start" | "end" | "inline"): Action => ({
  kind: "inject",
  position,
  content: `(${position})`,
  format: "plain",
  separator: " ",
  notAlreadyPresent: false,
});
const plan = planOf([
  { name: "gold", patterns: [{ source: "gold" }], actions: [redact("#"), inject("start"), inject("inline"), inject("end")] },
], { phase: "egress" });

for (const streamed of [false, true]) {
  Deno.test(`EgressGuard: ${streamed ? "of a stream only the end is left" : "a whole answer is changed anywhere"}`, () => {
    const report = newReport();
    const egress = new EgressGuard(plan, contextOf(report), streamed);
    for (const piece of ["All the go", "ld is gone."]) egress.push(0, "content", piece);
    const end = egress.end(0);
    assert.ok(end !== "pending");
    assert.equal(report.findings.length, 1);
    if (streamed) {
      assert.deepEqual(end, { prepend: [], inline: [], append: [" (start)", " (inline)", " (end)"] });
      assert.equal(report.redactedChars, 0, "what was said cannot be taken back");
      return;
    }
    assert.deepEqual(end, { prepend: ["(start) "], inline: [{ at: 12, text: " (inline)" }], append: [" (end)"] });
    assert.equal(report.redactedChars, 4);
    // Cut anywhere, the edits and insertions fall into the same places.
    const whole = "All the gold is gone.";
    for (let cut = 0; cut <= whole.length; cut++) {
      const parts: string = egress.edited(0, 0, whole.slice(0, cut), end.inline) + egress.edited(0, cut, whole.slice(cut), end.inline);
      assert.equal(parts, "All the # (inline) is gone.", String(cut));
    }
  });
}
