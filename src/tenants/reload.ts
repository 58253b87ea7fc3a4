/**
 * Reload: compile everything, then swap one reference. A configuration that does not validate changes nothing; a tenant whose policy
 * does not validate keeps the last good one, and the others change all the same.
 */
import { ConfigError, formatProblem } from "../config/types.ts";
import type { Log } from "../telemetry/log.ts";
import type { BuiltSnapshot } from "./build.ts";
import type { Registry, Snapshot } from "./registry.ts";

/** How the last reload went. */
export interface ReloadStatus {
  readonly ok: boolean;
  /** One `file:line:column: message` each. */
  readonly errors: readonly string[];
  /** RFC 3339. */
  readonly at: string;
}

/** Everything, or only tenants that changed in the store. */
export type ReloadScope = "whole" | "tenants";

export interface ReloaderDeps {
  readonly registry: Registry;
  readonly build: (previous: Snapshot, what: ReloadScope) => Promise<BuiltSnapshot>;
  /** Serves a snapshot in every thread that answers requests, or in none. */
  readonly serve: (snapshot: Snapshot) => Promise<void>;
  readonly log: Log;
  readonly onResult: (ok: boolean) => void;
  /** Told which files to watch from now on. */
  readonly onFiles: (files: readonly string[]) => void;
}

/** Reloads one at a time; calls during a reload share the next one. */
export class Reloader {
  /** By scope, since tenants that change say nothing about a file that is broken. */
  readonly #status: Record<ReloadScope, ReloadStatus>;
  #running: Promise<ReloadStatus> | undefined;
  #next: Promise<ReloadStatus> | undefined;
  #nextScope: ReloadScope = "tenants";

  constructor(readonly deps: ReloaderDeps) {
    const ok = { ok: true, errors: [], at: new Date().toISOString() };
    this.#status = { whole: ok, tenants: ok };
  }

  get status(): ReloadStatus {
    const { whole, tenants } = this.#status;
    return whole.ok ? { ...tenants, at: tenants.ok ? whole.at : tenants.at } : whole;
  }

  reload(scope: ReloadScope = "whole"): Promise<ReloadStatus> {
    if (this.#running === undefined) return this.#running = this.#reload(scope).finally(() => this.#running = undefined);
    // What changed since the running one began may have been missed by it.
    if (scope === "whole") this.#nextScope = "whole";
    return this.#next ??= this.#running.then(() => {
      const next = this.#nextScope;
      this.#next = undefined;
      this.#nextScope = "tenants";
      return this.reload(next);
    });
  }

  async #reload(scope: ReloadScope): Promise<ReloadStatus> {
    const { registry, build, serve, log, onResult, onFiles } = this.deps;
    const at = new Date().toISOString();
    const before = registry.current;
    try {
      const { snapshot, warnings, files, failures } = await build(before, scope);
      await serve(snapshot).catch((error) => {
        registry.discard(snapshot);
        throw error;
      });
      onFiles(files);
      for (const warning of warnings) log.warn(formatProblem(warning));
      if (snapshot.version !== before.version) {
        const what = scope === "whole" ? "configuration reloaded" : "tenants changed";
        log.info(what, { version: snapshot.version, tenants: snapshot.runtimes.size });
      }
      const errors = failures.map(formatProblem);
      for (const problem of errors) log.error("a tenant's policy does not validate, its last good one serves on", { problem });
      this.#status[scope] = { ok: errors.length === 0, errors, at };
      // Everything was looked at, the tenants too.
      if (scope === "whole") this.#status.tenants = { ok: true, errors: [], at };
    } catch (error) {
      const errors = error instanceof ConfigError
        ? error.problems.filter(({ severity }) => severity === "error").map(formatProblem)
        : [String(error)];
      for (const each of errors) log.error("reload failed, the last good configuration serves on", { problem: each });
      this.#status[scope] = { ok: false, errors, at };
    }
    onResult(this.status.ok);
    return this.#status[scope];
  }
}
