/** SIGHUP and POST /admin/reload take up what no watcher sees: a model's weights. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startGateway } from "../support/gateway.ts";

/** A linear model that says yes, or no, to everything. */
const model = (bias: number) => JSON.stringify({ version: "t", buckets: 2, scale: 1, bias, letters: [0, 0], weights: btoa("\0\0") });

Deno.test("SIGHUP and POST /admin/reload read a model again whose file changed", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startGateway({
    files: {
      "config.yaml": `backend: { url: "${llm.url}" }
policy: { path: ./policy.yaml }
classifiers:
  own: { type: linear, path: model.json }
`,
      "policy.yaml": "policies:\n  - { name: r, phase: ingress, trigger: { classifier: own, threshold: 0.5 }, action: stop }\n",
      "model.json": model(9),
    },
  });
  const status = async () => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello there" }] }),
    });
    await response.body?.cancel();
    return response.status;
  };
  const until = async (wanted: number) => {
    const deadline = Date.now() + 20_000;
    while (await status() !== wanted) {
      assert.ok(Date.now() < deadline, `no ${wanted} within 20 s:\n${gateway.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  assert.equal(await status(), 400);
  await Deno.writeTextFile(`${gateway.folder}/model.json`, model(-9));
  gateway.signal("SIGHUP");
  await until(200);
  await Deno.writeTextFile(`${gateway.folder}/model.json`, model(9));
  const answer = await fetch(`${gateway.url}/admin/reload`, { method: "POST" });
  assert.equal(answer.status, 200, await answer.text());
  assert.equal(await status(), 400);
  await gateway.stop();
  await llm.close();
});
