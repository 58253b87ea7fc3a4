/**
 * `type: onnx`: a text-classification model in a local folder (`model.onnx`, `tokenizer.json`, `config.json`, as Hugging Face's
 * exporters write it). It runs in a worker, so that it never keeps the event loop from other tenants' streams.
 */
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { OnnxThread } from "./onnx_thread.ts";
import { remoteClassifier, type RemoteDeps, remoteKeys } from "./remote.ts";
import type { Classifier, Score } from "./types.ts";

const { timeout_ms, on_error, inference_cache, max_concurrent, max_chars } = remoteKeys;

export const onnxOptions = z.strictObject({
  /** The model's folder, beside the configuration file unless absolute. */
  path: z.string().min(1),
  timeout_ms,
  on_error,
  inference_cache,
  max_concurrent,
  max_chars,
  /** Labels that are findings: the score is that of the likeliest of them. @default every label but the first of a model with two */
  positive_labels: z.array(z.string()).min(1).optional(),
  /** Tokens that are read; what is longer is cut at its front, where the context is. */
  max_tokens: z.int().min(8).max(8192).default(512),
});
export type OnnxOptions = z.infer<typeof onnxOptions>;

/** `config.json`, as far as it is read. https://huggingface.co/docs/transformers/main_classes/configuration */
const modelConfig = z.object({
  id2label: z.record(z.string(), z.string()),
  problem_type: z.string().nullish(),
  pad_token_id: z.int().nullish(),
});

/** @throws {z.ZodError} when the folder lacks one of its files or its labels cannot be read. */
export function onnxClassifier(name: string, options: OnnxOptions, deps: RemoteDeps): Classifier {
  const folder = isAbsolute(options.path) ? options.path : join(deps.folder ?? Deno.cwd(), options.path);
  for (const file of ["model.onnx", "tokenizer.json"]) if (!isFile(join(folder, file))) throw wrongPath(`there is no ${file} in ${folder}`);
  const config = readConfig(join(folder, "config.json"));
  const labels = Object.entries(config.id2label).sort(([a], [b]) => Number(a) - Number(b)).map(([, label]) => label);
  const positive = options.positive_labels ?? (labels.length === 2 ? labels.slice(1) : labels);
  const unknown = positive.filter((label) => !labels.includes(label));
  if (unknown.length > 0) {
    throw new z.ZodError([{
      code: "custom",
      path: ["positive_labels"],
      message: `the model has no label ${unknown.join(", ")}; it has ${labels.join(", ")}`,
      input: options.positive_labels,
    }]);
  }
  const model = {
    folder,
    maxTokens: options.max_tokens,
    padToken: config.pad_token_id ?? 0,
    // Labels that exclude each other share one probability; otherwise each has its own.
    independent: config.problem_type === "multi_label_classification" || labels.length === 1,
  };
  const classifier = remoteClassifier(
    { name, tier: "B", labels },
    options,
    async (text, _context, signal) => scoreOf(await OnnxThread.shared().score(model, text, signal), labels, positive),
    deps,
  );
  return { ...classifier, prepare: () => OnnxThread.shared().load(model) };
}

function scoreOf(probabilities: readonly number[], labels: readonly string[], positive: readonly string[]): Score {
  if (probabilities.length !== labels.length) {
    throw new Error(`the model gives ${probabilities.length} numbers for the ${labels.length} labels of its config.json`);
  }
  const scores = Object.fromEntries(labels.map((label, i) => [label, probabilities[i]!]));
  const label = positive.reduce((best, each) => scores[each]! > scores[best]! ? each : best);
  return { score: scores[label]!, label, labels: scores };
}

function readConfig(path: string): z.infer<typeof modelConfig> {
  let json: unknown;
  try {
    json = JSON.parse(Deno.readTextFileSync(path));
  } catch {
    throw wrongPath(`there is no readable config.json beside the model (${path})`);
  }
  const parsed = modelConfig.safeParse(json);
  if (!parsed.success) throw wrongPath(`${path} has no labels (id2label)`);
  return parsed.data;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function wrongPath(message: string): z.ZodError {
  return new z.ZodError([{ code: "custom", path: ["path"], message, input: undefined }]);
}
