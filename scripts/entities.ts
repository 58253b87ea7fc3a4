/** Writes `docs/entities.md` from the rules: `deno run -A scripts/entities.ts`. A test compares the two. */
import { entityAliases } from "../src/classifiers/entities/aliases.ts";
import type { EntityRule } from "../src/classifiers/entities/entity.ts";
import { PII } from "../src/classifiers/entities/pii.ts";
import { SECRETS } from "../src/classifiers/entities/secrets.ts";

/** How a kind is told from its look-alikes, over all its rules. */
function evidence(rules: readonly EntityRule[]): string {
  const ways = new Set(rules.map((rule) => {
    const tested = rule.valid !== undefined || rule.confidence !== undefined;
    if (rule.context === undefined) return tested ? "shape and test" : "shape";
    const needed = (rule.without ?? 0) === 0;
    return `${tested ? "shape and test" : "shape"}${needed ? ", only after a context word" : `; ${rule.without} without a context word`}`;
  }));
  return [...ways].join(" / ");
}

function table(rules: readonly EntityRule[]): string {
  const aliases = entityAliases();
  const rows = [...new Set(rules.map(({ entity }) => entity))].sort().map((entity) => {
    const own = rules.filter((rule) => rule.entity === entity);
    const others = aliases.get(entity)?.map((alias) => `\`${alias}\``).join(", ") ?? "";
    const score = Math.max(...own.map(({ score }) => score));
    return `| \`${entity}\` | ${own[0]!.label} | ${[...new Set(own.map(({ region }) => region))].join(", ")} | ${score} | ${
      evidence(own)
    } | ${others} |`;
  });
  return ["| entity | what | region | score | found by | also called |", "| --- | --- | --- | --- | --- | --- |", ...rows].join("\n");
}

const count = (rules: readonly EntityRule[]) => new Set(rules.map(({ entity }) => entity)).size;

/** The page. */
export function entitiesPage(): string {
  return `# Entities

What \`pii_detector\` and \`secrets\` find. Written by \`deno run -A scripts/entities.ts\` from the code; do not edit.

In the configuration:

\`\`\`yaml
classifiers:
  pii_detector:                      # the built-in, narrowed
    entities: [credit_card, email]   # default: all
    allow_list: [help@acme.example]  # never a finding
    context: {employee_id: [badge]}  # further context words
\`\`\`

In a policy:

\`\`\`yaml
policies:
  - name: redact_cards
    trigger: {classifier: pii_detector, entities: [credit_card], threshold: 0.8}
    action: redact
\`\`\`

A match is a shape; most kinds also pass a test (check digits, ranges, what stands before). A *context word* ("SSN", "born on", …) within the
48 characters before raises the score, or is required. Zero-width characters and full-width digits are read through.

Limits, on purpose: people's names are found by lists of given names and surnames (no lower case, no name outside the lists unless a title comes first);
addresses by the street words of about twelve languages; \`url\` scores 0.5 so that default thresholds leave links alone. \`card_security_code\` and
\`password\` include the words that name them. A secret longer than \`max_holdback_chars\` (512) is found by its first lines.

## pii_detector (${count(PII)} kinds)

${table(PII)}

## secrets (${count(SECRETS)} kinds)

${table(SECRETS)}
`;
}

if (import.meta.main) await Deno.writeTextFile(new URL("../docs/entities.md", import.meta.url), entitiesPage());
