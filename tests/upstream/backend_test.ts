/** A tenant's backend against real sockets: retries, spread, fallbacks, circuits; only the clock that matters is slow. */
import assert from "node:assert/strict";
import { type BackendOptions, createBackend } from "../../src/upstream/backend.ts";
import type { BackendDeps, TargetOptions } from "../../src/upstream/target.ts";
import { type Backend, type BackendAnswer, BackendError, type BackendRequest } from "../../src/upstream/types.ts";
import { jsonAnswer, type RawAnswer, startRawBackend, STREAM_HEAD } from "../support/raw_backend.ts";

const fine = (text = "fine"): RawAnswer => ({ pieces: [jsonAnswer(`{"text":"${text}"}`)] });
const status = (line: string, headers = ""): RawAnswer => ({ pieces: [jsonAnswer('{"error":{}}', line, headers)] });
const BREAKER = { failureThreshold: 3, failureRatio: 0.5, windowMs: 10_000, openMs: 60_000, halfOpenProbes: 1 };

const target = (url: string, more: Partial<TargetOptions> = {}): TargetOptions => ({
  label: new URL(url).host,
  url,
  weight: 1,
  api: { format: "auto", responses: "native", modelAliases: {} },
  client: { connectTimeoutMs: 2000, firstByteTimeoutMs: 5000, idleTimeoutMs: 2000 },
  headers: {},
  query: {},
  auth: undefined,
  authPassthrough: false,
  breaker: undefined,
  healthCheck: undefined,
  retryBudget: { ratio: 1, minPerSecond: 100 },
  ...more,
});

const slept: number[] = [];
const deps: BackendDeps = {
  tokens: { env: () => undefined, file: () => "" },
  now: () => performance.now(),
  random: () => 0,
  sleep: (ms) => {
    slept.push(ms);
    return Promise.resolve();
  },
};

function backend(targets: readonly TargetOptions[], more: Partial<BackendOptions> = {}, before?: Backend, withDeps = deps) {
  const made = createBackend(
    { targets, fallbacks: [], timeoutMs: 10_000, retryAttempts: 2, retryDelayMs: 10, droppedHeaders: [], ...more },
    withDeps,
    before,
  );
  return { made, [Symbol.asyncDispose]: () => made.close() };
}

function request(more: Partial<BackendRequest> = {}): BackendRequest {
  return {
    method: "POST",
    requestId: "r",
    kind: "prompt",
    wire: () => ({ path: "/v1/chat/completions", headers: new Headers({ "content-type": "application/json" }), body: "{}" }),
    maxAnswerBytes: 1 << 20,
    holdMs: 60_000,
    isGatewayKey: () => false,
    ...more,
  };
}

function read({ body }: Pick<BackendAnswer, "body">): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = "";
    body.start({ data: (bytes) => text += decoder.decode(bytes, { stream: true }), end: () => resolve(text), error: reject });
  });
}

const send = (made: Backend, more: Partial<BackendRequest> = {}) => made.send(request(more), new AbortController().signal);
const problems = ({ tries }: Pick<BackendAnswer, "tries">) => tries.map(({ problem }) => problem);

/** Answers one after the other; the last one from then on. */
const inTurn = (...answers: readonly RawAnswer[]) => {
  let i = 0;
  return () => answers[Math.min(i++, answers.length - 1)]!;
};

Deno.test("a passing fault is tried again, and the client sees the good answer", async () => {
  for (
    const bad of [status("500 Oops"), status("429 Slow down", "Retry-After: 0\r\n"), status("529 Overloaded"), { pieces: [], reset: true }]
  ) {
    await using raw = await startRawBackend(inTurn(bad, fine()));
    await using one = backend([target(raw.url)]);
    const answer = await send(one.made);
    assert.equal(await read(answer), '{"text":"fine"}');
    assert.equal(answer.tries.length, 2);
  }
});

Deno.test("what breaks off before its end was nothing the client saw, so it is tried again", async () => {
  const half = (head: string): RawAnswer => ({ pieces: [`HTTP/1.1 200 OK\r\nContent-Type: ${head}`], reset: true });
  for (
    const bad of [
      half('application/json\r\nContent-Length: 100\r\n\r\n{"text":"ha'),
      half('application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"tex\r\n'),
      half("text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"),
      half("text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: 1\n\r\n"),
      { pieces: [STREAM_HEAD] },
    ]
  ) {
    await using raw = await startRawBackend(inTurn(bad, fine()));
    await using one = backend([target(raw.url)]);
    const answer = await send(one.made);
    assert.equal(await read(answer), '{"text":"fine"}');
    assert.deepEqual(problems(answer), ["broken", undefined]);
  }
});

