/** Structured logs through LogTape: one line per event, a request id on each, nothing secret and no prompt text. */
import { configure, dispose, getJsonLinesFormatter, getLogger, type LogRecord } from "@logtape/logtape";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Fields of a log line. Undefined ones are left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the program logs through. */
export type Log = { readonly [Level in LogLevel]: (message: string, fields?: LogFields) => void };

export interface LogOptions {
  readonly level: "trace" | LogLevel;
  readonly format: "json" | "pretty";
  readonly output: "stdout" | "stderr";
}

/** Values under these names never reach a line, whoever passes them. */
const SECRET_NAME = /(authorization|api[-_]?key|token|secret|password|cookie|credential)/i;
/** Token counts are no secrets. */
const HARMLESS_NAME = /tokens$/i;

/** Sets up the process's logging and returns its log. Call once. */
export async function setUpLog(options: LogOptions): Promise<Log & { flush(): Promise<void> }> {
  const stream = options.output === "stdout" ? Deno.stdout : Deno.stderr;
  const json = getJsonLinesFormatter({ properties: "flatten" });
  const encoder = new TextEncoder();
  await configure({
    reset: true,
    sinks: { process: (record: LogRecord) => writeAll(stream, encoder.encode(options.format === "json" ? json(record) : pretty(record))) },
    loggers: [
      { category: ["checkstream"], lowestLevel: options.level === "warn" ? "warning" : options.level, sinks: ["process"] },
      { category: ["logtape"], lowestLevel: "error", sinks: ["process"] },
    ],
  });
  const logger = getLogger(["checkstream"]);
  return {
    debug: (message, fields) => logger.debug(message, clean(fields)),
    info: (message, fields) => logger.info(message, clean(fields)),
    warn: (message, fields) => logger.warn(message, clean(fields)),
    error: (message, fields) => logger.error(message, clean(fields)),
    flush: () => dispose(),
  };
}

/** A log that says nothing, for tools and tests. */
export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function clean(fields: LogFields = {}): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    out[name] = SECRET_NAME.test(name) && !HARMLESS_NAME.test(name) ? "********" : value;
  }
  return out;
}

function pretty({ timestamp, level, message, properties }: LogRecord): string {
  const fields = Object.entries(properties).map(([name, value]) =>
    ` ${name}=${typeof value === "string" && !/\s/.test(value) ? value : JSON.stringify(value)}`
  );
  const time = new Date(timestamp).toISOString().slice(11, 23);
  return `${time} ${level.toUpperCase().slice(0, 5).padEnd(5)} ${message.join("")}${fields.join("")}\n`;
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch {
    // A closed pipe must not take the gateway down; there is nowhere left to say so.
  }
}
