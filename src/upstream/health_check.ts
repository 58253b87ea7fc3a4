/** Asks a target now and then whether it is well, so that traffic returns to it, or leaves it, without a client having to find out. */

export interface HealthCheckOptions {
  /** Beginning with `/`, below the host: `/health`. */
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface HealthCheckDeps {
  /** One check; true when the target answered well (2xx or 3xx). Never rejects. */
  readonly probe: () => Promise<boolean>;
  /** Runs `callback` after `ms`; returns how to call it off. */
  readonly schedule: (callback: () => void, ms: number) => () => void;
  /** In [0, 1): many gateways must not ask in step. */
  readonly random: () => number;
  readonly onChange: (healthy: boolean) => void;
}

/** One lost check is no illness. */
const FAILURES_UNTIL_UNHEALTHY = 2;

export class HealthCheck {
  #healthy = true;
  #failures = 0;
  #stopped = false;
  #cancel = () => {};

  /** Checks at once, then at every interval. */
  constructor(readonly options: HealthCheckOptions, readonly deps: HealthCheckDeps) {
    void this.#check();
  }

  /** True until two checks in a row failed, and again from the next that did not. */
  get healthy(): boolean {
    return this.#healthy;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #check(): Promise<void> {
    const well = await this.deps.probe();
    if (this.#stopped) return;
    this.#failures = well ? 0 : this.#failures + 1;
    const healthy = this.#failures < FAILURES_UNTIL_UNHEALTHY;
    if (healthy !== this.#healthy) {
      this.#healthy = healthy;
      this.deps.onChange(healthy);
    }
    const waitMs = this.options.intervalMs * (0.9 + 0.2 * this.deps.random());
    this.#cancel = this.deps.schedule(() => void this.#check(), waitMs);
  }
}
