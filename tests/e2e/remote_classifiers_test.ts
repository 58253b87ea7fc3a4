/** Classifiers that answer late (http, llm, onnx) in a real gateway: they work, time out, fail open and closed, and delay nobody else. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
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

const policy = (classifier: string) =>
  `version: "1.0"
name: ${classifier}
policies:
  - {name: rude_prompt, phase: ingress, trigger: {classifier: ${classifier}, threshold: 0.8}, action: stop}
  - {name: rude_answer, phase: midstream, trigger: {classifier: ${classifier}, threshold: 0.8}, action: {type: redact, replacement: "[rude]"}}
`;

Deno.test("http, llm and onnx classifiers in a gateway", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  const scorer = startScorer();
  const models = await Deno.makeTempDir();
  await writeTinyModel(join(models, "tiny"));
  const kinds: Readonly<Record<string, string>> = {
    http: `{type: http, url: "${scorer.url}", timeout_ms: 300}`,
    llm: `{type: llm, url: "${scorer.url}", model: judge, prompt: "Is it rude?", timeout_ms: 300}`,
    onnx: `{type: onnx, path: "${join(models, "tiny")}", timeout_ms: 20000}`,
  };
  const failing = (mode: string) => `pipeline: {ingress: {on_error: ${mode}}, midstream: {on_error: ${mode}}}`;
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: {
      ...Object.fromEntries(Object.keys(kinds).map((kind) => [kind, policy(`by_${kind}`)])),
      open: policy("by_http"),
      closed: policy("by_http"),
      other: 'version: "1.0"\nname: other\npolicies: []\n',
    },
    tenantKeys: { open: failing("open"), closed: failing("closed") },
    more: `classifiers:\n${Object.entries(kinds).map(([kind, text]) => `  by_${kind}: ${text}`).join("\n")}\n`,
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

  for (const kind of Object.keys(kinds)) {
    await t.step(`${kind}: blocks a prompt, lets another pass, and redacts a streamed answer`, async () => {
      assert.equal(await status(kind, "you are awful"), 400);
      assert.equal(await status(kind, "you are nice"), 200);
      const [tail] = (await (await ask(kind, "you are nice", true)).text()).match(/: checkstream .*/) ?? [];
      assert.match(tail!, /decision=allow/);
    });
  }

  await t.step("a service that answers late or badly: open lets the text pass, closed refuses it", async () => {
    for (const word of ["slow", "broken"]) {
      assert.equal(await status("open", `a ${word} question`), 200);
      const refused = await ask("closed", `a ${word} question`);
      assert.equal(refused.status, 503);
      assert.equal((await refused.json()).error.code, "guard_unavailable");
    }
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /checkstream_classifier_errors_total\{classifier="by_http",error="timeout"\} \d/);
    assert.match(metrics, /checkstream_classifier_errors_total\{classifier="by_http",error="error"\} \d/);
  });

  await t.step("a stream whose guard does not answer fails closed with an error event", async () => {
    // The mock repeats the question, so the answer is what is slow; the prompt itself is judged under another tenant's cache.
    const text = await (await ask("closed", "broken", true)).text();
    assert.match(text, /guard_unavailable/);
  });

  await t.step("tenants whose classifiers wait delay no other tenant's stream", async () => {
    const timed = async () => {
      const started = performance.now();
      for (let i = 0; i < 10; i++) await (await ask("other", "Tell me a long story", true)).text();
      return performance.now() - started;
    };
    await timed();
    const alone = await timed();
    const asking = [...Array(20).keys()].flatMap((i) => [status("open", `slow ${i}`), status("onnx", `nice ${i} `.repeat(300))]);
    const beside = await timed();
    await Promise.all(asking);
    console.log(`10 streams of another tenant: ${alone.toFixed(0)} ms alone, ${beside.toFixed(0)} ms beside 40 waiting classifications`);
    // A stream that waited for a turn behind the slow service would take its 300 ms, ten times.
    assert.ok(beside < alone + 2500, `${beside} ms beside, ${alone} ms alone`);
  });
  await scorer.close();
  await llm.close();
  await Deno.remove(models, { recursive: true });
});
