/**
 * What a client lives through when its backend misbehaves, case by case: status, envelope, error event; and that nothing is left behind.
 * `CHECKSTREAM_TEST_RUNS` sets the rounds of the last part (1,000 for the full run).
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import type { GatewayProcess } from "../support/gateway.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, type RawAnswer, type RawBackend, startRawBackend } from "../support/raw_backend.ts";
import { testRuns } from "../support/runs.ts";
import { type Json, payloadsOf } from "../support/speakers.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const encoder = new TextEncoder();
const join = (...parts: readonly Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
/** A piece of a chunked body. */
const piece = (data: string | Uint8Array) => {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  return join(encoder.encode(`${bytes.length.toString(16)}\r\n`), bytes, encoder.encode("\r\n"));
};
const say = (content: string) =>
  `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const END = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const WHOLE = JSON.stringify({
  id: "c",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "fine" } }],
});
const HTML = "<html><h1>502 Bad Gateway</h1></html>";
const page = (status: string) => `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${HTML.length}\r\n\r\n${HTML}`;

const half = encoder.encode(say("café"));
/** Ends in the middle of the é. */
const HALF_UTF8 = half.subarray(0, half.indexOf(0xc3) + 1);

function* forever(): Generator<string | Uint8Array> {
  yield CHUNKED;
  for (let i = 0;; i++) yield piece(say(`word${i} `));
}

/** What the backend does, by the model that is asked for. */
const CASES: Readonly<Record<string, RawAnswer>> = {
  fine: { pieces: [CHUNKED, piece(say("fine")), piece(END), "0\r\n\r\n"] },
  "fine-whole": { pieces: [jsonAnswer(WHOLE).replace("Connection: close\r\n", "")] },
  hangs: { pieces: [], hold: true },
  "hangs-midstream": { pieces: [CHUNKED, piece(say("one "))], hold: true },
  "hangs-in-whole": { pieces: ["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"], hold: true },
  "resets-at-once": { pieces: [], reset: true },
  "resets-after-headers": { pieces: [CHUNKED], reset: true },
  "resets-midevent": { pieces: [CHUNKED, piece(say("one ")), piece('data: {"id":"c","choi')], reset: true },
  "ends-midevent": { pieces: [CHUNKED, piece(say("one ")), piece('data: {"id":"c","choi'), "0\r\n\r\n"] },
  "ends-unfinished": { pieces: [CHUNKED, piece(say("one ")), "0\r\n\r\n"] },
  "half-utf8": { pieces: [CHUNKED, piece(say("one ")), piece(HALF_UTF8), "0\r\n\r\n"] },
  "half-utf8-whole": {
    pieces: [
      join(
        encoder.encode('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a":"caf'),
        new Uint8Array([0xc3]),
      ),
    ],
  },
  "wrong-type": { pieces: [`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope`] },
  "html-200": { pieces: [page("200 OK")] },
  "html-502": { pieces: [page("502 Bad Gateway")] },
  "storm": {
    pieces: [
      jsonAnswer(
        '{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}',
        "429 Too Many Requests",
        "Retry-After: 20\r\n",
      ),
    ],
  },
  "too-long": {
    pieces: ["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n", say("one ")],
  },
  "too-short": { pieces: [`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n${WHOLE}`] },
  "both-lengths": {
    pieces: [
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      piece(say("smuggled")),
    ],
    hold: true,
  },
  "giant-headers": { pieces: [`HTTP/1.1 200 OK\r\nX-Big: ${"a".repeat(100_000)}\r\nContent-Length: 2\r\n\r\n{}`], hold: true },
  "no-http": { pieces: ["220 mail.example.org ESMTP\r\n"], hold: true },
  drip: { pieces: [CHUNKED, ...[...say("drop by drop"), ...END].map((letter) => piece(letter)), "0\r\n\r\n"], pauseMs: 2 },
  infinite: { pieces: forever(), pauseMs: 1 },
};

interface Told {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
  readonly events: readonly Json[];
}

async function ask(
  gateway: GatewayProcess,
  model: string,
  stream: boolean,
  path = "/v1/chat/completions",
  leaveAfter = Infinity,
): Promise<Told> {
  const body = { model, stream, max_tokens: 10, messages: [{ role: "user", content: "hi" }] };
  const left = new AbortController();
  const answer = await fetch(gateway.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: left.signal,
  });
  let text = "";
  try {
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.length > leaveAfter) left.abort();
    }
  } catch (error) {
    if (!left.signal.aborted) throw error;
  }
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", text, headers: answer.headers, events: payloadsOf(text) };
}

async function startChaos(more = ""): Promise<{ backend: RawBackend; gateway: GatewayProcess; asked: () => number } & AsyncDisposable> {
  const backend = await startRawBackend(({ body }) => {
    const model = /"model":"([^"]+)"/.exec(body)?.[1] ?? "";
    return model === "infinite" ? { ...CASES.infinite!, pieces: forever() } : CASES[model]!;
  });
  const gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY, gone: TEST_POLICY },
    tenantKeys: {
      acme:
        "backend: {first_byte_timeout_ms: 400, idle_timeout_ms: 400, retry_delay_ms: 1, retry_budget: {ratio: 1, min_per_second: 1000}}\naudit: {enabled: false}",
      gone: "audit: {enabled: false}",
    },
    more,
  });
  return {
    backend,
    gateway,
    asked: () => backend.requests.length,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** Before any byte: the model, whether streamed, status, code and words of the error, and how often the backend was asked. */
const BEFORE: readonly [model: string, stream: boolean, status: number, code: string, message: RegExp, asked: number][] = [
  ["hangs", true, 504, "backend_timeout", /did not begin its answer within 400 ms/, 1],
  ["hangs", false, 504, "backend_timeout", /did not begin its answer within 400 ms/, 1],
  ["hangs-in-whole", false, 504, "backend_timeout", /sent nothing for 400 ms/, 1],
  ["resets-at-once", true, 502, "backend_broken", /closed the connection/, 3],
  ["resets-after-headers", true, 502, "backend_broken", /broke off its answer/, 3],
  ["both-lengths", true, 502, "backend_broken", /lengths that contradict each other|no HTTP answer/, 3],
  ["giant-headers", false, 502, "backend_broken", /headers of more than 65536 bytes/, 3],
  ["no-http", false, 502, "backend_broken", /no HTTP answer/, 3],
  ["half-utf8-whole", false, 502, "backend_answer_unreadable", /not an answer of the API/, 1],
  ["wrong-type", false, 502, "backend_answer_unreadable", /text\/plain that is not an answer/, 1],
  ["wrong-type", true, 502, "backend_answer_unreadable", /text\/plain that is not an answer/, 1],
  ["html-200", true, 502, "backend_answer_unreadable", /text\/html that is not an answer/, 1],
  ["too-short", false, 502, "backend_answer_unreadable", /not an answer of the API/, 1],
];

/** Within a stream: what the client has by then, and the words of the error event. */
const WITHIN: readonly [model: string, text: RegExp, message: RegExp][] = [
  ["hangs-midstream", /one /, /sent nothing for 400 ms/],
  ["resets-midevent", /one /, /broke off/],
  ["ends-midevent", /one /, /broke off|ended/],
  ["ends-unfinished", /one /, /broke off|ended/],
  ["half-utf8", /one /, /broke off|ended/],
  ["too-long", /one /, /broke off/],
];

Deno.test("chaos: each way a backend fails has one defined answer", async (t) => {
  await using chaos = await startChaos();
  const { gateway, backend, asked } = chaos;

  await t.step("a backend that refuses", async () => {
    const port = new URL(await startClosed()).port;
    await using other = await startLlmGateway({
      backendUrl: `http://127.0.0.1:${port}`,
      tenants: { gone: TEST_POLICY },
      tenantKeys: { gone: "backend: {retry_delay_ms: 1}" },
    });
    for (const stream of [true, false]) {
      const { status, text } = await ask(other, "m", stream);
      assert.equal(status, 502);
      assert.deepEqual([JSON.parse(text).error.type, JSON.parse(text).error.code], ["backend_error", "backend_unreachable"]);
    }
  });

  for (const [model, stream, status, code, message, times] of BEFORE) {
    await t.step(`${model}, ${stream ? "streamed" : "whole"}`, async () => {
      const before = asked();
      const told = await ask(gateway, model, stream);
      assert.equal(told.status, status, told.text);
      assert.match(told.type, /^application\/json/);
      const { error } = JSON.parse(told.text);
      assert.deepEqual([error.type, error.code], ["backend_error", code]);
      assert.match(error.message, message);
      // Once more than counted when the first try met a connection that was kept alive.
      assert.ok([times, times + 1].includes(asked() - before), `asked ${asked() - before} times`);
      const anthropic = JSON.parse((await ask(gateway, model, stream, "/v1/messages")).text);
      assert.deepEqual([anthropic.type, anthropic.error.type], ["error", status === 504 ? "timeout_error" : "api_error"]);
    });
  }

  for (const [model, text, message] of WITHIN) {
    await t.step(`${model}, within a stream`, async () => {
      const before = asked();
      const told = await ask(gateway, model, true);
      assert.equal(told.status, 200);
      assert.match(told.type, /^text\/event-stream/);
      assert.match(told.text, text);
      const errors = told.events.filter(({ error }) => error !== undefined);
      assert.equal(errors.length, 1, told.text);
      assert.equal(errors[0].error.type, "backend_error");
      assert.match(errors[0].error.message, message);
      assert.doesNotMatch(told.text, /"finish_reason":"stop"/, "never as a clean end");
      assert.equal(asked() - before, 1, "no retry after the first byte");
    });
  }

  await t.step("an HTML error page, retried and then passed on as it is", async () => {
    const before = asked();
    const told = await ask(gateway, "html-502", true);
    assert.deepEqual([told.status, told.type, told.text], [502, "text/html", HTML]);
    assert.equal(asked() - before, 3);
  });

  await t.step("a storm of 429, passed on with its Retry-After, which is too long to wait for", async () => {
    const before = asked();
    const told = await Promise.all(Array.from({ length: 20 }, () => ask(gateway, "storm", true)));
    for (const { status, headers, text } of told) {
      assert.deepEqual([status, headers.get("retry-after"), JSON.parse(text).error.code], [429, "20", "rate_limit_exceeded"]);
    }
    assert.equal(asked() - before, 20);
  });

  await t.step("a slow drip is a healthy stream", async () => {
    const { status, events, text } = await ask(gateway, "drip", true);
    assert.equal(status, 200);
    assert.equal(events.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), "drop by drop");
    assert.match(text, /\[DONE\]/);
  });

  await t.step("an infinite stream goes on until its client leaves, and ends with it", async () => {
    const before = backend.left;
    const told = await ask(gateway, "infinite", true, "/v1/chat/completions", 20_000);
    assert.ok(told.events.length > 50);
    await eventually(() => assert.equal(backend.left, before + 1));
  });
});

