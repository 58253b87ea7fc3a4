/**
 * `undici` marks its web classes as uncloneable when it loads (https://nodejs.org/api/worker_threads.html#workermarkasuncloneableobject), which
 * Deno 2.5 cannot. Nothing here ever clones one, so there the mark is nothing. To be imported before `undici`.
 */
import workerThreads from "node:worker_threads";

const threads: { markAsUncloneable?: (object: object) => void } = workerThreads;
threads.markAsUncloneable ??= () => {};
