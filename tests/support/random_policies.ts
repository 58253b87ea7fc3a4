/** Random policies and texts for property tests. */
import fc from "fast-check";
import { log, redact, stop, type TestRule } from "./rules.ts";

const scope = fc.constantFrom("matched", "word", "sentence", "paragraph", "all") as fc.Arbitrary<
  "matched" | "word" | "sentence" | "paragraph" | "all"
>;
const pattern = fc.constantFrom("ab+a", "b{2,3}", "a.b", "\\bba\\b", "a\\.", "\\n+b", "[ab]{5,}", "b a");
const action = fc.oneof({ weight: 4, arbitrary: fc.tuple(fc.constantFrom("#", "*"), scope, fc.boolean()).map((args) => redact(...args)) }, {
  weight: 1,
  arbitrary: fc.constant(stop("stopped")),
}, { weight: 1, arbitrary: fc.constant(log) });
const rule = fc.record({
  patterns: fc.array(pattern.map((source) => ({ source })), { maxLength: 2 }),
  scored: fc.boolean(),
  action,
  mode: fc.constantFrom("enforce", "shadow") as fc.Arbitrary<"enforce" | "shadow">,
  goOn: fc.boolean(),
});
/** Policies of every action and scope over a small alphabet, so that matches are frequent and overlap. */
export const randomRules = fc.array(rule, { minLength: 1, maxLength: 4 }).map((list) =>
  list.map((each, i): TestRule => ({
    name: `r${i}`,
    patterns: each.patterns,
    ...(each.scored || each.patterns.length === 0 ? { score: { classifier: "c", min: 0.5 } } : {}),
    actions: [each.action],
    mode: each.mode,
    continue: each.goOn,
  }))
);
/** Texts that `randomRules` have something to say about. */
export const randomText = fc.string({ unit: fc.constantFrom("a", "b", "a", "b", " ", ".", "\n", "!"), maxLength: 60 });
