/** One worker, as the control plane sees it. */
import type { FromWorker, Told, ToWorker, WorkerAnswers, WorkerRequest } from "./protocol.ts";

/** The worker ended before it answered. */
export class ThreadEndedError extends Error {
  override readonly name = "ThreadEndedError";
}

export interface ServingThreadDeps {
  /** Starts the thread; its name says which it is. */
  readonly spawn: (name: string) => Worker;
  readonly onTold: (told: Told) => void;
  /** Called once, when it ended without being told to. */
  readonly onEnd: (why: Error) => void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class ServingThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #ended: Error | undefined;

  constructor(readonly number: number, readonly deps: ServingThreadDeps) {
    this.#worker = deps.spawn(`serving-${number}`);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new ThreadEndedError(event.message));
    };
  }

  post(message: ToWorker): void {
    if (this.#ended === undefined) this.#worker.postMessage(message);
  }

  /**
   * Asks, and waits for the answer. One that does not come within `timeoutMs` ends the worker: it hangs.
   * @throws {ThreadEndedError} when it ended. @throws {Error} with the worker's message when it could not.
   */
  async ask<Op extends WorkerRequest["op"]>(request: WorkerRequest & { readonly op: Op }, timeoutMs: number): Promise<WorkerAnswers[Op]> {
    if (this.#ended !== undefined) throw this.#ended;
    const hangs = setTimeout(() => this.#fail(new ThreadEndedError(`no answer to "${request.op}" for ${timeoutMs} ms`)), timeoutMs);
    try {
      return await new Promise<WorkerAnswers[Op]>((resolve, reject) => {
        const call = ++this.#calls;
        this.#waiting.set(call, { resolve, reject });
        this.post({ kind: "ask", call, request });
      });
    } finally {
      clearTimeout(hangs);
    }
  }

  /** Ends it. */
  terminate(): void {
    this.#end(new ThreadEndedError("it was stopped"));
  }

  #take(message: FromWorker): void {
    if (this.#ended !== undefined) return;
    if (message.kind === "told") {
      for (const told of message.told) this.deps.onTold(told);
      return;
    }
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.kind === "answer") waiting?.resolve(message.answer);
    else waiting?.reject(new Error(message.message));
  }

  #fail(why: Error): void {
    if (this.#ended !== undefined) return;
    this.#end(why);
    this.deps.onEnd(why);
  }

  #end(why: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}
