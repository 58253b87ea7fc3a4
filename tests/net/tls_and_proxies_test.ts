/** Own authorities, client certificates and proxies, on real sockets. */
import assert from "node:assert/strict";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { type ClientOptions, HttpClient } from "../../src/net/client.ts";
import { ClientError } from "../../src/net/client_error.ts";
import { proxiesFrom } from "../../src/net/proxies.ts";
import { makeAuthority } from "../support/certificates.ts";
import { needs } from "../support/optional.ts";
import { startRawBackend } from "../support/raw_backend.ts";

const LOOPBACK = { resolve: () => Promise.resolve(["127.0.0.1"]) };

function client(more: Partial<ClientOptions>) {
  const made = new HttpClient({
    connectTimeoutMs: 3000,
    firstByteTimeoutMs: 3000,
    idleTimeoutMs: 3000,
    proxy: () => undefined,
    ...LOOPBACK,
    ...more,
  });
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const { body } = await made.send({ method: "GET", url: new URL(url), headers, body: undefined }, new AbortController().signal);
    return await new Promise<string>((resolve, reject) => {
      let text = "";
      body.start({ data: (bytes) => text += new TextDecoder().decode(bytes), end: () => resolve(text), error: reject });
    });
  };
  return { get, [Symbol.dispose]: () => made.close() };
}

