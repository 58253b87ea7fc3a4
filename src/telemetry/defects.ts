/** Defects, ours or a library's, that surface where nobody can catch them. They are logged, and end no tenant's streams. */
import type { Log } from "./log.ts";

/**
 * Keeps a rejection that nobody handles from ending this thread (Deno 2.5 rejects so, besides closing the connection, when a backend
 * breaks off its answer).
 */
export function surviveRejections(log: Log): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("a rejection that nobody handled", { error: event.reason instanceof Error ? event.reason.message : String(event.reason) });
  });
}

/**
 * Keeps an exception that nobody catches (thrown in a timer, or in a socket's handler) from ending the program. For the thread that cannot be
 * replaced; a worker is.
 */
export function surviveExceptions(log: Log): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error("an exception that nobody caught", { error: event.message });
  });
}
