/** Triggers in words: what a rule waits for, for people who ask why it did or did not fire. */
import type { ScoreTest, Trigger } from "./types.ts";

/** What `trigger` needs, e.g. `financial_advice at 0.7 or more`. */
export function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case "pattern": {
      if (trigger.classifier !== undefined) {
        return trigger.minScore > 0 ? `${trigger.classifier} at ${trigger.minScore} or more` : trigger.classifier;
      }
      return trigger.patterns.length === 1 ? "its pattern" : `one of ${trigger.patterns.length} patterns`;
    }
    case "score": {
      const what = trigger.labels === undefined
        ? trigger.classifier
        : `${trigger.classifier} ${trigger.likeliest === "not in" ? "not " : ""}${trigger.labels.join(" or ")}`;
      return `${what} ${describeTest(trigger.test)}`;
    }
    case "condition":
      return trigger.describe;
    case "not":
      return `not (${describeTrigger(trigger.of)})`;
    case "all":
    case "any":
      return trigger.of.map((part) => part.kind === "all" || part.kind === "any" ? `(${describeTrigger(part)})` : describeTrigger(part))
        .join(
          trigger.kind === "all" ? " and " : " or ",
        );
  }
}

function describeTest(test: ScoreTest): string {
  if (test.kind === "compare") return `${test.op} ${test.value}`;
  return test.max >= 1 ? `at ${test.min} or more` : `from ${test.min} to ${test.max}`;
}

/** Classifiers whose scores `trigger` asks for. */
export function classifiersOf(trigger: Trigger): string[] {
  switch (trigger.kind) {
    case "score":
      return [trigger.classifier];
    case "pattern":
      return trigger.classifier === undefined ? [] : [trigger.classifier];
    case "condition":
      return [];
    case "not":
      return classifiersOf(trigger.of);
    case "all":
    case "any":
      return trigger.of.flatMap(classifiersOf);
  }
}
