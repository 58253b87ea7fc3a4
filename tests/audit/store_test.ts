import assert from "node:assert/strict";
import { openAuditStore } from "../../src/audit/open.ts";
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
