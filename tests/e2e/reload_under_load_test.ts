/**
 * Reload under load: 200 streams stay open while policies are edited 50 times, ten of the edits broken, saved the ways editors and
 * Kubernetes save. Every stream ends on the version it began with, and the last good version always serves.
 */
import assert from "node:assert/strict";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { join } from "../support/paths.ts";

const STREAMS = 200;
const EDITS = 50;
/** Every fifth edit is broken. */
const BROKEN_EVERY = 5;

const policyOf = (version: string) =>
  `policies:
  - name: mark
    phase: midstream
    trigger: { keywords: [secret] }
    action: redact
    replacement: "[${version}]"
`;
const BROKEN = [
  (text: string) => text.replace("action: redact", "action: redcat"),
  (text: string) => text.replace("keywords: [secret]", "pattern: '(a)\\1'"),
  (text: string) => `${text}   - name: [`,
  () => "",
  (text: string) => text.replace("{ keywords: [secret] }", "{ classifier: nobody }"),
];

type Save = (path: string, text: string) => Promise<void>;

/** Written in place. */
const overwrite: Save = (path, text) => Deno.writeTextFile(path, text);
/** Written beside and renamed over it: most editors, `sed -i`, configuration tools. */
const renameOver: Save = async (path, text) => {
  await Deno.writeTextFile(`${path}.tmp`, text);
  await Deno.rename(`${path}.tmp`, path);
};
/** The old file becomes the backup and a new one takes its name: vim with `backupcopy=no`. */
const backupFirst: Save = async (path, text) => {
  await Deno.rename(path, `${path}~`);
  await Deno.writeTextFile(path, text);
  await Deno.remove(`${path}~`);
};
const SAVES: readonly Save[] = [overwrite, renameOver, backupFirst];

/** A ConfigMap volume: the file is a link into `..data`, which is a link that is swapped. */
let generation = 0;
async function kubernetesSave(volume: string, text: string): Promise<void> {
  const target = `..2026_${++generation}`;
  await Deno.mkdir(join(volume, target), { recursive: true });
  await Deno.writeTextFile(join(volume, target, "kube.yaml"), text);
  await Deno.symlink(target, join(volume, "..data_tmp"));
  await Deno.rename(join(volume, "..data_tmp"), join(volume, "..data"));
  const link = join(volume, "kube.yaml");
  if (generation === 1) await Deno.symlink("..data/kube.yaml", link);
  else await Deno.remove(join(volume, `..2026_${generation - 1}`), { recursive: true });
}

/** A backend whose streams say the first half at once and the second when they are released. */
function startBackend() {
  let release = () => {};
  const released = new Promise<void>((resolve) => release = resolve);
  const chunk = (content: string, finish: string | null = null) =>
    new TextEncoder().encode(
      `data: ${
        JSON.stringify({
          id: "1",
          object: "chat.completion.chunk",
          model: "m",
          choices: [{ index: 0, delta: { content }, finish_reason: finish }],
        })
      }\n\n`,
    );
  let open = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { stream } = await request.json();
    if (stream !== true) {
      const message = { role: "assistant", content: "a secret " };
      return Response.json({ id: "1", object: "chat.completion", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] });
    }
    open++;
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(chunk("One secret here. "));
        await released;
        controller.enqueue(chunk("Another sec"));
        controller.enqueue(chunk("ret there."));
        controller.enqueue(chunk("", "stop"));
        controller.enqueue(new TextEncoder().encode("data: [DONE]\n\n"));
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, release, opened: () => open, close: () => server.shutdown() };
}

function ask(gateway: GatewayProcess, tenant: string, stream: boolean): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-tenant-id": tenant },
    body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content: "hi" }] }),
  });
}

/** The version that serves a tenant now, as its policy marks it. */
async function serving(gateway: GatewayProcess, tenant: string): Promise<string> {
  const { choices } = await (await ask(gateway, tenant, false)).json();
  return /\[(.*)\]/.exec(choices[0].message.content)?.[1] ?? `nothing: ${choices[0].message.content}`;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!await holds()) {
    if (Date.now() > deadline) throw new Error(`Not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function textOf(response: Response): Promise<string> {
  const body = await response.text();
  assert.match(body, /data: \[DONE\]/);
  return body.split("\n").filter((line) => line.startsWith("data: {")).map((line) =>
    JSON.parse(line.slice(6)).choices[0]?.delta.content ?? ""
  )
    .join("");
}

Deno.test("50 edits under 200 open streams break none, and the last good version always serves", async () => {
  const backend = startBackend();
  const folder = await Deno.makeTempDir();
  const volume = join(folder, "volume");
  await Deno.mkdir(volume);
  await kubernetesSave(volume, policyOf("kube-0"));
  const tenant = (id: string, policy: string) => `    ${id}:\n      backend_url: "${backend.url}"\n      policy_path: "${policy}"\n`;
  const config = `tenants:\n  configs:\n${tenant("plain", "./plain.yaml")}${tenant("based", "./based.yaml")}${
    tenant("kube", "./volume/kube.yaml")
  }`;
  await using gateway = await startGateway({
    folder,
    files: {
      "config.yaml": config,
      "plain.yaml": policyOf("plain-0"),
      "based.yaml": "extends: ./base.yaml\npolicies: []\n",
      "base.yaml": policyOf("based-0"),
    },
  });
  const ready = async () => await (await fetch(`${gateway.url}/health/ready`)).json();
  const good: Record<string, string> = { plain: "plain-0", based: "based-0", kube: "kube-0" };
  const streams: { readonly began: string; readonly response: Promise<Response> }[] = [];
  const tenants = Object.keys(good);
  const openSome = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const id = tenants[streams.length % 3]!;
      streams.push({ began: good[id]!, response: ask(gateway, id, true) });
    }
    // Their headers are here, so each has its lease; the bodies stay open.
    await Promise.all(streams.slice(-count).map(({ response }) => response));
  };

  for (let edit = 1; edit <= EDITS; edit++) {
    await openSome(STREAMS / EDITS);
    const id = tenants[edit % 3]!;
    const version = `${id}-${edit}`;
    const isBroken = edit % BROKEN_EVERY === 0;
    const text = isBroken ? BROKEN[(edit / BROKEN_EVERY) % BROKEN.length]!(policyOf(version)) : policyOf(version);
    if (id === "kube") await kubernetesSave(volume, text);
    else await SAVES[edit % SAVES.length]!(join(folder, id === "plain" ? "plain.yaml" : "base.yaml"), text);
    if (isBroken) {
      await until(`edit ${edit} is refused`, async () => (await ready()).last_reload_errors !== undefined);
      assert.equal(await serving(gateway, id), good[id], "the last good version serves");
      // The next edit of this tenant repairs it; another tenant's edit does not wait for that.
    } else {
      good[id] = version;
      await until(`edit ${edit} of ${id} serves`, async () => await serving(gateway, id) === version);
    }
  }
  assert.equal(backend.opened(), STREAMS);
  for (const id of tenants) assert.equal(await serving(gateway, id), good[id]);

  backend.release();
  for (const { began, response } of streams) {
    assert.equal(await textOf(await response), `One [${began}] here. Another [${began}] there.`);
  }
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  assert.match(metrics, /^checkstream_requests_total\{tenant="plain",status="success"\} \d+$/m);
  assert.equal([...metrics.matchAll(/^checkstream_policy_info\{tenant="\w+",policy="\w+",version="[0-9a-f]{16}"\} 1$/gm)].length, 3);
  await gateway.stop();
  await backend.close();
  await Deno.remove(folder, { recursive: true });
});
