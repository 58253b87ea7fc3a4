import assert from "node:assert/strict";
import { sql } from "kysely";
import fc from "fast-check";
import { AuditError } from "../../src/audit/errors.ts";
import { filterSql, queryTrail } from "../../src/audit/query.ts";
import { cleanEntry } from "../../src/audit/record.ts";
import { TrailFile } from "../../src/audit/trail_file.ts";
import type { AuditEntry, AuditFilter, AuditPage } from "../../src/audit/types.ts";
import { testRuns } from "../support/runs.ts";
import { entryOf } from "./entries.ts";

const rules = ["pii", "advice", 'it\'s "quoted"; drop table records'];
const models = ["gpt-4o", "claude"];
const time = (second: number) => new Date(Date.UTC(2025, 0, 1, 0, 0, second)).toISOString();

const entries: fc.Arbitrary<AuditEntry> = fc.record({
  second: fc.nat(30),
  rules: fc.uniqueArray(fc.constantFrom(...rules), { maxLength: 2 }),
  phase: fc.constantFrom("ingress", "midstream"),
  model: fc.constantFrom(...models),
  decision: fc.constantFrom("allow", "block", "redact"),
  key: fc.option(fc.constantFrom("k1", "k2"), { nil: undefined }),
  request: fc.nat(9),
}).map(({ second, rules, phase, model, decision, key, request }) => ({
  ...entryOf(request, { model, decision }),
  timestamp: time(second),
  key_id: key,
  actions: rules.map((rule) => ({
    rule,
    phase,
    mode: "enforce",
    action: rule === "pii" ? "redact" : "log",
    regulation: rule === "advice" ? "COBS 9A" : undefined,
  })),
}));

const filters: fc.Arbitrary<AuditFilter> = fc.record({
  rule: fc.constantFrom(...rules, "none"),
  phase: fc.constantFrom("ingress", "midstream"),
  action: fc.constantFrom("redact", "log"),
  regulation: fc.constantFrom("COBS 9A"),
  model: fc.constantFrom(...models),
  decision: fc.constantFrom("allow", "block", "redact"),
  key_id: fc.constantFrom("k1", "k2"),
  request_id: fc.nat(9).map((n) => `req_${n}`),
  start: fc.nat(30).map(time),
  end: fc.nat(30).map(time),
}, { requiredKeys: [] });

/** What the filter means, said plainly. */
function matches(entry: AuditEntry, filter: AuditFilter): boolean {
  const some = (name: "rule" | "phase" | "action" | "regulation") =>
    filter[name] === undefined || entry.actions.some((action) => action[name] === filter[name]);
  return some("rule") && some("phase") && some("action") && some("regulation") &&
    (filter.model ?? entry.model) === entry.model && (filter.decision ?? entry.decision) === entry.decision &&
    (filter.key_id === undefined || filter.key_id === entry.key_id) && (filter.request_id ?? entry.request_id) === entry.request_id &&
    (filter.start ?? "") <= entry.timestamp && entry.timestamp <= (filter.end ?? "9");
}

async function withTrail(work: (trail: TrailFile) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const trail = await TrailFile.open({ tenant: "acme", directory }, 0);
  try {
    await work(trail);
  } finally {
    await trail.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("queryTrail() finds exactly the records that match, newest first, over any pages", async () => {
  await withTrail(async (trail) => {
    const all: AuditEntry[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { maxLength: 5 }), filters, fc.integer({ min: 1, max: 7 }), async (more, filter, limit) => {
        if (more.length > 0 && all.length < 200) {
          await trail.commit(more.map(cleanEntry), 0);
          all.push(...more.map(cleanEntry));
        }
        const expected = all.map((entry, index) => ({ id: index + 1, entry })).filter(({ entry }) => matches(entry, filter))
          .sort((a, b) => a.entry.timestamp === b.entry.timestamp ? b.id - a.id : a.entry.timestamp < b.entry.timestamp ? 1 : -1)
          .map(({ id }) => id);
        const found: number[] = [];
        let cursor: string | null = null;
        do {
          const page: AuditPage = await queryTrail(trail.db, { ...filter, limit, ...(cursor === null ? {} : { cursor }) }, null);
          assert.ok(page.records.length <= limit);
          found.push(...page.records.map((record) => record.id));
          cursor = page.next_cursor;
        } while (cursor !== null);
        assert.deepEqual(found, expected);
      }),
      { numRuns: testRuns(100) },
    );
  });
});

Deno.test("every single filter of queryTrail() is answered by an index in order, without a scan or a sort", async () => {
  await withTrail(async (trail) => {
    const single: readonly AuditFilter[] = [
      {},
      { start: time(1), end: time(2) },
      { rule: "pii" },
      { regulation: "x" },
      { action: "redact" },
      { phase: "ingress" },
      { model: "x" },
      { decision: "block" },
      { key_id: "k" },
      { rule: "pii", start: time(1), end: time(2), cursor: "NS4x" },
      { model: "x", cursor: "NS4x" },
    ];
    for (const filter of single) {
      const plan = await sql<{ detail: string }>`explain query plan ${filterSql(filter)} limit 5`.execute(trail.db);
      const details = plan.rows.map((row) => row.detail).join("; ");
      assert.doesNotMatch(details, /TEMP B-TREE|SCAN (?!r USING INDEX records_by_time)/, `${JSON.stringify(filter)}: ${details}`);
    }
  });
});

Deno.test("queryTrail() says what is wrong with a filter", async () => {
  await withTrail(async (trail) => {
    const wrong: readonly (readonly [AuditFilter, RegExp])[] = [
      [{ start: "yesterday" }, /Cannot read start "yesterday": expected RFC 3339/],
      [{ limit: 0 }, /Cannot use limit 0: expected 1 to 1000/],
      [{ limit: 1.5 }, /Cannot use limit 1.5/],
      [{ cursor: "x' or 1=1" }, /Cannot read the cursor/],
    ];
    for (const [filter, message] of wrong) {
      await assert.rejects(
        queryTrail(trail.db, filter, null),
        (error) => error instanceof AuditError && error.code === "invalid" && message.test(error.message),
      );
    }
  });
});
