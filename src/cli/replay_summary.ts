/** What a replay says at its end: how many decisions would change, how, by which rules, with examples. */
import type { ReplayOutcome } from "../guard/replay.ts";

/** Text shown around a span; UTF-16 units. */
const CONTEXT_CHARS = 40;

interface Change {
  count: number;
  readonly rules: Map<string, number>;
  readonly examples: ReplayOutcome[];
}

export class ReplaySummary {
  #unchanged = 0;
  #textless = 0;
  #unknown = 0;
  readonly #lostTo = new Map<string, number>();
  readonly #changes = new Map<string, Change>();

  constructor(readonly maxExamples: number) {}

  /** Records whose text was there. */
  get judged(): number {
    return this.#unchanged + this.#unknown + this.#changed;
  }

  get #changed(): number {
    return [...this.#changes.values()].reduce((sum, { count }) => sum + count, 0);
  }

  addTextless(): void {
    this.#textless++;
  }

  add(outcome: ReplayOutcome): void {
    const { before, after } = outcome;
    if (after === "unknown") {
      this.#unknown++;
      for (const { rule } of outcome.record.removed) this.#lostTo.set(rule, (this.#lostTo.get(rule) ?? 0) + 1);
      return;
    }
    if (after === before) {
      this.#unchanged++;
      return;
    }
    const key = `${before} → ${after}`;
    let change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, change = { count: 0, rules: new Map(), examples: [] });
    change.count++;
    for (const rule of reasons(outcome)) change.rules.set(rule, (change.rules.get(rule) ?? 0) + 1);
    if (change.examples.length < this.maxExamples) change.examples.push(outcome);
  }

  text(title: string): string {
    const total = this.judged + this.#textless;
    const lines = [
      `${title}: ${total} request${total === 1 ? "" : "s"}`,
      `  unchanged    ${this.#unchanged}`,
      `  changed      ${this.#changed}`,
    ];
    const changes = [...this.#changes].sort(([, a], [, b]) => b.count - a.count);
    for (const [key, { count, rules }] of changes) lines.push(`    ${key.padEnd(16)} ${count}${ruleCounts(rules)}`);
    if (this.#unknown > 0) {
      lines.push(`  cannot tell  ${this.#unknown}: their text was changed before it was recorded${ruleCounts(this.#lostTo)}`);
    }
    if (this.#textless > 0) lines.push(`  no text      ${this.#textless}: only hashes were recorded (telemetry.audit.include)`);
    for (const [key, { examples }] of changes) {
      for (const outcome of examples) lines.push("", ...example(key, outcome));
    }
    return lines.join("\n");
  }
}

/** The rules that made the difference: new ones where it is stricter, missing ones where it is milder. */
function reasons({ beforeRules, afterRules, before, after }: ReplayOutcome): readonly string[] {
  const stricter = after === "block" || (after === "redact" && before === "allow");
  return stricter ? afterRules : beforeRules.filter((rule) => !afterRules.includes(rule));
}

function ruleCounts(rules: ReadonlyMap<string, number>): string {
  if (rules.size === 0) return "";
  const sorted = [...rules].sort(([, a], [, b]) => b - a);
  const more = sorted.length > 5 ? `, ${sorted.length - 5} more` : "";
  return `  by ${sorted.slice(0, 5).map(([rule, count]) => `${rule} (${count})`).join(", ")}${more}`;
}

function example(key: string, outcome: ReplayOutcome): string[] {
  const { record, spans } = outcome;
  const rules = reasons(outcome);
  const head = [key, record.time, record.requestId === undefined ? undefined : `request ${record.requestId}`];
  const lines = [head.filter((each) => each !== undefined).join("  ")];
  const span = spans.find(({ rule }) => rules.includes(rule));
  if (span !== undefined) {
    lines.push(`  ${span.rule} in the ${span.of}: ${quoted(span.of === "input" ? record.input! : record.output!, span.from, span.to)}`);
  } else {
    if (rules.length > 0) lines.push(`  no longer: ${rules.join(", ")}`);
    const text = record.input ?? record.output ?? "";
    lines.push(`  ${quoted(text, 0, 0)}`);
  }
  return lines;
}

/** The span in double arrows, with some text around it, on one line. */
function quoted(text: string, from: number, to: number): string {
  const start = Math.max(0, from - CONTEXT_CHARS);
  const end = Math.min(text.length, to + CONTEXT_CHARS);
  const middle = to > from ? `»${text.slice(from, Math.min(to, from + 200))}«` : "";
  const shown = `${start > 0 ? "…" : ""}${text.slice(start, from)}${middle}${text.slice(to, end)}${end < text.length ? "…" : ""}`;
  return shown.replace(/\s+/g, " ");
}
