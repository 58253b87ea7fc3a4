/** Sends spans to an OpenTelemetry collector: OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp), off the request path. */

/** One span; plain data, since it may come from another thread. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: "server" | "client";
  /** Unix milliseconds, fractions included. */
  readonly startMs: number;
  readonly endMs: number;
  /** Undefined ones are left out. */
  readonly attributes: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** What went wrong; undefined = nothing. */
  readonly error: string | undefined;
}

/** How a collector answered: taken, never to be taken, or to be tried again after so many milliseconds (undefined = as we like). */
export type ExportAnswer = { readonly kind: "taken" | "refused" } | { readonly kind: "later"; readonly afterMs: number | undefined };

export interface TraceExporterOptions {
  readonly serviceName: string;
  readonly serviceVersion: string;
  readonly post: (body: string) => Promise<ExportAnswer>;
  /** Told how many spans ended how. */
  readonly onResult: (result: "exported" | "failed" | "dropped", spans: number) => void;
}

/** Spans that wait at most; more are dropped and counted. */
const MOST_WAITING = 4096;
/** Spans of one call. */
const BATCH = 512;
/** Longest that a span waits for others, and for a collector that is away; milliseconds. */
const EXPORT_MS = 2000;
const MAX_BACKOFF_MS = 30_000;
/** Tries of one batch. */
const TRIES = 5;

export class TraceExporter {
  #waiting: Span[] = [];
  #exporting: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopping = false;

  constructor(readonly options: TraceExporterOptions) {}

  add(...spans: readonly Span[]): void {
    if (this.#waiting.length + spans.length > MOST_WAITING) return this.options.onResult("dropped", spans.length);
    this.#waiting.push(...spans);
    if (this.#waiting.length >= BATCH) this.#export();
    else this.#timer ??= setTimeout(() => this.#export(), EXPORT_MS);
  }

  /** Sends what waits, one try each; resolves when done. */
  async close(): Promise<void> {
    this.#stopping = true;
    this.#export();
    await this.#exporting;
  }

  #export(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#exporting ??= this.#exportAll().finally(() => this.#exporting = undefined);
  }

  async #exportAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      const body = JSON.stringify(requestOf(batch, this.options));
      this.options.onResult(await this.#send(body) ? "exported" : "failed", batch.length);
    }
  }

  async #send(body: string): Promise<boolean> {
    for (let attempt = 1;; attempt++) {
      const answer = await this.options.post(body);
      if (answer.kind !== "later") return answer.kind === "taken";
      if (attempt >= TRIES || this.#stopping) return false;
      const ms = Math.min(answer.afterMs ?? EXPORT_MS * 2 ** (attempt - 1), MAX_BACKOFF_MS);
      await new Promise<void>((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
    }
  }
}

const KINDS = { server: 2, client: 3 } as const;

function requestOf(spans: readonly Span[], { serviceName, serviceVersion }: TraceExporterOptions): unknown {
  return {
    resourceSpans: [{
      resource: { attributes: attributesOf({ "service.name": serviceName, "service.version": serviceVersion }) },
      scopeSpans: [{
        scope: { name: "checkstream", version: serviceVersion },
        spans: spans.map(({ traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, error }) => ({
          traceId,
          spanId,
          ...(parentSpanId !== undefined && { parentSpanId }),
          name,
          kind: KINDS[kind],
          startTimeUnixNano: nanoseconds(startMs),
          endTimeUnixNano: nanoseconds(endMs),
          attributes: attributesOf(attributes),
          status: error === undefined ? {} : { code: 2, message: error },
        })),
      }],
    }],
  };
}

function attributesOf(attributes: Span["attributes"]): unknown[] {
  return Object.entries(attributes).flatMap(([key, value]) => value === undefined ? [] : [{ key, value: valueOf(value) }]);
}

function valueOf(value: string | number | boolean | readonly string[]): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  // 64-bit integers are strings in JSON (https://protobuf.dev/programming-guides/json/).
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
}

function nanoseconds(unixMs: number): string {
  return String(BigInt(Math.round(unixMs * 1000)) * 1000n);
}
