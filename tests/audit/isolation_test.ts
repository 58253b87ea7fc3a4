import assert from "node:assert/strict";
import { join } from "node:path";
import { AuditError } from "../../src/audit/errors.ts";
import { AuditTrails, trailDirectory } from "../../src/audit/trails.ts";
import { entryOf } from "./entries.ts";

Deno.test("two tenants' folders hold nothing of each other", async () => {
  const root = await Deno.makeTempDir();
  const trails = new AuditTrails();
  const planted = { acme: "acme-planted-4411", beta: "beta-planted-9922" } as const;
  for (const tenant of ["acme", "beta"] as const) {
    const { store } = await trails.open(tenant, { directory: trailDirectory(tenant, root, true), include: ["input", "output"] });
    const secret = planted[tenant];
    for (let n = 0; n < 300; n++) {
      await store.append(entryOf(n, {
        tenant,
        request_id: `${secret}-${n}`,
        model: secret,
        input: `prompt ${secret}`,
        output: `answer ${secret}`,
        actions: [{ rule: secret, phase: "ingress", mode: "enforce", action: "log", regulation: secret }],
      }));
    }
  }
  await trails.closeAll();
  for (const [tenant, other] of [["acme", planted.beta], ["beta", planted.acme]] as const) {
    const files = await Array.fromAsync(Deno.readDir(join(root, tenant)));
    const bytes = await Promise.all(
      files.map(async ({ name }) => new TextDecoder("latin1").decode(await Deno.readFile(join(root, tenant, name)))),
    );
    assert.ok(bytes.some((text) => text.includes(planted[tenant])), "the planted text of the tenant itself is found");
    for (const text of bytes) assert.ok(!text.includes(other) && !text.includes(tenant === "acme" ? "beta" : "acme-"));
  }
  await Deno.remove(root, { recursive: true });
});

Deno.test("AuditTrails.open() refuses a folder of another tenant, by path, by link and after a restart", async () => {
  const root = await Deno.makeTempDir();
  const directory = join(root, "shared");
  const trails = new AuditTrails();
  const { release } = await trails.open("acme", { directory });
  const link = join(root, "link");
  await Deno.symlink(directory, link);
  const refused = (error: unknown) => error instanceof AuditError && error.code === "shared_path";
  await assert.rejects(trails.open("beta", { directory: join(root, ".", "shared") }), refused);
  await assert.rejects(trails.open("beta", { directory: link }), refused);
  await release();
  await assert.rejects(trails.open("beta", { directory }), refused);
  await trails.closeAll();
  await Deno.remove(root, { recursive: true });
});

Deno.test("AuditTrails.open() gives one store to every lease of the same folder and closes it after the last", async () => {
  const directory = await Deno.makeTempDir();
  const trails = new AuditTrails();
  const before = await trails.open("acme", { directory });
  const after = await trails.open("acme", { directory });
  assert.equal(before.store, after.store);
  await before.release();
  await before.release();
  await after.store.append(entryOf(1));
  // Other options at a reload: a second store on the same file, both of which may still be written.
  const changed = await trails.open("acme", { directory, retentionDays: 30 });
  assert.notEqual(changed.store, after.store);
  for (let n = 2; n < 20; n++) await (n % 2 === 0 ? after : changed).store.append(entryOf(n));
  await after.store.flush();
  await changed.store.flush();
  await after.release();
  await assert.rejects(after.store.append(entryOf(20)), (error) => error instanceof AuditError && error.code === "closed");
  assert.deepEqual(await changed.store.verify(), { status: "valid", records_verified: 19, chain_intact: true });
  await changed.release();
  await trails.closeAll();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a record of another tenant is refused, whoever asks", async () => {
  const directory = await Deno.makeTempDir();
  const trails = new AuditTrails();
  const { store } = await trails.open("acme", { directory });
  await assert.rejects(store.append(entryOf(1, { tenant: "beta" })), (error) => error instanceof AuditError && error.code === "invalid");
  await trails.closeAll();
  await Deno.remove(directory, { recursive: true });
});
