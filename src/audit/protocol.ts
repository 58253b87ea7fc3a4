import type { TrailSettings } from "./settings.ts";
import type { AuditErrorCode } from "./errors.ts";
import type { ExportFormat, Period } from "./export.ts";
import type { AuditFilter, AuditPage, ChainReport } from "./types.ts";

/** What the gateway's thread asks of the audit worker. `trail` numbers an open file. Times are Unix ms of the caller's clock. */
export type Request =
  | { readonly op: "open"; readonly trail: number; readonly settings: TrailSettings; readonly now: number }
  /** `entries`: a JSON array; one string is cheaper to hand over than a tree of objects. */
  | { readonly op: "commit"; readonly trail: number; readonly entries: string; readonly now: number }
  | { readonly op: "maintain"; readonly trail: number; readonly now: number }
  | { readonly op: "query"; readonly settings: TrailSettings; readonly filter: AuditFilter }
  | { readonly op: "verify"; readonly settings: TrailSettings; readonly range: { readonly start?: string; readonly end?: string } }
  /** An export is read chunk by chunk, as fast as it is taken. */
  | {
    readonly op: "export";
    readonly settings: TrailSettings;
    readonly format: ExportFormat;
    readonly period: Period;
    readonly now: number;
  }
  | { readonly op: "next"; readonly export: number }
  | { readonly op: "stop"; readonly export: number }
  | { readonly op: "close"; readonly trail: number };

export interface Answers {
  readonly open: { readonly publicKey: string };
  readonly commit: number;
  readonly maintain: { readonly checkpointed: boolean; readonly pruned: number };
  readonly query: AuditPage;
  readonly verify: ChainReport;
  readonly export: number;
  /** Null at the end. */
  readonly next: string | null;
  readonly stop: null;
  readonly close: null;
}

export type Ask = { readonly call: number; readonly request: Request };

export type Reply =
  | { readonly call: number; readonly ok: true; readonly answer: unknown }
  | { readonly call: number; readonly ok: false; readonly code: AuditErrorCode; readonly message: string };

/** The first message to a worker: the port that asks and replies go through. */
export interface Hello {
  readonly port: MessagePort;
}
