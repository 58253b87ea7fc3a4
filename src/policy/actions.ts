/** What rules can do: a table entry per kind, saying where it can act, whether it decides, and which options it takes. */
import type { ActionKind, RawAction } from "./schema.ts";
import type { Action, Phase } from "./types.ts";

export interface ActionEntry {
  readonly phases: readonly Phase[];
  /** Options beside `type`. */
  readonly options: readonly (keyof RawAction)[];
  /** Options that must be given. */
  readonly required: readonly (keyof RawAction)[];
  compile(raw: RawAction, regulation: string | undefined): Action;
}

const NOTE = ["ingress", "midstream", "egress"] as const;

export const ACTIONS: Readonly<Record<ActionKind, ActionEntry>> = {
  stop: {
    phases: ["ingress", "midstream", "egress"],
    options: ["message", "status_code", "include_scores", "log_level"],
    required: [],
    compile: ({ message, status_code, include_scores }) => ({
      kind: "stop",
      ...(message !== undefined && { message }),
      statusCode: status_code ?? 400,
      includeScores: include_scores ?? false,
    }),
  },
  redact: {
    phases: ["ingress", "midstream", "egress"],
    options: ["replacement", "scope", "preserve_length", "marker_style"],
    required: [],
    compile: ({ replacement, scope, preserve_length, marker_style }) => ({
      kind: "redact",
      replacement: replacement ?? (marker_style === "asterisk" ? "***" : "[REDACTED]"),
      scope: scope ?? "matched",
      preserveLength: preserve_length ?? false,
      markerStyle: marker_style ?? (replacement === undefined ? "bracket" : "custom"),
    }),
  },
  pseudonymize: { phases: ["ingress"], options: [], required: [], compile: () => ({ kind: "pseudonymize" }) },
  inject: {
    phases: ["egress"],
    options: ["position", "content", "format", "separator", "conditions"],
    required: ["content"],
    compile: ({ position, content, format, separator, conditions }) => ({
      kind: "inject",
      position: position === "before" ? "start" : position === "after" ? "end" : position ?? "end",
      content: content!,
      format: format ?? "plain",
      separator: separator ?? "",
      notAlreadyPresent: conditions?.not_already_present ?? false,
    }),
  },
  transform: {
    phases: ["ingress"],
    options: ["operation"],
    required: ["operation"],
    compile: ({ operation }) => ({ kind: "transform", operation: operation! }),
  },
  log: {
    phases: NOTE,
    options: ["level", "log_level", "include", "include_context", "tags", "message"],
    required: [],
    compile: ({ level, log_level, include, include_context, tags, message }) => ({
      kind: "log",
      level: level ?? log_level ?? "info",
      include: include ?? (include_context === true ? ["input", "output"] : []),
      tags: tags ?? [],
      ...(message !== undefined && { message }),
    }),
  },
  audit: {
    phases: NOTE,
    options: ["regulation", "category", "severity", "include", "metadata", "tags", "retention_days"],
    required: [],
    compile: (raw, regulation) => ({
      kind: "audit",
      ...((raw.regulation ?? regulation) !== undefined && { regulation: raw.regulation ?? regulation! }),
      ...(raw.category !== undefined && { category: raw.category }),
      ...(raw.severity !== undefined && { severity: raw.severity }),
      include: raw.include ?? [],
      metadata: Object.fromEntries(Object.entries(raw.metadata ?? {}).map(([key, value]) => [key, String(value)])),
      tags: raw.tags ?? [],
      ...(raw.retention_days !== undefined && { retentionDays: raw.retention_days }),
    }),
  },
  notify: {
    phases: NOTE,
    options: ["channel", "url", "message", "payload"],
    required: ["url"],
    compile: ({ url, message, payload }) => ({
      kind: "notify",
      channel: "webhook",
      url: url!,
      ...(message !== undefined && { message }),
      payload: payload ?? {},
    }),
  },
};

/** What a rule's actions do, in order; a stop that has a log level logs too. */
export function compileActions(actions: readonly RawAction[], regulation: string | undefined): Action[] {
  return actions.flatMap((action) => {
    const compiled = ACTIONS[action.type].compile(action, regulation);
    if (action.type !== "stop" || action.log_level === undefined) return [compiled];
    return [compiled, ACTIONS.log.compile({ type: "log", log_level: action.log_level }, regulation)];
  });
}

/** The phases in which every one of `kinds` can act. */
export function phasesOf(kinds: readonly ActionKind[]): Phase[] {
  return (["ingress", "midstream", "egress"] as const).filter((phase) => kinds.every((kind) => ACTIONS[kind].phases.includes(phase)));
}
