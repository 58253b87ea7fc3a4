import type { Period } from "./export.ts";
import { chart, DECISIONS } from "./report_chart.ts";
import { escaped } from "./report_text.ts";
import type { AuditRecord, ChainReport } from "./types.ts";

/** Records shown as examples: the first ones of each rule. */
const EXAMPLES = 30;
const EXAMPLES_OF_A_RULE = 2;
/** Most rows of a table; the rest is summed in one. */
const MOST_ROWS = 100;
/** Most different values of a kind; a tenant's rules are few, what grows without bound is summed. */
const MOST_VALUES = 10_000;

interface RuleCount {
  enforced: number;
  shadow: number;
  readonly actions: Set<string>;
  readonly regulations: Set<string>;
}

/** Counts what a report shows, record by record, in constant memory. */
export class Report {
  readonly #decisions = new Map<string, number>();
  readonly #models = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #rules = new Map<string, RuleCount>();
  readonly #regulations = new Map<string, number>();
  readonly #days = new Map<string, Map<string, number>>();
  readonly #examples: AuditRecord[] = [];
  readonly #shownOf = new Map<string, number>();
  #records = 0;
  #first: AuditRecord | undefined;
  #last: AuditRecord | undefined;

  add(record: AuditRecord): void {
    this.#records++;
    this.#first ??= record;
    this.#last = record;
    count(this.#decisions, record.decision);
    count(this.#models, record.model === "" ? "(none)" : record.model);
    count(this.#outcomes, record.outcome);
    const day = record.timestamp.slice(0, 10);
    const today = this.#days.get(day) ?? new Map<string, number>();
    this.#days.set(day, today);
    count(today, record.decision);
    for (const regulation of new Set(record.actions.flatMap((action) => action.regulation ?? []))) count(this.#regulations, regulation);
    const rules = new Map(record.actions.map((action) => [action.rule, action]));
    for (const [rule, { mode }] of rules) {
      const counted = this.#ruleCount(rule);
      if (mode === "shadow") counted.shadow++;
      else counted.enforced++;
      if (this.#examples.length >= EXAMPLES || (this.#shownOf.get(rule) ?? 0) >= EXAMPLES_OF_A_RULE) continue;
      count(this.#shownOf, rule);
      if (this.#examples.at(-1) !== record) this.#examples.push(record);
    }
    for (const { rule, action, regulation } of record.actions) {
      const { actions, regulations } = this.#ruleCount(rule);
      if (actions.size < MOST_ROWS) actions.add(action);
      if (regulation !== undefined && regulations.size < MOST_ROWS) regulations.add(regulation);
    }
  }

  /** One HTML page without scripts, links or fonts from elsewhere: it can be mailed, printed and archived. */
  html(tenant: string, period: Period, verified: ChainReport, publicKey: string, now: number): string {
    const { step, svg } = chart(this.#days);
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Audit report: ${
      escaped(tenant)
    }</title>
<style>${STYLE}</style></head><body>
<header><p class="kind">Audit report</p><h1>${escaped(tenant)}</h1>
<p>${escaped(period.start ?? "The beginning")} to ${escaped(period.end ?? "now")} &middot; made ${new Date(now).toISOString()}</p></header>
<section class="tiles">${this.#tiles()}</section>
<h2>Integrity</h2>${integrity(verified, this.#first, this.#last, publicKey)}
<h2>Requests by ${step}</h2><p class="legend">${
      DECISIONS.map((decision) => `<span class="${decision}"></span>${decision}`).join(" ")
    }</p>${svg}
<h2>Rules</h2>${this.#ruleTable()}
<div class="columns"><div><h2>Regulations</h2>${table("Regulation", this.#regulations)}</div>
<div><h2>Models</h2>${table("Model", this.#models)}</div><div><h2>Outcomes</h2>${table("Outcome", this.#outcomes)}</div></div>
<h2>Examples</h2>${this.#exampleTable()}
</body></html>
`;
  }

  #ruleCount(rule: string): RuleCount {
    const name = this.#rules.has(rule) || this.#rules.size < MOST_VALUES ? rule : "(others)";
    let counted = this.#rules.get(name);
    if (counted === undefined) this.#rules.set(name, counted = { enforced: 0, shadow: 0, actions: new Set(), regulations: new Set() });
    return counted;
  }

  #tiles(): string {
    const tile = (name: string, n: number) => {
      const share = this.#records === 0 || name === "requests" ? "" : `<small>${(n / this.#records * 100).toFixed(1)} %</small>`;
      return `<div class="${name}"><b>${n.toLocaleString("en")}</b>${share}<span>${name}</span></div>`;
    };
    return [tile("requests", this.#records), ...DECISIONS.map((decision) => tile(decision, this.#decisions.get(decision) ?? 0))].join("");
  }

  #ruleTable(): string {
    if (this.#rules.size === 0) return "<p>No rule fired.</p>";
    const rows = [...this.#rules].sort(([, a], [, b]) => b.enforced + b.shadow - a.enforced - a.shadow);
    const shown = rows.slice(0, MOST_ROWS).map(([rule, { enforced, shadow, actions, regulations }]) =>
      `<tr><td>${escaped(rule)}</td><td class="n">${enforced}</td><td class="n">${shadow}</td><td>${
        escaped([...actions].join(", "))
      }</td><td>${escaped([...regulations].join(", "))}</td></tr>`
    );
    const left = rows.length - shown.length;
    return `<table><tr><th>Rule</th><th class="n">Requests</th><th class="n">in shadow</th><th>Actions</th><th>Regulations</th></tr>${
      shown.join("")
    }</table>${left > 0 ? `<p>${left} more rules are not shown.</p>` : ""}`;
  }

  #exampleTable(): string {
    if (this.#examples.length === 0) return "<p>No rule fired.</p>";
    const rows = this.#examples.map((record) => {
      const actions = record.actions.slice(0, 5).map((action) =>
        `${escaped(action.rule)}: ${escaped(action.action)} (${escaped(action.phase)}${action.mode === "shadow" ? ", shadow" : ""})${
          action.regulation === undefined ? "" : `, ${escaped(action.regulation)}`
        }`
      );
      if (record.actions.length > actions.length) actions.push(`and ${record.actions.length - actions.length} more`);
      return `<tr><td class="n">${record.id}</td><td>${escaped(record.timestamp)}</td><td><span class="${
        escaped(record.decision)
      }"></span>${escaped(record.decision)}</td><td>${escaped(record.model)}</td><td>${actions.join("<br>")}</td><td><code>${
        escaped(record.request_id)
      }<br>${escaped(record.hash)}</code></td></tr>`;
    });
    return `<p>The first ${EXAMPLES_OF_A_RULE} records of each rule.</p><table class="examples"><tr><th class="n">Record</th><th>Time</th><th>Decision</th><th>Model</th><th>What fired</th><th>Request, hash</th></tr>${
      rows.join("")
    }</table>`;
  }
}

function integrity(verified: ChainReport, first: AuditRecord | undefined, last: AuditRecord | undefined, publicKey: string): string {
  const proof = verified.status === "valid"
    ? `<p>The chain is intact: ${verified.records_verified} records verified.</p>`
    : `<p>The chain is broken at record ${verified.first_bad?.id}: ${escaped(verified.first_bad?.reason ?? "")}</p>`;
  const asides = (verified.set_aside ?? []).map(({ file, reason }) =>
    `<p class="bad">Set aside: ${escaped(file)} (${escaped(reason)})</p>`
  );
  const ends = first === undefined || last === undefined
    ? ""
    : `<table><tr><th>First record</th><td class="n">${first.id}</td><td>${escaped(first.timestamp)}</td><td><code>${
      escaped(first.hash)
    }</code></td></tr>
<tr><th>Last record</th><td class="n">${last.id}</td><td>${escaped(last.timestamp)}</td><td><code>${
      escaped(last.hash)
    }</code></td></tr></table>`;
  return `<div class="proof ${verified.status === "valid" ? "good" : "bad"}">${proof}${asides.join("")}${ends}
<p>This page is for people. What proves itself is the JSONL export, checked with <code>scripts/verify_audit.ts</code> and this key:</p>
<pre>${escaped(publicKey)}</pre></div>`;
}

function count(counts: Map<string, number>, key: string): void {
  const known = counts.has(key) || counts.size < MOST_VALUES ? key : "(others)";
  counts.set(known, (counts.get(known) ?? 0) + 1);
}

function table(title: string, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return "<p>None.</p>";
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  const rest = rows.slice(MOST_ROWS).reduce((sum, [, n]) => sum + n, 0);
  const shown = rest === 0 ? rows : [...rows.slice(0, MOST_ROWS), ["(others)", rest] as const];
  return `<table><tr><th>${title}</th><th class="n">Requests</th></tr>${
    shown.map(([name, n]) => `<tr><td>${escaped(name)}</td><td class="n">${n}</td></tr>`).join("")
  }</table>`;
}

const STYLE = `
:root{color-scheme:light;--allow:#3566b8;--redact:#d99a1c;--block:#b3261e;--error:#8a8f98}
body{font:14px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
h1{font-size:1.9rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}.kind{margin:0;color:#555;text-transform:uppercase;letter-spacing:.08em;font-size:.75rem}
table{border-collapse:collapse;margin:.25rem 0 1rem}td,th{border-bottom:1px solid #ddd;padding:.25rem 1rem .25rem 0;text-align:left;vertical-align:top}
td:last-child,th:last-child{padding-right:0}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
code,pre{font:.85em/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:1.5rem 0}
.tiles div{border:1px solid #ddd;border-top:3px solid #1a1a1a;border-radius:4px;padding:.5rem .75rem}
.tiles b{font-size:1.5rem;margin-right:.5rem;font-variant-numeric:tabular-nums}.tiles span{display:block;color:#555}
.tiles .allow{border-top-color:var(--allow)}.tiles .redact{border-top-color:var(--redact)}.tiles .block{border-top-color:var(--block)}.tiles .error{border-top-color:var(--error)}
.proof{border:1px solid #ddd;border-left:4px solid;border-radius:4px;padding:.5rem 1rem}.proof.good{border-left-color:#14632b}.proof.bad{border-left-color:#a01818}
.good>p:first-child{color:#14632b;font-weight:600}.bad>p:first-child,p.bad{color:#a01818;font-weight:600}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:0 2rem}
.legend span,.examples span{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin:0 .35em 0 .5em}.examples span{margin-left:0}
.legend .allow,.examples .allow{background:var(--allow)}.legend .redact,.examples .redact{background:var(--redact)}.legend .block,.examples .block{background:var(--block)}.legend .error,.examples .error{background:var(--error)}
svg{width:100%;height:auto}svg line{stroke:#ddd}svg text{font:11px system-ui,sans-serif;fill:#555}
rect.allow{fill:var(--allow)}rect.redact{fill:var(--redact)}rect.block{fill:var(--block)}rect.error{fill:var(--error)}
@media print{body{margin:0;max-width:none}tr,svg,.proof{break-inside:avoid}}
`;
