/**
 * The streaming guarantee through translation: whatever the pair of APIs, and however the model and the network cut the backend's stream, a
 * client hears what it would have heard had the backend spoken its own API.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SseReader } from "../../src/formats/sse.ts";
import {
  type AnswerFacts,
  chatOverMessages,
  messagesOverChat,
  responsesOverChat,
  responsesOverMessages,
  type Translation,
} from "../../src/formats/translate/mod.ts";
import { CHANNEL_SPEAKERS } from "../support/channel_speakers.ts";
import { cutBytes, cutText, guardStream, guardWhole } from "../support/guarded_streams.ts";
import { randomRules, randomText } from "../support/random_policies.ts";
import { planOf, redact, stop, type TestRule, wordClassifier } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";
import { type Speaker, SPEAKERS } from "../support/speakers.ts";

const FACTS: AnswerFacts = {
  id: "x",
  model: "m",
  includeUsage: true,
  createdSeconds: 1,
  estimate: { promptTokens: 1, tokensOf: (chars) => chars },
};
const PII: TestRule = {
  name: "pii",
  patterns: [{ source: "\\b\\d{3}-\\d{2}-\\d{4}\\b" }, { source: "[a-z0-9.]+@[a-z0-9-]+\\.[a-z]{2,}" }],
  actions: [redact()],
};
const HALT: TestRule = { name: "halt", patterns: [{ source: "bad" }], actions: [stop("No.")] };
const SECRETS = ["219-09-9999", "ann@example.org"];

const speaker = (name: string): Speaker => {
  const found = [...SPEAKERS, ...CHANNEL_SPEAKERS].find((each) => each.name === name);
  assert.ok(found !== undefined, name);
  return found;
};
const PAIRS: readonly (readonly [Translation, client: Speaker, backend: Speaker])[] = [
  [chatOverMessages, speaker("openai-chat"), speaker("anthropic-messages")],
  [chatOverMessages, speaker("openai-chat tool arguments"), speaker("anthropic-messages tool input")],
  [messagesOverChat, speaker("anthropic-messages"), speaker("openai-chat")],
  [messagesOverChat, speaker("anthropic-messages tool input"), speaker("openai-chat tool arguments")],
  [responsesOverChat, speaker("openai-responses"), speaker("openai-chat")],
  [responsesOverMessages, speaker("openai-responses"), speaker("anthropic-messages")],
  [responsesOverChat, speaker("openai-responses function-call arguments"), speaker("openai-chat tool arguments")],
  [responsesOverMessages, speaker("openai-responses function-call arguments"), speaker("anthropic-messages tool input")],
  [responsesOverChat, speaker("openai-responses custom tool input"), speaker("openai-chat custom tool input")],
  [chatOverMessages, speaker("openai-chat reasoning_content"), speaker("anthropic-messages thinking")],
  [messagesOverChat, speaker("anthropic-messages thinking"), speaker("openai-chat reasoning_content")],
  [responsesOverChat, speaker("openai-responses reasoning text"), speaker("openai-chat reasoning_content")],
  [responsesOverMessages, speaker("openai-responses reasoning text"), speaker("anthropic-messages thinking")],
  [responsesOverChat, speaker("openai-responses refusal"), speaker("openai-chat refusal")],
];

const filler = fc.constantFrom("hello", " ", "the number is ", "ü", "😀", ". ", "\n", '"quoted"', "123", "-45", "a@", "\\", "bad ");
const secretText = fc.array(
  fc.oneof({ weight: 3, arbitrary: filler }, { weight: 1, arbitrary: fc.constantFrom(...SECRETS).map((secret) => ` ${secret} `) }),
  { minLength: 1, maxLength: 25 },
).map((parts) => parts.join(""));
const cuts = fc.array(fc.nat(5000), { maxLength: 30 });
const encoder = new TextEncoder();

/** What reaches the guard of a backend's stream that arrives in these pieces: one read for each event that became something. */
function translated(translation: Translation, pieces: readonly Uint8Array[]): Uint8Array[] {
  const [reader, translator] = [new SseReader(), translation.stream(FACTS)];
  const out = pieces.flatMap((piece) => reader.push(piece).map((event) => translator.push(event)));
  return [...out, ...reader.finish().map((event) => translator.push(event)), translator.finish()].filter(({ length }) => length > 0);
}

for (const [translation, client, backend] of PAIRS) {
  Deno.test(`${client.name} over ${backend.name}: a client hears what the backend would have said in its own API, however it is cut`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(secretText, randomText),
        fc.oneof(fc.constantFrom([PII], [PII, HALT]), randomRules),
        cuts,
        cuts,
        fc.boolean(),
        fc.boolean(),
        async (text, rules, modelCuts, networkCuts, late, splitting) => {
          const plan = planOf(rules, { classifierList: [wordClassifier("c", "ab", late)], tokenHoldback: 4 });
          const own = await guardStream(client.format, plan, [encoder.encode(client.speak([text]))]);
          const expected = client.hear(own.bytes);
          const stream = encoder.encode(backend.speak(cutText(text, modelCuts)));
          for (const reads of [cutBytes(stream, networkCuts), Array.from(stream, (byte) => Uint8Array.of(byte))]) {
            const run = await guardStream(client.format, plan, translated(translation, reads), splitting);
            const heard = client.hear(run.bytes);
            assert.equal(heard.text, expected.text);
            assert.equal(heard.finish, expected.finish);
            for (const repeat of heard.repeats) assert.equal(repeat, heard.text);
            assert.deepEqual([run.findings, run.status], [own.findings, own.status]);
            if (rules.includes(PII)) { for (const secret of SECRETS) assert.ok(!run.bytes.includes(secret)); }
          }
        },
      ),
      { numRuns: testRuns(60) },
    );
  });

  Deno.test(`${client.name} over ${backend.name}: a whole answer is judged as in the client's own API`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(secretText, randomText),
        fc.oneof(fc.constantFrom([PII], [PII, HALT]), randomRules),
        async (text, rules) => {
          const plan = planOf(rules, { classifierList: [wordClassifier("c", "ab")], tokenHoldback: 4 });
          const [theirs, ours] = [backend.whole!.say(text), client.whole!.say(text)];
          const [a, b] = [
            await guardWhole(client.format, plan, translation.answer(theirs, FACTS)),
            await guardWhole(client.format, plan, ours),
          ];
          const [heard, expected] = [client.whole!.hear(a.body), client.whole!.hear(b.body)];
          assert.deepEqual([heard.text, heard.finish], [expected.text, expected.finish]);
          assert.deepEqual(a.findings, b.findings);
        },
      ),
      { numRuns: testRuns(60) },
    );
  });
}
