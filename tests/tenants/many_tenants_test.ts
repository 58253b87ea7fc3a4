/** Thousands of tenants of a store: what they share is compiled once, and a change makes one tenant anew. `scripts/bench_tenants.ts` measures 10,000. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { openWaitingRoom } from "../../src/limits/waiting_room.ts";
import { SILENT } from "../../src/telemetry/log.ts";
import { SnapshotMaker } from "../../src/tenants/maker.ts";
import { keyDigest } from "../../src/tenants/resolve.ts";
import { TenantStore } from "../../src/tenants/state/store.ts";
import { processTokens } from "../../src/upstream/auth.ts";
import { writeFiles } from "../support/gateway.ts";
import { fillStore, keyOfTenant, manyTenantFiles, POLICIES } from "../support/many_tenants.ts";
import { join } from "../support/paths.ts";

const TENANTS = 2000;
const noTrail = { append: () => Promise.resolve(), failure: null, queueDepth: 0 };
const author = { name: "test", role: "admin" };

Deno.test(`${TENANTS} tenants share what their policies compile to, and one tenant's change leaves all others as they are`, async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "data/checkstream.db");
  await fillStore(path, TENANTS, "http://127.0.0.1:9");
  await writeFiles(folder, manyTenantFiles());
  const store = await TenantStore.open({ url: pathToFileURL(path).href, pepper: undefined, now: Date.now });
  const { maker, first } = await timed("all made", () =>
    SnapshotMaker.begin({
      file: join(folder, "config.yaml"),
      env: () => undefined,
      overrides: {},
      store,
      log: SILENT,
      deps: {
        classifiers: {},
        upstream: { tokens: processTokens(), now: () => 0, random: () => 0, sleep: () => Promise.resolve() },
        openTrail: (_config, filed) => {
          assert.ok(!filed);
          return Promise.resolve({ sink: noTrail, store: undefined, release: () => Promise.resolve() });
        },
        keyPepper: undefined,
        keys: store.keys,
        limits: { store: openMemoryStore(), room: openWaitingRoom() },
      },
    }));
  const before = first.snapshot;
  assert.equal(before.runtimes.size, TENANTS);
  // A tenth of them has thresholds of its own: of two policies at most as many again.
  const policies = new Set([...before.runtimes.values()].map(({ policy }) => policy));
  assert.ok(policies.size <= POLICIES * 2, `${policies.size} compiled policies`);
  assert.equal(before.directory.findKey(keyDigest(keyOfTenant(1234, 1)))?.tenant, "t1234");

  const { config, version } = store.tenants.get("t77")!;
  await store.update("t77", { ...config, rate_limit: { requests_per_minute: 5 } }, version, author);
  const { snapshot: after } = await timed("one changed", () => maker.changed(before));
  const anew = [...after.runtimes].filter(([id, runtime]) => before.runtimes.get(id) !== runtime).map(([id]) => id);
  assert.deepEqual(anew, ["t77"]);
  assert.equal(after.runtimes.get("t77")?.config.rateLimit.requestsPerMinute, 5);
  assert.equal(
    after.runtimes.get("t77")?.policy,
    before.runtimes.get("t77")?.policy,
    "the policy is the same, so it is not compiled again",
  );

  await store.remove("t77", author);
  const { snapshot: without } = await maker.changed(after);
  assert.deepEqual([without.runtimes.has("t77"), without.runtimes.size], [false, TENANTS - 1]);
  await store.close();
  await Deno.remove(folder, { recursive: true });
});

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work();
  console.log(`${what}: ${Math.round(performance.now() - from)} ms`);
  return result;
}
