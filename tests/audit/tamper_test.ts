import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Client, createClient } from "@libsql/client";
import { canonicalJson } from "../../src/audit/canonical.ts";
import { sha256 } from "../../src/audit/chain.ts";
import { exportTrail } from "../../src/audit/export.ts";
import { cleanEntry, facetsOf } from "../../src/audit/record.ts";
import { keyOf, openTrailDatabase, trailPath } from "../../src/audit/trail_database.ts";
import { TrailFile } from "../../src/audit/trail_file.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { entryOf } from "./entries.ts";
import { verifyIndependently } from "./independent.ts";

interface Stored {
  readonly id: number;
  readonly body: string;
  readonly hash: string;
}

interface Tamper {
  readonly does: string;
  readonly id: number;
  readonly said: RegExp;
}

const calmer = (body: string) => body.replace('"decision":"allow"', '"decision":"block"');

/** Every record from `id` on, chained anew with right hashes after `change`: what an attacker who knows the format does. */
function rewritten(rows: readonly Stored[], id: number, change: (body: string) => string): readonly Stored[] {
  let previous = rows[id - 2]?.hash ?? "";
  return rows.map((row) => {
    if (row.id < id) return row;
    const body = canonicalJson({ ...JSON.parse(row.id === id ? change(row.body) : row.body), id: row.id, previous_hash: previous });
    previous = sha256(body);
    return { id: row.id, body, hash: previous };
  });
}

function bodyOf(rows: readonly Stored[], id: number): string {
  return rows.find((row) => row.id === id)?.body ?? "";
}

/** Edits that can be made to the file's records (with search columns kept right) and to an export's lines alike. */
const ofRecords: readonly (Tamper & { readonly edit: (rows: readonly Stored[]) => readonly Stored[] })[] = [
  {
    does: "change a record",
    edit: (rows) => rows.map((row) => row.id === 7 ? { ...row, body: calmer(row.body) } : row),
    id: 7,
    said: /changed/,
  },
  {
    does: "change a record and recompute its hash",
    edit: (rows) => rows.map((row) => row.id === 7 ? { ...row, body: calmer(row.body), hash: sha256(calmer(row.body)) } : row),
    id: 8,
    said: /reordered or rewritten/,
  },
  { does: "delete a record", edit: (rows) => rows.filter((row) => row.id !== 20), id: 20, said: /missing(?!.*reordered)/ },
  { does: "delete the first records", edit: (rows) => rows.filter((row) => row.id > 3), id: 1, said: /missing/ },
  {
    does: "delete a record, renumber and rechain the rest",
    edit: (rows) =>
      rewritten(rows.filter((row) => row.id !== 20).map((row) => row.id > 20 ? { ...row, id: row.id - 1 } : row), 20, (body) => body),
    id: 20,
    said: /rewritten/,
  },
  {
    does: "swap two records",
    edit: (rows) => rows.map((row) => row.id === 11 ? { ...row, ...swap(rows, 12) } : row.id === 12 ? { ...row, ...swap(rows, 11) } : row),
    id: 11,
    said: /reordered: in its place is record 12|reordered, in its place is record 12/,
  },
  {
    does: "swap two distant records",
    edit: (rows) => rows.map((row) => row.id === 11 ? { ...row, ...swap(rows, 44) } : row.id === 44 ? { ...row, ...swap(rows, 11) } : row),
    id: 11,
    said: /reordered.*record 44/,
  },
  {
    does: "insert a forged record and renumber the rest",
    edit: (rows) => {
      const forged = canonicalJson({ ...JSON.parse(bodyOf(rows, 5)), id: 30, previous_hash: rows[28]?.hash ?? "" });
      const later = rows.filter((row) => row.id >= 30).map((row) => ({ ...row, id: row.id + 1 }));
      return [...rows.filter((row) => row.id < 30), { id: 30, body: forged, hash: sha256(forged) }, ...later];
    },
    // A checkpoint is signed at record 30, so the forged one is caught in its own place.
    id: 30,
    said: /rewritten/,
  },
  {
    does: "append a forged record",
    edit: (rows) => {
      const body = canonicalJson({ ...JSON.parse(bodyOf(rows, 1)), id: 51, previous_hash: rows[49]?.hash ?? "" });
      return [...rows, { id: 51, body, hash: sha256(body) }];
    },
    id: 51,
    said: /inserted/,
  },
  { does: "cut off the tail", edit: (rows) => rows.filter((row) => row.id <= 46), id: 47, said: /truncated/ },
  { does: "cut off all records", edit: () => [], id: 1, said: /truncated/ },
  { does: "rewrite from a record on, with recomputed hashes", edit: (rows) => rewritten(rows, 31, calmer), id: 40, said: /rewritten/ },
  {
    does: "rewrite from a record on, and the tail cut off before the next checkpoint",
    edit: (rows) => rewritten(rows, 41, calmer).slice(0, 45),
    id: 46,
    said: /truncated/,
  },
  { does: "rewrite the newest record, with a recomputed hash", edit: (rows) => rewritten(rows, 50, calmer), id: 50, said: /rewritten/ },
];

