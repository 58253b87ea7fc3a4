/// <reference lib="deno.worker" />
/**
 * Runs ONNX text classifiers in a thread of its own. What waits for the same model is run as one batch: one pass over the weights serves
 * all of it.
 */
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import type { OnnxAsk, OnnxModel, OnnxReply } from "./onnx_protocol.ts";

/** Texts in one pass. */
const BATCH = 16;

/** A text whose model is loaded. */
interface Job {
  readonly ask: OnnxAsk & { readonly text: string };
  readonly loaded: Loaded;
}

interface Loaded {
  readonly session: InferenceSession;
  readonly tokenizer: Tokenizer;
}

// The runtime resolves its own files against `location.origin`, which is "null" in a worker that was loaded from a file; without a
// `location` it resolves them against itself.
Reflect.deleteProperty(globalThis, "location");
const ort = await import("onnxruntime-web/wasm");
// One thread: the cores belong to the streams.
ort.env.wasm.numThreads = 1;

const models = new Map<string, Promise<Loaded>>();
let making: Promise<unknown> = Promise.resolve();
let queue: Job[] = [];
let running = false;

self.onmessage = ({ data }: MessageEvent<OnnxAsk>) => void take(data);

/** Texts wait for their own model alone: one that is slow to load, or cannot be, keeps no other from answering. */
async function take(ask: OnnxAsk): Promise<void> {
  try {
    const loaded = await load(ask.model);
    if (ask.text === undefined) return reply({ call: ask.call, probabilities: [] });
    queue.push({ ask: { ...ask, text: ask.text }, loaded });
  } catch (error) {
    return fail([ask], error);
  }
  if (!running) void run();
}

function fail(asks: readonly OnnxAsk[], error: unknown): void {
  const told = error instanceof Error ? error.message : String(error);
  for (const { call, model } of asks) reply({ call, error: `the model in ${model.folder} failed: ${told.slice(0, 200)}` });
}

async function run(): Promise<void> {
  running = true;
  // A turn of the loop collects what was sent at the same time.
  await new Promise((resolve) => setTimeout(resolve, 0));
  while (queue.length > 0) {
    const { ask: { model }, loaded } = queue[0]!;
    const batch = queue.filter((job) => job.loaded === loaded).slice(0, BATCH);
    queue = queue.filter((job) => !batch.includes(job));
    const asks = batch.map(({ ask }) => ask);
    try {
      const probabilities = await classify(loaded, model, asks.map(({ text }) => text));
      asks.forEach(({ call }, i) => reply({ call, probabilities: probabilities[i]! }));
    } catch (error) {
      fail(asks, error);
    }
  }
  running = false;
}

function reply(reply: OnnxReply): void {
  self.postMessage(reply);
}

/** Models stay loaded; one that could not be loaded is tried again when asked again. */
function load({ folder }: OnnxModel): Promise<Loaded> {
  let loaded = models.get(folder);
  if (loaded === undefined) {
    loaded = loadNow(folder);
    models.set(folder, loaded);
    loaded.catch(() => models.delete(folder));
  }
  return loaded;
}

async function loadNow(folder: string): Promise<Loaded> {
  const json = JSON.parse(await Deno.readTextFile(join(folder, "tokenizer.json")));
  const config = JSON.parse(await Deno.readTextFile(join(folder, "tokenizer_config.json")).catch(() => "{}"));
  const model = await Deno.readFile(join(folder, "model.onnx"));
  // One after the other: the runtime makes one session at a time.
  const session = making.then(() => ort.InferenceSession.create(model));
  making = session.catch(() => {});
  return { tokenizer: new Tokenizer(json, config), session: await session };
}

async function classify({ session, tokenizer }: Loaded, model: OnnxModel, texts: readonly string[]): Promise<number[][]> {
  const encoded = texts.map((text) => latest(tokenizer.encode(text).ids, model.maxTokens));
  const length = Math.max(...encoded.map((ids) => ids.length), 1);
  const shape = [texts.length, length];
  const fill = (value: (ids: readonly number[], at: number) => number) =>
    BigInt64Array.from(encoded.flatMap((ids) => Array.from({ length }, (_, at) => BigInt(value(ids, at)))));
  const inputs: Record<string, Tensor> = {
    input_ids: new ort.Tensor("int64", fill((ids, at) => ids[at] ?? model.padToken), shape),
    attention_mask: new ort.Tensor("int64", fill((ids, at) => at < ids.length ? 1 : 0), shape),
    token_type_ids: new ort.Tensor("int64", fill(() => 0), shape),
  };
  const feeds = Object.fromEntries(session.inputNames.map((name) => {
    const input = inputs[name];
    if (input === undefined) throw new Error(`it asks for an input "${name}" that is not known`);
    return [name, input];
  }));
  const output = (await session.run(feeds))[session.outputNames[0]!]!;
  const logits = Array.from(output.data as Float32Array, Number);
  const labels = logits.length / texts.length;
  return texts.map((_, i) => activated(logits.slice(i * labels, (i + 1) * labels), model.independent));
}

/** The first token (`[CLS]`), and of the rest the latest. */
function latest(ids: readonly number[], most: number): readonly number[] {
  return ids.length <= most ? ids : [ids[0]!, ...ids.slice(ids.length - most + 1)];
}

function activated(logits: readonly number[], independent: boolean): number[] {
  if (independent) return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
