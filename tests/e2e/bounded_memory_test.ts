/** What a slow client and an immoderate backend can make grow: a bounded buffer, nothing else. */
import assert from "node:assert/strict";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";

const ANSWER_BYTES = 50 * 2 ** 20;
/** What sockets and queues between backend and client may hold; most of it is the kernel's buffers on loopback. */
const BUFFERED_BYTES = 24 * 2 ** 20;
const EVENT_BYTES = 20 * 2 ** 20;
const encoder = new TextEncoder();
const event = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** A backend that sends as fast as it is read, and counts. */
function startFirehose() {
  let sent = 0, cancelled = false;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const huge = (await request.text()).includes("huge");
    const piece = encoder.encode(event("The quick brown fox jumps over the lazy dog. ".repeat(20)));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (huge && sent === 0) controller.enqueue(encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"'));
        controller.enqueue(huge ? encoder.encode("x".repeat(2 ** 16)) : piece);
        sent += huge ? 2 ** 16 : piece.length;
        if (sent < (huge ? EVENT_BYTES : ANSWER_BYTES)) return;
        controller.enqueue(encoder.encode(huge ? '"}}]}\n\n' : event("", "stop") + "data: [DONE]\n\n"));
        controller.close();
      },
      cancel() {
        cancelled = true;
      },
    }, { highWaterMark: 0 });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get sent() {
      return sent;
    },
    get cancelled() {
      return cancelled;
    },
    close: () => server.shutdown(),
  };
}

/** Peak resident set of a process; bytes, 0 where there is no /proc. */
async function peakBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

function asked(content: string): string {
  return JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content }] });
}

/** Resolves when `read` gives the same value for a second; `meanwhile` runs once a second. */
async function settled(read: () => number, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<number> {
  for (let last = -1;;) {
    const now = read();
    if (now === last) return now;
    last = now;
    await Promise.all([meanwhile(), new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
}

Deno.test("a client that reads a byte a second of a 50 MB answer costs a bounded buffer, and gets all of it when it reads on", async () => {
  const backend = startFirehose();
  await using gateway = await startLlmGateway({ backendUrl: backend.url, tenants: { acme: TEST_POLICY } });
  const before = await peakBytes(gateway.pid);
  const { hostname, port } = new URL(gateway.url);
  const client = await Deno.connect({ hostname, port: Number(port) });
  const body = asked("hello");
  await client.write(
    encoder.encode(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    ),
  );
  let received = 0;
  const readOne = async () => received += await client.read(new Uint8Array(1)) ?? 0;
  const sent = await settled(() => backend.sent, readOne);
  // Bytes that trickle make no room that would count.
  for (let i = 0; i < 3; i++) await Promise.all([readOne(), new Promise((resolve) => setTimeout(resolve, 1000))]);
  assert.ok(backend.sent - sent < 2 ** 20, `${backend.sent - sent} more bytes were read for a client that took three`);
  const grown = await peakBytes(gateway.pid) - before;
  console.log(
    `sent by the backend to a client that reads a byte a second: ${(sent / 2 ** 20).toFixed(1)} MiB of 50; memory grew by ${
      (grown / 2 ** 20).toFixed(1)
    } MiB`,
  );
  assert.ok(sent < BUFFERED_BYTES, `${sent} bytes were read for a client that hardly reads`);
  assert.ok(grown < 64 * 2 ** 20, `memory grew by ${grown} bytes`);

  let tail = "";
  const chunk = new Uint8Array(2 ** 16);
  const decoder = new TextDecoder();
  for (let n = await client.read(chunk); n !== null; n = await client.read(chunk)) {
    received += n;
    tail = (tail + decoder.decode(chunk.subarray(0, n), { stream: true })).slice(-300);
  }
  client.close();
  assert.ok(received > ANSWER_BYTES, `only ${received} bytes arrived`);
  assert.match(tail, /data: \[DONE\]/);
  const whole = await peakBytes(gateway.pid) - before;
  console.log(`memory grew by ${(whole / 2 ** 20).toFixed(1)} MiB over the whole answer`);
  await backend.close();
});

Deno.test("an event of 20 MB is refused with an error event, and the backend is told to stop", async () => {
  const backend = startFirehose();
  await using gateway = await startLlmGateway({ backendUrl: backend.url, tenants: { acme: TEST_POLICY } });
  const before = await peakBytes(gateway.pid);
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: asked("huge"),
  });
  const text = await answer.text();
  console.log(`memory grew by ${((await peakBytes(gateway.pid) - before) / 2 ** 20).toFixed(1)} MiB on an event of 20 MB`);
  assert.match(text, /"type":"backend_error"/);
  assert.match(text, /more than \d+ bytes/);
  assert.ok(text.length < 2000);
  await settled(() => backend.sent);
  assert.ok(backend.cancelled || backend.sent < EVENT_BYTES);
  await backend.close();
});