Deno.test("a stream that began is the client's: when it breaks, that is told and nothing is tried again", async () => {
  await using raw = await startRawBackend(() => ({
    pieces: ["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"],
    reset: true,
  }));
  await using one = backend([target(raw.url)]);
  const answer = await send(one.made);
  await assert.rejects(read(answer), (error) => error instanceof BackendError && error.kind === "broken");
  assert.equal(raw.requests.length, 1);
});

const OVERLOADED = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
const LINES_HEAD = STREAM_HEAD.replace("text/event-stream", "application/x-ndjson");

Deno.test("a stream that begins with a passing error is tried again, then elsewhere; nobody better, and the client gets it", async () => {
  const cut = [...OVERLOADED].map((letter) => letter);
  for (
    const pieces of [
      [STREAM_HEAD, OVERLOADED],
      [STREAM_HEAD, ...cut],
      [STREAM_HEAD, ': hello\n\nevent: ping\ndata: {"type": "ping"}\n\n', OVERLOADED],
      [STREAM_HEAD, 'data: {"error":{"message":"busy","type":"server_error","code":null}}\n\ndata: [DONE]\n\n'],
      [STREAM_HEAD, 'data: {"error":{"message":"Provider returned error","code":502},"choices":[]}\n\n'],
      [STREAM_HEAD, 'data: {"type":"error","code":"server_error","message":"busy","param":null,"sequence_number":0}\n\n'],
      [STREAM_HEAD, 'data: {"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded"}}}'],
      [LINES_HEAD, '{"error":"model is loading"}\n'],
    ]
  ) {
    const failing: RawAnswer = { pieces };
    await using raw = await startRawBackend(inTurn(failing, fine()));
    await using one = backend([target(raw.url)]);
    const answer = await send(one.made);
    assert.equal(await read(answer), '{"text":"fine"}', pieces.join(""));
    assert.deepEqual(problems(answer), ["error_event", undefined]);

    await using always = await startRawBackend(() => failing);
    await using spare = await startRawBackend(() => fine("spare"));
    await using two = backend([target(always.url)], { retryAttempts: 1, fallbacks: [{ ...target(spare.url), name: "spare" }] });
    const other = await send(two.made);
    assert.equal(await read(other), '{"text":"spare"}');
    assert.deepEqual(other.fallback, { name: "spare", reason: "error_event" });

    await using alone = backend([target(always.url)], { retryAttempts: 1 });
    const told = await send(alone.made);
    assert.equal(told.status, 200);
    assert.equal(await read(told), pieces.slice(1).join(""));
    assert.deepEqual(problems(told), ["error_event", "error_event"]);
  }
});

Deno.test("what begins well, or with the client's own mistake, is the client's at its first event", async () => {
  for (
    const first of [
      'data: {"choices":[{"delta":{"content":"an \\"error\\""}}]}\n\n',
      'data: {"choices":[],"error":null}\n\n',
      'data: {"type":"response.created","response":{"error":null}}\n\n',
      'data: {"type":"error","error":{"type":"invalid_request_error","message":"too long"}}\n\n',
      'data: {"error":{"message":"no","code":400}}\n\n',
      'data: {"error":\n\n',
      `data: {"error":{"code":500,"message":"${"x".repeat(1 << 16)}"}}\n\n`,
    ]
  ) {
    await using raw = await startRawBackend(() => ({ pieces: [STREAM_HEAD, first, OVERLOADED] }));
    await using one = backend([target(raw.url)]);
    const answer = await send(one.made);
    assert.equal(await read(answer), first + OVERLOADED);
    assert.deepEqual(problems(answer), [undefined]);
  }
});

Deno.test("the client's own mistakes and redirects pass as they are", async () => {
  for (const line of ["400 Bad Request", "401 Unauthorized", "404 Not Found", "422 Unprocessable", "302 Found"]) {
    await using raw = await startRawBackend(() => status(line));
    await using spare = await startRawBackend(() => fine("spare"));
    await using one = backend([target(raw.url)], { fallbacks: [{ ...target(spare.url), name: "spare" }] });
    assert.equal((await send(one.made)).status, Number(line.slice(0, 3)));
    assert.deepEqual([raw.requests.length, spare.requests.length], [1, 0]);
  }
});

