/** What rules ask for once a request is over: log lines, webhooks, and which of its text is recorded. Each rule speaks once per request. */
import type { Finding } from "../guard/types.ts";
import type { Notification } from "../notify/webhooks.ts";
import type { Action } from "../policy/types.ts";
import type { TenantRuntime } from "../tenants/runtime.ts";
import type { Log } from "../telemetry/log.ts";
import type { Exchange } from "./exchange.ts";

export interface RuleEventDeps {
  readonly log: Log;
  /** Must return at once; undefined: nobody is told. */
  readonly notify: ((notification: Notification) => void) | undefined;
}

/** Kept of each rule: its first finding, and how many there were. */
interface Fired {
  readonly finding: Finding;
  count: number;
}

/** Writes the log lines and sends the notifications of the rules that fired. Shadow rules do neither. */
export function actOnRules(exchange: Exchange, { log, notify }: RuleEventDeps): void {
  for (const { finding, count } of firedRules(exchange)) {
    for (const action of finding.actions) {
      if (action.kind === "log") {
        log[action.level](action.message === undefined ? "rule fired" : filled(exchange, finding, action.message), {
          ...eventOf(exchange, finding, count),
          tags: [...finding.rule.tags, ...action.tags],
          ...includedFacts(exchange, action),
        });
      }
      if (action.kind === "notify" && notify !== undefined) {
        const message = action.message ?? 'Rule "${rule_name}" fired for ${tenant}';
        notify({
          url: action.url,
          tenant: exchange.lease!.runtime.id,
          message: filled(exchange, finding, message),
          event: {
            ...Object.fromEntries(Object.entries(action.payload).map(([key, value]) => [key, filled(exchange, finding, value)])),
            ...eventOf(exchange, finding, count),
            decision: exchange.decision(),
          },
        });
      }
    }
  }
}

function firedRules(exchange: Exchange): Iterable<Fired> {
  const fired = new Map<string, Fired>();
  for (const [phase, report] of Object.entries(exchange.reports)) {
    for (const finding of report.findings) {
      if (finding.rule.mode !== "enforce") continue;
      const key = `${phase}/${finding.rule.name}`;
      const known = fired.get(key);
      if (known === undefined) fired.set(key, { finding, count: 1 });
      else known.count++;
    }
  }
  return fired.values();
}

/** Facts of one rule's firing; no prompt or answer text. */
function eventOf(exchange: Exchange, finding: Finding, count: number): Readonly<Record<string, unknown>> {
  return {
    request_id: exchange.requestId,
    tenant: exchange.lease?.runtime.id,
    rule: finding.rule.name,
    phase: finding.rule.phase,
    mode: finding.rule.mode,
    count,
    regulation: finding.rule.regulation,
    classifier: finding.classifier,
    entity: finding.entity,
    score: finding.score,
    model: exchange.model,
    timestamp: exchange.startedAt.toISOString(),
  };
}

/** `${…}` in a rule's text, filled with what is known of the request. */
export function filled(exchange: Exchange, { rule, classifier, score }: Finding, template: string): string {
  return exchange.fill(template, {
    rule: rule.name,
    ...(classifier !== undefined && { classifier }),
    ...(score !== undefined && { score }),
  });
}

/** What a log action's `include` adds to its line; texts are cut as in messages. */
function includedFacts(exchange: Exchange, { include }: Extract<Action, { kind: "log" }>): Readonly<Record<string, unknown>> {
  const facts: Record<string, unknown> = {};
  for (const name of include) {
    if (name === "input" || name === "output") facts[name] = exchange.fill(`\${${name}}`, { rule: "" });
    if (name === "classifier_scores") {
      facts[name] = Object.fromEntries(Object.values(exchange.reports).flatMap(({ maxScores }) => [...maxScores]));
    }
  }
  return facts;
}

/** The exchange must keep this text: the tenant records it always, or a rule would if it fired. */
export function keepsText({ config, policy }: TenantRuntime, what: "input" | "output"): boolean {
  return config.audit.include.includes(what) || policy.keeps[what];
}

/** The text the audit record carries: where the tenant's settings ask for it, or an audit action of a rule that fired does. */
export function recordedText(exchange: Exchange, what: "input" | "output"): string | undefined {
  const text = exchange[what];
  if (text === "") return undefined;
  if (exchange.lease!.runtime.config.audit.include.includes(what)) return text;
  const asked = Object.values(exchange.reports).some(({ findings }) =>
    findings.some(({ actions }) => actions.some((action) => action.kind === "audit" && action.include.includes(what)))
  );
  return asked ? text : undefined;
}
