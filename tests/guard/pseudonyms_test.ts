import assert from "node:assert/strict";
import fc from "fast-check";
import { PlaceholderFinder, Pseudonyms } from "../../src/guard/pseudonyms.ts";
import { cutBytes, cutText, guardStream, guardWhole } from "../support/guarded_streams.ts";
import { planOf, redact, type TestRule, wordClassifier } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";
import { SPEAKERS } from "../support/speakers.ts";

const ORIGINALS = ["ann@example.org", 'O"Neill\\😀', "a<b>", "x"];

function hidden(): Pseudonyms {
  const pseudonyms = new Pseudonyms();
  for (const original of ORIGINALS) pseudonyms.hide("email", original);
  pseudonyms.hide("credit card", "4111 1111 1111 1111");
  return pseudonyms;
}

const restored = (text: string) => {
  const pseudonyms = hidden();
  return text.replace(/<[A-Z_]+_\d+>/g, (placeholder) => pseudonyms.reveal(placeholder) ?? placeholder);
};

Deno.test("Pseudonyms gives the same value the same placeholder, and none that the prompt contains", () => {
  const pseudonyms = new Pseudonyms(() => ["I wrote <EMAIL_1> myself"]);
  assert.equal(pseudonyms.hide("email", "a@b.org"), "<EMAIL_2>");
  assert.equal(pseudonyms.hide("email", "c@d.org"), "<EMAIL_3>");
  assert.equal(pseudonyms.hide("email", "a@b.org"), "<EMAIL_2>");
  assert.equal(pseudonyms.hide("phone number", "1"), "<PHONE_NUMBER_1>");
  assert.equal(pseudonyms.reveal("<EMAIL_3>"), "c@d.org");
  assert.equal(pseudonyms.reveal("<EMAIL_1>"), undefined);
});

Deno.test("Pseudonyms hides what earlier turns repeat, as words of their own only", () => {
  const pseudonyms = new Pseudonyms();
  pseudonyms.hide("person", "Ann");
  pseudonyms.hide("person", "Ann Lee");
  assert.equal(pseudonyms.hideKnown("Ann Lee, Ann and Annette; Ann!"), "<PERSON_2>, <PERSON_1> and Annette; <PERSON_1>!");
});

Deno.test("PlaceholderFinder holds a character only while a placeholder could still complete", () => {
  const finder = new PlaceholderFinder(hidden());
  const held: [string, number][] = [["a <", 1], ["EMAIL_", 7], ["9", 0], [" <b", 0], [" <<EM", 3], ["AIL_1", 8], ["> <CR", 3], ["EDIT", 7]];
  let length = 0;
  for (const [text, expected] of held) {
    finder.push(text);
    length += text.length;
    assert.equal(length - finder.frontier, expected, text);
  }
  finder.finish();
  assert.equal(finder.frontier, length);
  assert.deepEqual(finder.take(length), { from: 15, to: 24, text: "ann@example.org" });
  assert.equal(finder.take(length), undefined);
});

const part = fc.constantFrom(
  "<EMAIL_1>",
  "<EMAIL_2>",
  "<EMAIL_3>",
  "<EMAIL_4>",
  "<EMAIL_5>",
  "<CREDIT_CARD_1>",
  "<EM",
  "<",
  "<EMAIL_",
  "hi ",
  ". ",
  "😀",
  '"',
  "\\",
  "EMAIL_1>",
  "bad ",
);
const texts = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(""));
const cuts = fc.array(fc.nat(5000), { maxLength: 30 });
const SCORED: TestRule = { name: "bad", score: { classifier: "c", min: 0.5 }, actions: [redact("#")] };
const PLANS = {
  "no rules": planOf([]),
  patterns: planOf([{ name: "n", patterns: [{ source: "never\\d+" }, { source: "<EMAIL_[0-9]+never" }], actions: [redact()] }]),
  scores: planOf([SCORED], { classifierList: [wordClassifier("c", "nothing")], tokenHoldback: 4 }),
  "late scores": planOf([SCORED], { classifierList: [wordClassifier("c", "nothing", true)], tokenHoldback: 4 }),
};

for (const { name, format, speak, hear, whole } of SPEAKERS) {
  Deno.test(`${name}: placeholders in a streamed answer, cut anywhere, are put back`, async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        cuts,
        cuts,
        fc.constantFrom(...Object.values(PLANS)),
        fc.boolean(),
        async (text, modelCuts, networkCuts, plan, splitting) => {
          const pseudonyms = hidden();
          const more = { placeholders: () => new PlaceholderFinder(pseudonyms) };
          const stream = new TextEncoder().encode(speak(cutText(text, modelCuts)));
          const expected = hear(speak([restored(text)])).text;
          for (const reads of [cutBytes(stream, networkCuts), [...stream].map((byte) => Uint8Array.of(byte))]) {
            const run = await guardStream(format, plan, reads, splitting, more);
            const heard = hear(run.bytes);
            assert.equal(heard.text, expected);
            for (const repeat of heard.repeats) assert.equal(repeat, expected);
          }
          if (whole !== undefined) assert.equal(whole.hear((await guardWhole(format, plan, whole.say(text), more)).body).text, expected);
        },
      ),
      { numRuns: testRuns(60) },
    );
  });
}

Deno.test("a redaction that covers a placeholder stands, and what follows is put back", async () => {
  const plan = planOf([{ name: "s", patterns: [{ source: "secret" }], actions: [redact("#", "sentence")] }]);
  const pseudonyms = hidden();
  const { format, speak, hear } = SPEAKERS[0]!;
  for (const pieces of [["The secret of <EMAIL_1>. Ask <EMAIL_4>."], [..."The secret of <EMAIL_1>. Ask <EMAIL_4>."]]) {
    const { bytes } = await guardStream(format, plan, [new TextEncoder().encode(speak(pieces))], false, {
      placeholders: () => new PlaceholderFinder(pseudonyms),
    });
    assert.equal(hear(bytes).text, "# Ask x.");
  }
});
