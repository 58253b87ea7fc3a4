import type { Log } from "./log.ts";

/**
 * Keeps a rejection that nobody handles from ending this thread, and every tenant's streams with it. It is a defect, ours or the
 * platform's (Deno 2.5 rejects so, besides closing the connection, when a backend breaks off its answer), so it is logged.
 */
export function surviveRejections(log: Log): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("a rejection that nobody handled", { error: event.reason instanceof Error ? event.reason.message : String(event.reason) });
  });
}
