/** What the control plane and its workers say to each other. Plain data, in order; a worker's answers come after what it told before. */
import type { Loads } from "../../tenants/warm_up.ts";
import type { LimitStoreConfig } from "../../config/rate_limit.ts";
import type { AuditErrorCode } from "../../audit/errors.ts";
import type { TenantConfig } from "../../config/mod.ts";
import type { Notification } from "../../notify/webhooks.ts";
import type { LogOptions } from "../../telemetry/log.ts";
import type { ServingMetrics } from "../../telemetry/metrics.ts";
import type { Span } from "../../telemetry/trace_exporter.ts";
import type { SnapshotRecipe } from "../../tenants/recipe.ts";
import type { StoredKey } from "../../tenants/state/rows.ts";
import type { UsageFacts } from "../../usage/tally.ts";
import type { HttpSettings } from "../deps.ts";
import type { Address, TlsFiles } from "../listeners.ts";

/** All a worker is made from. */
export interface WorkerStart {
  /** From 1; 0 is the control plane. One that takes a dead one's place takes its number. */
  readonly worker: number;
  readonly settings: HttpSettings;
  readonly logging: LogOptions;
  /** Counts of limits, shared by all threads, and where else limits are counted. */
  readonly limits: { readonly buffer: SharedArrayBuffer; readonly config: LimitStoreConfig };
  /** Counts of requests under way, by thread (`UnderWay`). */
  readonly underWay: SharedArrayBuffer;
  readonly recipe: SnapshotRecipe;
  readonly keys: KeyChanges;
  readonly budgets: BudgetTotals;
  readonly control: ControlAddress;
  /** The operator's routes are beside the API, answered by the control plane. */
  readonly withAdmin: boolean;
}

/** Where the control plane answers what workers hand over. */
export interface ControlAddress {
  /** On this machine's loopback. */
  readonly url: string;
  /** Only this process knows it. */
  readonly secret: string;
}

/** Tokens by scope (`scopeOf`) and period. */
export type BudgetTotals = readonly (readonly [scope: string, period: string, tokens: number])[];

export type KeyChanges = readonly (readonly [digest: string, key: StoredKey])[];

/** What the control plane asks a worker to do, and waits for. */
export type WorkerRequest =
  | { readonly op: "start"; readonly start: WorkerStart }
  | { readonly op: "listen"; readonly address: Address; readonly tls: TlsFiles | undefined }
  /** Compile a snapshot and keep it ready. */
  | { readonly op: "prepare"; readonly recipe: SnapshotRecipe }
  /** Serve what was prepared. */
  | { readonly op: "commit" }
  /** Forget what was prepared. */
  | { readonly op: "discard" }
  /** Tell everything that waits to be told. */
  | { readonly op: "settle" }
  | { readonly op: "stop"; readonly deadlineMs: number };

export interface WorkerAnswers {
  readonly start: null;
  /** `http://HOST:PORT` */
  readonly listen: string;
  readonly prepare: null;
  readonly commit: null;
  readonly discard: null;
  readonly settle: null;
  readonly stop: null;
}

/** An audit error as it crosses. */
export interface AuditProblem {
  readonly code: AuditErrorCode;
  readonly message: string;
  /** The record waits in memory and will be written when the store recovers. */
  readonly kept: boolean;
}

/** What became of records: how many were taken from the wire, and of those that are waited for (or failed) how they ended. */
export interface AuditResults {
  readonly taken: number;
  readonly ended: readonly (readonly [record: number, problem: AuditProblem | null])[];
}

/** From the control plane to a worker. */
export type ToWorker =
  | { readonly kind: "ask"; readonly call: number; readonly request: WorkerRequest }
  | { readonly kind: "keys"; readonly changes: KeyChanges }
  /** What budgets have used, with the first `counted` facts that this worker told. */
  | { readonly kind: "budgets"; readonly totals: BudgetTotals; readonly counted: number }
  | { readonly kind: "audit"; readonly trail: number; readonly results: AuditResults }
  | { readonly kind: "trail"; readonly trail: number; readonly failure: AuditProblem | null }
  | { readonly kind: "trail_open"; readonly call: number; readonly problem: AuditProblem | null };

/** Methods of `ServingMetrics`, with their arguments. */
type CountArgs = { readonly [Name in keyof ServingMetrics]: Parameters<ServingMetrics[Name]> };
/** One thing counted. */
export type Count<Name extends keyof ServingMetrics = keyof ServingMetrics> = {
  [Each in Name]: { readonly kind: "count"; readonly name: Each; readonly args: CountArgs[Each] };
}[Name];

/** One thing that a worker tells. */
export type Told =
  | Count
  | { readonly kind: "usage"; readonly facts: UsageFacts; readonly budgeted: boolean }
  | { readonly kind: "notify"; readonly notification: Notification }
  | { readonly kind: "trace"; readonly spans: readonly Span[] }
  /** `record` numbers those of this trail; `awaited`: how it ended is told also when it ended well. */
  | { readonly kind: "record"; readonly trail: number; readonly record: number; readonly json: string; readonly awaited: boolean }
  | { readonly kind: "open_trail"; readonly call: number; readonly trail: number; readonly config: TenantConfig; readonly filed: boolean }
  | { readonly kind: "close_trail"; readonly trail: number }
  | { readonly kind: "models"; readonly loads: Loads }
  | { readonly kind: "keys_used"; readonly used: ReadonlyMap<string, number> };

/** From a worker to the control plane. */
export type FromWorker =
  | { readonly kind: "told"; readonly told: readonly Told[] }
  | { readonly kind: "answer"; readonly call: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly call: number; readonly message: string };

/** Does on `metrics` what a worker counted. */
export function replay<Name extends keyof ServingMetrics>(
  metrics: { readonly [Each in Name]: (...args: CountArgs[Each]) => void },
  { name, args }: Count<Name>,
): void {
  metrics[name](...args);
}
