/** When keys were last used: noted at every request, written now and then. */
import { sql } from "kysely";
import type { Connection } from "./connection.ts";
import type { KeyMirror } from "./key_mirror.ts";

/** How often the times are written; milliseconds. */
const FLUSH_MS = 30_000;

export class LastUsed {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(readonly connection: Connection, readonly keys: KeyMirror) {
    this.#timer = setInterval(() => void this.#flush().catch(() => {}), FLUSH_MS);
    Deno.unrefTimer(this.#timer);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush().catch(() => {});
  }

  /** One statement for all of them. While the store is down the times wait; there is one per key at most. */
  async #flush(): Promise<void> {
    if (this.connection.failure !== null) return;
    const used = this.keys.takeUsed();
    if (used.size === 0) return;
    const times = Object.fromEntries([...used].map(([id, ms]) => [id, new Date(ms).toISOString()]));
    try {
      await sql`update keys set last_used_at = max(coalesce(last_used_at, ''), used.value)
        from json_each(${JSON.stringify(times)}) as used where keys.id = used.key`.execute(this.connection.db());
    } catch (error) {
      for (const [id, ms] of used) this.keys.used(id, ms);
      throw error;
    }
    for (const [id, at] of Object.entries(times)) this.keys.stamp(id, at);
  }
}
