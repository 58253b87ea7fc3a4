import { AuditError } from "./errors.ts";
import { canonicalJson, type Json } from "./canonical.ts";
import { sha256 } from "./chain.ts";
import type { AuditAction, AuditEntry, AuditRecord } from "./types.ts";

/** Longest texts, in UTF-16 units; what a client can choose must not grow a record without bound. Longer ones end in `…`. */
const SHORT = 512;
const LONG = 1_048_576;
/** Most actions of one record; the last one then says how many were left out. */
const MOST_ACTIONS = 1000;

/** A record ready to be stored: its canonical encoding (without `hash`), its hash, and what it is found by. */
export interface SealedRecord {
  readonly id: number;
  readonly time: number;
  readonly body: string;
  readonly hash: string;
  readonly entry: AuditEntry;
  readonly facets: readonly (readonly [kind: string, value: string])[];
}

/** An entry of `tenant` as a trail takes it; one string is cheap to hand to another thread. @throws {AuditError} `invalid` */
export function entryJson(entry: AuditEntry, tenant: string): string {
  if (entry.tenant !== tenant) {
    throw new AuditError("invalid", `Cannot record a request of tenant "${entry.tenant}" in the trail of "${tenant}"`);
  }
  return JSON.stringify(cleanEntry(entry));
}

/**
 * The entry with every text limited, well-formed and free of NUL (SQLite's text ends there).
 * @throws {AuditError} `invalid` for a number or time that cannot be recorded.
 */
export function cleanEntry(entry: AuditEntry): AuditEntry {
  if (Number.isNaN(Date.parse(entry.timestamp))) {
    throw new AuditError("invalid", `Cannot record the time "${clean(entry.timestamp, 40)}": expected RFC 3339`);
  }
  const optional = {
    ...(entry.key_id === undefined ? {} : { key_id: clean(entry.key_id) }),
    ...(entry.prompt_tokens === undefined ? {} : { prompt_tokens: finite(entry.prompt_tokens, "prompt_tokens") }),
    ...(entry.completion_tokens === undefined ? {} : { completion_tokens: finite(entry.completion_tokens, "completion_tokens") }),
    ...(entry.backend === undefined ? {} : { backend: clean(entry.backend) }),
    ...(entry.backend_tries === undefined ? {} : { backend_tries: finite(entry.backend_tries, "backend_tries") }),
    ...(entry.fallback_reason === undefined ? {} : { fallback_reason: clean(entry.fallback_reason) }),
    ...(entry.input === undefined ? {} : { input: clean(entry.input, LONG) }),
    ...(entry.output === undefined ? {} : { output: clean(entry.output, LONG) }),
    ...(entry.retention_days === undefined ? {} : { retention_days: finite(entry.retention_days, "retention_days") }),
  };
  return {
    timestamp: new Date(entry.timestamp).toISOString(),
    request_id: clean(entry.request_id),
    tenant: clean(entry.tenant),
    policy: clean(entry.policy),
    policy_version: clean(entry.policy_version),
    method: clean(entry.method),
    path: clean(entry.path),
    model: clean(entry.model),
    stream: entry.stream,
    decision: entry.decision,
    outcome: clean(entry.outcome),
    status: finite(entry.status, "status"),
    input_hash: clean(entry.input_hash),
    output_hash: clean(entry.output_hash),
    classifier_scores: Object.fromEntries(
      sorted(entry.classifier_scores).map(([name, score]) => [clean(name), finite(score, `classifier_scores.${name}`)]),
    ),
    actions: cleanActions(entry.actions),
    latency_ms: finite(entry.latency_ms, "latency_ms"),
    ...optional,
  };
}

/** The next record of a chain. `entry` must be clean. */
export function seal(entry: AuditEntry, id: number, previousHash: string): SealedRecord {
  const body = canonicalRecord(entry, id, previousHash);
  return { id, time: Date.parse(entry.timestamp), body, hash: sha256(body), entry, facets: facetsOf(entry) };
}

/**
 * What `canonicalJson` gives for a record, at a third of the cost: its members stand in their order here, and the engine writes them as they
 * stand. Names that begin with a digit it might write in an order of its own. `entry` must be clean: well-formed texts, finite numbers.
 */
