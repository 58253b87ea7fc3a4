/** How backends are doing, as the threads of a process see them: one that is bad for any thread is bad. */
import type { Gauge } from "prom-client";

export type BackendChange = "circuit_opened" | "circuit_closed" | "unhealthy" | "healthy";

interface State {
  readonly labels: { readonly tenant: string; readonly backend: string };
  /** Threads that leave it alone, and those that find it ill. */
  readonly open: Set<number>;
  readonly ill: Set<number>;
}

export class BackendStates {
  readonly #states = new Map<string, State>();

  constructor(readonly circuitOpen: Gauge<"tenant" | "backend">, readonly healthy: Gauge<"tenant" | "backend">) {}

  changed(tenant: string, backend: string, change: BackendChange, thread: number): void {
    const key = `${tenant} ${backend}`;
    const state = this.#states.get(key) ?? { labels: { tenant, backend }, open: new Set(), ill: new Set() };
    this.#states.set(key, state);
    if (change === "circuit_opened") state.open.add(thread);
    if (change === "circuit_closed") state.open.delete(thread);
    if (change === "unhealthy") state.ill.add(thread);
    if (change === "healthy") state.ill.delete(thread);
    if (change === "circuit_opened" || change === "circuit_closed") this.circuitOpen.set(state.labels, state.open.size > 0 ? 1 : 0);
    else this.healthy.set(state.labels, state.ill.size > 0 ? 0 : 1);
  }

  /** What a thread that is gone said. */
  forget(thread: number): void {
    for (const { labels, open, ill } of this.#states.values()) {
      if (open.delete(thread)) this.circuitOpen.set(labels, open.size > 0 ? 1 : 0);
      if (ill.delete(thread)) this.healthy.set(labels, ill.size > 0 ? 0 : 1);
    }
  }
}
