/**
 * One HTTP client of the transport bench, a process of its own: `deno run -A scripts/bench/client_load.ts CLIENT URL MODEL STREAMS`. Reads
 * that many streams, eight at a time, and touches every read; prints the CPU seconds it took, warm-up apart, and the connections it opened.
 */
import http from "node:http";
import process from "node:process";
import { Agent } from "undici";

type Read = (url: string, body: string, onBytes: (bytes: Uint8Array) => void) => Promise<void>;

const STREAMS_AT_ONCE = 8;
const HEADERS = { "content-type": "application/json" };

const nodeAgent = new http.Agent({ keepAlive: true, maxFreeSockets: 64 });
const nodeHttp: Read = (url, body, onBytes) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method: "POST", headers: { ...HEADERS, "content-length": body.length }, agent: nodeAgent });
    request.on("response", (answer) => {
      answer.on("data", onBytes);
      answer.on("end", resolve);
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });

const fetchDefault: Read = async (url, body, onBytes) => {
  const answer = await fetch(url, { method: "POST", headers: HEADERS, body });
  for await (const bytes of answer.body!) onBytes(bytes);
};

const fetchByob: Read = async (url, body, onBytes) => {
  const answer = await fetch(url, { method: "POST", headers: HEADERS, body });
  const reader = answer.body!.getReader({ mode: "byob" });
  let buffer = new Uint8Array(1 << 14);
  for (;;) {
    const { value, done } = await reader.read(buffer);
    if (done) return;
    onBytes(value);
    buffer = new Uint8Array(value.buffer);
  }
};

const undiciAgent = new Agent();
const undici: Read = (url, body, onBytes) =>
  new Promise((resolve, reject) => {
    const { origin, pathname } = new URL(url);
    undiciAgent.dispatch({ origin, path: pathname, method: "POST", headers: HEADERS, body }, {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData: (_controller, bytes) => onBytes(bytes),
      onResponseEnd: () => resolve(),
      onResponseError: (_controller, error) => reject(error),
    });
  });

const CLIENTS: Readonly<Record<string, Read>> = { "node-http": nodeHttp, "fetch": fetchDefault, "fetch-byob": fetchByob, undici };

async function load(read: Read, url: string, model: string, streams: number): Promise<void> {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Tell me about the journey." }] });
  let left = streams;
  let last = 0;
  const client = async () => {
    while (left-- > 0) await read(url, body, (bytes) => last = bytes[bytes.length - 1]!);
  };
  await Promise.all(Array.from({ length: Math.min(STREAMS_AT_ONCE, streams) }, client));
  if (last !== 10) throw new Error("A stream did not end as it should");
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const [kind = "", url = "", model = "", streams = "1"] = Deno.args;
const read = CLIENTS[kind]!;
await load(read, `${url}/v1/chat/completions`, model, STREAMS_AT_ONCE * 2);
const before = cpuSeconds();
await load(read, `${url}/v1/chat/completions`, model, Number(streams));
console.log(JSON.stringify({ cpuSeconds: cpuSeconds() - before, residentMiB: Deno.memoryUsage().rss / 2 ** 20 }));
Deno.exit(0);
