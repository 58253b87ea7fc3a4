/**
 * No leak, against an independent oracle: every letter of a text occurs once in it, so each one that a client gets is known by its
 * place, whatever the scope, the format, or the way the stream was cut.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesByDefinition } from "../matching/patterns.ts";
import { CHANNEL_SPEAKERS } from "../support/channel_speakers.ts";
import { cutBytes, cutText, guardStream } from "../support/guarded_streams.ts";
import { randomRules } from "../support/random_policies.ts";
import { planOf, redact, type TestRule } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";
import { CUT, type Speaker, SPEAKERS } from "../support/speakers.ts";

/** What stands for `a` and for `b` in a text; none of them occurs in the names that tool arguments are wrapped in ("note", "n"). */
const A = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const B = [..."abcdfghijklmpqrsuvwxyz"];
const letters = (text: string) => text.match(/[A-Za-z]/g) ?? [];
const MAX_HOLDBACK_CHARS = 512;
const encoder = new TextEncoder();

/** A pattern of `random_policies.ts` over these letters. */
function spread(pattern: string): string {
  const unescaped = pattern.replaceAll("\\b", "\0");
  return unescaped.replaceAll("[ab]", "[A-Za-z]").replace(/(?<!\\)[ab](?![^[]*\])/g, (letter) => letter === "a" ? "[A-Z]" : "[a-z]")
    .replaceAll("\0", "\\b");
}

/** A text of `a`, `b` and other characters with letters that occur once; what is over is left out. */
function unique(text: string): string {
  let [a, b] = [0, 0];
  return [...text].map((each) => each === "a" ? A[a++] ?? "" : each === "b" ? B[b++] ?? "" : each).join("");
}

const rules = randomRules.map((list) =>
  list.map((rule): TestRule => ({
    ...rule,
    patterns: rule.patterns!.map(({ source }) => ({ source: spread(source) })),
    actions: rule.actions.map((action) => action.kind === "stop" ? { ...action, message: "0" } : action),
  }))
);
const text = fc.string({ unit: fc.constantFrom("a", "b", "a", "b", " ", ".", "\n", "!"), maxLength: 60 }).map(unique);
const cuts = fc.array(fc.nat(5000), { maxLength: 20 });
/** Scores segments that hold a pair of letters in the order of the alphabet's cases. */
const pairs = {
  name: "c",
  tier: "A" as const,
  labels: [],
  open: () => ({ push: (segment: string) => ({ score: /[A-Z][a-z][A-Z]/.test(segment) ? 1 : 0 }) }),
};

function valueOf({ json }: Speaker, heard: string): string {
  return json && heard.startsWith(CUT) ? heard.slice(CUT.length) : heard;
}

for (const speaker of [...SPEAKERS, ...CHANNEL_SPEAKERS]) {
  Deno.test(`${speaker.name}: no letter of a redacted match comes out, nor any from a stop on, whatever the policy`, async () => {
    await fc.assert(
      fc.asyncProperty(rules, text, cuts, cuts, fc.boolean(), async (rules, text, modelCuts, networkCuts, splitting) => {
        const plan = planOf(rules, { classifierList: [pairs], tokenHoldback: 4, maxHoldbackChars: MAX_HOLDBACK_CHARS });
        const stream = cutBytes(encoder.encode(speaker.speak(cutText(text, modelCuts))), networkCuts);
        const { bytes, findings } = await guardStream(speaker.format, plan, stream, splitting);
        const heard = speaker.hear(bytes);
        const said = valueOf(speaker, heard.text);
        // Tool arguments: the text begins behind `{"note":"`, which no pattern here can be part of.
        const offset = speaker.json ? '{"note":"'.length : 0;
        const hidden = new Set<string>();
        for (const { mode, patterns, actions: [action] } of rules) {
          if (mode !== "enforce" || action?.kind !== "redact") continue;
          const sources = patterns!.map(({ source }) => source);
          for (const { from, to } of matchesByDefinition(sources, text, MAX_HOLDBACK_CHARS)) hide(hidden, text, from, to);
        }
        for (const finding of findings) {
          const [, name, from, to] = /^(\w+)@(\d+)-(\d+)$/.exec(finding)!;
          const rule = rules.find((each) => each.name === name)!;
          if (rule.mode !== "enforce") continue;
          if (rule.actions[0]?.kind === "redact") hide(hidden, text, Number(from) - offset, Number(to) - offset);
          if (rule.actions[0]?.kind === "stop") hide(hidden, text, Number(from) - offset, text.length);
        }
        for (const letter of letters(said)) assert.ok(!hidden.has(letter), `${letter} of ${JSON.stringify(text)} in ${said}`);
      }),
      { numRuns: testRuns() },
    );
  });

  Deno.test(`${speaker.name}: redactions of matches take out just the matches`, async () => {
    const matched = rules.map((list) =>
      list.map((rule): TestRule => ({ name: rule.name, patterns: rule.patterns!, actions: [redact("#")] })).filter(({ patterns }) =>
        patterns!.length > 0
      )
    );
    await fc.assert(
      fc.asyncProperty(matched, text, cuts, cuts, fc.boolean(), async (rules, text, modelCuts, networkCuts, splitting) => {
        const stream = cutBytes(encoder.encode(speaker.speak(cutText(text, modelCuts))), networkCuts);
        const { bytes } = await guardStream(speaker.format, planOf(rules), stream, splitting);
        const hidden = new Set<string>();
        for (const { patterns } of rules) {
          const sources = patterns!.map(({ source }) => source);
          for (const { from, to } of matchesByDefinition(sources, text, MAX_HOLDBACK_CHARS)) hide(hidden, text, from, to);
        }
        const expected = letters(text).filter((letter) => !hidden.has(letter)).join("");
        const own = new Set(text);
        assert.equal(letters(valueOf(speaker, speaker.hear(bytes).text)).filter((letter) => own.has(letter)).join(""), expected);
      }),
      { numRuns: testRuns(100) },
    );
  });
}

function hide(hidden: Set<string>, text: string, from: number, to: number): void {
  for (const letter of letters(text.slice(Math.max(0, from), Math.max(0, to)))) hidden.add(letter);
}
