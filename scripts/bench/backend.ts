/**
 * The backend of the streaming bench, a process of its own: `deno run -A scripts/bench/backend.ts`. Answers a chat request with as many
 * events as the model's name says: `single-2000` sends them one per read, `burst-2000` sixty-four at
 * a time.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { benchText } from "./matching.ts";

const BURST = 64;
const tokens = benchText(200_000).match(/\s?\S{1,5}|\s/g) ?? [];
const event = (delta: object, finish: string | null = null) =>
  `data: ${
    JSON.stringify({
      id: "chatcmpl-9a8b7c6d5e4f3a2b1c0d",
      object: "chat.completion.chunk",
      created: 1741290958,
      model: "gpt-4o-2024-08-06",
      service_tier: "default",
      system_fingerprint: "fp_a1b2c3d4e5",
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    })
  }\n\n`;
const events = tokens.slice(0, 20_000).map((content) => event({ content }));
const end = `${event({}, "stop")}data: [DONE]\n\n`;
/** Between two writes, so that each arrives as a read of its own; milliseconds. */
const GAP_MS = 1;

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (bytes) => body += bytes);
  request.on("end", async () => {
    const [kind, count] = /"model":"(single|burst)-(\d+)"/.exec(body)?.slice(1) ?? ["single", "10"];
    response.socket?.setNoDelay(true);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const step = kind === "burst" ? BURST : 1;
    for (let i = 0; i < Number(count); i += step) {
      // Each event is a chunk of its own, as LLM servers write them; how many arrive in one read is the network's affair.
      let more = true;
      for (const each of events.slice(i, Math.min(i + step, Number(count)))) more = response.write(each);
      if (!more) await new Promise((resolve) => response.once("drain", resolve));
      await new Promise((resolve) => setTimeout(resolve, GAP_MS));
      if (response.destroyed) return;
    }
    response.end(end);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`));