Deno.test("Retry-After is kept, and one that is too long passes the 429 on", async () => {
  slept.length = 0;
  await using raw = await startRawBackend(inTurn(status("429 Slow down", "Retry-After: 3\r\n"), fine()));
  await using one = backend([target(raw.url)]);
  assert.equal((await send(one.made)).status, 200);
  assert.deepEqual(slept, [3000]);
  await using long = await startRawBackend(() => status("429 Slow down", "Retry-After: 60\r\n"));
  await using other = backend([target(long.url)]);
  const answer = await send(other.made);
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [429, "60"]);
  assert.equal(long.requests.length, 1);
  await using never = await startRawBackend(() => status("429 No quota", "x-should-retry: false\r\n"));
  await using third = backend([target(never.url)]);
  assert.equal((await send(third.made)).status, 429);
  assert.equal(never.requests.length, 1);
});

Deno.test("a storm of errors is retried within its budget", async () => {
  await using raw = await startRawBackend(() => status("503 Busy"));
  await using one = backend([target(raw.url, { retryBudget: { ratio: 0.2, minPerSecond: 0 } })]);
  for (let i = 0; i < 100; i++) assert.equal((await send(one.made)).status, 503);
  // Ten saved up, and one for five calls.
  assert.ok(raw.requests.length >= 125 && raw.requests.length <= 131, `${raw.requests.length} requests for 100 calls`);
});

Deno.test("fallbacks answer in order, and say why", async () => {
  const closed = await startRawBackend(() => fine());
  await closed[Symbol.asyncDispose]();
  await using hanging = await startRawBackend(() => ({ pieces: [], hold: true }));
  await using busy = await startRawBackend(() => status("503 Busy"));
  await using spare = await startRawBackend(() => fine("spare"));
  const slow = target(hanging.url, { client: { connectTimeoutMs: 500, firstByteTimeoutMs: 100, idleTimeoutMs: 500 } });
  for (
    const [first, reason] of [
      [target(closed.url), "unreachable"],
      [slow, "timeout"],
      [target(busy.url), "http_5xx"],
      [target(spare.url, { auth: { type: "bearer", tokenEnv: "ABSENT" } }), "configuration"],
      [target("http://127.0.0.1:1", { client: { ...slow.client, publicOnly: true } }), "refused"],
    ] as const
  ) {
    await using one = backend([first], { fallbacks: [{ ...target(busy.url), name: "busy" }, { ...target(spare.url), name: "spare" }] });
    const answer = await send(one.made);
    assert.equal(await read(answer), '{"text":"spare"}');
    assert.deepEqual(answer.fallback, { name: "spare", reason });
  }
});

Deno.test("a hanging backend is not asked twice, since it may be working and paid for", async () => {
  await using hanging = await startRawBackend(() => ({ pieces: [], hold: true }));
  await using one = backend([target(hanging.url, { client: { connectTimeoutMs: 500, firstByteTimeoutMs: 100, idleTimeoutMs: 500 } })]);
  await assert.rejects(send(one.made), (error) => error instanceof BackendError && error.kind === "timeout");
  assert.equal(hanging.requests.length, 1);
});

Deno.test("when nobody does better, the client gets the last error answer", async () => {
  const closed = await startRawBackend(() => fine());
  await closed[Symbol.asyncDispose]();
  await using busy = await startRawBackend(() => status("429 Slow down", "Retry-After: 30\r\n"));
  await using one = backend([target(busy.url)], { fallbacks: [{ ...target(closed.url), name: "gone" }] });
  const answer = await send(one.made);
  assert.deepEqual([answer.status, answer.headers.get("retry-after"), answer.fallback], [429, "30", undefined]);
  assert.equal(await read(answer), '{"error":{}}');
});

Deno.test("calls that are no prompts go to no fallback, and are repeated only where nothing can happen twice", async () => {
  await using busy = await startRawBackend(() => status("500 Oops"));
  await using spare = await startRawBackend(() => fine("spare"));
  await using one = backend([target(busy.url)], { fallbacks: [{ ...target(spare.url), name: "spare" }] });
  assert.equal((await send(one.made, { kind: "through" })).status, 500);
  assert.equal(busy.requests.length, 1);
  assert.equal((await send(one.made, { kind: "through", method: "GET" })).status, 500);
  assert.deepEqual([busy.requests.length, spare.requests.length], [4, 0]);
});

