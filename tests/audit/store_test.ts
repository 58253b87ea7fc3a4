import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";
import { openAuditStore } from "../../src/audit/open.ts";
import { join } from "../support/paths.ts";
import { entryOf } from "./entries.ts";

Deno.test("openAuditStore() appends, queries and verifies in both durability modes, and goes on after a restart", async () => {
  for (const durability of ["batched", "request"] as const) {
    const directory = await Deno.makeTempDir();
    const options = { tenant: "acme", directory, durability };
    const store = await openAuditStore(options);
    for (let n = 1; n <= 700; n++) {
      await (durability === "request" && n % 50 !== 0 ? void store.append(entryOf(n)) : store.append(entryOf(n)));
    }
    await store.flush();
    assert.equal(store.queueDepth, 0);
    const page = await store.query({ limit: 2 });
    assert.deepEqual(page.records.map((record) => [record.id, record.request_id]), [[700, "req_700"], [699, "req_699"]]);
    assert.deepEqual(await store.verify(), { status: "valid", records_verified: 700, chain_intact: true });
    await store.close();

    const again = await openAuditStore(options);
    await again.append(entryOf(701));
    await again.close();
    const third = await openAuditStore(options);
    assert.deepEqual(await third.verify(), { status: "valid", records_verified: 701, chain_intact: true });
    await third.close();
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("flush() waits for the commit that begins by itself as another one ends", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, busyTimeoutMs: 60_000 });
  const other = createClient({ url: pathToFileURL(join(directory, "audit.db")).href });
  const lock = await other.transaction("write");
  // The first 500 are under way and cannot end; the rest are due when they do.
  const acknowledged = Array.from({ length: 600 }, (_, n) => store.append(entryOf(n + 1)));
  await new Promise((resolve) => setTimeout(resolve, 600));
  const flushed = store.flush();
  await lock.rollback();
  other.close();
  await flushed;
  assert.equal(store.queueDepth, 0);
  await Promise.all(acknowledged);
  assert.equal((await store.verify()).records_verified, 600);
  await store.close();
  await Deno.remove(directory, { recursive: true });
});
