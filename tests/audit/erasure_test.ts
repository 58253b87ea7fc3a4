import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { exportCommand, publicKeyOf, purgeCommand, queryCommand, verifyCommand } from "../../src/audit/commands.ts";
import { encrypter } from "../../src/audit/encrypt.ts";
import { AuditError } from "../../src/audit/errors.ts";
import { openAuditStore } from "../../src/audit/open.ts";
import { isSigned } from "../../src/audit/statement.ts";
import { verifyingKey } from "../../src/audit/signing_key.ts";
import { entryOf } from "./entries.ts";
import { verifyIndependently } from "./independent.ts";

const planted = "Jane Roe, IBAN DE89370400440532013000";

/** Every byte under the folder, as latin1. */
async function rawBytes(directory: string): Promise<string> {
  let text = "";
  for await (const { name } of Deno.readDir(directory)) {
    text += new TextDecoder("latin1").decode(await Deno.readFile(join(directory, name)));
  }
  return text;
}

async function filled(settings: { tenant: string; directory: string; include?: string[]; encryptionKey?: string }): Promise<void> {
  const store = await openAuditStore(settings);
  for (let n = 1; n <= 20; n++) await store.append(entryOf(n, { input: `${planted} ${n}`, output: planted }));
  await store.close();
}

Deno.test("texts are recorded only when they are included", async () => {
  const directory = await Deno.makeTempDir();
  await filled({ tenant: "acme", directory });
  assert.ok(!(await rawBytes(directory)).includes("Jane"));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("encrypted texts are read with their key only, and destroying the key leaves a chain that verifies", async (t) => {
  const directory = await Deno.makeTempDir();
  const encryptionKey = randomBytes(32).toString("base64");
  const settings = { tenant: "acme", directory, include: ["input", "output"], encryptionKey };
  await filled(settings);
  assert.ok(!(await rawBytes(directory)).includes("Jane"));
  const inputs = async (key: string | undefined) =>
    (await Array.fromAsync(
      queryCommand({ tenant: "acme", directory, ...(key === undefined ? {} : { encryptionKey: key }) }, { limit: 1 }),
    ))[0]?.input;
  assert.equal(await inputs(encryptionKey), `${planted} 20`);
  assert.match(await inputs(undefined) ?? "", /^aes-256-gcm:/);
  assert.match(await inputs(randomBytes(32).toString("base64")) ?? "", /^aes-256-gcm:/);
  assert.equal((await verifyCommand({ tenant: "acme", directory })).status, "valid");
  await t.step("a text moved to another place or altered does not decrypt", () => {
    const cipher = encrypter(encryptionKey, "acme");
    const stored = cipher.encrypt("secret", "input:req_1");
    assert.equal(cipher.decrypt(stored, "input:req_1"), "secret");
    assert.equal(cipher.decrypt(stored, "input:req_2"), null);
    assert.equal(encrypter(encryptionKey, "beta").decrypt(stored, "input:req_1"), null);
    // Any one byte of nonce, text or tag: the characters of base64 would not do, since its last one has bits that mean nothing.
    const [scheme, id, nonce, sealed] = stored.split(":") as [string, string, string, string];
    const flipped = (part: string, at: number) => {
      const bytes = Buffer.from(part, "base64");
      bytes[at]! ^= 1;
      return bytes.toString("base64");
    };
    for (let at = 0; at < 12; at++) {
      assert.equal(cipher.decrypt([scheme, id, flipped(nonce, at), sealed].join(":"), "input:req_1"), null, `nonce byte ${at}`);
    }
    for (let at = 0; at < Buffer.from(sealed, "base64").length; at++) {
      assert.equal(cipher.decrypt([scheme, id, nonce, flipped(sealed, at)].join(":"), "input:req_1"), null, `sealed byte ${at}`);
    }
  });
  await t.step("a key of the wrong length is refused without being told", () => {
    assert.throws(
      () => encrypter("c2hvcnQtc2VjcmV0", "acme"),
      (error) => error instanceof AuditError && error.code === "key" && !error.message.includes("c2hvcnQ"),
    );
  });
  await Deno.remove(directory, { recursive: true });
});

Deno.test("purge removes every byte of the records, gives a signed receipt, and the chain goes on", async (t) => {
  const directory = await Deno.makeTempDir();
  const settings = { tenant: "acme", directory, include: ["input"] };
  await filled(settings);
  assert.ok((await rawBytes(directory)).includes("Jane"));
  await t.step("not under legal hold", async () => {
    await assert.rejects(
      purgeCommand({ ...settings, legalHold: true }, undefined, "erasure", 0),
      (error) => error instanceof AuditError && error.code === "held",
    );
  });
  const some = await purgeCommand(
    settings,
    new Date(Date.UTC(2025, 0, 1) + 11_000).toISOString(),
    "erasure request 12",
    Date.UTC(2025, 2, 1),
  );
  assert.equal(some.records, 10);
  assert.equal((await verifyCommand(settings)).records_verified, 10);
  const receipt = await purgeCommand(settings, undefined, "contract ended", Date.UTC(2025, 2, 1));
  assert.equal(receipt.records, 10);
  const [signed] = receipt.statements;
  assert.ok(signed !== undefined && isSigned(signed, verifyingKey(receipt.public_key)));
  assert.ok(signed.statement.kind === "prune" && signed.statement.reason === "contract ended" && signed.statement.records === 10);
  const bytes = await rawBytes(directory);
  assert.ok(!bytes.includes("Jane") && !bytes.includes("req_"), "the raw file still holds what was purged");
  await t.step("the chain verifies from the key alone and goes on", async () => {
    const store = await openAuditStore(settings);
    await store.append(entryOf(21));
    await store.close();
    assert.deepEqual(await verifyCommand(settings, {}, publicKeyOf(settings).publicPem), {
      status: "valid",
      records_verified: 1,
      chain_intact: true,
    });
    const jsonl = (await Array.fromAsync(exportCommand(settings, "jsonl", {}, 0))).join("");
    assert.equal((await verifyIndependently(jsonl, publicKeyOf(settings).publicPem)).said, "valid: 1 records");
  });
  await Deno.remove(directory, { recursive: true });
});

Deno.test("the commands name a trail that is not there, and make none", async () => {
  const directory = await Deno.makeTempDir();
  const settings = { tenant: "acme", directory };
  await Deno.writeTextFile(join(directory, "signing_key.pem.pub"), "x");
  await assert.rejects(verifyCommand(settings), /Cannot use the audit public key: it is not Ed25519 in PEM/);
  await Deno.remove(join(directory, "signing_key.pem.pub"));
  await assert.rejects(verifyCommand(settings), /Cannot find the public key of the trail/);
  await assert.rejects(Array.fromAsync(queryCommand(settings, {})), /There is no audit trail of "acme" at/);
  await assert.rejects(purgeCommand(settings, undefined, "x", 0), /There is no audit trail/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
  await Deno.remove(directory, { recursive: true });
});
