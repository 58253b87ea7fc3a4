import { AuditError } from "./errors.ts";
import type { Answers, Ask, Hello, Reply, Request } from "./protocol.ts";

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: AuditError): void;
}

/** A worker that audit requests are sent to; all trails share one. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #dead: AuditError | null = null;
  #heardMs = 0;

  constructor() {
    this.#worker = new Worker(new URL("./audit_worker.ts", import.meta.url), { type: "module", name: "audit" });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<Reply>) => {
      this.#heardMs = performance.now();
      const waiting = this.#waiting.get(data.call);
      this.#waiting.delete(data.call);
      if (data.ok) waiting?.resolve(data.answer);
      else waiting?.reject(new AuditError(data.code, data.message));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new AuditError("failed", `The audit worker died: ${event.message}`));
    };
    const hello: Hello = { port: port2 };
    this.#worker.postMessage(hello, [port2]);
  }

  /** Whether the worker has ended; a new one must be made. */
  get dead(): boolean {
    return this.#dead !== null;
  }

  /** For how long it has answered nothing that it was asked, ms. */
  get silentMs(): number {
    return this.#waiting.size === 0 ? 0 : performance.now() - this.#heardMs;
  }

  /** @throws {AuditError} */
  ask<Op extends Request["op"]>(request: Request & { readonly op: Op }): Promise<Answers[Op]> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    return new Promise<Answers[Op]>((resolve, reject) => {
      const call = ++this.#calls;
      if (this.#waiting.size === 0) this.#heardMs = performance.now();
      this.#waiting.set(call, { resolve, reject });
      const ask: Ask = { call, request };
      this.#port.postMessage(ask);
    });
  }

  terminate(): void {
    this.#end(new AuditError("closed", "The audit trail is closed"));
  }

  #end(why: AuditError): void {
    if (this.#dead !== null) return;
    this.#dead = why;
    this.#worker.terminate();
    this.#port.close();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}

let writer: WorkerThread | null = null;
let reader: WorkerThread | null = null;
let holders = 0;

/** The workers that all open trails of this process share: one writes, one (made at the first read) reads, so that a long verify delays no append. */
export const threads = {
  hold(): void {
    holders++;
  },
  writer(): WorkerThread {
    if (writer === null || writer.dead) writer = new WorkerThread();
    return writer;
  },
  reader(): WorkerThread {
    if (reader === null || reader.dead) reader = new WorkerThread();
    return reader;
  },
  /** The last holder ends both. */
  release(): void {
    if (--holders > 0) return;
    writer?.terminate();
    reader?.terminate();
    writer = null;
    reader = null;
  },
};
