/** Which keys belong to which form of trigger, so that one that would be ignored is refused instead. */
import { suggest } from "../config/suggest.ts";
import type { YamlPath } from "../config/yaml_source.ts";
import type { RawTrigger } from "./schema.ts";

type Key = keyof RawTrigger;
const FORMS = ["classifier", "pattern", "keywords", "condition", "all", "any", "not", "triggers", "field"] as const;
export type Form = typeof FORMS[number];

/** Keys that each form reads beside its own. */
const READS: Readonly<Record<Form, readonly Key[]>> = {
  classifier: ["threshold", "min_threshold", "max_threshold", "label", "confidence", "entities", "condition"],
  pattern: ["case_insensitive", "multiline"],
  keywords: ["match", "case_insensitive"],
  condition: [],
  all: [],
  any: [],
  not: [],
  triggers: ["operator"],
  field: ["value"],
};

/** `type:` of the older spelling, and the forms it announces. */
const TYPES: Readonly<Record<string, readonly Form[]>> = {
  classifier: ["classifier"],
  pattern: ["pattern"],
  keywords: ["keywords"],
  keyword: ["keywords"],
  composite: ["triggers", "all", "any", "not"],
  condition: ["condition"],
  context: ["field"],
};

/** The forms a trigger uses; `condition` beside `classifier` is part of the latter. */
export function formsOf(raw: RawTrigger): Form[] {
  return FORMS.filter((form) => raw[form] !== undefined && !(form === "condition" && raw.classifier !== undefined));
}

/** Refuses keys of `raw` that its form would ignore, and a `type` that says something else. */
export function checkKeys(
  raw: RawTrigger,
  form: Form,
  path: YamlPath,
  report: (path: YamlPath, message: string, options?: { suggestion?: string; key?: boolean }) => void,
): void {
  const reads = READS[form];
  for (const key of Object.keys(raw) as Key[]) {
    if (raw[key] === undefined || key === form || key === "type" || reads.includes(key)) continue;
    const home = FORMS.filter((other) => READS[other].includes(key));
    const meant = suggest(key, reads);
    report(
      [...path, key],
      `does nothing beside ${form}; it belongs to ${home.join(" or ")}`,
      { key: true, ...(meant !== undefined && { suggestion: meant }) },
    );
  }
  if (raw.type !== undefined && !TYPES[raw.type]!.includes(form)) {
    report([...path, "type"], `says ${raw.type}, but the trigger has ${form}`, { suggestion: typeOf(form) });
  }
  if (raw.confidence !== undefined && raw.label === undefined) {
    report([...path, "confidence"], "is the least score of a label, and there is no label", { key: true, suggestion: "threshold" });
  }
}

function typeOf(form: Form): string {
  return Object.keys(TYPES).find((type) => TYPES[type]!.includes(form))!;
}
