/** Markdown tables of figures. */
import { atThreshold, auroc, averagePrecision, type Scored } from "../train/metrics.ts";

/** Default of `thresholds.safety`. */
export const THRESHOLD = 0.85;

/** `–` where a figure has no meaning (no positives, no negatives). */
export const number = (value: number, digits = 3) => Number.isNaN(value) ? "–" : value.toFixed(digits);
const percent = (value: number) => Number.isNaN(value) ? "–" : `${(value * 100).toFixed(1)} %`;

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Columns of `figures`. */
export const HEAD = ["set", "n", "positive", "AUROC", "avg. precision", "precision", "recall", "F1", "false positives"];

/** One row of figures at the default threshold. */
export function figures(name: string, judged: readonly Scored[]): string[] {
  const { precision, recall, f1, falsePositiveRate } = atThreshold(judged, THRESHOLD);
  const positive = judged.filter((row) => row.label === 1).length;
  const both = positive > 0 && positive < judged.length;
  return [
    name,
    String(judged.length),
    String(positive),
    number(auroc(judged)),
    both ? number(averagePrecision(judged)) : "–",
    both ? number(precision) : "–",
    percent(recall),
    both ? number(f1) : "–",
    percent(falsePositiveRate),
  ];
}

/** Rows by key, keys in order. */
export function grouped<T>(rows: readonly T[], key: (row: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}
