import assert from "node:assert/strict";
import { ConfigError, formatProblem, loadConfig } from "../../src/config/mod.ts";
import { openWaitingRoom } from "../../src/limits/waiting_room.ts";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import type { AssembleDeps } from "../../src/tenants/assemble.ts";
import { buildSnapshot, prepare } from "../../src/tenants/build.ts";
import { processTokens } from "../../src/upstream/auth.ts";
import { writeFiles } from "../support/gateway.ts";

const CONFIG = `telemetry:
  audit: { enabled: false }
tenants:
  configs:
    a: { backend_url: "http://127.0.0.1:1", policy_path: ./a.yaml }
    b: { backend_url: "http://127.0.0.1:1", policy_path: ./b.yaml }
`;
const policy = (word: string) => `policies:\n  - { name: r, phase: ingress, trigger: { keywords: [${word}] }, action: stop }\n`;
const deps: AssembleDeps = {
  classifiers: {},
  upstream: { tokens: processTokens(), now: () => 0, random: () => 0, sleep: () => Promise.resolve() },
  openTrail: () => Promise.reject(new Error("no trail")),
  keyPepper: undefined,
  keys: undefined,
  limits: { store: openMemoryStore(), room: openWaitingRoom() },
};

/** A folder with a configuration, and what loads it. */
async function folderWith(files: Readonly<Record<string, string>>) {
  const folder = await Deno.makeTempDir();
  await writeFiles(folder, files);
  return {
    folder,
    load: () => loadConfig(`${folder}/config.yaml`, () => undefined),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const mistakes: [string, (folder: string) => Promise<void>, RegExp][] = [
  ["does not validate", (folder) => Deno.writeTextFile(`${folder}/a.yaml`, policy("x").replace("stop", "inject")), /cannot act in ingress/],
  ["is gone", (folder) => Deno.remove(`${folder}/a.yaml`), /the policy file "\.\/a\.yaml" does not exist/],
  ["is empty", (folder) => Deno.writeTextFile(`${folder}/a.yaml`, ""), /holds no rules/],
];
for (const [name, break_, message] of mistakes) {
  Deno.test(`a tenant whose policy ${name} keeps its last good one, and the others change all the same`, async () => {
    await using at = await folderWith({ "config.yaml": CONFIG, "a.yaml": policy("one"), "b.yaml": policy("one") });
    const first = await buildSnapshot(at.load(), deps);
    assert.deepEqual(first.failures, []);
    await break_(at.folder);
    await Deno.writeTextFile(`${at.folder}/b.yaml`, policy("two"));
    const { snapshot, failures, files } = await buildSnapshot(at.load(), deps, first.snapshot);
    assert.equal(snapshot.runtimes.get("a"), first.snapshot.runtimes.get("a"));
    assert.notEqual(snapshot.runtimes.get("b")!.version, first.snapshot.runtimes.get("b")!.version);
    assert.match(failures.map(formatProblem).join("\n"), message);
    assert.ok(files.includes(`${at.folder}/a.yaml`), "its correction will be seen");
    // From nothing, nothing half is served.
    await assert.rejects(buildSnapshot(at.load(), deps), ConfigError);
  });
}

Deno.test("a new tenant whose policy does not validate is not served, and the others are", async () => {
  await using at = await folderWith({ "config.yaml": CONFIG, "a.yaml": policy("one"), "b.yaml": policy("one") });
  const first = await buildSnapshot(at.load(), deps);
  await writeFiles(at.folder, {
    "config.yaml": `${CONFIG}    c: { backend_url: "http://127.0.0.1:1", policy_path: ./c.yaml }\n`,
    "c.yaml": "",
  });
  const { snapshot, failures } = await buildSnapshot(at.load(), deps, first.snapshot);
  assert.deepEqual([...snapshot.runtimes.keys()], ["a", "b"]);
  assert.equal(failures.length, 1);
});

Deno.test("what is wrong with a classifier's definition is told where it stands", async () => {
  await using at = await folderWith({
    "config.yaml": `${CONFIG}classifiers:\n  house:\n    type: keywords\n    keywords: []\n`,
    "a.yaml": policy("one"),
    "b.yaml": policy("one"),
  });
  assert.throws(() => prepare(at.load(), deps), /config\.yaml:10:15: classifiers\.house\.keywords: /);
});

Deno.test("webhooks that nobody could check are told as a warning", async () => {
  const notifying = policy("x").replace("action: stop", 'action: { type: notify, url: "https://hooks.example.com" }');
  await using at = await folderWith({ "config.yaml": CONFIG, "a.yaml": notifying, "b.yaml": policy("one") });
  assert.deepEqual(prepare(at.load(), deps).warnings.map(formatProblem), [
    "a.yaml:1:1: warning: notifies webhooks, but notify.secret_env names no variable that is set, so they are not signed",
  ]);
  const signed = loadConfig(`${at.folder}/config.yaml`, (name) => name === "CHECKSTREAM_WEBHOOK_SECRET" ? "whsec" : undefined);
  assert.deepEqual(prepare(signed, deps).warnings, []);
});
