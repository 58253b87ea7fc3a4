import assert from "node:assert/strict";
import fc from "fast-check";
import type { GuardPlan } from "../../src/guard/plan.ts";
import { TextGuard } from "../../src/guard/text_guard.ts";
import { newReport } from "../../src/guard/types.ts";
import { randomRules, randomText } from "../support/random_policies.ts";
import { contextOf, log, planOf, redact, stop, type TestRule, wordClassifier } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";

/** What a client would have seen, and when. */
async function guard(plan: GuardPlan, pieces: readonly string[]) {
  const report = newReport();
  let ring = () => {};
  const text = new TextGuard(plan, contextOf(report, () => ring()), { choice: 0, channel: "content" });
  const whole = pieces.join("");
  const releasedAfter: number[] = [];
  for (const piece of pieces) {
    text.push(piece);
    releasedAfter.push(text.released);
  }
  text.end();
  while (!text.settled) {
    await new Promise<void>((resolve) => ring = resolve);
    text.advance();
  }
  const end = text.stop?.at ?? whole.length;
  const out = text.edits.apply(0, whole.slice(0, end));
  return {
    out,
    stop: text.stop?.rule.name,
    findings: report.findings.map(({ rule, from, to }) => `${rule.name}@${from}-${to}`),
    releasedAfter,
    redacted: report.redactedChars,
  };
}

const SSN = { source: "\\b\\d{3}-\\d{2}-\\d{4}\\b" };

