/** The environment variables that win over the file, each by what it changes. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { runCheckstream, startGateway } from "../support/gateway.ts";
import { join } from "../support/paths.ts";

const policy = (word: string) =>
  `version: "1.0"\nname: ${word}\npolicies:\n  - {name: r, phase: ingress, trigger: {keywords: [${word}]}, action: stop}\n`;

for (
  const file of [
    undefined,
    `server: {host: 127.0.0.1, port: 1}\nbackend: {url: "http://127.0.0.1:1"}\npolicy_path: ./filed.yaml\ntelemetry: {logging: {level: error}}\nstore: {url: "file:./filed.db"}\n`,
  ]
) {
  Deno.test(`CHECKSTREAM_* variables configure a gateway ${file === undefined ? "without a file" : "and win over its file"}`, async () => {
    const llm = startMockLlm({ pacingMs: 0 });
    const folder = await Deno.makeTempDir();
    await using gateway = await startGateway({
      folder,
      files: { "filed.yaml": policy("filed"), "given.yaml": policy("given"), ...(file !== undefined && { "config.yaml": file }) },
      args: ["serve"],
      env: {
        CHECKSTREAM_HOST: "0.0.0.0",
        CHECKSTREAM_PORT: "0",
        CHECKSTREAM_BACKEND_URL: llm.url,
        CHECKSTREAM_LOG_LEVEL: "debug",
        CHECKSTREAM_POLICY_PATH: "./given.yaml",
        CHECKSTREAM_ADMIN_API_KEY: "an-admin-key-for-tests",
        CHECKSTREAM_STORE_URL: "file:./given.db",
      },
    });
    assert.match(gateway.url, /^http:\/\/0\.0\.0\.0:\d+$/);
    const url = gateway.url.replace("0.0.0.0", "127.0.0.1");
    const ask = async (content: string) => {
      const answer = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }] }),
      });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.deepEqual([await ask("hello filed"), await ask("given"), llm.requests.length], [200, 400, 1]);
    const admin = async (key: string) => {
      const answer = await fetch(`${url}/admin/tenants`, { headers: { "x-checkstream-admin-key": key } });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.deepEqual([await admin("another-key-for-tests"), await admin("an-admin-key-for-tests")], [401, 200]);
    assert.ok((await Deno.stat(join(folder, "given.db"))).isFile);
    // At the file's level of "error" nothing of this would be written.
    assert.match(gateway.output(), /"level":"INFO"/);
    await gateway.stop();
    await Deno.remove(folder, { recursive: true });
    await llm.close();
  });
}

Deno.test("CHECKSTREAM_PORT and CHECKSTREAM_LOG_LEVEL that mean nothing are told", async () => {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await runCheckstream(["serve"], {
    cwd: folder,
    env: { CHECKSTREAM_PORT: "http", CHECKSTREAM_LOG_LEVEL: "loud" },
  });
  assert.equal(code, 2);
  assert.match(stderr, /CHECKSTREAM_PORT is "http", expected a port number/);
  assert.match(stderr, /CHECKSTREAM_LOG_LEVEL is "loud", expected one of trace, debug, info, warn, error/);
  await Deno.remove(folder, { recursive: true });
});
