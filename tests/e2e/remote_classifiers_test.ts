/** Classifiers that answer late (http, llm, onnx) in a real gateway: they work, time out, fail open and closed, and delay nobody else. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { startLlmGateway } from "../support/llm_gateway.ts";
import { join } from "../support/paths.ts";
import { writeTinyModel } from "../support/tiny_onnx.ts";

/** A scoring service and a judge model. Texts with "awful" are rude; "slow" is answered late, "broken" not at all well. */
function startScorer() {
  const waiting = new Set<ReturnType<typeof setTimeout>>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.json();
    const text: string = body.text ?? body.messages.at(-1).content;
    if (text.includes("slow")) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => resolve(void waiting.delete(timer)), 1500);
        waiting.add(timer);
      });
    }
    if (text.includes("broken")) return new Response("no", { status: 500 });
    const score = text.includes("awful") ? 0.97 : 0.01;
    return Response.json(body.messages === undefined ? { score } : { choices: [{ message: { content: JSON.stringify({ score }) } }] });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}

const NO_RULES = "policies: []\n";
const onPrompts = (classifier: string) =>
  `policies:
  - {name: rude_prompt, phase: ingress, trigger: {classifier: ${classifier}, threshold: 0.8}, action: stop}
`;
const onAnswers = (classifier: string) =>
  `policies:
  - {name: rude_answer, phase: midstream, trigger: {classifier: ${classifier}, threshold: 0.8}, action: {type: redact, replacement: "[rude]"}}
`;
/** Every kind on prompts and answers apart, and on both where it fails, open and closed. */
const KINDS = ["http", "llm", "onnx"] as const;