const table: [name: string, rules: readonly TestRule[], text: string, out: string, findings: readonly string[]][] = [
  [
    "a match is replaced",
    [{ name: "ssn", patterns: [SSN], actions: [redact()] }],
    "My SSN is 123-45-6789, ok?",
    "My SSN is [REDACTED], ok?",
    ["ssn@10-21"],
  ],
  [
    "length can be kept",
    [{ name: "ssn", patterns: [SSN], actions: [redact("*", "matched", true)] }],
    "a 123-45-6789 b",
    "a *********** b",
    ["ssn@2-13"],
  ],
  [
    "a stop cuts at the start of its match",
    [{ name: "no", patterns: [{ source: "secret plan" }], actions: [stop()] }],
    "The secret plan is",
    "The ",
    ["no@4-15"],
  ],
  [
    "what comes before a stop is still redacted",
    [{ name: "no", patterns: [{ source: "STOP" }], actions: [stop()] }, { name: "ssn", patterns: [SSN], actions: [redact("#")] }],
    "x 123-45-6789 STOP y",
    "x # ",
    ["ssn@2-13", "no@14-18"],
  ],
  [
    "overlapping redactions are one",
    [{ name: "a", patterns: [{ source: "abcd" }], actions: [redact("A")] }, {
      name: "b",
      patterns: [{ source: "cdef" }],
      actions: [redact("B")],
    }],
    "xabcdefy",
    "xAy",
    ["a@1-5", "b@3-7"],
  ],
  [
    "a rule that decided hides lower rules on its text",
    [{ name: "a", patterns: [{ source: "abcdef" }], actions: [redact("A")] }, {
      name: "b",
      patterns: [{ source: "cd" }],
      actions: [stop()],
    }],
    "xabcdefy",
    "xAy",
    ["a@1-7"],
  ],
  [
    "`continue` lets lower rules see the text",
    [{ name: "a", patterns: [{ source: "abcdef" }], actions: [redact("A")], continue: true }, {
      name: "b",
      patterns: [{ source: "cd" }],
      actions: [stop()],
    }],
    "xabcdefy",
    "xA",
    ["a@1-7", "b@3-5"],
  ],
  [
    "a rule that only notes hides nothing",
    [{ name: "note", patterns: [{ source: "abc" }], actions: [log] }, {
      name: "no",
      patterns: [{ source: "abc" }],
      actions: [redact("-")],
    }],
    "abc",
    "-",
    ["note@0-3", "no@0-3"],
  ],
  ["shadow changes nothing", [{ name: "s", patterns: [SSN], actions: [redact()], mode: "shadow" }], "123-45-6789", "123-45-6789", [
    "s@0-11",
  ]],
  ["a word goes whole", [{ name: "w", patterns: [{ source: "cret" }], actions: [redact("#", "word")] }], "a secretive b", "a # b", [
    "w@4-8",
  ]],
  [
    "a sentence goes whole",
    [{ name: "s", patterns: [{ source: "bomb" }], actions: [redact("#", "sentence")] }],
    "Hi there. How to bomb it. Bye.",
    "Hi there. # Bye.",
    ["s@17-21"],
  ],
  [
    "a paragraph goes whole",
    [{ name: "p", patterns: [{ source: "bomb" }], actions: [redact("#", "paragraph")] }],
    "One.\n\nTwo bomb. Three.\n\nFour.",
    "One.\n\n#\n\nFour.",
    ["p@10-14"],
  ],
  ["all goes", [{ name: "a", patterns: [{ source: "bomb" }], actions: [redact("#", "all")] }], "One. Two bomb. Three.", "#", ["a@9-13"]],
  [
    "composites need all parts",
    [{
      name: "c",
      patterns: [{ source: "buy" }, { source: "stock" }],
      trigger: (p) => ({ kind: "all", of: [p(0), p(1)] }),
      actions: [redact("#")],
    }],
    "buy this stock now. buy milk",
    "# this # now. # milk",
    ["c@0-3", "c@9-14", "c@20-23"],
  ],
  [
    "`not` takes away",
    [{
      name: "n",
      patterns: [{ source: "buy" }, { source: "disclaimer" }],
      trigger: (p) => ({ kind: "all", of: [p(0), { kind: "not", of: p(1) }] }),
      actions: [redact("#")],
    }],
    "buy one. disclaimer. buy two.",
    "# one. disclaimer. buy two.",
    ["n@0-3"],
  ],
  [
    "`not` by itself holds until its pattern is there",
    [{ name: "n", patterns: [{ source: "disclaimer" }], trigger: (p) => ({ kind: "not", of: p(0) }), actions: [redact("#")] }],
    "One. disclaimer. Two.",
    "# disclaimer. Two.",
    ["n@0-4"],
  ],
  [
    "what merely holds does not make an old match new",
    [{
      name: "c",
      patterns: [{ source: "buy" }],
      trigger: (p) => ({
        kind: "all",
        of: [{ kind: "condition", test: ({ model }) => model === "m", describe: "", aboutText: false }, p(0)],
      }),
      actions: [redact("#")],
    }],
    "buy this. Nothing. buy that.",
    "# this. Nothing. # that.",
    ["c@0-3", "c@19-22"],
  ],
];
for (const [name, rules, text, out, findings] of table) {
  Deno.test(`TextGuard: ${name}`, async () => {
    const plan = planOf(rules);
    for (const pieces of [[text], [...text]]) {
      const seen = await guard(plan, pieces);
      assert.equal(seen.out, out);
      assert.deepEqual(seen.findings, findings);
    }
  });
}

Deno.test("TextGuard releases a character as soon as no match can cover it", async () => {
  const { releasedAfter } = await guard(planOf([{ name: "ssn", patterns: [SSN], actions: [redact()] }]), [
    "My SSN is ",
    "123",
    "-45",
    " no",
  ]);
  assert.deepEqual(releasedAfter, [10, 10, 10, 19]);
});

Deno.test("TextGuard holds a sentence until it is scored, then all of it goes", async () => {
  const plan = planOf([{ name: "bad", score: { classifier: "c", min: 0.5 }, actions: [redact("#")] }], {
    classifierList: [wordClassifier("c", "bad")],
  });
  const { releasedAfter, out } = await guard(plan, ["A good one. ", "A bad", " one! ", "End"]);
  assert.deepEqual(releasedAfter, [11, 11, 22, 22]);
  assert.equal(out, "A good one. # End");
});

