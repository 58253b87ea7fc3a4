/** The HTTP client on the wire: what it sends, what it refuses, how it connects; every answer written byte by byte. */
import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import zlib from "node:zlib";
import { type ClientAnswer, type ClientOptions, HttpClient } from "../../src/net/client.ts";
import { ClientError } from "../../src/net/client_error.ts";
import { type RawAnswer, startRawBackend } from "../support/raw_backend.ts";

const OPTIONS: ClientOptions = { connectTimeoutMs: 2000, firstByteTimeoutMs: 2000, idleTimeoutMs: 300, proxy: () => undefined };

function client(more: Partial<ClientOptions> = {}) {
  const made = new HttpClient({ ...OPTIONS, ...more });
  const get = (url: string, headers: Record<string, string> = {}) =>
    made.send({ method: "GET", url: new URL(url), headers, body: undefined }, new AbortController().signal);
  return { made, get, [Symbol.dispose]: () => made.close() };
}

function read({ body }: ClientAnswer): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = "";
    body.start({ data: (bytes) => text += decoder.decode(bytes, { stream: true }), end: () => resolve(text), error: reject });
  });
}

const raw = (...pieces: readonly (string | Uint8Array)[]): RawAnswer => ({ pieces });
const isBroken = (pattern: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.kind === "broken" && pattern.test(error.message);

const refused: readonly [what: string, answer: string, message: RegExp][] = [
  [
    "a length beside chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    /lengths|no HTTP/,
  ],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", /lengths|no HTTP/],
  ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nhi", /no HTTP/],
  ["what is no HTTP", "220 smtp ready\r\n\r\n", /no HTTP/],
  ["headers that are too large", `HTTP/1.1 200 OK\r\nX-Big: ${"a".repeat(70_000)}\r\n\r\n`, /headers of more than 65536 bytes/],
  ["ever more headers", `HTTP/1.1 200 OK\r\n${"X-A: 1\r\n".repeat(20_000)}\r\n`, /headers of more than 65536 bytes/],
  ["another protocol", "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", /another protocol|closed/],
  ["an encoding nobody knows", "HTTP/1.1 200 OK\r\nContent-Encoding: snappy\r\nContent-Length: 2\r\n\r\nhi", /the encoding "snappy"/],
];
for (const [what, answer, message] of refused) {
  Deno.test(`HttpClient refuses ${what}`, async () => {
    await using backend = await startRawBackend(() => ({ ...raw(answer), hold: true }));
    using http = client();
    await assert.rejects(http.get(backend.url), isBroken(message));
  });
}

Deno.test("HttpClient tells a broken body from a whole one", async () => {
  const cases: readonly [answer: RawAnswer, text: string | RegExp][] = [
    [raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more"), "hi"],
    [{ ...raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\nhi") }, /broke off/],
    [raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n"), /broke off/],
    [raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nZZ\r\n"), /broke off/],
    [raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n"), "hi"],
    [raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end"), "until the end"],
    [raw("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "hi"],
    // Nobody expected it, since an Expect of the client's stays with us.
    [raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), /no answer/],
    [{ ...raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"), hold: true }, /sent nothing for 300 ms/],
    [{ ...raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"), reset: true }, /broke off/],
  ];
  for (const [answer, expected] of cases) {
    await using backend = await startRawBackend(() => answer);
    using http = client();
    const got = http.get(backend.url).then(read);
    if (typeof expected === "string") assert.equal(await got, expected);
    else await assert.rejects(got, expected);
  }
});

const TEXT = "Streams of words, compressed. ".repeat(50);
const encodings: readonly (readonly [name: string, encode: (bytes: Uint8Array) => Uint8Array])[] = [
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ...("zstdCompressSync" in zlib ? [["zstd", (bytes: Uint8Array) => zlib.zstdCompressSync(bytes)] as const] : []),
];
for (const [name, encode] of encodings) {
  Deno.test(`HttpClient reads ${name}, cut anywhere, and tells what is not`, async () => {
    const bytes = encode(new TextEncoder().encode(TEXT));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    const pieces = [...bytes].map((byte) => new Uint8Array([byte]));
    await using backend = await startRawBackend(() => ({ pieces: [head, ...pieces], pauseMs: 0 }));
    using http = client();
    const answer = await http.get(backend.url);
    assert.equal(await read(answer), TEXT);
    assert.deepEqual([answer.headers.get("content-encoding"), answer.headers.get("content-length")], [undefined, undefined]);
    const wrong = new Uint8Array(bytes.length).fill(7);
    await using liar = await startRawBackend(() => raw(head, wrong));
    await assert.rejects(http.get(liar.url).then(read), /is not valid|broke off/);
  });
}

Deno.test("HttpClient ends a decompression bomb", async () => {
  const bomb = gzipSync(new Uint8Array(64 << 20));
  await using backend = await startRawBackend(() =>
    raw(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`, bomb)
  );
  using http = client();
  const answer = await http.get(backend.url);
  let bytes = 0;
  const error = await new Promise((resolve) =>
    answer.body.start({ data: (part) => bytes += part.length, end: () => resolve(undefined), error: resolve })
  );
  assert.match(String(error), /grows too much when it is decompressed/);
  assert.ok(bytes <= 17 << 20, `${bytes} bytes of 64 MiB`);
});

Deno.test("HttpClient stops reading while its reader pauses, compressed or not", async () => {
  const block = new Uint8Array(1 << 16).map(() => Math.floor(Math.random() * 256));
  for (const encoding of ["identity", "gzip"]) {
    let written = 0;
    const pieces = function* () {
      yield `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: ${encoding}\r\n\r\n`;
      const bytes = encoding === "gzip" ? gzipSync(block) : block;
      for (let i = 0; i < 800; i++) {
        written += bytes.length;
        yield bytes;
      }
    };
    await using backend = await startRawBackend(() => ({ pieces: pieces(), pauseMs: 0 }));
    using http = client({ idleTimeoutMs: 60_000 });
    const answer = await http.get(backend.url);
    let read = 0;
    const ended = new Promise<void>((resolve, reject) =>
      answer.body.start({ data: (bytes) => void (read += bytes.length), end: resolve, error: reject })
    );
    answer.body.pause();
    let before = -1;
    // Until nothing moves any more: the kernel's buffers are full.
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.ok(written < 40 << 20, `${encoding}: ${written} bytes were taken from a backend that nobody read`);
    answer.body.resume();
    await ended;
    assert.ok(read >= 50 << 20);
  }
});

Deno.test("HttpClient hands on all of an answer whose backend hung up while its reader paused", async () => {
  const text = "y".repeat(40_000);
  const chunked = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  const answers = [["", text], [`Content-Length: ${text.length}\r\n`, text], ["Transfer-Encoding: chunked\r\n", chunked]] as const;
  for (const [framing, body] of answers) {
    for (const cuts of [1, 3]) {
      const pieces = Array.from({ length: cuts }, (_, i) => body.slice(i * body.length / cuts, (i + 1) * body.length / cuts));
      const hungUp = Promise.withResolvers<void>();
      await using backend = await startRawBackend(() => ({
        pieces: [`HTTP/1.1 200 OK\r\nConnection: close\r\n${framing}\r\n`, ...pieces],
        onWritten: () => hungUp.resolve(),
      }));
      using http = client({ idleTimeoutMs: 60_000 });
      const answer = await http.get(backend.url);
      let read = 0;
      const ended = new Promise<void>((resolve, reject) =>
        answer.body.start({ data: (bytes) => (read += bytes.length, answer.body.pause()), end: resolve, error: reject })
      );
      answer.body.pause();
      await hungUp.promise;
      // The FIN arrives after the last bytes.
      await new Promise((resolve) => setTimeout(resolve, 50));
      let over = false;
      void ended.finally(() => over = true);
      while (!over) {
        answer.body.resume();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await ended;
      assert.equal(read, text.length, `${framing} in ${cuts}`);
    }
  }
});

Deno.test("HttpClient asks again on another connection when a kept one was closed just then", async () => {
  let served = 0;
  await using backend = await startRawBackend(() =>
    // The second request on a connection is answered with its end.
    ++served === 2 ? { pieces: [], reset: true } : raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
  );
  using http = client();
  assert.equal(await http.get(backend.url).then(read), "hi");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await http.get(backend.url).then(read), "hi");
  assert.deepEqual([backend.accepted, served], [2, 3]);
});

Deno.test("HttpClient follows a changed DNS entry when connections reach their age", async () => {
  const hi = raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  await using backend = await startRawBackend(() => hi);
  const asked: string[] = [];
  const resolve = (host: string) => {
    asked.push(host);
    return Promise.resolve(["127.0.0.1"]);
  };
  using http = client({ resolve, maxAgeMs: 2000 });
  const url = `http://llm.example:${new URL(backend.url).port}/`;
  const call = async () => {
    await http.get(url).then(read);
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await call();
  await call();
  assert.deepEqual([asked.length, backend.accepted], [1, 1]);
  await new Promise((resolve) => setTimeout(resolve, 2050));
  await call();
  assert.deepEqual([asked.length, backend.accepted], [2, 2]);
});

Deno.test("HttpClient tries a name's other addresses when the first one refuses", async () => {
  await using backend = await startRawBackend(() => raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
  using http = client({ resolve: () => Promise.resolve(["127.0.0.99", "127.0.0.1"]) });
  assert.equal(await http.get(`http://llm.example:${new URL(backend.url).port}/`).then(read), "hi");
});

Deno.test("HttpClient connects to the very addresses it checked, so that a name cannot turn inwards in between", async () => {
  await using backend = await startRawBackend(() => raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
  const url = `http://rebinding.example:${new URL(backend.url).port}/`;
  // What a rebinding name server does: public when it is looked at, private when it is called.
  for (const answers of [[["93.184.216.34"], ["127.0.0.1"]], [["127.0.0.1"]], [["93.184.216.34", "10.0.0.1"]], [["169.254.169.254"]]]) {
    let i = 0;
    using http = client({
      publicOnly: true,
      connectTimeoutMs: 300,
      resolve: () => Promise.resolve(answers[Math.min(i++, answers.length - 1)]!),
    });
    await assert.rejects(
      http.get(url),
      (error) => error instanceof ClientError && ["refused", "timeout", "unreachable"].includes(error.kind),
    );
    assert.equal(i, 1, "looked up once");
  }
  assert.equal(backend.accepted, 0);
});

Deno.test("HttpClient gives up connecting in time, and says what was late", async () => {
  using slow = client({ connectTimeoutMs: 100, resolve: () => new Promise(() => {}) });
  await assert.rejects(
    slow.get("http://never.example/"),
    (error) =>
      error instanceof ClientError && error.kind === "timeout" && error.phase === "connect" &&
      /could not be connected to within 100 ms/.test(error.message),
  );
  using absent = client({ resolve: () => Promise.reject(new Error("ENOTFOUND")) });
  await assert.rejects(absent.get("http://absent.example/"), /absent\.example cannot be reached \(no such host\)/);
  using closed = client();
  await assert.rejects(closed.get("http://127.0.0.1:1/"), /127\.0\.0\.1:1 cannot be reached/);
});