Deno.test("calls are spread over equal targets, and leave one that is gone for the other", async () => {
  await using a = await startRawBackend(() => fine());
  await using b = await startRawBackend(() => fine());
  await using one = backend([target(a.url, { weight: 3 }), target(b.url, { weight: 1 })]);
  for (let i = 0; i < 40; i++) assert.equal((await send(one.made)).status, 200);
  assert.deepEqual([a.requests.length, b.requests.length], [30, 10]);
  await a[Symbol.asyncDispose]();
  slept.length = 0;
  for (let i = 0; i < 8; i++) assert.equal((await send(one.made)).status, 200);
  assert.deepEqual(slept, [], "another target is asked at once");
  assert.deepEqual(one.made.status().map(({ inFlight }) => inFlight), [0, 0]);
});

Deno.test("the target with the least under way is asked", async () => {
  const held: RawAnswer = { pieces: [STREAM_HEAD, "data: 1\n\n"], hold: true };
  await using a = await startRawBackend(() => held);
  await using b = await startRawBackend(() => held);
  await using one = backend([target(a.url), target(b.url)]);
  const streams = [];
  for (let i = 0; i < 6; i++) streams.push(await send(one.made));
  assert.deepEqual([a.requests.length, b.requests.length], [3, 3]);
  for (const { backend, body } of streams) if (backend === new URL(a.url).host) body.cancel();
  assert.deepEqual(one.made.status().map(({ inFlight }) => inFlight), [0, 3]);
  for (let i = 0; i < 3; i++) streams.push(await send(one.made));
  assert.deepEqual([a.requests.length, b.requests.length], [6, 3]);
  for (const { body } of streams) body.cancel();
});

Deno.test("a target that keeps failing is left alone, and tried again with one call after its time", async () => {
  let well = false;
  await using sick = await startRawBackend(() => well ? fine("well") : status("500 Oops"));
  await using spare = await startRawBackend(() => fine("spare"));
  const clock = { ms: 0 };
  const changes: string[] = [];
  const withClock: BackendDeps = { ...deps, now: () => clock.ms, onChange: (label, what) => changes.push(`${label} ${what}`) };
  await using one = backend(
    [target(sick.url, { breaker: BREAKER })],
    {
      fallbacks: [{ ...target(spare.url), name: "spare" }],
      retryAttempts: 0,
    },
    undefined,
    withClock,
  );
  for (let i = 0; i < 3; i++) assert.equal((await send(one.made)).fallback?.reason, "http_5xx");
  assert.equal((await send(one.made)).fallback?.reason, "circuit_open");
  assert.equal(sick.requests.length, 3);
  assert.equal(one.made.status()[0]!.circuit, "open");
  clock.ms = 60_000;
  assert.equal((await send(one.made)).fallback?.reason, "http_5xx");
  assert.equal((await send(one.made)).fallback?.reason, "circuit_open");
  well = true;
  clock.ms = 130_000;
  assert.equal(await read(await send(one.made)), '{"text":"well"}');
  assert.equal(sick.requests.length, 5);
  const host = new URL(sick.url).host;
  assert.deepEqual(changes, [`${host} circuit_opened`, `${host} circuit_opened`, `${host} circuit_closed`]);
});

Deno.test("with its circuit open and nobody else, a backend is unavailable, and the error says for how long", async () => {
  await using sick = await startRawBackend(() => status("500 Oops"));
  await using one = backend([target(sick.url, { breaker: BREAKER })], { retryAttempts: 0 });
  for (let i = 0; i < 3; i++) assert.equal((await send(one.made)).status, 500);
  await assert.rejects(send(one.made), (error) => {
    assert.ok(error instanceof BackendError);
    assert.equal(error.kind, "unavailable");
    assert.ok(error.options.retryAfterMs! > 50_000 && error.options.retryAfterMs! <= 60_000);
    return true;
  });
});

Deno.test("streams that break and limits that hold count as they should", async () => {
  const breaking: RawAnswer = {
    pieces: ["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"],
    reset: true,
  };
  await using sick = await startRawBackend(() => breaking);
  await using one = backend([target(sick.url, { breaker: BREAKER })]);
  for (let i = 0; i < 3; i++) await assert.rejects(read(await send(one.made)));
  assert.equal(one.made.status()[0]!.circuit, "open");
  await using limited = await startRawBackend(() => status("429 Slow down"));
  await using two = backend([target(limited.url, { breaker: BREAKER })], { retryAttempts: 0 });
  for (let i = 0; i < 10; i++) assert.equal((await send(two.made)).status, 429);
  assert.equal(two.made.status()[0]!.circuit, "closed", "a limit is no failure");
});

