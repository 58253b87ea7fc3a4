/**
 * Loads models before the first text asks for them. Nothing waits for it: a text that comes meanwhile waits for its own model, within its own
 * time-out, and what then counts is its `on_error`.
 */
import type { Classifier } from "../classifiers/types.ts";
import type { Log } from "../telemetry/log.ts";
import type { Snapshot } from "./registry.ts";

/** How far the models are that tenants use. */
export interface Loads {
  readonly loaded: number;
  readonly loading: number;
  /** Names of the classifiers whose model could not be loaded. */
  readonly failed: readonly string[];
}

type State = "loading" | "loaded" | "failed";

export class WarmUp {
  readonly #states = new Map<Classifier, State>();

  /** @param onChange Told after every change. */
  constructor(readonly log: Log, readonly onChange: (loads: Loads) => void = () => {}) {}

  get loads(): Loads {
    const states = [...this.#states.values()];
    return {
      loaded: states.filter((state) => state === "loaded").length,
      loading: states.filter((state) => state === "loading").length,
      failed: [...this.#states].flatMap(([{ name }, state]) => state === "failed" ? [name] : []).sort(),
    };
  }

  /** Begins with what a snapshot needs and was not begun before; forgets what it does not need. */
  begin(snapshot: Snapshot): void {
    const needed = classifiersOf(snapshot);
    for (const classifier of [...this.#states.keys()]) if (!needed.has(classifier)) this.#states.delete(classifier);
    for (const classifier of needed) {
      if (classifier.prepare !== undefined && !this.#states.has(classifier)) void this.#prepare(classifier, classifier.prepare);
    }
    this.onChange(this.loads);
  }

  async #prepare(classifier: Classifier, prepare: () => Promise<void>): Promise<void> {
    const { name } = classifier;
    const begun = performance.now();
    this.#states.set(classifier, "loading");
    let state: State = "loaded";
    try {
      await prepare();
      this.log.info("model loaded", { classifier: name, ms: Math.round(performance.now() - begun) });
    } catch (error) {
      state = "failed";
      this.log.error("a model cannot be loaded: it is tried again with each text, and what fails is answered as on_error says", {
        classifier: name,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    if (!this.#states.has(classifier)) return; // no longer served
    this.#states.set(classifier, state);
    this.onChange(this.loads);
  }
}

/** What the rules and phases of all tenants ask. */
function classifiersOf({ runtimes }: Snapshot): ReadonlySet<Classifier> {
  const all = [...runtimes.values()].flatMap(({ plans, classifiers }) =>
    Object.values(plans).flatMap(({ classifierNames }) => classifierNames.flatMap((name) => classifiers.get(name) ?? []))
  );
  return new Set(all);
}

/** The states of several threads, each with the same models, as one: what is least far counts. */
export function leastOf(threads: readonly Loads[]): Loads {
  const failed = [...new Set(threads.flatMap((each) => each.failed))].sort();
  const total = Math.max(0, ...threads.map((each) => each.loaded + each.loading + each.failed.length));
  const loading = Math.max(0, ...threads.map((each) => each.loading));
  return { loaded: Math.max(0, total - loading - failed.length), loading, failed };
}
