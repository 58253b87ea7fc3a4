/** The byte ends of a streamed answer, with a backend and a client that the test plays. */
import assert from "node:assert/strict";
import { openaiChat, readerFor } from "../../src/formats/mod.ts";
import { StreamResponse, type StreamResponseOptions } from "../../src/http/stream_response.ts";
import type { MidstreamGuard } from "../../src/guard/midstream.ts";
import type { ByteSource } from "../../src/upstream/types.ts";
import { midstreamOf } from "../support/guarded_streams.ts";
import { contextOf, planOf, redact } from "../support/rules.ts";

const encoder = new TextEncoder();
const event = (content: string, more = "") => encoder.encode(`data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]${more}}\n\n`);
const END = encoder.encode('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
const ADDRESS = { name: "address", patterns: [{ source: "[a-z]+@[a-z]+" }], actions: [redact()] };

/** A backend that says what it is told to, when it is told to. */
class PlayedSource implements ByteSource {
  sink!: Parameters<ByteSource["start"]>[0];
  paused = false;
  cancelled = false;
  start(sink: Parameters<ByteSource["start"]>[0]): void {
    this.sink = sink;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  cancel(): void {
    this.cancelled = true;
  }
}

function respond(source: PlayedSource, guard: MidstreamGuard, more: Partial<StreamResponseOptions> = {}): StreamResponse {
  return new StreamResponse(source, guard, {
    highWaterMark: 2 ** 16,
    keepAliveMs: 0,
    splitAfterMs: 150,
    comments: true,
    trailer: () => new Uint8Array(),
    onEnd: () => Promise.resolve(),
    ...more,
  });
}

Deno.test("an event is only sent in parts once the backend has been silent for splitAfterMs", async () => {
  const source = new PlayedSource();
  const reader = respond(source, midstreamOf(openaiChat, planOf([ADDRESS]))).body.getReader();
  source.sink.data(event("write to ann"));
  await new Promise((resolve) => setTimeout(resolve, 90));
  const pushedMs = performance.now();
  source.sink.data(event(" or to bob"));
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes(" or to ")) text += decoder.decode((await reader.read()).value);
  const silentMs = performance.now() - pushedMs;
  assert.ok(silentMs >= 149, `the second event was cut after ${silentMs} ms`);
  await reader.cancel();
});

Deno.test("a backend that is faster than late scores is paused, and read on when they have come", async () => {
  const source = new PlayedSource();
  const waiting: (() => void)[] = [];
  const slow = {
    name: "slow",
    tier: "B" as const,
    labels: [],
    open: () => ({ push: () => new Promise<{ score: number }>((resolve) => waiting.push(() => resolve({ score: 0 }))) }),
  };
  const plan = planOf([{ name: "r", score: { classifier: "slow", min: 0.5 }, actions: [redact()] }], {
    classifierList: [slow],
    timeoutMs: 60_000,
  });
  let wake = () => {};
  const response = respond(source, midstreamOf(openaiChat, plan, { context: contextOf(undefined, () => wake()) }));
  wake = () => response.wake();
  const said = encoder.encode("x".repeat(80) + ". ");
  const piece = event(new TextDecoder().decode(said));
  let sent = 0;
  for (; !source.paused && sent < 10_000; sent++) source.sink.data(piece);
  assert.ok(sent * piece.length < 2 ** 20, `${sent * piece.length} bytes were read before the backend was paused`);
  const reading = new Response(response.body).text();
  for (let i = 0; source.paused && i < 10_000; i++) {
    waiting.splice(0).forEach((answer) => answer());
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(source.paused, false);
  source.sink.data(END);
  source.sink.end();
  for (let done = false; !done;) {
    waiting.splice(0).forEach((answer) => answer());
    done = await Promise.race([reading.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 1, false))]);
  }
  assert.equal((await reading).split('"delta":{"content"').length - 1, sent);
});

Deno.test("what cannot be rewritten at the very end is an error event, too", async () => {
  const source = new PlayedSource();
  const response = respond(source, midstreamOf(openaiChat, planOf([ADDRESS])));
  const text = new Response(response.body).text();
  source.sink.data(event("hello ann@example", `,"deep":${"[".repeat(200)}${"]".repeat(200)}`));
  source.sink.data(END);
  source.sink.end();
  assert.match(await text, /"type":"backend_error"/);
  assert.doesNotMatch(await text, /ann@/);
  assert.equal(source.cancelled, true);
});

Deno.test("events without text beside a text that never goes on do not fill the memory", async () => {
  const source = new PlayedSource();
  const response = respond(source, midstreamOf(openaiChat, planOf([ADDRESS]), { maxHeldBytes: 2 ** 16 }));
  const text = new Response(response.body).text();
  source.sink.data(event("ann"));
  const empty = encoder.encode(`data: {"choices":[],"obfuscation":"${"x".repeat(1000)}"}\n\n`);
  for (let i = 0; !source.cancelled && i < 100; i++) source.sink.data(empty);
  assert.match(await text, /too much beside a text/);
});

Deno.test("what came ahead of an event that is too large reaches the client, in the same read or not", async () => {
  const huge = event("x".repeat(5000));
  const texts: string[] = [];
  for (const reads of [[event("hello "), huge], [new Uint8Array([...event("hello "), ...huge])]]) {
    for (const ends of [true, false]) {
      const source = new PlayedSource();
      const guard = midstreamOf(openaiChat, planOf([ADDRESS]), { reader: readerFor(openaiChat, { maxEventBytes: 1000 }) });
      const text = new Response(respond(source, guard).body).text();
      for (const read of reads) source.sink.data(read);
      if (ends) source.sink.end();
      else source.sink.data(END);
      texts.push(await text);
    }
  }
  assert.match(texts[0]!, /hello /);
  assert.match(texts[0]!, /more than 1000 bytes/);
  assert.deepEqual(new Set(texts).size, 1);
});
