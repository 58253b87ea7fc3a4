import { join, resolve } from "node:path";
import { AuditError } from "./errors.ts";
import { type AuditStoreOptions, type OpenAuditStore, openAuditStore } from "./open.ts";
import type { AuditStore } from "./types.ts";

/** One tenant's hold on its trail; `release` instead of closing, since a runtime of another version may hold the same one. */
export interface TrailLease {
  readonly store: AuditStore;
  release(): Promise<void>;
}

interface OpenTrail {
  readonly tenant: string;
  readonly directory: string;
  readonly legalHold: boolean;
  readonly options: string;
  readonly store: Promise<OpenAuditStore>;
  leases: number;
}

/**
 * The open trails of this process. A hot reload opens the new runtime's trails before it lets go of the old ones: the same folder with the
 * same options is then one store with two leases.
 */
export class AuditTrails {
  readonly #open = new Map<string, OpenTrail>();
  /** Also those that newer options have taken the place of. */
  readonly #leased = new Set<OpenTrail>();

  /**
   * @throws {AuditError} `shared_path` when another tenant writes in that folder: nothing is shared between tenants.
   */
  async open(tenant: string, options: Omit<AuditStoreOptions, "tenant">): Promise<TrailLease> {
    const directory = await canonicalPath(options.directory);
    const known = this.#open.get(directory);
    if (known !== undefined && known.tenant !== tenant) {
      throw new AuditError(
        "shared_path",
        `Tenants "${known.tenant}" and "${tenant}" have the same audit path ${directory}: give each its own audit.path`,
      );
    }
    const asked = JSON.stringify(options, Object.keys(options).sort());
    let trail = known;
    if (trail?.options !== asked) {
      // Other options: the old store writes on until its leases end. Both write safely, since each commit reads the head in its transaction;
      // but only the newest one prunes, so that a legal hold holds at once, whatever stream goes on under the old options.
      const opened: OpenTrail = {
        tenant,
        directory,
        legalHold: options.legalHold === true,
        options: asked,
        store: openAuditStore({ ...options, tenant, directory, maintains: () => this.#open.get(directory) === opened }),
        leases: 0,
      };
      trail = opened;
      this.#open.set(directory, opened);
    }
    const held = trail;
    held.leases++;
    this.#leased.add(held);
    try {
      const store = await held.store;
      let released = false;
      return {
        store,
        release: async () => {
          if (released) return;
          released = true;
          if (--held.leases > 0) return;
          this.#forget(held);
          await store.close();
        },
      };
    } catch (error) {
      held.leases--;
      this.#forget(held);
      throw error;
    }
  }

  /** A reload that failed lets go of the newest one: the one before it is in charge again, unless a legal hold would end with it. */
  #forget(trail: OpenTrail): void {
    this.#leased.delete(trail);
    const { directory } = trail;
    if (this.#open.get(directory) !== trail) return;
    const before = [...this.#leased].findLast((each) => each.directory === directory);
    if (before !== undefined && (before.legalHold || !trail.legalHold)) this.#open.set(directory, before);
    else this.#open.delete(directory);
  }

  /** Flushes and closes every trail, whatever leases there are (the end of the process). @throws {AggregateError} of those that could not. */
  async closeAll(): Promise<void> {
    const trails = [...this.#leased];
    this.#leased.clear();
    this.#open.clear();
    const ends = await Promise.allSettled(trails.map(async (trail) => await (await trail.store).close()));
    const problems = ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
    if (problems.length > 0) throw new AggregateError(problems, `${problems.length} audit trails could not be closed cleanly`);
  }
}

/**
 * A tenant's folder: `path` itself when the tenant sets it, and its own folder under it when the path is the global section's, so that
 * tenants who inherit one path stay apart.
 */
export function trailDirectory(tenant: string, path: string, inherited: boolean): string {
  return inherited ? join(path, tenant) : path;
}

/** The folder under one name, so that `./a`, `/x/a` and a symbolic link to it are seen to be the same. */
async function canonicalPath(directory: string): Promise<string> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    return await Deno.realPath(directory);
  } catch {
    // What is wrong with it is said when the trail opens.
    return resolve(directory);
  }
}
