/** Random tampering with trails that were pruned: the program and the independent verifier both find it, and name the same first bad record. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";
import fc from "fast-check";
import { canonicalJson } from "../../src/audit/canonical.ts";
import { sha256 } from "../../src/audit/chain.ts";
import { exportTrail } from "../../src/audit/export.ts";
import { cleanEntry, facetsOf } from "../../src/audit/record.ts";
import { prune } from "../../src/audit/retention.ts";
import { openTrailDatabase, trailPath } from "../../src/audit/trail_database.ts";
import type { VerifyingKey } from "../../src/audit/signing_key.ts";
import { TrailFile } from "../../src/audit/trail_file.ts";
import { verifyFile } from "../../src/audit/verify.ts";
import { testRuns } from "../support/runs.ts";
import { entryOf } from "./entries.ts";
import { verifyIndependently } from "./independent.ts";

const DAY = 86_400_000;
const RECORDS = 60;
/** Of which pruning leaves the newest 30 and, of the others, every fifth. */
const RECORDS_LEFT = 36;

/** Records of 60 days, every fifth of which a rule keeps longer; the first 30 days are pruned. Returns the trail's key, and its files by name. */
async function prunedTrail(directory: string): Promise<{ key: VerifyingKey; files: ReadonlyMap<string, Uint8Array> }> {
  const trail = await TrailFile.open({ tenant: "acme", directory, retentionDays: 30, checkpointEvery: 7 }, 0);
  for (let n = 1; n <= RECORDS; n++) {
    await trail.commit([cleanEntry(entryOf(n, n % 5 === 0 ? { retention_days: 365 } : {}, n * DAY))], n * DAY);
  }
  await prune(trail, RECORDS * DAY);
  const { key } = trail;
  await trail.close();
  const files = new Map<string, Uint8Array>();
  for await (const { name } of Deno.readDir(directory)) {
    // SQLite emptied its write-ahead log at the close; the driver removes the file when it gets to it.
    if (!/-(wal|shm)$/.test(name)) files.set(name, await Deno.readFile(`${directory}/${name}`));
  }
  return { key, files };
}

interface Stored {
  readonly id: number;
  readonly body: string;
  readonly hash: string;
}

/** What an attacker without the key can do to the rows; `at` and `to` are places among them. */
const EDITS: Readonly<Record<string, (rows: readonly Stored[], at: number, to: number) => readonly Stored[]>> = {
  delete: (rows, at) => rows.filter((_, i) => i !== at),
  "delete a range": (rows, at, to) => rows.filter((_, i) => i < Math.min(at, to) || i > Math.max(at, to)),
  change: (rows, at) => rows.map((row, i) => i === at ? { ...row, body: row.body.replace('"status":200', '"status":201') } : row),
  "change and rehash": (rows, at) =>
    rows.map((row, i) => {
      if (i !== at) return row;
      const body = row.body.replace('"status":200', '"status":201');
      return { ...row, body, hash: sha256(body) };
    }),
  "rewrite from there": (rows, at) => {
    let previous = rows[at]!;
    const kept = rows.slice(0, at);
    return rows.slice(at).reduce<readonly Stored[]>((out, row, i) => {
      const record = JSON.parse(i === 0 ? row.body.replace('"status":200', '"status":201') : row.body);
      const chained = i > 0 && row.id === previous.id + 1;
      const body = canonicalJson(chained ? { ...record, previous_hash: previous.hash } : record);
      previous = { id: row.id, body, hash: sha256(body) };
      return [...out, previous];
    }, kept);
  },
  swap: (rows, at, to) => rows.map((row, i) => i === at ? { ...rows[to]!, id: row.id } : i === to ? { ...rows[at]!, id: row.id } : row),
  "repeat as the next": (rows, at) => {
    const row = rows[at]!;
    return rows.some(({ id }) => id === row.id + 1)
      ? rows.filter((_, i) => i !== at)
      : [...rows.slice(0, at + 1), { ...row, id: row.id + 1 }, ...rows.slice(at + 1)];
  },
  truncate: (rows, at) => rows.slice(0, at),
};

Deno.test("random tampering with a pruned trail is found by both verifiers, which name the same record", async () => {
  const original = await Deno.makeTempDir();
  const { key, files } = await prunedTrail(original);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(EDITS)), fc.nat(), fc.nat(), async (kind, a, b) => {
      const directory = await Deno.makeTempDir();
      for (const [name, bytes] of files) await Deno.writeFile(`${directory}/${name}`, bytes);
      const client = createClient({ url: pathToFileURL(trailPath({ directory })).href });
      const rows = (await client.execute("select id, body, hash from records order by id")).rows
        .map(({ id, body, hash }): Stored => ({ id: Number(id), body: String(body), hash: String(hash) }));
      const edited = EDITS[kind]!(rows, a % rows.length, b % rows.length);
      const unchanged = JSON.stringify(edited) === JSON.stringify(rows);
      await client.batch([
        "delete from records",
        "delete from facets",
        ...edited.flatMap(({ id, body, hash }) => {
          const entry = JSON.parse(body);
          const time = Date.parse(entry.timestamp);
          return [
            {
              sql: "insert into records values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
              args: [
                id,
                time,
                entry.request_id,
                entry.decision,
                entry.model,
                entry.key_id ?? null,
                entry.retention_days ?? null,
                body,
                hash,
              ],
            },
            ...facetsOf(entry).map(([kind, value]) => ({ sql: "insert into facets values (?, ?, ?, ?)", args: [kind, value, time, id] })),
          ];
        }),
      ], "write");
      client.close();
      const report = await verifyFile({ tenant: "acme", directory }, key);
      const database = await openTrailDatabase({ directory });
      const jsonl = (await Array.fromAsync(exportTrail(database.db, key, "acme", "jsonl", {}, 0))).join("");
      await database.close();
      const { said, code } = await verifyIndependently(jsonl, key.publicPem);
      const where = `${kind} ${a % rows.length} ${b % rows.length}: ${JSON.stringify(report.first_bad)} | ${said}`;
      assert.equal(report.status, unchanged ? "valid" : "invalid", where);
      assert.equal(code, unchanged ? 0 : 1, where);
      if (!unchanged) assert.equal(/^invalid: record (\d+):/.exec(said)?.[1], String(report.first_bad?.id), where);
      await Deno.remove(directory, { recursive: true });
    }),
    {
      numRuns: Math.min(testRuns(12), 500),
      // A forged record behind the newest one once was left out of the export.
      examples: [["repeat as the next", RECORDS_LEFT - 1, 0], ["delete", 0, 0]],
    },
  );
  await Deno.remove(original, { recursive: true });
});