export function canonicalRecord(entry: AuditEntry, id: number, previousHash: string): string {
  const record = {
    actions: entry.actions,
    backend: entry.backend,
    backend_tries: entry.backend_tries,
    classifier_scores: entry.classifier_scores,
    completion_tokens: entry.completion_tokens,
    decision: entry.decision,
    fallback_reason: entry.fallback_reason,
    id,
    input: entry.input,
    input_hash: entry.input_hash,
    key_id: entry.key_id,
    latency_ms: entry.latency_ms,
    method: entry.method,
    model: entry.model,
    outcome: entry.outcome,
    output: entry.output,
    output_hash: entry.output_hash,
    path: entry.path,
    policy: entry.policy,
    policy_version: entry.policy_version,
    previous_hash: previousHash,
    prompt_tokens: entry.prompt_tokens,
    request_id: entry.request_id,
    retention_days: entry.retention_days,
    status: entry.status,
    stream: entry.stream,
    tenant: entry.tenant,
    timestamp: entry.timestamp,
  } satisfies Record<Exclude<keyof AuditRecord, "hash">, unknown>;
  const stand = inOrder(entry.classifier_scores) &&
    entry.actions.every((action) => inOrder(action) && (action.metadata === undefined || inOrder(action.metadata)));
  return stand ? JSON.stringify(record) : canonicalJson({ ...record, actions: entry.actions.map((action) => ({ ...action })) });
}

/** Whether an object's names are in canonical order, and in the order in which the engine writes them. */
function inOrder(object: object): boolean {
  let before = "";
  for (const name of Object.keys(object)) {
    if (name <= before || (name >= "0" && name < ":")) return false;
    before = name;
  }
  return true;
}

/** The same members in canonical order, which clean entries are handed on in. */
function sorted<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1);
}

const NO_FACETS: ReturnType<typeof facetsOf> = [];

/** What a record can be searched by besides its own columns. */
export function facetsOf(entry: { readonly actions: readonly AuditAction[] }): readonly (readonly [kind: string, value: string])[] {
  if (entry.actions.length === 0) return NO_FACETS;
  const found = new Map<string, readonly [string, string]>();
  const add = (kind: string, value: string | undefined) => {
    if (value !== undefined) found.set(`${kind}\n${value}`, [kind, value]);
  };
  for (const action of entry.actions) {
    add("action", action.action);
    add("rule", action.rule);
    add("regulation", action.regulation);
    add("phase", action.phase);
  }
  return [...found.values()];
}

/** A stored body and its hash as the record that was sealed. */
export function recordOf(body: string, hash: string): AuditRecord {
  return { ...JSON.parse(body), hash };
}

function cleanActions(actions: readonly AuditAction[]): readonly AuditAction[] {
  if (actions.length > MOST_ACTIONS) {
    const rest = actions.length - (MOST_ACTIONS - 1);
    const more: AuditAction = { rule: "", phase: "", mode: "", action: "more", metadata: { left_out: String(rest) } };
    return [...actions.slice(0, MOST_ACTIONS - 1).map(cleanAction), more];
  }
  return actions.map(cleanAction);
}

function cleanAction(action: AuditAction): AuditAction {
  const cleaned: Record<string, Json> = {};
  for (const [name, value] of sorted<AuditAction[keyof AuditAction]>({ ...action })) {
    if (value === undefined) continue;
    if (typeof value === "string") cleaned[name] = clean(value);
    else if (typeof value === "number") cleaned[name] = finite(value, `actions.${name}`);
    else if (Array.isArray(value)) cleaned[name] = value.slice(0, 100).map((tag) => clean(String(tag)));
    else cleaned[name] = Object.fromEntries(sorted({ ...value }).slice(0, 100).map(([key, text]) => [clean(key), clean(String(text))]));
  }
  const { rule, phase, mode, action: kind } = action;
  // Assigned where they stand already, so the order stays.
  return Object.assign(cleaned, { rule: clean(rule), phase: clean(phase), mode: clean(mode), action: clean(kind) });
}

function clean(text: string, most = SHORT): string {
  if (text.length <= most && text.isWellFormed() && !text.includes("\0")) return text;
  const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return short.toWellFormed().replaceAll("\0", "\uFFFD");
}

function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw new AuditError("invalid", `Cannot record ${name} = ${value}: expected a finite number`);
  return value;
}