/** An HTTPS server that says which client certificate it saw. */
async function startTls(options: https.ServerOptions) {
  const server = https.createServer(options, (request, response) => {
    const socket = request.socket as typeof request.socket & { getPeerCertificate?: () => { subject?: { CN?: string } } };
    response.end(`hello ${options.requestCert === true ? socket.getPeerCertificate?.().subject?.CN : "anyone"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A proxy that notes the head of every request; tunnels and plain requests all lead to `port` on loopback. */
async function startProxy(port: number, answer = "200 Connection established") {
  const heads: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      const head = String(bytes);
      heads.push(head);
      const upstream = net.connect(port, "127.0.0.1", () => {
        if (head.startsWith("CONNECT ")) {
          socket.write(`HTTP/1.1 ${answer}\r\n\r\n`);
          if (!answer.startsWith("200")) return void socket.end();
        } else upstream.write(bytes);
        socket.pipe(upstream);
        upstream.pipe(socket);
      });
      upstream.on("error", () => socket.destroy());
      sockets.add(upstream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

Deno.test({
  name: "backends with certificates of their own: trusted by authority, by name, and by client certificate",
  ...needs("openssl"),
  fn: async (t) => {
    const folder = await Deno.makeTempDir();
    const authority = await makeAuthority(folder);
    const server = await authority.sign("llm.test", "serverAuth");
    const own = await authority.sign("gateway", "clientAuth");
    const read = (path: string) => Deno.readTextFileSync(path);
    const certificate = { key: read(server.keyPath), cert: read(server.certPath) };
    await using plain = await startTls(certificate);
    await using mutual = await startTls({ ...certificate, ca: read(authority.caPath), requestCert: true, rejectUnauthorized: true });
    const trusting = { caPath: authority.caPath };
    const cases: readonly [what: string, port: number, tls: ClientOptions["tls"], host: string, expected: string | undefined][] = [
      ["the authority is known", plain.port, trusting, "llm.test", "hello anyone"],
      ["the system's authorities do not know it", plain.port, undefined, "llm.test", undefined],
      ["another name", plain.port, trusting, "other.test", undefined],
      ["another name that is expected", plain.port, { ...trusting, serverName: "llm.test" }, "other.test", "hello anyone"],
      ["nothing is checked", plain.port, { insecureSkipVerify: true }, "other.test", "hello anyone"],
      ["a client certificate", mutual.port, { ...trusting, ...own }, "llm.test", "hello gateway"],
      ["no client certificate", mutual.port, trusting, "llm.test", undefined],
      ["a file that is not there", plain.port, { caPath: `${folder}/absent.pem` }, "llm.test", undefined],
    ];
    for (const [what, port, tls, host, expected] of cases) {
      await t.step(what, async () => {
        using http = client({ tls });
        const got = http.get(`https://${host}:${port}/`);
        if (expected === undefined) await assert.rejects(got, (error) => error instanceof ClientError);
        else assert.equal(await got, expected);
      });
    }
    await t.step("renewed files are used for new connections", async () => {
      using http = client({ tls: { ...trusting, ...own }, maxAgeMs: 1 });
      assert.equal(await http.get(`https://llm.test:${mutual.port}/`), "hello gateway");
      await authority.sign("renewed", "clientAuth", "gateway");
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(await http.get(`https://llm.test:${mutual.port}/`), "hello renewed");
    });
    await t.step("through a proxy's tunnel, the proxy sees nothing but the name", async () => {
      await using proxy = await startProxy(plain.port);
      using http = client({
        tls: trusting,
        proxy: proxiesFrom((name) => name === "https_proxy" ? proxy.url.replace("//", "//user:p%40ss@") : undefined),
      });
      assert.equal(await http.get(`https://llm.test:${plain.port}/secret`, { authorization: "Bearer sk" }), "hello anyone");
      assert.equal(proxy.heads.length, 1);
      assert.equal(
        proxy.heads[0],
        `CONNECT llm.test:${plain.port} HTTP/1.1\r\nhost: llm.test:${plain.port}\r\nproxy-authorization: Basic ${
          btoa("user:p@ss")
        }\r\n\r\n`,
      );
    });
    await t.step("a proxy that refuses is told", async () => {
      await using proxy = await startProxy(plain.port, "407 Proxy Authentication Required");
      using http = client({ tls: trusting, proxy: () => new URL(proxy.url) });
      await assert.rejects(http.get(`https://llm.test:${plain.port}/`), /The proxy 127\.0\.0\.1:\d+ answered CONNECT with 407/);
    });
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("a plain request tells its proxy the whole URL, and a checked address is what a proxy is asked for", async () => {
  await using backend = await startRawBackend(() => ({ pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"] }));
  const { port } = new URL(backend.url);
  await using proxy = await startProxy(Number(port));
  using http = client({ proxy: () => new URL(proxy.url) });
  assert.equal(await http.get("http://llm.test/v1/models?a=b"), "hi");
  assert.match(proxy.heads[0]!, /^GET http:\/\/llm\.test\/v1\/models\?a=b HTTP\/1\.1\r\nhost: llm\.test\r\n/);
  using wary = client({ proxy: () => new URL(proxy.url), publicOnly: true });
  await assert.rejects(wary.get("https://inner.test/"), /loopback/);
  using pinned = client({
    proxy: () => new URL(proxy.url),
    publicOnly: true,
    resolve: (host) => Promise.resolve([host === "out.test" ? "93.184.216.34" : "127.0.0.1"]),
  });
  await assert.rejects(pinned.get("https://out.test/"));
  assert.match(proxy.heads.at(-1)!, /^CONNECT 93\.184\.216\.34:443 /);
});

const variables: readonly [what: string, env: Record<string, string>, url: string, proxy: string | undefined][] = [
  ["none", {}, "https://a.test/", undefined],
  ["by scheme", { HTTPS_PROXY: "http://p:3128", HTTP_PROXY: "http://q:3128" }, "https://a.test/", "http://p:3128/"],
  ["by scheme, plain", { HTTPS_PROXY: "http://p:3128", HTTP_PROXY: "http://q:3128" }, "http://a.test/", "http://q:3128/"],
  ["lower case wins", { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" }, "https://a.test/", "http://low:1/"],
  ["a host without a scheme", { HTTPS_PROXY: "p:3128" }, "https://a.test/", "http://p:3128/"],
  ["exempt by name", { HTTPS_PROXY: "http://p:1", NO_PROXY: "b.test, a.test" }, "https://a.test/", undefined],
  ["exempt by domain", { HTTPS_PROXY: "http://p:1", NO_PROXY: ".test" }, "https://x.a.test/", undefined],
  ["exempt with a star", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*.a.test" }, "https://x.a.test/", undefined],
  ["part of a name is another name", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.test" }, "https://ba.test/", "http://p:1/"],
  ["exempt by port", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.test:8443" }, "https://a.test:8443/", undefined],
  ["another port", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.test:8443" }, "https://a.test/", "http://p:1/"],
  ["exempt by range", { HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, "http://10.1.2.3/", undefined],
  ["out of range", { HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, "http://11.1.2.3/", "http://p:1/"],
  ["exempt by address", { HTTP_PROXY: "http://p:1", NO_PROXY: "[fd00::1]" }, "http://[fd00::1]/", undefined],
  ["all exempt", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, "https://a.test/", undefined],
  ["loopback", { HTTP_PROXY: "http://p:1" }, "http://127.0.0.1:8000/", undefined],
  ["localhost", { HTTP_PROXY: "http://p:1" }, "http://localhost:8000/", undefined],
];
for (const [what, env, url, proxy] of variables) {
  Deno.test(`proxiesFrom(): ${what}`, () => assert.equal(proxiesFrom((name) => env[name])(new URL(url))?.href, proxy));
}

Deno.test("proxiesFrom(): a proxy of another kind is an error that names the variable", () => {
  assert.throws(
    () => proxiesFrom((name) => name === "https_proxy" ? "socks5://p:1" : undefined)(new URL("https://a/")),
    /HTTPS_PROXY begins with socks5:/,
  );
});