Deno.test("an unhealthy target is not asked, unless nobody is healthy", async () => {
  let well = true;
  const health = (ok: boolean): RawAnswer => ({ pieces: [`HTTP/1.1 ${ok ? "204 No Content" : "503 Ill"}\r\nContent-Length: 0\r\n\r\n`] });
  const serve = (text: string, ok: () => boolean) => ({ head }: { head: string }) =>
    head.startsWith("GET /health ") ? health(ok()) : fine(text);
  await using a = await startRawBackend(serve("a", () => well));
  await using b = await startRawBackend(serve("b", () => true));
  const healthCheck = { path: "/health", intervalMs: 20, timeoutMs: 2000 };
  const changed = Promise.withResolvers<void>();
  const watching: BackendDeps = { ...deps, onChange: (_label, what) => what === "unhealthy" && changed.resolve() };
  await using one = backend([target(a.url, { healthCheck }), target(b.url, { healthCheck })], {}, undefined, watching);
  well = false;
  await changed.promise;
  for (let i = 0; i < 4; i++) assert.equal(await read(await send(one.made)), '{"text":"b"}');
  const gone = Promise.withResolvers<void>();
  await using alone = backend([target(a.url, { healthCheck, weight: 2 })], {}, undefined, {
    ...deps,
    onChange: (_label, what) => what === "unhealthy" && gone.resolve(),
  });
  await gone.promise;
  assert.equal(await read(await send(alone.made)), '{"text":"a"}', "a wrong check takes nothing down");
});

Deno.test("a reload keeps the circuits and connections of targets that stay the same", async () => {
  await using sick = await startRawBackend(() => status("500 Oops"));
  await using spare = await startRawBackend(() => ({ pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"] }));
  const first = target(sick.url, { breaker: BREAKER });
  const options = { retryAttempts: 0, fallbacks: [{ ...target(spare.url), name: "spare" }] };
  const before = backend([first], options);
  for (let i = 0; i < 4; i++) await read(await send(before.made));
  const connections = spare.accepted;
  assert.ok(connections <= 2, "connections are kept alive");
  const after = backend([first], { ...options, timeoutMs: 5000 }, before.made);
  await before.made.close();
  assert.equal(after.made.status()[0]!.circuit, "open");
  await read(await send(after.made));
  assert.equal(spare.accepted, connections);
  await using other = backend([{ ...first, headers: { "x-new": "1" } }], options, after.made);
  await after.made.close();
  assert.equal(other.made.status()[0]!.circuit, "closed", "another setting is another target");
});

Deno.test("total time bounds tries, waits and fallbacks together", async () => {
  await using hanging = await startRawBackend(() => ({ pieces: [], hold: true }));
  await using one = backend([target(hanging.url)], { timeoutMs: 200, fallbacks: [{ ...target(hanging.url), name: "also" }] });
  const started = performance.now();
  await assert.rejects(send(one.made), (error) => error instanceof BackendError && error.kind === "timeout");
  assert.ok(performance.now() - started < 3000);
  assert.equal(hanging.requests.length, 1);
  // A whole answer must end in time as well; a stream need not.
  const drip = (head: string): RawAnswer => ({ pieces: [head, ...Array.from({ length: 40 }, () => "data: 1\n\n")], pauseMs: 20 });
  await using slow = await startRawBackend(() => drip("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"));
  await using two = backend([target(slow.url)], { timeoutMs: 300, retryAttempts: 0 });
  await assert.rejects(send(two.made), (error) => error instanceof BackendError && error.kind === "timeout");
  await using stream = await startRawBackend(() => drip(STREAM_HEAD));
  await using three = backend([target(stream.url)], { timeoutMs: 300 });
  assert.equal((await read(await send(three.made))).split("data: 1").length, 41);
});

Deno.test("a client that leaves ends its call at once, wherever it is", async () => {
  for (const answer of [{ pieces: [], hold: true }, { pieces: [STREAM_HEAD], hold: true }]) {
    const arrived = Promise.withResolvers<void>();
    await using raw = await startRawBackend(() => {
      arrived.resolve();
      return answer;
    });
    await using one = backend([target(raw.url, { breaker: { ...BREAKER, failureThreshold: 1 } })]);
    const client = new AbortController();
    const call = one.made.send(request({ holdMs: 60_000 }), client.signal);
    await arrived.promise;
    client.abort();
    await assert.rejects(call);
    assert.deepEqual(one.made.status().map(({ circuit, inFlight }) => [circuit, inFlight]), [["closed", 0]]);
    assert.equal(raw.requests.length, 1);
  }
});