/** An address where nobody listens. */
async function startClosed(): Promise<string> {
  const closed = await startRawBackend(() => ({ pieces: [] }));
  await closed[Symbol.asyncDispose]();
  return closed.url;
}

interface Footprint {
  readonly sockets: number;
  readonly residentMiB: number;
  /** Least that was used of the heap within a few rounds: what no collection of garbage frees. */
  readonly heapMiB: number;
}

async function footprintOf(gateway: GatewayProcess, round: () => Promise<void>): Promise<Footprint> {
  let heapMiB = Infinity;
  for (let i = 0; i < 5; i++) {
    await round();
    await eventually(async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      assert.ok(/^checkstream_connections_active 0$/m.test(metrics), "requests are still under way");
      heapMiB = Math.min(heapMiB, Number(/^nodejs_heap_size_used_bytes (\d+)/m.exec(metrics)![1]) / 2 ** 20);
    });
  }
  let sockets = 0;
  for await (const { name } of Deno.readDir(`/proc/${gateway.pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${gateway.pid}/fd/${name}`).catch(() => "");
    if (target.startsWith("socket:")) sockets++;
  }
  const status = await Deno.readTextFile(`/proc/${gateway.pid}/status`);
  return { sockets, heapMiB, residentMiB: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024 };
}

// Timers are held to account where they are made: Deno's sanitizers watch every test of tests/upstream and tests/net.
Deno.test({
  name: "chaos leaves nothing behind: sockets and memory are back where they were",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const rounds = testRuns(25);
    await using chaos = await startChaos();
    const { gateway, backend } = chaos;
    const models = Object.keys(CASES).filter((model) => model !== "drip");
    const round = async () => {
      await Promise.all(models.map(async (model) => {
        const leaveAfter = model === "infinite" ? 2000 : Infinity;
        const streamed = !model.endsWith("whole") && model !== "too-short";
        await ask(gateway, model, streamed, "/v1/chat/completions", leaveAfter);
      }));
    };
    for (let i = 0; i < 10; i++) await round();
    const before = await footprintOf(gateway, round);
    for (let i = 0; i < rounds; i++) await round();
    const after = await footprintOf(gateway, round);
    const change = (of: keyof Footprint) => `${before[of].toFixed(0)} → ${after[of].toFixed(0)}`;
    console.log(
      `${rounds} rounds of ${models.length} cases: sockets ${change("sockets")}, heap ${change("heapMiB")} MiB, ` +
        `resident ${change("residentMiB")} MiB; ${backend.accepted} connections to the backend, ${backend.open} open`,
    );
    // What is kept alive between rounds depends on how they overlap.
    assert.ok(after.sockets <= before.sockets + models.length, `sockets ${change("sockets")}`);
    assert.ok(backend.open <= models.length * 2, `${backend.open} connections are open`);
    // Garbage that was not collected yet is no leak: 60 MiB are 2.7 KB for each request of the full run.
    assert.ok(after.heapMiB < before.heapMiB + 60, `heap ${change("heapMiB")} MiB`);
    assert.ok(after.residentMiB < before.residentMiB + 200, `resident ${change("residentMiB")} MiB`);
  },
});
