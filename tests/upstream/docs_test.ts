/** The providers of docs/backends.md: each block loads whole, and its calls are what that provider expects, on the wire. */
import assert from "node:assert/strict";
import { formatProblem } from "../../src/config/types.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { backendOptions } from "../../src/tenants/backend_options.ts";
import { createBackend } from "../../src/upstream/backend.ts";
import { jsonAnswer, startRawBackend } from "../support/raw_backend.ts";

const markdown = await Deno.readTextFile(new URL("../../docs/backends.md", import.meta.url));
const blocks = [...markdown.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);

const ENV: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: "sk-openai",
  AZURE_OPENAI_API_KEY: "azure-key",
  ANTHROPIC_API_KEY: "sk-ant",
  OPENROUTER_API_KEY: "sk-or",
  MISTRAL_API_KEY: "mistral-key",
};

/** Request line and headers that a call to /v1/chat/completions (Anthropic: /v1/messages) must arrive with. */
const EXPECTED: Readonly<Record<string, { host: string; line: string; headers: Readonly<Record<string, string | undefined>> }>> = {
  openai: { host: "api.openai.com", line: "POST /v1/chat/completions", headers: { authorization: "Bearer sk-openai" } },
  azure: {
    host: "my-resource.openai.azure.com",
    line: "POST /openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
    headers: { "api-key": "azure-key", authorization: undefined },
  },
  azure_v1: { host: "my-resource.openai.azure.com", line: "POST /openai/v1/chat/completions", headers: { "api-key": "azure-key" } },
  anthropic: {
    host: "api.anthropic.com",
    line: "POST /v1/messages",
    headers: { "x-api-key": "sk-ant", "anthropic-version": "2023-06-01", authorization: undefined },
  },
  vllm: { host: "10.0.0.5:8000", line: "POST /v1/chat/completions", headers: { authorization: "Bearer sk-client" } },
  ollama: { host: "127.0.0.1:11434", line: "POST /v1/chat/completions", headers: {} },
  lm_studio: { host: "127.0.0.1:1234", line: "POST /v1/chat/completions", headers: {} },
  openrouter: {
    host: "openrouter.ai",
    line: "POST /api/v1/chat/completions",
    headers: { authorization: "Bearer sk-or", "http-referer": "https://example.com", "x-title": "Example" },
  },
  mistral: { host: "api.mistral.ai", line: "POST /v1/chat/completions", headers: { authorization: "Bearer mistral-key" } },
  groq: { host: "api.groq.com", line: "POST /openai/v1/chat/completions", headers: { authorization: "Bearer groq-key" } },
  custom: { host: "10.0.0.6:9000", line: "POST /v1/chat/completions", headers: { "x-team": "platform" } },
};

async function load(text: string) {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/config.yaml`, text);
  try {
    return loadConfig(`${folder}/config.yaml`, (name) => ENV[name]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const providers = (await load(blocks[0]!)).config.tenants;

Deno.test("docs/backends.md: every provider that is promised has its block, and none is untested", () => {
  assert.deepEqual([...providers.keys()].sort(), Object.keys(EXPECTED).sort());
});

for (const [id, { host, line, headers }] of Object.entries(EXPECTED)) {
  Deno.test(`docs/backends.md: calls to ${id} are what it expects`, async () => {
    await using raw = await startRawBackend(() => ({ pieces: [jsonAnswer("{}")] }));
    const { config } = providers.get(id)!;
    const options = backendOptions(config, ["x-tenant-id"]);
    assert.equal(new URL(options.targets[0]!.url).host, host);
    const inward = options.targets.map((each) => {
      const url = new URL(each.url);
      return { ...each, url: raw.url + url.pathname, healthCheck: undefined };
    });
    const backend = createBackend({ ...options, targets: inward }, {
      tokens: { env: (name) => ENV[name], file: (path) => path === "/run/secrets/groq" ? "groq-key\n" : "" },
      now: () => performance.now(),
      random: Math.random,
      sleep: () => Promise.resolve(),
    });
    const path = config.streaming.format === "anthropic" ? "/v1/messages" : "/v1/chat/completions";
    await backend.send({
      method: "POST",
      requestId: "r",
      kind: "prompt",
      wire: () => ({
        path,
        headers: new Headers({ "content-type": "application/json", "x-tenant-id": id, authorization: "Bearer sk-client" }),
        body: "{}",
      }),
      maxAnswerBytes: 1000,
      holdMs: 1000,
      isGatewayKey: () => false,
    }, new AbortController().signal);
    await backend.close();
    const { head } = raw.requests[0]!;
    assert.equal(head.split(" HTTP/1.1")[0], line);
    const sent = new Map(
      head.split("\r\n").slice(1).map((each) => [each.split(": ")[0]!.toLowerCase(), each.split(": ").slice(1).join(": ")]),
    );
    for (const [name, value] of Object.entries(headers)) assert.equal(sent.get(name), value, name);
    assert.equal(sent.get("x-tenant-id"), undefined);
  });
}

Deno.test("docs/backends.md: the other blocks load, with fallbacks that have time and no client's credential", async () => {
  const { config, warnings } = await load(blocks[1]!);
  assert.deepEqual(warnings.map(formatProblem), []);
  const { backend } = config.tenants.get("default")!.config;
  assert.deepEqual(backend.targets.map(({ weight }) => weight), [3, 1]);
  assert.deepEqual(backend.fallbacks.map(({ name, format }) => [name, format]), [["openai", undefined], ["claude", "anthropic"]]);
  // Its files are not on this machine.
  await assert.rejects(load(blocks[2]!), /internal-ca\.pem does not exist/);
});
