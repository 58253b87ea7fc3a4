/** Every example of docs/policy-cookbook.md through one real gateway, a tenant each, streamed and not. */
import assert from "node:assert/strict";
import { type Example, readCookbook } from "../support/cookbook.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";

const { config, snippets } = readCookbook(await Deno.readTextFile(new URL("../../docs/policy-cookbook.md", import.meta.url)));
const KNOWN = new Set(
  "prompt tool model answer backend client whole streamed status error scores finish decision recorded input retention_days".split(" "),
);

Deno.test("the cookbook has at least 60 snippets, each with an example whose keys are known", () => {
  assert.ok(snippets.length >= 60, String(snippets.length));
  assert.equal(new Set(snippets.map(({ id }) => id)).size, snippets.length, "titles are unique");
  for (const { title, examples } of snippets) {
    assert.ok(examples.length > 0, title);
    for (const example of examples) assert.deepEqual(Object.keys(example).filter((key) => !KNOWN.has(key)), [], title);
  }
});

/** Answers what `metadata.answer` says, three characters at a time, and remembers the prompt it got. */
function startBackend() {
  const prompts = new Map<string, string>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { stream, metadata, messages } = await request.json();
    prompts.set(metadata.id, messages[0].content);
    const answer: string = metadata.answer;
    const base = { id: "1", created: 1, model: "m" };
    if (stream !== true) {
      const message = { role: "assistant", content: answer };
      return Response.json({ ...base, object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] });
    }
    const chunk = (delta: unknown, finish: string | null = null) =>
      `data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const pieces = (answer.match(/[\s\S]{1,3}/g) ?? []).map((content) => chunk({ content }));
    return new Response(`${chunk({ role: "assistant" })}${pieces.join("")}${chunk({}, "stop")}data: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream" },
    });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, prompts, close: () => server.shutdown() };
}

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly finish: string | undefined;
  readonly decision: string | null;
  readonly error: { readonly message: string; readonly scores?: Readonly<Record<string, number>> } | undefined;
}

async function hear(response: Response): Promise<Heard> {
  const body = await response.text();
  const { status } = response;
  const decision = response.headers.get("x-checkstream-decision");
  if (!body.startsWith("data:")) {
    const { error, choices } = JSON.parse(body);
    return { status, text: choices?.[0].message.content ?? "", finish: choices?.[0].finish_reason, decision, error };
  }
  const events = body.split("\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)));
  const text = events.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  const finish = events.map(({ choices }) => choices[0]?.finish_reason).findLast((reason) => typeof reason === "string");
  return { status, text, finish, decision: /^: checkstream decision=(\w+)/m.exec(body)?.[1] ?? decision, error: undefined };
}

async function check(
  gateway: GatewayProcess,
  tenant: string,
  example: Example,
  stream: boolean,
  prompts: Map<string, string>,
): Promise<void> {
  const id = crypto.randomUUID();
  const prompt = example.tool ?? example.prompt ?? "Hello";
  const answer = example.answer ?? "Fine.";
  const message = {
    role: example.tool === undefined ? "user" : "tool",
    content: prompt,
    ...(example.tool !== undefined && { tool_call_id: "1" }),
  };
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-tenant-id": tenant },
    body: JSON.stringify({ model: example.model ?? "gpt-4o", stream, messages: [message], metadata: { id, answer } }),
  });
  const requestId = response.headers.get("x-checkstream-request-id");
  const heard = await hear(response);
  assert.equal(heard.status, Number(example.status ?? 200), JSON.stringify(heard));
  if (heard.status === 200) {
    assert.equal(prompts.get(id), example.backend ?? prompt, "what the backend got");
    assert.equal(heard.text, (stream ? example.streamed : example.whole) ?? example.client ?? answer, "what the client got");
    if (example.whole === undefined) assert.equal(heard.finish, example.finish ?? "stop");
  } else {
    assert.ok(!prompts.has(id), "a blocked prompt reaches no backend");
    if (example.error !== undefined) assert.equal(heard.error?.message, example.error);
    if (example.scores !== undefined) assert.deepEqual(Object.keys(heard.error?.scores ?? {}).sort(), example.scores.split(", ").sort());
  }
  if (example.decision !== undefined) assert.equal(heard.decision, example.decision);
  if (example.recorded === undefined) return;
  const { records } = await (await fetch(`${gateway.url}/audit?tenant=${tenant}&request_id=${requestId}`)).json();
  assert.deepEqual(recordedActions(records[0].actions), example.recorded.split(", ").filter((each) => each !== "").sort());
  for (const key of ["input", "retention_days"]) if (example[key] !== undefined) assert.equal(String(records[0][key]), example[key]);
}

/** Each action once, as the cookbook writes it. */
function recordedActions(actions: readonly Readonly<Record<string, string>>[]): string[] {
  const shown = actions.map(({ rule, action, mode, regulation, category, severity }) =>
    [
      rule,
      action,
      ...(mode === "shadow" ? ["shadow"] : []),
      ...(action === "audit" && regulation !== undefined ? [`regulation=${regulation}`] : []),
      ...(category !== undefined ? [`category=${category}`] : []),
      ...(severity !== undefined ? [`severity=${severity}`] : []),
    ].join(" ")
  );
  return [...new Set(shown)].sort();
}

Deno.test("every example of the cookbook does what it says", async (t) => {
  const backend = startBackend();
  const tenants = snippets.map(({ id }) =>
    `    ${id}:\n      backend_url: "${backend.url}"\n      policy_path: "./policies/${id}/policy.yaml"\n`
  );
  const files: Record<string, string> = {
    "config.yaml": `${config}\ntelemetry:\n  audit:\n    durability: request\ntenants:\n  configs:\n${tenants.join("")}`,
  };
  for (const { id, policy, files: beside } of snippets) {
    files[`policies/${id}/policy.yaml`] = policy;
    for (const [name, text] of Object.entries(beside)) files[`policies/${id}/${name}`] = text;
  }
  await using gateway = await startGateway({ files });
  for (const { title, id, examples } of snippets) {
    await t.step(title, async () => {
      for (const example of examples) for (const stream of [false, true]) await check(gateway, id, example, stream, backend.prompts);
    });
  }
  await gateway.stop();
  await backend.close();
});
