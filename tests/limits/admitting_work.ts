/** What `admitting_thread.ts` is told to do. */
export interface Work {
  readonly kind: "rates" | "slots";
  readonly buffer: SharedArrayBuffer;
  readonly worker: number;
  readonly each: number;
  /** Requests under way per subject, as all threads see them. */
  readonly underWay: SharedArrayBuffer;
}
