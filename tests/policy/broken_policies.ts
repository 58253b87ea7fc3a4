/** Policies with one mistake each, and what is said of it. */

export interface BrokenPolicy {
  readonly name: string;
  readonly policy: string;
  /** Files beside it. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Exactly what is said, `file:line:column: message (did you mean …)`. */
  readonly says: readonly string[];
  /** What is underlined. */
  readonly underlined: string;
}

const rule = (body: string) => `policies:\n  - name: r\n    ${body.replaceAll("\n", "\n    ")}\n`;

export const BROKEN: readonly BrokenPolicy[] = [
  {
    name: "an unknown classifier",
    policy: rule("trigger: { classifier: toxicty }\naction: stop"),
    says: ['policy.yaml:3:28: rule "r": trigger.classifier: there is no classifier "toxicty" (did you mean "toxicity"?)'],
    underlined: "toxicty",
  },
  {
    name: "an unknown entity",
    policy: rule("trigger: { classifier: pii_detector, entities: [credit_crd] }\naction: redact"),
    says: ['policy.yaml:3:52: rule "r": trigger.entities: pii_detector knows no entity "credit_crd" (did you mean "credit_card"?)'],
    underlined: "[credit_crd]",
  },
  {
    name: "a label the classifier never answers",
    policy: rule("trigger: { classifier: sentiment, label: negativ, confidence: 0.7 }\naction: log"),
    says: [
      'policy.yaml:3:46: rule "r": trigger.label: "sentiment" never answers "negativ"; it knows negative, neutral, positive (did you mean "negative"?)',
    ],
    underlined: "negativ",
  },
  {
    name: "entities of a classifier that knows none",
    policy: rule("trigger: { classifier: toxicity, entities: [email] }\naction: log"),
    says: ['policy.yaml:3:48: rule "r": trigger.entities: only pii_detector and secrets know entities; use label for "toxicity"'],
    underlined: "[email]",
  },
  {
    name: "an action its phase cannot do",
    policy: rule("phase: midstream\ntrigger: { keywords: [a] }\naction: inject\ncontent: x"),
    says: [
      'policy.yaml:3:12: rule "r": phase: inject cannot act in midstream, only in egress; midstream can do stop, redact, log, audit, notify (did you mean "egress"?)',
    ],
    underlined: "midstream",
  },
  {
    name: "pseudonymize in an answer",
    policy: rule("phase: egress\ntrigger: { classifier: pii_detector }\naction: pseudonymize"),
    says: [
      'policy.yaml:3:12: rule "r": phase: pseudonymize cannot act in egress, only in ingress; egress can do stop, redact, inject, log, audit, notify (did you mean "ingress"?)',
    ],
    underlined: "egress",
  },
  {
    name: "actions without a phase in common",
    policy: rule("trigger: { keywords: [a] }\naction:\n  - pseudonymize\n  - { type: inject, content: x }"),
    says: ['policy.yaml:5:7: rule "r": action: pseudonymize and inject have no phase in common'],
    underlined: "-",
  },
  {
    name: "a rule that a higher one always beats",
    policy:
      "policies:\n  - name: first\n    priority: 90\n    trigger: { keywords: [gold, silver] }\n    action: stop\n  - name: second\n    trigger: { keywords: [gold] }\n    action: redact\n",
    says: [
      'policy.yaml:6:11: rule "second": name: can never act: in ingress "first" at line 2 fires on the same text and has the higher priority 90; raise this rule\'s priority, narrow "first" or give it continue: true',
    ],
    underlined: "second",
  },
  {
    name: "a rule whose threshold lies above an earlier one's",
    policy:
      "policies:\n  - name: low\n    phase: ingress\n    trigger: { classifier: toxicity, threshold: 0.5 }\n    action: stop\n  - name: high\n    phase: ingress\n    trigger: { classifier: toxicity, threshold: 0.9 }\n    action: stop\n",
    says: [
      'policy.yaml:6:11: rule "high": name: can never act: in ingress "low" at line 2 fires on the same text and comes first; raise this rule\'s priority, narrow "low" or give it continue: true',
    ],
    underlined: "high",
  },
  {
    name: "a name that is taken",
    policy:
      "policies:\n  - name: a\n    trigger: { keywords: [x] }\n    action: log\n  - name: a\n    trigger: { keywords: [y] }\n    action: log\n",
    says: ['policy.yaml:5:11: policies.1.name: the name "a" is taken by the rule at line 2'],
    underlined: "a",
  },
  {
    name: "a backreference",
    policy: rule("trigger: { pattern: '(a+)\\1' }\naction: redact"),
    says: [
      'policy.yaml:3:25: rule "r": trigger.pattern: the pattern cannot be used: backreference has no linear-time form at its column 5; write the repeated text out',
    ],
    underlined: "'(a+)\\1'",
  },
  {
    name: "a look-ahead",
    policy: rule("trigger: { pattern: 'a(?=b)' }\naction: redact"),
    says: [
      'policy.yaml:3:25: rule "r": trigger.pattern: the pattern cannot be used: lookahead has no linear-time form at its column 2; match the text around it too, or combine two patterns with all and not',
    ],
    underlined: "'a(?=b)'",
  },
  {
    name: "a look-behind",
    policy: rule("trigger: { pattern: '(?<!x)a' }\naction: redact"),
    says: [
      'policy.yaml:3:25: rule "r": trigger.pattern: the pattern cannot be used: negative lookbehind has no linear-time form at its column 1; match the text around it too, or combine two patterns with all and not',
    ],
    underlined: "'(?<!x)a'",
  },
  {
    name: "a pattern that is not closed",
    policy: rule("trigger: { pattern: '(abc' }\naction: redact"),
    says: ['policy.yaml:3:25: rule "r": trigger.pattern: the pattern cannot be used: missing closing ) at its column 1'],
    underlined: "'(abc'",
  },
  {
    name: "a match of any length in a stream",
    policy: rule("phase: midstream\ntrigger: { pattern: 'BEGIN.*END' }\naction: redact"),
    says: [
      'policy.yaml:4:25: warning: rule "r": trigger.pattern: can match text of any length; midstream only matches of at most 512 characters (max_holdback_chars) are held back, longer ones pass; bound it, e.g. {0,200} in place of *',
    ],
    underlined: "'BEGIN.*END'",
  },
  {
    name: "a match that is longer than what is held back",
    policy: rule("phase: midstream\ntrigger: { pattern: 'x[a-z]{600}' }\naction: redact"),
    says: [
      'policy.yaml:4:25: warning: rule "r": trigger.pattern: can match 601 characters; midstream only matches of at most 512 characters (max_holdback_chars) are held back, longer ones pass; bound it, e.g. {0,200} in place of *',
    ],
    underlined: "'x[a-z]{600}'",
  },
  {
    name: "a threshold above 1",
    policy: rule("trigger: { classifier: toxicity, threshold: 85 }\naction: stop"),
    says: ['policy.yaml:3:49: policies.0.trigger.threshold: expected at most 1, got 85 (did you mean "0.85"?)'],
    underlined: "85",
  },
  {
    name: "a negative threshold",
    policy: rule("trigger: { classifier: toxicity, min_threshold: -0.1 }\naction: stop"),
    says: ["policy.yaml:3:53: policies.0.trigger.min_threshold: expected at least 0, got -0.1"],
    underlined: "-0.1",
  },
  {
    name: "a minimum above the maximum",
    policy: rule("trigger: { classifier: toxicity, min_threshold: 0.8, max_threshold: 0.5 }\naction: log"),
    says: ['policy.yaml:3:53: rule "r": trigger.min_threshold: 0.8 is above max_threshold 0.5, so this never fires'],
    underlined: "0.8",
  },
  {
    name: "a threshold beside a range",
    policy: rule("trigger: { classifier: toxicity, threshold: 0.8, min_threshold: 0.9 }\naction: log"),
    says: ['policy.yaml:3:49: rule "r": trigger.threshold: says the same as min_threshold; keep one of them'],
    underlined: "0.8",
  },
  {
    name: "a condition on a score that cannot be",
    policy: rule('trigger: { classifier: toxicity, condition: { score: "> 8" } }\naction: stop'),
    says: ['policy.yaml:3:58: rule "r": trigger.condition.score: compares with 8, and a score is between 0 and 1'],
    underlined: '"> 8"',
  },
  {
    name: "a condition that is no comparison",
    policy: rule("trigger: { classifier: toxicity, condition: { score: high } }\naction: stop"),
    says: ['policy.yaml:3:58: rule "r": trigger.condition.score: expected a comparison like "> 0.8", got "high"'],
    underlined: "high",
  },
  {
    name: "an unknown condition",
    policy: rule('trigger: { condition: { inputlength: "> 10" } }\naction: log'),
    says: [
      'policy.yaml:3:29: rule "r": trigger.condition.inputlength: unknown condition "inputlength"; known: input_length, output_length, response_length, contains, model, role, tenant (did you mean "input_length"?)',
    ],
    underlined: "inputlength",
  },
  {
    name: "a score without a classifier",
    policy: rule('trigger: { condition: { score: "> 0.5" } }\naction: log'),
    says: ['policy.yaml:3:29: rule "r": trigger.condition.score: "score" needs a classifier beside the condition'],
    underlined: "score",
  },
  {
    name: "a file that extends itself",
    policy: "extends: ./policy.yaml\npolicies: []\n",
    says: ["policy.yaml:1:10: extends: the file extends itself: policy.yaml → policy.yaml"],
    underlined: "./policy.yaml",
  },
  {
    name: "files that extend each other",
    policy: "extends:\n  - ./base.yaml\n",
    beside: { "base.yaml": "extends: ./policy.yaml\n" },
    says: ["base.yaml:1:10: extends: the file extends itself: policy.yaml → base.yaml → policy.yaml"],
    underlined: "./policy.yaml",
  },
  {
    name: "a base that does not exist",
    policy: "extends: ./bse.yaml\n",
    beside: { "base.yaml": "" },
    says: ['policy.yaml:1:10: extends: there is no file "./bse.yaml" (did you mean "./base.yaml"?)'],
    underlined: "./bse.yaml",
  },
  {
    name: "a key of the file that does not exist",
    policy: "polices: []\n",
    says: ['policy.yaml:1:1: polices: unknown key "polices" (did you mean "policies"?)'],
    underlined: "polices",
  },
  {
    name: "a key of a rule that does not exist",
    policy: rule("triger: { keywords: [a] }\naction: log"),
    says: ['policy.yaml:3:5: policies.0.triger: unknown key "triger" (did you mean "trigger"?)'],
    underlined: "triger",
  },
  {
    name: "a key of a trigger that does not exist",
    policy: rule("trigger: { classifier: toxicity, treshold: 0.5 }\naction: log"),
    says: ['policy.yaml:3:38: policies.0.trigger.treshold: unknown key "treshold" (did you mean "threshold"?)'],
    underlined: "treshold",
  },
  {
    name: "a trigger's key that its form ignores",
    policy: rule("trigger: { pattern: abc, threshold: 0.5 }\naction: log"),
    says: ['policy.yaml:3:30: rule "r": trigger.threshold: does nothing beside pattern; it belongs to classifier'],
    underlined: "threshold",
  },
  {
    name: "match beside a pattern",
    policy: rule("trigger: { pattern: abc, match: all }\naction: log"),
    says: ['policy.yaml:3:30: rule "r": trigger.match: does nothing beside pattern; it belongs to keywords'],
    underlined: "match",
  },
  {
    name: "confidence without a label",
    policy: rule("trigger: { classifier: toxicity, confidence: 0.5 }\naction: log"),
    says: [
      'policy.yaml:3:38: rule "r": trigger.confidence: is the least score of a label, and there is no label (did you mean "threshold"?)',
    ],
    underlined: "confidence",
  },
  {
    name: "an option that no action uses",
    policy: rule('trigger: { keywords: [a] }\naction: log\nreplacement: "***"'),
    says: ['policy.yaml:5:5: rule "r": replacement: is used by none of the rule\'s actions (log)'],
    underlined: "replacement",
  },
  {
    name: "an option another action has",
    policy: rule('trigger: { keywords: [a] }\naction: { type: stop, replacement: "***" }'),
    says: [
      'policy.yaml:4:27: rule "r": action.replacement: stop takes no "replacement"; it takes message, status_code, include_scores, log_level',
    ],
    underlined: "replacement",
  },
  {
    name: "an action that does not exist",
    policy: rule("trigger: { keywords: [a] }\naction: redakt"),
    says: [
      'policy.yaml:4:13: policies.0.action: expected one of stop, redact, pseudonymize, inject, transform, log, audit, notify; got the text "redakt" (did you mean "redact"?)',
    ],
    underlined: "redakt",
  },
  {
    name: "an action without what it needs",
    policy: rule("trigger: { keywords: [a] }\naction: { type: notify, message: x }"),
    says: ['policy.yaml:4:13: rule "r": action: notify needs "url"'],
    underlined: "{ type: notify, message: x }",
  },
  {
    name: "a mistake inside a list of actions",
    policy: rule('trigger: { keywords: [a] }\naction:\n  - log\n  - { type: notify, url: "https://h.example", channel: slack }'),
    says: ['policy.yaml:6:60: policies.0.action.1.channel: expected one of webhook; got the text "slack"'],
    underlined: "slack",
  },
  {
    name: "two forms in one trigger",
    policy: rule("trigger: { classifier: toxicity, pattern: abc }\naction: log"),
    says: ['policy.yaml:3:14: rule "r": trigger: mixes classifier and pattern; combine them with all or any'],
    underlined: "{ classifier: toxicity, pattern: abc }",
  },
  {
    name: "a trigger that says nothing",
    policy: rule("trigger: {}\naction: log"),
    says: ['policy.yaml:3:14: rule "r": trigger: says nothing: give it classifier, pattern, keywords, condition, all, any or not'],
    underlined: "{}",
  },
  {
    name: "a rule without a trigger",
    policy: rule("action: log"),
    says: ['policy.yaml:2:5: rule "r": has no trigger'],
    underlined: "name",
  },
  {
    name: "a rule without an action",
    policy: rule("trigger: { keywords: [a] }"),
    says: ['policy.yaml:2:5: rule "r": has no action'],
    underlined: "name",
  },
  {
    name: "a priority above 100",
    policy: rule("priority: 900\ntrigger: { keywords: [a] }\naction: log"),
    says: ["policy.yaml:3:15: policies.0.priority: expected at most 100, got 900"],
    underlined: "900",
  },
  {
    name: "a mode that does not exist",
    policy: rule("mode: shadw\ntrigger: { keywords: [a] }\naction: log"),
    says: ['policy.yaml:3:11: policies.0.mode: expected one of enforce, shadow, disabled; got the text "shadw" (did you mean "shadow"?)'],
    underlined: "shadw",
  },
  {
    name: "a text where a number belongs",
    policy: rule("priority: high\ntrigger: { keywords: [a] }\naction: log"),
    says: ['policy.yaml:3:15: policies.0.priority: expected a number, got the text "high"'],
    underlined: "high",
  },
  {
    name: "a webhook that is no URL",
    policy: rule("trigger: { keywords: [a] }\naction: { type: notify, url: hooks.example.com }"),
    says: ["policy.yaml:4:34: policies.0.action.url: expected an http(s) URL"],
    underlined: "hooks.example.com",
  },
  {
    name: "a type that says something else",
    policy: "rules:\n  - name: r\n    trigger: { type: pattern, classifier: toxicity }\n    actions: [{ type: log }]\n",
    says: ['policy.yaml:3:22: rule "r": trigger.type: says pattern, but the trigger has classifier (did you mean "classifier"?)'],
    underlined: "pattern",
  },
  {
    name: "both spellings at once",
    policy: "policies: []\nrules: []\n",
    says: ["policy.yaml:2:8: rules: says the same as policies; keep one of them"],
    underlined: "[]",
  },
  {
    name: "a variable that does not exist",
    policy: rule('phase: ingress\ntrigger: { keywords: [a] }\naction: stop\nmessage: "Not for ${tenat}"'),
    says: ['policy.yaml:6:14: warning: rule "r": message: ${tenat} is no variable and stays as it is written (did you mean "${tenant}"?)'],
    underlined: '"Not for ${tenat}"',
  },
  {
    name: "YAML that cannot be read",
    policy: "policies:\n  - name: r\n   trigger: {}\n",
    says: ["policy.yaml:3:1: Sequence item without - indicator"],
    underlined: "trigger",
  },
  {
    name: "a key given twice",
    policy: rule("action: log\ntrigger: { keywords: [a] }\naction: stop"),
    says: ["policy.yaml:5:5: Map keys must be unique"],
    underlined: "action",
  },
  {
    name: "two actions that replace the same text",
    policy: rule("phase: ingress\ntrigger: { classifier: pii_detector }\naction: [pseudonymize, { type: transform, operation: trim }]"),
    says: ['policy.yaml:5:28: rule "r": action.1: pseudonymize and transform both replace the same text; keep one of them'],
    underlined: "{ type: transform, operation: trim }",
  },
  {
    name: "a threshold beside a condition on the score",
    policy: rule('trigger: { classifier: toxicity, threshold: 0.5, condition: { score: "> 0.8" } }\naction: log'),
    says: ['policy.yaml:3:38: rule "r": trigger.threshold: says the same as condition.score; keep one of them'],
    underlined: "threshold",
  },
  {
    name: "a threshold beside a confidence",
    policy: rule("trigger: { classifier: toxicity, label: insult, threshold: 0.5, confidence: 0.9 }\naction: log"),
    says: ['policy.yaml:3:69: rule "r": trigger.confidence: says the same as threshold; keep one of them'],
    underlined: "confidence",
  },
  {
    name: "a confidence above the maximum",
    policy: rule("trigger: { classifier: toxicity, label: insult, confidence: 0.9, max_threshold: 0.5 }\naction: log"),
    says: ['policy.yaml:3:65: rule "r": trigger.confidence: 0.9 is above max_threshold 0.5, so this never fires'],
    underlined: "0.9",
  },
  {
    name: "a label beside entities",
    policy: rule("trigger: { classifier: pii_detector, entities: [email], label: phone }\naction: log"),
    says: [
      'policy.yaml:3:61: rule "r": trigger.label: says the same as entities, since the labels of pii_detector are its entities; keep one of them',
    ],
    underlined: "label",
  },
  {
    name: "a label beside a condition on the label",
    policy: rule('trigger: { classifier: sentiment, label: neutral, condition: { label: "in [negative]" } }\naction: log'),
    says: ['policy.yaml:3:39: rule "r": trigger.label: says the same as condition.label; keep one of them'],
    underlined: "label",
  },
  {
    name: "a label in a condition that the classifier never answers",
    policy: rule('trigger: { classifier: sentiment, condition: { label: "in [negativ]" } }\naction: log'),
    says: [
      'policy.yaml:3:59: rule "r": trigger.condition.label: "sentiment" never answers "negativ"; it knows negative, neutral, positive (did you mean "negative"?)',
    ],
    underlined: '"in [negativ]"',
  },
  {
    name: "an empty list of labels in a condition",
    policy: rule('trigger: { classifier: sentiment, condition: { label: "in []" } }\naction: log'),
    says: ['policy.yaml:3:59: rule "r": trigger.condition.label: the list in "in []" is empty'],
    underlined: '"in []"',
  },
  {
    name: "an empty keyword",
    policy: rule('trigger: { keywords: [gold, ""] }\naction: stop'),
    says: ["policy.yaml:3:33: policies.0.trigger.keywords.1: must not be empty"],
    underlined: '""',
  },
  {
    name: "no entities at all",
    policy: rule("trigger: { classifier: pii_detector, entities: [] }\naction: redact"),
    says: ["policy.yaml:3:52: policies.0.trigger.entities: must not be empty"],
    underlined: "[]",
  },
  {
    name: "a wrong variable in a webhook's payload",
    policy: rule('trigger: { keywords: [a] }\naction: { type: notify, url: "https://h.example", payload: { who: "${tenat}" } }'),
    says: [
      'policy.yaml:4:71: warning: rule "r": action.payload.who: ${tenat} is no variable and stays as it is written (did you mean "${tenant}"?)',
    ],
    underlined: '"${tenat}"',
  },
];
