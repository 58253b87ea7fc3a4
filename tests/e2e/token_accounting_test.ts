/**
 * What streams cost, however they end. The ledger is read from outside, after every stream: `X-RateLimit-Remaining-Tokens` of a call that
 * reserves nothing, which waits in the tenant's queue until the stream before it is settled.
 */
import assert from "node:assert/strict";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { testRuns } from "../support/runs.ts";

const STREAMS = Math.max(200, testRuns(200));
const TENANTS = ["a", "b", "c", "d"];
const BURST = 1_000_000_000;

type End = "full" | "stopped" | "cancelled" | "broken";

/** One stream: what the mock says, reports, and how it ends. */
interface Plan {
  readonly api: "openai" | "completions" | "anthropic";
  readonly end: End;
  /** What the mock reports; undefined = nothing. */
  readonly usage: { readonly prompt: number; readonly completion: number } | undefined;
  readonly prompt: string;
  readonly pieces: readonly string[];
}

const seed = Number(Deno.env.get("CHECKSTREAM_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
let state = seed % 2147483647 || 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));

const WORDS = ("the of and rate limit counts every token that a model has written, whether or not anybody reads it; " +
  "Zürich naïve café 42 3.14 function() { return x; } 你好 привет 👍 international tokenization").split(" ");

function words(count: number): string[] {
  return Array.from({ length: count }, () => `${pick(WORDS)} `);
}

function plan(): Plan {
  const end = pick<End>(["full", "full", "stopped", "cancelled", "broken"]);
  const text = words(between(3, 150));
  return {
    api: pick(["openai", "openai", "completions", "anthropic"]),
    end,
    usage: random() < 0.5 ? { prompt: between(1, 9000), completion: between(1, 9000) } : undefined,
    prompt: words(between(1, 300)).join(""),
    pieces: end === "stopped" ? [...text, "worthless ", ...words(5)] : text,
  };
}

const encoder = new TextEncoder();
const sse = (data: object | string, event?: string) =>
  encoder.encode(`${event === undefined ? "" : `event: ${event}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);

function* openai({ api, pieces, usage, end }: Plan): Generator<Uint8Array> {
  const object = api === "openai" ? "chat.completion.chunk" : "text_completion";
  const chunk = (choices: object[], more: object = {}) => sse({ id: "c", object, created: 1, model: "m", choices, ...more });
  const said = (text: string, finish_reason: string | null = null) =>
    chunk([{
      index: 0,
      finish_reason,
      ...(api === "openai" ? { delta: text === "" ? {} : { content: text } } : { text, logprobs: null }),
    }]);
  for (const text of pieces) yield said(text);
  if (end === "broken" || end === "cancelled") return;
  yield said("", "stop");
  if (usage !== undefined) {
    yield chunk([], {
      usage: { prompt_tokens: usage.prompt, completion_tokens: usage.completion, total_tokens: usage.prompt + usage.completion },
    });
  }
  yield sse("[DONE]");
}

function* anthropic({ pieces, usage, end }: Plan): Generator<Uint8Array> {
  const begun = usage === undefined ? {} : { usage: { input_tokens: usage.prompt, output_tokens: 1 } };
  yield sse({
    type: "message_start",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...begun,
    },
  }, "message_start");
  yield sse({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }, "content_block_start");
  for (const text of pieces) {
    yield sse({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }, "content_block_delta");
  }
  if (end === "broken" || end === "cancelled") return;
  yield sse({ type: "content_block_stop", index: 0 }, "content_block_stop");
  const ended = usage === undefined ? {} : { usage: { output_tokens: usage.completion } };
  yield sse({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, ...ended }, "message_delta");
  yield sse({ type: "message_stop" }, "message_stop");
}

/** Answers each request as the plan whose number is in its model. */
function startBackend(plans: ReadonlyMap<string, Plan>) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.method === "GET") return Response.json({ object: "list", data: [] });
    const { model, stream_options } = await request.json();
    const plan = plans.get(model)!;
    assert.equal(stream_options?.include_usage, plan.api === "anthropic" ? undefined : true, "the gateway asks for usage");
    const events = plan.api === "anthropic" ? anthropic(plan) : openai(plan);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { value, done } = events.next();
        if (!done) return controller.enqueue(value);
        // One that is to be cancelled stays open until its client leaves; one that is broken ends without saying so.
        if (plan.end !== "cancelled") controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
}

const PATHS = { openai: "/v1/chat/completions", completions: "/v1/completions", anthropic: "/v1/messages" };

async function run(gateway: GatewayProcess, tenant: string, model: string, { api, end, prompt, pieces }: Plan): Promise<void> {
  const leaving = new AbortController();
  const answer = await fetch(`${gateway.url}${PATHS[api]}`, {
    method: "POST",
    headers: { "content-type": "application/json", "X-Tenant-ID": tenant },
    body: JSON.stringify({
      ...{ model, stream: true, max_tokens: 4000 },
      ...(api === "completions" ? { prompt } : { messages: [{ role: "user", content: prompt }] }),
    }),
    signal: leaving.signal,
  });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  const marker = `"${api === "openai" ? "content" : "text"}":`;
  let received = "";
  try {
    for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
      received += text;
      // The last piece may be held back as the beginning of something.
      if (end === "cancelled" && received.split(marker).length > pieces.length) {
        leaving.abort();
        break;
      }
    }
  } catch (error) {
    if (!leaving.signal.aborted && end !== "broken") throw error;
  }
  assert.ok(!received.includes("prompt_tokens"), "a client that did not ask for usage is not told");
}

