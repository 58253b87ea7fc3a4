import assert from "node:assert/strict";
import fc from "fast-check";
import type { Delivery } from "../../src/notify/post.ts";
import { post } from "../../src/notify/post.ts";
import { sign, SIGNATURE_HEADER, verify } from "../../src/notify/signature.ts";
import { DEFAULT_LIMITS, type NotifyResult, type WebhookLimits, Webhooks } from "../../src/notify/webhooks.ts";
import { testRuns } from "../support/runs.ts";

/** Webhooks with a clock that moves by hand. */
function bench(answers: (attempt: number) => Delivery | Promise<Delivery>, limits: Partial<WebhookLimits> = {}, random = () => 1) {
  let nowMs = 1_700_000_000_000;
  const timers: { at: number; callback: () => void }[] = [];
  const sent: { headers: Readonly<Record<string, string>>; body: string; at: number }[] = [];
  const results: [NotifyResult, string, string][] = [];
  const webhooks = new Webhooks({
    post: (_url, headers, body) => {
      sent.push({ headers, body, at: nowMs });
      return Promise.resolve(answers(sent.length));
    },
    secret: "whsec",
    now: () => nowMs,
    random,
    schedule: (callback, ms) => {
      const timer = { at: nowMs + ms, callback };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    onResult: (...result) => results.push(result),
  }, { ...DEFAULT_LIMITS, ...limits });
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  return {
    webhooks,
    sent,
    results,
    settle,
    notify: (tenant = "acme") => webhooks.notify({ url: "https://hooks.example.com/x", tenant, message: "hi", event: { rule: "r" } }),
    /** Moves to the next timer; returns how long that took. */
    async tick(): Promise<number> {
      await settle();
      const next = timers.sort((a, b) => a.at - b.at).shift();
      assert.ok(next !== undefined, "something is scheduled");
      const waited = next.at - nowMs;
      nowMs = next.at;
      next.callback();
      await settle();
      return waited;
    },
  };
}

const LATER: Delivery = { kind: "later", reason: "hooks.example.com answered 503", retryAfterMs: undefined };
const OK: Delivery = { kind: "delivered" };

Deno.test("a notification carries its facts and a signature that covers time and body", async () => {
  const { notify, sent, results, settle } = bench(() => OK);
  notify();
  await settle();
  assert.deepEqual(results, [["delivered", "acme", ""]]);
  const { headers, body } = sent[0]!;
  const { id, ...facts } = JSON.parse(body);
  assert.deepEqual(facts, {
    type: "rule.fired",
    created: "2023-11-14T22:13:20.000Z",
    text: "hi",
    message: "hi",
    tenant: "acme",
    rule: "r",
  });
  assert.equal(headers["x-checkstream-delivery"], id);
  const signature = headers[SIGNATURE_HEADER]!;
  assert.ok(verify("whsec", signature, body, 1_700_000_100));
  assert.ok(!verify("whsec", signature, body, 1_700_000_400), "too old");
  assert.ok(!verify("other", signature, body, 1_700_000_100));
  assert.ok(!verify("whsec", signature, `${body} `, 1_700_000_100));
});

Deno.test("a signature is the HMAC-SHA256 of time, dot and body", () => {
  // Computed with: printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec
  assert.equal(sign("whsec", 1_700_000_000, "{}"), "t=1700000000,v1=7d44587dddbaf4c7f70fef20f48cd594834ffea1641e3ac227b84408298738af");
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(2 ** 31), fc.string(), (secret, body, at, header) => {
      assert.ok(verify(secret, sign(secret, at, body), body, at));
      assert.equal(verify(secret, header, body, at), false);
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("a delivery that may work later is tried again, each time after up to twice as long", async () => {
  const { notify, results, sent, tick } = bench((attempt) => attempt < 5 ? LATER : OK);
  notify();
  assert.deepEqual([await tick(), await tick(), await tick(), await tick()], [1000, 2000, 4000, 8000]);
  assert.deepEqual(results, [["delivered", "acme", ""]]);
  assert.deepEqual(sent.map(({ headers }) => headers["x-checkstream-attempt"]), ["1", "2", "3", "4", "5"]);
  assert.equal(new Set(sent.map(({ body }) => body)).size, 1, "the same notification each time");
});

Deno.test("back-off has jitter, and the receiver's own wish comes first", async () => {
  const half = bench(() => LATER, {}, () => 0.5);
  half.notify();
  assert.equal(await half.tick(), 500);
  const asked = bench(() => ({ ...LATER, retryAfterMs: 7000 }));
  asked.notify();
  assert.equal(await asked.tick(), 7000);
  const greedy = bench(() => ({ ...LATER, retryAfterMs: 86_400_000 }));
  greedy.notify();
  assert.equal(await greedy.tick(), 60_000);
});

Deno.test("what keeps failing is given up, what is refused at once", async () => {
  const failing = bench(() => LATER, { attempts: 3 });
  failing.notify();
  await failing.tick();
  await failing.tick();
  assert.deepEqual(failing.results, [["failed", "acme", "hooks.example.com answered 503"]]);
  assert.equal(failing.sent.length, 3);
  const refused = bench(() => ({ kind: "refused", reason: "10.0.0.1 is a private address" }));
  refused.notify();
  await refused.settle();
  assert.deepEqual(refused.results, [["refused", "acme", "10.0.0.1 is a private address"]]);
});

Deno.test("the queue is bounded, as a whole and per tenant, and what does not fit is counted", async () => {
  const { notify, results, webhooks } = bench(() => new Promise<Delivery>(() => {}), { maxPending: 5, maxPendingPerTenant: 3 });
  for (let i = 0; i < 4; i++) notify("a");
  for (let i = 0; i < 4; i++) notify("b");
  assert.equal(webhooks.pending, 5);
  assert.deepEqual(results.map(([result, tenant]) => `${result} ${tenant}`), ["dropped a", "dropped b", "dropped b"]);
  await Promise.resolve();
});

Deno.test("deliveries in back-off take no place of others", async () => {
  const { notify, sent, settle } = bench(() => LATER, { concurrency: 1 });
  notify();
  notify();
  notify();
  await settle();
  assert.equal(sent.length, 3);
});

Deno.test("drain() gives what waits a last try and takes nothing new", async () => {
  const { webhooks, notify, results, sent, settle } = bench((attempt) => attempt <= 2 ? LATER : OK);
  notify();
  notify();
  await settle();
  assert.equal(webhooks.pending, 2);
  await webhooks.drain(1000);
  notify();
  assert.equal(sent.length, 4);
  assert.deepEqual(results.map(([result]) => result), ["delivered", "delivered", "dropped"]);
});

Deno.test("drain() ends at its deadline", async () => {
  const { webhooks, notify, tick } = bench(() => new Promise<Delivery>(() => {}), { concurrency: 1 });
  notify();
  notify();
  const drained = webhooks.drain(1000);
  assert.equal(await tick(), 1000);
  await drained;
});

/** A receiver on loopback. */
function receiver(answer: (request: Request) => Response | Promise<Response>) {
  const seen: { headers: Headers; body: string; path: string }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    seen.push({ headers: request.headers, body: await request.text(), path: pathname + search });
    return await answer(request);
  });
  return { port: server.addr.port, seen, close: () => server.shutdown() };
}

const loopback = () => Promise.resolve(["127.0.0.1"]);
const options = { resolve: loopback, allowPrivate: true, timeoutMs: 5000 };

Deno.test("post() connects to the checked address under the name's own Host header", async () => {
  const { port, seen, close } = receiver(() => new Response("ok"));
  const delivery = await post(new URL(`http://hooks.example.com:${port}/a?b=c`), { "x-a": "1" }, '{"ü":1}', options);
  assert.deepEqual(delivery, { kind: "delivered" });
  assert.equal(seen[0]!.headers.get("host"), `hooks.example.com:${port}`);
  assert.equal(seen[0]!.headers.get("x-a"), "1");
  assert.equal(seen[0]!.body, '{"ü":1}');
  assert.equal(seen[0]!.path, "/a?b=c");
  await close();
});

Deno.test("post() refuses private addresses, whatever the name says, and looks names up once", async () => {
  const { port, seen, close } = receiver(() => new Response("ok"));
  let asked = 0;
  const rebinding = () => Promise.resolve([asked++ === 0 ? "127.0.0.1" : "169.254.169.254"]);
  const strict = { ...options, allowPrivate: false, timeoutMs: 300 };
  for (const host of ["127.0.0.1", "[::1]", "169.254.169.254", "0x7f.1"]) {
    const delivery = await post(new URL(`http://${host}:${port}/`), {}, "{}", strict);
    assert.equal(delivery.kind, "refused", host);
  }
  assert.equal((await post(new URL(`http://hooks.example.com:${port}/`), {}, "{}", strict)).kind, "refused");
  assert.equal(seen.length, 0);
  // The address that was checked is the one that is called.
  await post(new URL(`http://rebind.example.com:${port}/`), {}, "{}", { ...options, resolve: rebinding });
  assert.equal(asked, 1);
  assert.equal(seen.length, 1);
  await close();
});

Deno.test("post() goes through the proxy that the environment names, and still refuses private addresses", async () => {
  const { port, seen, close } = receiver(() => new Response("ok"));
  const proxied = { ...options, proxy: () => new URL(`http://user:secret@127.0.0.1:${port}`) };
  assert.deepEqual(await post(new URL("http://hooks.example.com/a"), {}, "{}", proxied), { kind: "delivered" });
  assert.equal(seen[0]!.headers.get("proxy-authorization"), `Basic ${btoa("user:secret")}`);
  assert.equal(seen[0]!.headers.get("host"), "hooks.example.com");
  assert.equal((await post(new URL("http://hooks.example.com/a"), {}, "{}", { ...proxied, allowPrivate: false })).kind, "refused");
  assert.equal(seen.length, 1);
  await close();
});

const statuses: [number, Delivery["kind"]][] = [
  [200, "delivered"],
  [204, "delivered"],
  [302, "failed"],
  [400, "failed"],
  [410, "failed"],
  [429, "later"],
  [500, "later"],
  [503, "later"],
];
Deno.test("post() tells which answers are worth another try, and follows no redirect", async () => {
  for (const [status, kind] of statuses) {
    const { port, seen, close } = receiver(() =>
      new Response(null, { status, headers: { location: "http://169.254.169.254/", "retry-after": "3" } })
    );
    const delivery = await post(new URL(`http://h.example:${port}/secret-path`), {}, "{}", options);
    assert.equal(delivery.kind, kind, String(status));
    if (delivery.kind === "later") assert.equal(delivery.retryAfterMs, 3000);
    if (delivery.kind !== "delivered") assert.ok(!delivery.reason.includes("secret-path"));
    assert.equal(seen.length, 1);
    await close();
  }
});

Deno.test("post() waits no longer than it was told to", async () => {
  let answer = () => {};
  const { port, close } = receiver(() => new Promise((resolve) => answer = () => resolve(new Response())));
  const delivery = await post(new URL(`http://h.example:${port}/`), {}, "{}", { ...options, timeoutMs: 50 });
  assert.equal(delivery.kind, "later");
  answer();
  await close();
  const stuck = await post(new URL("http://h.example/"), {}, "{}", { ...options, resolve: () => new Promise(() => {}), timeoutMs: 20 });
  assert.deepEqual(stuck, { kind: "later", reason: "h.example did not begin its answer within 20 ms", retryAfterMs: undefined });
});