Deno.test("TextGuard ends the request when a classifier fails and the phase fails closed", () => {
  const broken = {
    name: "c",
    tier: "C" as const,
    labels: [],
    open: () => ({
      push: () => {
        throw new Error("down");
      },
    }),
  };
  for (const [onError, failed] of [["open", undefined], ["closed", "c"]] as const) {
    const report = newReport();
    const text = new TextGuard(
      planOf([{ name: "r", score: { classifier: "c", min: 0.5 }, actions: [stop()] }], { classifierList: [broken], onError }),
      contextOf(report),
      { choice: 0, channel: "content" },
    );
    text.push("Hello there. ");
    assert.equal(text.failed, failed);
    assert.equal(report.failures.length, 1);
    assert.equal(text.released, onError === "open" ? 12 : 12);
  }
});

Deno.test("TextGuard decides the same however its text is cut, and never lets a released character be decided again", async () => {
  await fc.assert(
    fc.asyncProperty(
      randomRules,
      randomText,
      fc.array(fc.nat(60), { maxLength: 8 }),
      fc.boolean(),
      fc.constantFrom(4, 12, 512),
      async (list, whole, cuts, late, maxHoldbackChars) => {
        const plan = planOf(list, { classifierList: [wordClassifier("c", "ab", late)], tokenHoldback: 4, maxHoldbackChars });
        const expected = await guard(plan, [whole]);
        for (const pieces of [[...whole], splitAt(whole, cuts)]) {
          const seen = await guard(plan, pieces);
          assert.deepEqual({ out: seen.out, stop: seen.stop, findings: seen.findings, redacted: seen.redacted }, {
            out: expected.out,
            stop: expected.stop,
            findings: expected.findings,
            redacted: expected.redacted,
          });
          for (let i = 1; i < seen.releasedAfter.length; i++) assert.ok(seen.releasedAfter[i]! >= seen.releasedAfter[i - 1]!);
          assert.equal(await releasedText(plan, pieces), expected.out);
        }
      },
    ),
    { numRuns: testRuns() },
  );
});

/** The text as a client receives it: every release as soon as it is possible. */
async function releasedText(plan: GuardPlan, pieces: readonly string[]): Promise<string> {
  let ring = () => {};
  const text = new TextGuard(plan, contextOf(newReport(), () => ring()), { choice: 0, channel: "content" });
  const whole = pieces.join("");
  let out = "", sent = 0;
  const release = () => {
    out += text.edits.apply(sent, whole.slice(sent, text.released));
    sent = text.released;
    text.edits.forget(sent);
  };
  for (const piece of pieces) {
    text.push(piece);
    release();
  }
  text.end();
  release();
  while (!text.settled) {
    await new Promise<void>((resolve) => ring = resolve);
    text.advance();
    release();
  }
  return out;
}

function splitAt(whole: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.filter((cut) => cut > 0 && cut < whole.length))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => whole.slice(from, at[i] ?? whole.length));
}

Deno.test("with rules on matches alone a character waits just while the automaton holds it, and what is released stays so", () => {
  const rules = randomRules.map((list) =>
    list.filter(({ patterns }) => patterns!.length > 0)
      .map(({ name, patterns }): TestRule => ({ name, patterns: patterns!, actions: [redact("#")] }))
  );
  fc.assert(
    fc.property(rules, randomText, (rules, text) => {
      const plan = planOf(rules);
      const guard = new TextGuard(plan, contextOf(), { choice: 0, channel: "content" });
      const scanner = plan.patterns.open();
      for (const character of text) {
        guard.push(character);
        scanner.push(character);
        // The frontier is the least that must be held: tests/matching/frontier_test.ts asks every continuation.
        assert.equal(guard.released, plan.idle ? guard.length : scanner.frontier);
      }
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("released text only grows, whatever the rules and scores", async () => {
  await fc.assert(
    fc.asyncProperty(randomRules, randomText, async (rules, text) => {
      const { releasedAfter } = await guard(planOf(rules, { classifierList: [wordClassifier("c", "ab")], tokenHoldback: 4 }), [...text]);
      for (let i = 1; i < releasedAfter.length; i++) assert.ok(releasedAfter[i]! >= releasedAfter[i - 1]!);
    }),
    { numRuns: testRuns() },
  );
});
