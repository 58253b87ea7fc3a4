/** Models that a team brings: ONNX folders and linear weights. */
import assert from "node:assert/strict";
import { OnnxThread } from "../../src/classifiers/onnx_thread.ts";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { ClassifierConfigError, type Score } from "../../src/classifiers/types.ts";
import { fromFileUrl, join } from "../support/paths.ts";
import { writeTinyModel } from "../support/tiny_onnx.ts";

const never = new AbortController().signal;

async function judge(definition: Record<string, unknown>, folder: string, ...texts: readonly string[]): Promise<Score[]> {
  const classifier = buildClassifierSet({ classifiers: { mine: definition } }, { folder }).get("mine")!;
  const context = { tenant: "t", phase: "midstream" as const, contextChunks: 3 };
  return await Promise.all(texts.map((text) => classifier.open(context, never).push(text)));
}

function problemOf(definition: Record<string, unknown>, folder: string): string {
  try {
    buildClassifierSet({ classifiers: { mine: definition } }, { folder });
  } catch (error) {
    assert.ok(error instanceof ClassifierConfigError);
    return error.problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
  }
  return "";
}

Deno.test("type: onnx runs a model folder, in batches, and reads its labels", async () => {
  const folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "tiny"));
  const definition = { type: "onnx", path: "tiny", timeout_ms: 20_000 };
  const texts = ["You are nice", "you are AWFUL", "terrible!", "", ...Array.from({ length: 40 }, (_, i) => `nice ${i}`)];
  const [nice, awful, terrible, empty] = await judge(definition, folder, ...texts);
  assert.ok(nice!.score < 0.1 && awful!.score > 0.9 && terrible!.score > 0.9 && empty!.score === 0);
  assert.equal(awful!.label, "rude");
  assert.ok(Math.abs(awful!.labels!.fine! + awful!.labels!.rude! - 1) < 1e-9);
  const [fine] = await judge({ ...definition, positive_labels: ["fine"] }, folder, "nice");
  assert.ok(fine!.score > 0.7);
  OnnxThread.stop();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("type: onnx prepares its model, by itself and in a pipeline; what needs nothing has nothing to prepare", async () => {
  const folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "tiny"));
  const set = buildClassifierSet({
    classifiers: { mine: { type: "onnx", path: "tiny" } },
    pipelines: { both: { type: "parallel", classifiers: ["toxicity", "mine"] }, light: { type: "parallel", classifiers: ["toxicity"] } },
  }, { folder });
  for (const name of ["mine", "both"]) await set.get(name)!.prepare!();
  for (const name of ["light", "toxicity"]) assert.equal(set.get(name)!.prepare, undefined);
  OnnxThread.stop();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("type: onnx says what a folder lacks", async () => {
  const folder = await Deno.makeTempDir();
  assert.match(problemOf({ type: "onnx", path: "nowhere" }, folder), /classifiers\.mine\.path: there is no model\.onnx in .*nowhere/);
  await writeTinyModel(join(folder, "tiny"));
  assert.match(problemOf({ type: "onnx", path: "tiny", positive_labels: ["spam"] }, folder), /no label spam; it has fine, rude/);
  await Deno.writeTextFile(join(folder, "tiny/config.json"), "{}");
  assert.match(problemOf({ type: "onnx", path: "tiny" }, folder), /has no labels \(id2label\)/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("type: onnx fails as a call when the model is none", async () => {
  const folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "tiny"));
  await Deno.writeTextFile(join(folder, "tiny/model.onnx"), "this is no model");
  const definition = { type: "onnx", path: "tiny", timeout_ms: 20_000 };
  await assert.rejects(() => judge(definition, folder, "text"), /failed/);
  const [closed] = await judge({ ...definition, on_error: "closed" }, folder, "text");
  assert.deepEqual(closed, { score: 1, failed: "error" });
  const { prepare } = buildClassifierSet({ classifiers: { mine: definition } }, { folder }).get("mine")!;
  await assert.rejects(() => prepare!(), /the model in .*tiny failed/);
  OnnxThread.stop();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("type: linear reads weights that scripts/train/own.ts wrote", async () => {
  const folder = await Deno.makeTempDir();
  const lines = Array.from({ length: 60 }, (_, i) => [`1\tplease refund my order number ${i} now`, `0\tthe weather on day ${i} is fine`])
    .flat();
  await Deno.writeTextFile(join(folder, "examples.tsv"), lines.join("\n"));
  const script = fromFileUrl(new URL("../../scripts/train/own.ts", import.meta.url));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, join(folder, "examples.tsv"), join(folder, "refunds.json")],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const [refund, weather] = await judge(
    { type: "linear", path: "refunds.json", label: "refund" },
    folder,
    "I want a refund for my order",
    "nice weather today",
  );
  assert.ok(refund!.score > 0.6 && refund!.label === "refund", String(refund!.score));
  assert.ok(weather!.score < 0.4, String(weather!.score));
  assert.match(problemOf({ type: "linear", path: "absent.json" }, folder), /absent\.json does not exist/);
  assert.match(problemOf({ type: "linear", path: "examples.tsv" }, folder), /is not what scripts\/train\/own\.ts writes/);
  await Deno.remove(folder, { recursive: true });
});
