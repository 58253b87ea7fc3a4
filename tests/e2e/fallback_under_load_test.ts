/**
 * One of two backends is killed at random while clients keep asking: nobody who had not received a byte sees an error.
 * `CHECKSTREAM_CHAOS_SECONDS` sets how long (60 for the full run); the seed is printed, and `CHECKSTREAM_SEED` repeats it.
 */
import assert from "node:assert/strict";
import { startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { fromFileUrl } from "../support/paths.ts";

const SCRIPT = fromFileUrl(new URL("./mortal_backend.ts", import.meta.url));
const SECONDS = Number(Deno.env.get("CHECKSTREAM_CHAOS_SECONDS") ?? "8");
const SEED = Number(Deno.env.get("CHECKSTREAM_SEED") ?? String(Math.floor(Math.random() * 2 ** 31)));
const CLIENTS = 12;

/** A process that can be killed and comes back on its port. */
class Mortal {
  #child: Deno.ChildProcess | undefined;
  kills = 0;

  private constructor(readonly port: number) {}

  static async start(): Promise<Mortal> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const mortal = new Mortal(port);
    await mortal.rise();
    return mortal;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async rise(): Promise<void> {
    const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", SCRIPT, String(this.port)], stdout: "piped", stderr: "null" })
      .spawn();
    this.#child = child;
    const reader = child.stdout.getReader();
    const { done } = await reader.read();
    reader.releaseLock();
    void child.stdout.cancel();
    if (done) throw new Error("a backend did not come back");
  }

  async kill(): Promise<void> {
    this.#child!.kill("SIGKILL");
    this.kills++;
    await this.#child!.status;
  }
}

interface Figures {
  requests: number;
  clean: number;
  /** Broke off after the client had bytes, with an error event. */
  broken: number;
  /** Errors before any byte: there must be none. */
  readonly errors: string[];
}

async function ask(url: string, stream: boolean, figures: Figures): Promise<void> {
  figures.requests++;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content: "hi" }] }),
  });
  const text = await answer.text();
  const whole = stream ? text.includes("[DONE]") && text.includes("word9") : answer.status === 200 && text.includes("whole");
  if (answer.status === 200 && whole) figures.clean++;
  else if (stream && answer.status === 200 && text.startsWith('data: {"id":"c"') && text.includes('"backend_error"')) figures.broken++;
  else figures.errors.push(`${answer.status} ${text.slice(0, 300)}`);
}

Deno.test("fallback under load: no client that had not received bytes sees an error", async () => {
  let state = SEED;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const backends = [await Mortal.start(), await Mortal.start()] as const;
  const [a, b] = backends;
  try {
    await using gateway = await startGateway({
      files: {
        "policy.yaml": TEST_POLICY,
        "config.yaml": `policy_path: ./policy.yaml
telemetry: {audit: {enabled: false}}
tenants:
  configs:
    spread: {backend: {targets: [{url: "${a.url}"}, {url: "${b.url}"}]}}
    fallback: {backend: {url: "${a.url}", fallbacks: [{url: "${b.url}"}]}}
`,
      },
    });
    const figures: Figures = { requests: 0, clean: 0, broken: 0, errors: [] };
    const until = performance.now() + SECONDS * 1000;
    const client = async (i: number) => {
      const url = `${gateway.url}/tenant/${i % 2 === 0 ? "spread" : "fallback"}/v1/chat/completions`;
      while (performance.now() < until) {
        await ask(url, i % 3 !== 0, figures);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const reaper = async () => {
      while (performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 200 + random() * 800));
        const victim = backends[random() < 0.5 ? 0 : 1];
        await victim.kill();
        await new Promise((resolve) => setTimeout(resolve, random() * 500));
        await victim.rise();
      }
    };
    await Promise.all([reaper(), ...Array.from({ length: CLIENTS }, (_, i) => client(i))]);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const sum = (name: string) =>
      [...metrics.matchAll(new RegExp(`^checkstream_${name}(?:\\{[^}]*\\})? (\\d+)`, "gm"))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      );
    console.log(
      `${SECONDS} s, seed ${SEED}: ${figures.requests} requests, ${figures.clean} clean, ${figures.broken} broke off after bytes, ` +
        `${figures.errors.length} errors before any; ${a.kills} + ${b.kills} kills, ${sum("backend_errors_total")} failed tries, ` +
        `${sum("backend_retries_total")} retries, ${sum("backend_fallbacks_total")} fallbacks`,
    );
    assert.deepEqual(figures.errors, []);
    assert.ok(a.kills + b.kills >= 2);
    assert.ok(figures.clean > figures.broken * 2, "most streams are whole");
  } finally {
    for (const backend of backends) await backend.kill();
  }
});
