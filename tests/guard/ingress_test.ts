import assert from "node:assert/strict";
import type { PromptText } from "../../src/formats/types.ts";
import { guardPrompt } from "../../src/guard/ingress.ts";
import { newReport } from "../../src/guard/types.ts";
import { Wake } from "../../src/http/wake.ts";
import { contextOf, planOf, redact, stop, wordClassifier } from "../support/rules.ts";

const prompt = (...texts: readonly string[]): PromptText[] =>
  texts.map((text, i) => ({ path: `messages[${i}].content`, role: "user", text }));

function judge(texts: readonly PromptText[], late: boolean) {
  const wake = new Wake();
  const plan = planOf([{ name: "bad", score: { classifier: "c", min: 0.5 }, actions: [stop("No.")] }, {
    name: "ssn",
    patterns: [{ source: "\\d{3}-\\d{2}-\\d{4}" }],
    actions: [redact()],
  }], { phase: "ingress", classifierList: [wordClassifier("c", "bad", late)] });
  return guardPrompt(texts, new Set(["user"]), plan, () => contextOf(newReport(), () => wake.ring()), () => wake.next());
}

Deno.test("every text of a prompt is judged, late scores or not", async () => {
  for (const late of [false, true]) {
    assert.equal((await judge(prompt("one", "two", "three"), late)).kind, "pass");
    const stopped = await judge(prompt("one", "a bad two", "three"), late);
    assert.equal(stopped.kind === "stopped" && stopped.path, "messages[1].content");
    const rewritten = await judge(prompt("one", "my 219-09-9999"), late);
    assert.deepEqual(rewritten.kind === "rewritten" && rewritten.texts, ["one", "my [REDACTED]"]);
  }
});

Deno.test("texts of other roles are not judged", async () => {
  const texts: PromptText[] = [{ path: "messages[0].content", role: "system", text: "bad" }, ...prompt("good")];
  assert.equal((await judge(texts, false)).kind, "pass");
});