async function remaining({ url }: GatewayProcess, tenant: string): Promise<number> {
  const answer = await fetch(`${url}/v1/models`, { headers: { "X-Tenant-ID": tenant } });
  assert.equal(answer.status, 200, await answer.text());
  return Number(answer.headers.get("x-ratelimit-remaining-tokens"));
}

/** What a stream was charged with, and what it should be; tokens. */
interface Stream {
  readonly charged: number;
  readonly cost: number;
}

/** By OpenAI's own rules; text produced is all that the mock wrote, up to the word that stops. */
function truth({ api, prompt, pieces, end }: Plan): { readonly prompt: number; readonly completion: number } {
  const produced = end === "stopped" ? pieces.slice(0, pieces.indexOf("worthless ")) : pieces;
  return { prompt: countTokens(prompt) + (api === "openai" ? 7 : 0), completion: countTokens(produced.join("")) };
}

Deno.test(`the ledger holds what ${STREAMS} random streams cost, however they end (seed ${seed})`, async () => {
  const plans = new Map<string, Plan>();
  const backend = startBackend(plans);
  const backendUrl = `http://127.0.0.1:${backend.addr.port}`;
  const config = `server: {port: 0}
tenants:
  configs:
${
    TENANTS.map((id) =>
      `    ${id}:
      backend_url: "${backendUrl}"
      policy_path: ./policy.yaml
      rate_limit: {tokens_per_minute: 1, burst_tokens: ${BURST}, concurrent_requests: 1, queue: {max_waiting: 5, max_wait_ms: 60000}}\n`
    ).join("")
  }`;
  try {
    await using gateway = await startGateway({ files: { "config.yaml": config, "policy.yaml": TEST_POLICY } });
    const warm: Plan = { api: "openai", end: "full", usage: undefined, prompt: "Say this is a test", pieces: ["This ", "is ", "a test."] };
    plans.set("gpt-4o", warm);
    await eventually(async () => {
      const before = await remaining(gateway, "a");
      await run(gateway, "a", "gpt-4o", warm);
      assert.equal(before - await remaining(gateway, "a"), 12 + 5, "the encoding has been read");
    });
    const streams = new Map<string, Stream[]>();
    let exact = 0;
    let left = STREAMS;
    const started = performance.now();
    const short = await Promise.all(TENANTS.map(async (tenant) => {
      let shortBy = 0;
      let before = await remaining(gateway, tenant);
      while (left-- > 0) {
        const each = plan();
        const model = `${each.api === "anthropic" ? "claude" : "gpt-4o"}-${plans.size}`;
        plans.set(model, each);
        await run(gateway, tenant, model, each);
        const after = await remaining(gateway, tenant);
        const charged = before - after;
        before = after;
        if (each.end === "full" && each.usage !== undefined) {
          const cost = each.usage.prompt + each.usage.completion;
          // One token a minute is refilled: the floor of what is left may hide one.
          assert.ok(charged === cost || charged === cost - 1, `${model} cost ${cost} and ${charged} were charged (seed ${seed})`);
          shortBy += cost - charged;
          exact++;
          continue;
        }
        const { prompt, completion } = truth(each);
        // Anthropic says at the beginning what the prompt cost; the rest of a cut stream is counted.
        const known = each.api === "anthropic" && each.usage !== undefined ? each.usage.prompt : prompt;
        const name = `${each.api}, ${each.end}${each.usage === undefined ? ", no usage" : ""}`;
        streams.set(name, [...streams.get(name) ?? [], { charged, cost: known + completion }]);
      }
      return shortBy;
    }));
    const minutes = (performance.now() - started) / 60_000;
    assert.ok(short.every((each) => each <= Math.ceil(minutes) + 1), `${short} tokens short in ${minutes} minutes`);
    console.log(`seed ${seed}: ${exact} streams with usage charged to the token`);
    for (const [name, all] of [...streams].sort()) {
      const errors = all.map(({ charged, cost }) => (charged - cost) / cost);
      const mean = errors.reduce((sum, error) => sum + error, 0) / all.length;
      const worst = errors.reduce((a, b) => Math.abs(a) > Math.abs(b) ? a : b);
      console.log(
        `  ${name}: ${all.length} streams, error ${(mean * 100).toFixed(1)} % on average, ${(worst * 100).toFixed(1)} % at worst`,
      );
      if (name.startsWith("anthropic")) continue;
      // Counted with the model's own encoding; the words that a stop was found in may be among them, and one may be refilled.
      const off = Math.max(...all.map(({ charged, cost }) => Math.abs(charged - cost)));
      assert.ok(off <= 8, `${name}: ${off} tokens off (seed ${seed})`);
    }
    // By a ratio, which knows English better than this mixture.
    const byRatio = [...streams].flatMap(([name, all]) => name.startsWith("anthropic") ? all : []);
    const sum = (of: (stream: Stream) => number) => byRatio.reduce((sum, each) => sum + of(each), 0);
    const off = sum(({ charged, cost }) => charged - cost) / sum(({ cost }) => cost);
    assert.ok(byRatio.length === 0 || Math.abs(off) < 0.5, `the ratio is off by ${off} (seed ${seed})`);
  } finally {
    await backend.shutdown();
  }
});
