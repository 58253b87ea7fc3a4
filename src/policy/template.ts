/** Fills `${variable}` in the texts of rules. What a client or model wrote is cut and stripped, since it may be what was blocked. */

/** The variables a rule's texts may use. */
export const VARIABLES = [
  "input",
  "output",
  "tenant",
  "model",
  "timestamp",
  "request_id",
  "rule_name",
  "classifier_name",
  "score",
] as const;

export type TemplateValues = Readonly<Record<typeof VARIABLES[number], string>>;

/** Longest value put in; UTF-16 units. */
const MAX_VALUE_CHARS = 200;

/** Fills in known variables; others stay as written (a shell snippet in a disclaimer is no mistake). */
export function fillTemplate(template: string, values: TemplateValues): string {
  if (!template.includes("${")) return template;
  return template.replace(/\$\{([a-z_]+)\}/g, (whole, name: string) => {
    const known = VARIABLES.find((variable) => variable === name);
    return known === undefined ? whole : clean(values[known]);
  });
}

function clean(value: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is removed
  const printable = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  return printable.length <= MAX_VALUE_CHARS ? printable : `${printable.slice(0, MAX_VALUE_CHARS)}…`;
}
