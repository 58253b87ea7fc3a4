/** The tenants being served: one immutable snapshot, swapped whole on reload; requests in flight keep their lease. */
import type { MergedTenant } from "../config/mod.ts";
import type { CommonRecipe } from "./recipe.ts";
import type { Directory } from "./resolve.ts";
import type { TenantRuntime } from "./runtime.ts";

/** A request's hold on the runtime it began with. */
export interface Lease {
  readonly runtime: TenantRuntime;
  /** Exactly once; later calls do nothing. */
  release(): void;
}

/** All tenants of one configuration. */
export interface Snapshot {
  readonly directory: Directory;
  readonly runtimes: ReadonlyMap<string, TenantRuntime>;
  /** What it was made from beside its tenants. */
  readonly common: CommonRecipe;
  /** Content hash over everything in it. */
  readonly version: string;
}

/** A tenant as configured, served or not. */
export function configuredTenant({ runtimes, common }: Snapshot, id: string): MergedTenant | undefined {
  return runtimes.get(id)?.recipe.merged ?? common.unserved.get(id);
}

interface Held {
  leases: number;
  /** No longer in the snapshot: disposed of when the last lease ends. */
  retired: boolean;
}

export class Registry {
  #snapshot: Snapshot;
  readonly #held = new Map<TenantRuntime, Held>();

  /** `dispose` is called once per runtime that left the snapshot, after its last lease ended. */
  constructor(snapshot: Snapshot, readonly dispose: (runtime: TenantRuntime) => void) {
    this.#snapshot = snapshot;
  }

  get current(): Snapshot {
    return this.#snapshot;
  }

  /** Replaces everything at once. Runtimes that are in both snapshots live on. */
  swap(next: Snapshot): void {
    const before = this.#snapshot;
    this.#snapshot = next;
    const kept = new Set(next.runtimes.values());
    for (const runtime of before.runtimes.values()) if (!kept.has(runtime)) this.#retire(runtime);
  }

  /** Lets go of a snapshot that was built and will not be served. */
  discard(unserved: Snapshot): void {
    const serving = new Set(this.#snapshot.runtimes.values());
    for (const runtime of unserved.runtimes.values()) if (!serving.has(runtime)) this.dispose(runtime);
  }

  /** @returns undefined when the snapshot has no such tenant. */
  lease(tenant: string): Lease | undefined {
    const runtime = this.#snapshot.runtimes.get(tenant);
    if (runtime === undefined) return undefined;
    const held = this.#hold(runtime);
    held.leases++;
    let open = true;
    return {
      runtime,
      release: () => {
        if (!open) return;
        open = false;
        held.leases--;
        this.#disposeIfDone(runtime, held);
      },
    };
  }

  #hold(runtime: TenantRuntime): Held {
    let held = this.#held.get(runtime);
    if (held === undefined) this.#held.set(runtime, held = { leases: 0, retired: false });
    return held;
  }

  #retire(runtime: TenantRuntime): void {
    const held = this.#hold(runtime);
    held.retired = true;
    this.#disposeIfDone(runtime, held);
  }

  #disposeIfDone(runtime: TenantRuntime, held: Held): void {
    if (!held.retired || held.leases > 0) return;
    this.#held.delete(runtime);
    this.dispose(runtime);
  }
}
