/** The worker that runs ONNX models, seen from the gateway: one per process, started for the first model. */
import type { OnnxAsk, OnnxModel, OnnxReply } from "./onnx_protocol.ts";

interface Waiting {
  resolve(probabilities: readonly number[]): void;
  reject(error: Error): void;
}

export class OnnxThread {
  static #shared: OnnxThread | undefined;

  /** The process's worker; a new one after it died. */
  static shared(): OnnxThread {
    if (OnnxThread.#shared === undefined || OnnxThread.#shared.#dead) OnnxThread.#shared = new OnnxThread();
    return OnnxThread.#shared;
  }

  /** Ends the worker, so that a test leaves nothing behind. */
  static stop(): void {
    if (OnnxThread.#shared !== undefined) OnnxThread.#shared.#end(new Error("the model was stopped"));
    OnnxThread.#shared = undefined;
  }

  readonly #worker = new Worker(new URL("./onnx_worker.ts", import.meta.url), { type: "module", name: "onnx" });
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #dead = false;

  private constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<OnnxReply>) => {
      const waiting = this.#waiting.get(data.call);
      this.#waiting.delete(data.call);
      if ("error" in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.probabilities);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new Error(`the worker that runs the model died: ${event.message}`));
    };
  }

  /** Resolves when the model is loaded; then no text waits for it. Rejects when it cannot be. */
  async load(model: OnnxModel): Promise<void> {
    await new Promise<readonly number[]>((resolve, reject) => this.#ask({ model }, { resolve, reject }));
  }

  /** A probability per label. Rejects when the model cannot be loaded or run, or `signal` ends the wait. */
  score(model: OnnxModel, text: string, signal: AbortSignal): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(call);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      const done = <T>(settle: (value: T) => void) => (value: T) => {
        signal.removeEventListener("abort", leave);
        settle(value);
      };
      const call = this.#ask({ model, text }, { resolve: done(resolve), reject: done(reject) });
    });
  }

  /** Sends it. Returns the call's number. */
  #ask(asked: Omit<OnnxAsk, "call">, waiting: Waiting): number {
    const call = ++this.#calls;
    this.#waiting.set(call, waiting);
    const ask: OnnxAsk = { call, ...asked };
    this.#worker.postMessage(ask);
    return call;
  }

  #end(why: Error): void {
    this.#dead = true;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}