/** Edits of the file's other tables. */
const ofTables: readonly (Tamper & { readonly sql: readonly string[] })[] = [
  { does: "change what a record is searched by", sql: ["update records set model = 'other' where id = 8"], id: 8, said: /^changed/ },
  { does: "hide a record from the rules' index", sql: ["delete from facets where record_id = 9"], id: 9, said: /^changed/ },
  { does: "delete a signed checkpoint", sql: ["delete from statements where seq = 3"], id: 0, said: /^statement 3 is missing/ },
  { does: "delete the last signed checkpoints", sql: ["delete from statements where seq > 3"], id: 0, said: /^statement missing/ },
  {
    does: "edit a signed checkpoint",
    sql: [`update statements set body = replace(body, '"id":20', '"id":21') where seq = 3`],
    id: 0,
    said: /^statement 3 was changed/,
  },
  { does: "edit the signed head", sql: [`update head set body = replace(body, '"id":50', '"id":46')`], id: 0, said: /^statement changed/ },
  { does: "delete the signed head", sql: ["delete from head"], id: 0, said: /^statement missing/ },
  {
    does: "put a record before the first",
    sql: ["insert into records select 0, time, request_id, decision, model, key_id, retention_days, body, hash from records where id = 1"],
    id: 0,
    said: /^inserted/,
  },
  {
    does: "put separators into a body",
    sql: ["update records set body = body || x'1e' || '9' || x'1f' where id = 8"],
    id: 8,
    said: /^changed/,
  },
];

function swap(rows: readonly Stored[], id: number): { body: string; hash: string } {
  return { body: bodyOf(rows, id), hash: rows.find((row) => row.id === id)?.hash ?? "" };
}

/** Fifty records with a signed checkpoint every ten. */
async function trailOf50(directory: string): Promise<void> {
  const trail = await TrailFile.open({ tenant: "acme", directory, checkpointEvery: 10 }, 0);
  for (let n = 1; n <= 50; n += 10) {
    await trail.commit(Array.from({ length: 10 }, (_, index) => cleanEntry(entryOf(n + index))), n);
  }
  await trail.close();
}

async function storedIn(client: Client): Promise<readonly Stored[]> {
  const { rows } = await client.execute("select id, body, hash from records order by id");
  return rows.map((row) => ({ id: Number(row.id), body: String(row.body), hash: String(row.hash) }));
}

/** Stores these rows instead, with every search column and facet as their bodies say. */
async function replaceIn(client: Client, rows: readonly Stored[]): Promise<void> {
  await client.batch([
    "delete from records",
    "delete from facets",
    ...rows.flatMap(({ id, body, hash }) => {
      const entry = JSON.parse(body);
      const time = Date.parse(entry.timestamp);
      return [
        {
          sql: "insert into records values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          args: [id, time, entry.request_id, entry.decision, entry.model, entry.key_id ?? null, entry.retention_days ?? null, body, hash],
        },
        ...facetsOf(entry).map(([kind, value]) => ({ sql: "insert into facets values (?, ?, ?, ?)", args: [kind, value, time, id] })),
      ];
    }),
  ], "write");
}

async function tampered(directory: string, edit: (client: Client) => Promise<unknown>) {
  await trailOf50(directory);
  const client = createClient({ url: pathToFileURL(trailPath({ directory })).href });
  await edit(client);
  client.close();
  const database = await openTrailDatabase({ directory });
  const report = await verifyTrail(database.db, keyOf({ tenant: "acme", directory }), "acme");
  await database.close();
  return report;
}

