/** API calls answered in this thread: what they share, and how they end when the gateway stops. */
import type { Notification } from "../notify/webhooks.ts";
import type { Log } from "../telemetry/log.ts";
import type { ServingMetrics } from "../telemetry/metrics.ts";
import type { Span } from "../telemetry/trace_exporter.ts";
import { Registry, type Snapshot } from "../tenants/registry.ts";
import type { UsageAccount } from "../usage/account.ts";
import type { HttpSettings, ServingDeps } from "./deps.ts";
import { InFlight } from "./in_flight.ts";
import type { Listener } from "./listeners.ts";
import { Overload } from "./overload/overload.ts";
import { UnderWay } from "./overload/under_way.ts";
import { Recorder } from "./recorder.ts";

export interface ServingOptions {
  readonly settings: HttpSettings;
  readonly registry: Registry;
  readonly metrics: ServingMetrics;
  readonly usage: UsageAccount;
  readonly log: Log;
  /** Queues a notification and returns at once. */
  readonly notify: (notification: Notification) => void;
  /** Sends spans away some time. */
  readonly trace: (spans: readonly Span[]) => void;
  /** Requests under way in all threads. @default those of this one */
  readonly underWay?: UnderWay;
}

/** The registry of this thread: what leaves it closes its connections and lets go of its trail. */
export function openRegistry(first: Snapshot, log: Log): Registry {
  const registry: Registry = new Registry(first, ({ id, backend, releaseAudit }) => {
    void backend.close();
    releaseAudit().catch((error) => log.error("audit trail not closed", { tenant: id, error: String(error) }));
  });
  return registry;
}

/** Time for the last bytes of answers that are done, at shutdown; milliseconds. */
const LAST_BYTES_MS = 2000;

export class Serving {
  readonly deps: ServingDeps;
  readonly #listeners: Listener[] = [];
  #stopping = false;

  constructor({ settings, registry, metrics, usage, log, notify, trace, underWay = new UnderWay() }: ServingOptions) {
    const inFlight = new InFlight((count) => {
      underWay.set(count);
      metrics.requestsInFlight(count);
    });
    const recorder = new Recorder({ metrics, usage, log, inFlight, notify, trace });
    const overload = new Overload(settings.overload, { underWay, onLoad: (lagMs, shedLevel) => metrics.load(lagMs, shedLevel) });
    this.deps = { settings, registry, recorder, inFlight, usage, overload, log, stopping: () => this.#stopping };
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.deps.inFlight.size;
  }

  /** An address that closes with the rest. */
  add(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Takes nothing new, lets what is under way finish within `deadlineMs`, then ends its streams with an error event; closes backends. */
  async stop(deadlineMs: number): Promise<void> {
    const { inFlight, registry, overload } = this.deps;
    this.#stopping = true;
    overload.stop();
    const closed = Promise.all(this.#listeners.map((listener) => listener.shutdown()));
    await Promise.race([inFlight.whenIdle(), after(deadlineMs)]);
    inFlight.failStreams();
    // The last bytes are on their way; a connection that is never closed from its other end gets no more than a moment.
    await Promise.race([closed, after(LAST_BYTES_MS)]);
    for (const runtime of registry.current.runtimes.values()) await runtime.backend.close();
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}
