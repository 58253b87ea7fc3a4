/** Turns requests away before there is too much to do: at once, with 503 and when to come again, and the least important first. */
import type { ConfigFile } from "../../config/schema.ts";
import { GatewayError } from "../errors.ts";
import { LoadMeter, memoryInUse, TICK_MS } from "./load_meter.ts";
import { Shedder, type ShedReason } from "./shedder.ts";
import type { UnderWay } from "./under_way.ts";

/** `server.overload` and `server.max_connections`. */
export interface OverloadSettings {
  readonly enabled: boolean;
  readonly maxLagMs: number;
  readonly maxMemoryShare: number;
  readonly retryAfterS: number;
  /** Requests under way at once in all threads; undefined = any number. */
  readonly maxConnections: number | undefined;
}

export function overloadSettings({ overload, max_connections }: ConfigFile["server"]): OverloadSettings {
  return {
    enabled: overload.enabled,
    maxLagMs: overload.max_lag_ms,
    maxMemoryShare: overload.max_memory_share,
    retryAfterS: overload.retry_after_s,
    maxConnections: max_connections,
  };
}

/** Of `max_connections`, what the highest priority alone may take. */
const RESERVED = 0.1;

/** `onLoad` is told at every so many ticks. */
const TOLD_TICKS = 10;

const TOO_MUCH: Readonly<Record<ShedReason, string>> = {
  connections: "The gateway has as many requests under way as it may",
  event_loop: "The gateway is overloaded",
  memory: "The gateway is short of memory",
};

export interface OverloadDeps {
  readonly underWay: UnderWay;
  /** Told once a second. */
  readonly onLoad: (lagMs: number, shedLevel: number) => void;
}

export class Overload {
  readonly #shedder = new Shedder();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(readonly settings: OverloadSettings, readonly deps: OverloadDeps) {
    const meter = new LoadMeter(() => performance.now(), memoryInUse());
    let ticks = 0;
    this.#timer = setInterval(() => {
      meter.tick();
      const { enabled, maxLagMs, maxMemoryShare } = settings;
      const pressure = enabled
        ? { event_loop: meter.lagMs / maxLagMs, memory: meter.memoryShare / maxMemoryShare }
        : { event_loop: 0, memory: 0 };
      this.#shedder.tick(pressure, performance.now());
      if (ticks++ % TOLD_TICKS === 0) deps.onLoad(meter.lagMs, this.#shedder.level);
    }, TICK_MS);
    Deno.unrefTimer(this.#timer);
  }

  /** Why a request of that priority, itself counted already, is turned away; undefined = it is not. */
  refuses(priority: number): ShedReason | undefined {
    const { maxConnections } = this.settings;
    // Asked first: it notes which priorities have requests.
    const shed = this.#shedder.admit(priority, Math.random(), performance.now());
    if (maxConnections === undefined) return shed;
    const most = this.#shedder.isLower(priority) ? Math.ceil(maxConnections * (1 - RESERVED)) : maxConnections;
    return this.deps.underWay.total > most ? "connections" : shed;
  }

  /** What a request that is turned away is told. */
  refusal(reason: ShedReason): GatewayError {
    const seconds = String(this.settings.retryAfterS);
    return new GatewayError(503, "overloaded", "overloaded", `${TOO_MUCH[reason]}; try again in ${seconds} s`, {
      headers: { "Retry-After": seconds },
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
