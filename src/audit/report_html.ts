import type { AuditRecord, ChainReport } from "./types.ts";
import type { Period } from "./export.ts";

/** Records shown as examples. */
const EXAMPLES = 20;
/** Most rows of a table and bars of the chart; the rest is summed in one. */
const MOST_ROWS = 100;

/** Counts what a report shows, record by record, in constant memory. */
export class Report {
  readonly #decisions = new Map<string, number>();
  readonly #rules = new Map<string, number>();
  readonly #regulations = new Map<string, number>();
  readonly #days = new Map<string, number>();
  readonly #examples: AuditRecord[] = [];
  #records = 0;

  add(record: AuditRecord): void {
    this.#records++;
    count(this.#decisions, record.decision);
    count(this.#days, record.timestamp.slice(0, 10));
    for (const rule of new Set(record.actions.map((action) => action.rule))) count(this.#rules, rule);
    for (const regulation of new Set(record.actions.flatMap((action) => action.regulation ?? []))) count(this.#regulations, regulation);
    if (record.actions.length > 0 && this.#examples.length < EXAMPLES) this.#examples.push(record);
  }

  /** One HTML page without scripts, links or fonts from elsewhere: it can be mailed and archived. */
  html(tenant: string, period: Period, verified: ChainReport, publicKey: string, now: number): string {
    const proof = verified.status === "valid"
      ? `<p class="good">The chain is intact: ${verified.records_verified} records verified.</p>`
      : `<p class="bad">The chain is broken at record ${verified.first_bad?.id}: ${escaped(verified.first_bad?.reason ?? "")}</p>`;
    const asides = (verified.set_aside ?? []).map(({ file, reason }) =>
      `<p class="bad">Set aside: ${escaped(file)} (${escaped(reason)})</p>`
    );
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Audit report: ${escaped(tenant)}</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{border-bottom:1px solid #ddd;padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}.good{color:#14632b}.bad{color:#a01818}code,pre{font-size:.85em;overflow-wrap:anywhere;white-space:pre-wrap}
rect{fill:#3566b8}text{font:11px system-ui,sans-serif;fill:#555}</style></head><body>
<h1>Audit report: ${escaped(tenant)}</h1>
<p>Period: ${escaped(period.start ?? "the beginning")} to ${escaped(period.end ?? "now")}. Made ${
      new Date(now).toISOString()
    }. ${this.#records} records.</p>
<h2>Integrity</h2>${proof}${asides.join("")}<pre>${escaped(publicKey)}</pre>
<h2>Requests by day</h2>${chart(this.#days)}
<h2>Decisions</h2>${table("Decision", this.#decisions)}
<h2>Rules</h2>${table("Rule", this.#rules)}
<h2>Regulations</h2>${table("Regulation", this.#regulations)}
<h2>Examples</h2>${this.#examples.length === 0 ? "<p>No rule fired.</p>" : this.#examples.map(example).join("")}
</body></html>
`;
  }
}

function count(counts: Map<string, number>, key: string): void {
  // A tenant's rules are few; what grows without bound is summed.
  const known = counts.has(key) || counts.size < 10_000 ? key : "(others)";
  counts.set(known, (counts.get(known) ?? 0) + 1);
}

function table(title: string, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return "<p>None.</p>";
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  const rest = rows.slice(MOST_ROWS).reduce((sum, [, n]) => sum + n, 0);
  const shown = rest === 0 ? rows : [...rows.slice(0, MOST_ROWS), ["(others)", rest] as const];
  return `<table><tr><th>${title}</th><th>Records</th></tr>${
    shown.map(([name, n]) => `<tr><td>${escaped(name)}</td><td class="n">${n}</td></tr>`).join("")
  }</table>`;
}

function chart(days: ReadonlyMap<string, number>): string {
  if (days.size === 0) return "<p>No records in this period.</p>";
  const bars = [...days].sort(([a], [b]) => a < b ? -1 : 1).slice(-MOST_ROWS);
  const most = Math.max(...bars.map(([, n]) => n));
  const width = Math.floor(880 / bars.length);
  const drawn = bars.map(([day, n], index) => {
    const height = Math.max(1, Math.round((n / most) * 140));
    return `<rect x="${index * width}" y="${150 - height}" width="${Math.max(1, width - 2)}" height="${height}"><title>${
      escaped(day)
    }: ${n}</title></rect>`;
  });
  return `<svg viewBox="0 0 900 170" role="img" aria-label="Requests by day">${drawn.join("")}<text x="0" y="166">${
    escaped(bars[0]?.[0] ?? "")
  }</text><text x="880" y="166" text-anchor="end">${escaped(bars.at(-1)?.[0] ?? "")}</text><text x="0" y="10">${most}</text></svg>`;
}

function example(record: AuditRecord): string {
  const actions = record.actions.map((action) =>
    `<tr><td>${escaped(action.rule)}</td><td>${escaped(action.phase)}</td><td>${escaped(action.action)}</td><td>${
      escaped(action.regulation ?? "")
    }</td></tr>`
  );
  return `<h3>Record ${record.id}: ${escaped(record.decision)}</h3><p>${escaped(record.timestamp)}, request <code>${
    escaped(record.request_id)
  }</code>, model ${escaped(record.model)}</p><table><tr><th>Rule</th><th>Phase</th><th>Action</th><th>Regulation</th></tr>${
    actions.join("")
  }</table><p><code>${escaped(record.hash)}</code></p>`;
}

/** Records carry what clients sent: nothing of it may become markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