Deno.test("http, llm and onnx classifiers in a gateway", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  const scorer = startScorer();
  const models = await Deno.makeTempDir();
  for (const name of ["tiny", "first", "second", "broken"]) await writeTinyModel(join(models, name));
  await Deno.writeTextFile(join(models, "broken/model.onnx"), "this is no model");
  // Whoever reads a pipe waits until someone has written to it.
  const pipes = ["first", "second"].map((name) => join(models, name, "tokenizer_config.json"));
  assert.ok((await new Deno.Command("mkfifo", { args: pipes }).output()).success);
  const onnx = (name: string, timeoutMs: number) => `{type: onnx, path: "${join(models, name)}", timeout_ms: ${timeoutMs}}`;
  const http = `{type: http, url: "${scorer.url}", timeout_ms: 300}`;
  const judge = `{type: llm, url: "${scorer.url}", model: judge, prompt: "Is it rude?", timeout_ms: 300}`;
  const classifiers: Readonly<Record<string, string>> = {
    http,
    llm: judge,
    onnx: onnx("tiny", 20_000),
    http_open: http,
    http_closed: http,
    llm_open: judge,
    llm_closed: judge,
    // Models that take long to load.
    onnx_open: onnx("first", 100),
    onnx_closed: onnx("second", 100),
    onnx_broken: onnx("broken", 20_000),
  };
  const failing = (mode: string) => `pipeline: {ingress: {on_error: ${mode}}, midstream: {on_error: ${mode}}}`;
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: {
      other: NO_RULES,
      ...Object.fromEntries(Object.keys(classifiers).map((name) => [name, onPrompts(`by_${name}`)])),
      ...Object.fromEntries(KINDS.map((kind) => [`${kind}_answers`, onAnswers(`by_${kind}`)])),
      answers_closed: onAnswers("by_http_closed"),
    },
    tenantKeys: {
      ...Object.fromEntries(KINDS.flatMap((kind) => ["open", "closed"].map((mode) => [`${kind}_${mode}`, failing(mode)]))),
      answers_closed: failing("closed"),
      // The model may take its time on a busy machine.
      onnx: "pipeline: {ingress: {timeout_ms: 20000}}",
      onnx_answers: "pipeline: {midstream: {timeout_ms: 20000}}",
      onnx_broken: "pipeline: {ingress: {timeout_ms: 20000, on_error: closed}}",
    },
    more: `classifiers:\n${Object.entries(classifiers).map(([name, text]) => `  by_${name}: ${text}`).join("\n")}\n`,
  });
  const ask = (tenant: string, content: string, stream = false) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant-id": tenant },
      body: JSON.stringify({ model: "demo", stream, messages: [{ role: "user", content }] }),
    });
  const status = async (tenant: string, content: string) => {
    const answer = await ask(tenant, content);
    await answer.body?.cancel();
    return answer.status;
  };

  const modelsAre = (expected: string) =>
    eventually(async () => assert.equal((await (await fetch(`${gateway.url}/health/ready`)).json()).checks.models, expected), 60_000);

  await t.step("onnx: models load from the start on, the gateway serves meanwhile, and its health says how far they are", async () => {
    await modelsAre("1 of 4 loaded; 2 loading; not to be loaded: by_onnx_broken");
    assert.equal(await status("other", "hello"), 200);
    assert.match(gateway.output(), /a model cannot be loaded: .*by_onnx_broken/);
    assert.match(gateway.output(), /model loaded.*by_onnx\b/);
    assert.equal(await status("onnx_broken", "you are nice"), 503);
  });

  for (const kind of KINDS) {
    await t.step(`${kind}: blocks a prompt and lets another pass`, async () => {
      assert.equal(await status(kind, "you are awful"), 400);
      assert.equal(await status(kind, "you are nice"), 200);
    });

    await t.step(`${kind}: redacts a streamed answer and leaves another as it is`, async () => {
      // The mock repeats the question.
      const rude = await (await ask(`${kind}_answers`, "you are awful", true)).text();
      assert.match(rude, /: checkstream decision=redact rules=rude_answer/);
      assert.match(textOf(rude), /\[rude\]/);
      assert.doesNotMatch(textOf(rude), /awful/);
      const nice = await (await ask(`${kind}_answers`, "you are nice", true)).text();
      assert.match(nice, /: checkstream decision=allow/);
      assert.match(textOf(nice), /you are nice/);
    });

    await t.step(`${kind}: what answers late lets the text pass when open, and is 503 when closed`, async () => {
      assert.equal(await status(`${kind}_open`, "a slow question"), 200);
      const refused = await ask(`${kind}_closed`, "a slow question");
      assert.equal(refused.status, 503);
      assert.equal((await refused.json()).error.code, "guard_unavailable");
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      for (const mode of ["open", "closed"]) {
        assert.match(metrics, new RegExp(`checkstream_classifier_errors_total\\{classifier="by_${kind}_${mode}",error="timeout"\\} 1\\b`));
      }
    });
  }

  for (const kind of ["http", "llm"]) {
    await t.step(`${kind}: what answers badly lets the text pass when open, and is 503 when closed`, async () => {
      assert.equal(await status(`${kind}_open`, "a broken question"), 200);
      assert.equal(await status(`${kind}_closed`, "a broken question"), 503);
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      assert.match(metrics, new RegExp(`checkstream_classifier_errors_total\\{classifier="by_${kind}_open",error="error"\\} 1\\b`));
    });
  }

  await t.step("a stream whose guard does not answer fails closed with an error event", async () => {
    assert.match(await (await ask("answers_closed", "broken", true)).text(), /guard_unavailable/);
  });

  await t.step("tenants whose classifiers wait delay no other tenant's stream", async () => {
    const timed = async () => {
      const started = performance.now();
      for (let i = 0; i < 10; i++) await (await ask("other", "Tell me a long story", true)).text();
      return performance.now() - started;
    };
    await timed();
    const alone = await timed();
    const asking = [...Array(20).keys()].flatMap((i) => [
      status("http_open", `slow ${i}`),
      status("llm_open", `slow ${i}`),
      status("onnx", `nice ${i} `.repeat(300)),
    ]);
    const beside = await timed();
    await Promise.all(asking);
    console.log(`10 streams of another tenant: ${alone.toFixed(0)} ms alone, ${beside.toFixed(0)} ms beside 60 waiting classifications`);
    // A stream that waited for a turn behind the slow service would take its 300 ms, ten times.
    assert.ok(beside < alone + 2500, `${beside} ms beside, ${alone} ms alone`);
  });

  await t.step("onnx: what was slow is there in the end, and what was broken after a reload", async () => {
    for (const pipe of pipes) {
      const args = ["-c", `echo '{}' > "$1"`, "sh", pipe];
      assert.ok((await new Deno.Command("sh", { args, signal: AbortSignal.timeout(60_000) }).output()).success);
    }
    await modelsAre("3 of 4 loaded; not to be loaded: by_onnx_broken");
    await writeTinyModel(join(models, "broken"));
    assert.equal((await fetch(`${gateway.url}/admin/reload`, { method: "POST" })).status, 200);
    await modelsAre("4 of 4 loaded");
    assert.equal(await status("onnx_broken", "you are nice"), 200);
    assert.equal(await status("onnx_broken", "you are awful"), 400);
  });
  await scorer.close();
  await llm.close();
  await Deno.remove(models, { recursive: true });
});

Deno.test("each worker loads the models it serves with, and health tells of the slowest", async () => {
  const models = await Deno.makeTempDir();
  await writeTinyModel(join(models, "tiny"));
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { t: onPrompts("judge") },
    more: `server: {workers: 2}\nclassifiers:\n  judge: {type: onnx, path: "${join(models, "tiny")}"}\n`,
  });
  await eventually(async () => {
    const { checks } = await (await fetch(`${gateway.url}/health/ready`)).json();
    assert.equal(checks.models, "1 of 1 loaded");
    assert.equal(gateway.output().match(/model loaded/g)?.length, 2);
  }, 60_000);
  await llm.close();
  await Deno.remove(models, { recursive: true });
});

/** The text of a streamed answer. */
function textOf(stream: string): string {
  return stream.split("\n").filter((line) => line.startsWith("data: {")).map((line) =>
    JSON.parse(line.slice(6)).choices[0]?.delta.content ?? ""
  )
    .join("");
}