Deno.test("verify names the record and the kind of every tampering with the file", async (t) => {
  const cases = [
    ...ofRecords.map(({ edit, ...tamper }) => ({
      ...tamper,
      edit: async (client: Client) => await replaceIn(client, edit(await storedIn(client))),
    })),
    ...ofTables.map(({ sql, ...tamper }) => ({ ...tamper, edit: (client: Client) => client.batch([...sql], "write") })),
  ];
  for (const { does, edit, id, said } of cases) {
    await t.step(does, async () => {
      const directory = await Deno.makeTempDir();
      const report = await tampered(directory, edit);
      assert.equal(report.status, "invalid");
      assert.equal(report.chain_intact, false);
      assert.match(report.first_bad?.reason ?? "", said);
      assert.equal(report.first_bad?.id, id, report.first_bad?.reason ?? "");
      await Deno.remove(directory, { recursive: true });
    });
  }
  await t.step("rewriting the table as it was is no tampering", async () => {
    const directory = await Deno.makeTempDir();
    const report = await tampered(directory, async (client) => await replaceIn(client, await storedIn(client)));
    assert.deepEqual(report, { status: "valid", records_verified: 50, chain_intact: true });
    await Deno.remove(directory, { recursive: true });
  });
});

Deno.test("the independent verifier names the record and the kind of every tampering with an export", async (t) => {
  const directory = await Deno.makeTempDir();
  await trailOf50(directory);
  const key = keyOf({ tenant: "acme", directory });
  const database = await openTrailDatabase({ directory });
  const lines = (await Array.fromAsync(exportTrail(database.db, key, "acme", "jsonl", {}, 0))).join("").trim().split("\n");
  await database.close();
  await Deno.remove(directory, { recursive: true });
  const isRecord = (line: string) => "hash" in JSON.parse(line);
  const proofs = lines.filter((line) => !isRecord(line));
  const rows = lines.filter(isRecord).map((line): Stored => {
    const { hash, ...record } = JSON.parse(line);
    return { id: record.id, body: canonicalJson(record), hash };
  });
  const exported = (proofs: readonly string[], rows: readonly Stored[]) =>
    [...proofs, ...rows.map(({ body, hash }) => JSON.stringify({ ...JSON.parse(body), hash }))].join("\n") + "\n";
  const checks = [
    { does: "an untouched export is valid", text: `${lines.join("\n")}\n`, said: /^valid: 50 records$/, code: 0 },
    ...ofRecords.map(({ does, edit, id, said }) => ({
      does,
      text: exported(proofs, edit(rows)),
      said: new RegExp(`^invalid: record ${id}: .*${said.source}`),
      code: 1,
    })),
    { does: "drop a checkpoint", text: exported(proofs.filter((_, index) => index !== 3), rows), said: /^invalid: statement 3/, code: 1 },
    {
      does: "edit the head",
      text: exported(proofs.map((line) => line.includes('"head"') ? line.replace('"id":50', '"id":46') : line), rows),
      said: /^invalid: statement changed/,
      code: 1,
    },
    {
      does: "pretend that the export ends earlier",
      text: exported(proofs.map((line) => line.replace('"to_id":50', '"to_id":45')), rows.filter((row) => row.id <= 45)),
      said: /^invalid: record 46: truncated/,
      code: 1,
    },
  ];
  await Promise.all(
    chunked(checks, 4).map(async (some) => {
      for (const { does, text, said, code } of some) {
        const result = await verifyIndependently(text, key.publicPem);
        assert.match(result.said, said, does);
        assert.equal(result.code, code, does);
      }
    }),
  );
  await t.step("and one signed with another key is refused", async () => {
    const other = await Deno.makeTempDir();
    const result = await verifyIndependently(exported(proofs, rows), keyOf({ tenant: "acme", directory: other }).publicPem);
    assert.match(result.said, /^invalid: statement 1 was changed, or signed with another key/);
    await Deno.remove(other, { recursive: true });
  });
});

/** Two processes at a time are enough for a test machine. */
function chunked<T>(values: readonly T[], into: number): T[][] {
  return Array.from({ length: into }, (_, lane) => values.filter((_, index) => index % into === lane));
}
