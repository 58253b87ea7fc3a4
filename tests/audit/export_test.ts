import assert from "node:assert/strict";
import { openAuditStore } from "../../src/audit/open.ts";
import { chart } from "../../src/audit/report_chart.ts";
import { Report } from "../../src/audit/report_html.ts";
import { entryOf } from "./entries.ts";
import { verifyIndependently } from "./independent.ts";

const hostile = `<script>alert("x")</script>`;

async function withStore(work: (store: Awaited<ReturnType<typeof openAuditStore>>) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, include: ["input"], now: () => Date.UTC(2025, 1, 1) });
  try {
    await work(store);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("export() as CSV quotes what needs it and disarms formulas", async () => {
  await withStore(async (store) => {
    await store.append(entryOf(3, { model: "=cmd|'/c calc'!A0", request_id: 'a,"b"\n' }));
    await store.flush();
    const [header, row] = (await Array.fromAsync(store.export("csv"))).join("").split("\r\n");
    assert.match(header ?? "", /^id,timestamp,request_id,tenant,model,/);
    assert.ok(row?.startsWith(`1,2025-01-01T00:00:03.000Z,"a,""b""\n",acme,'=cmd|'/c calc'!A0,key_7,redact,`));
    assert.ok(row?.includes(",redact_pii,GDPR Art. 32,"));
  });
});

Deno.test("export() as HTML is one page with counts, verification and examples, and nothing recorded becomes markup", async () => {
  await withStore(async (store) => {
    for (let n = 1; n <= 30; n++) await store.append(entryOf(n, { model: hostile }));
    await store.append(
      entryOf(31, { actions: [{ rule: hostile, phase: "ingress", mode: "enforce", action: "stop", regulation: hostile }] }),
    );
    await store.flush();
    const html = (await Array.fromAsync(store.export("html", { start: "2025-01-01T00:00:02Z" }))).join("");
    assert.ok(!html.includes("<script"));
    assert.ok(html.includes("&lt;script&gt;"));
    assert.match(html, /<td>redact_pii<\/td><td class="n">10<\/td><td class="n">0<\/td><td>redact<\/td><td>GDPR Art. 32<\/td>/);
    assert.match(html, /<td>GDPR Art. 32<\/td><td class="n">10<\/td>/);
    assert.match(html, /The chain is intact: 31 records verified/);
    assert.match(html, /<svg /);
    assert.ok(html.includes("BEGIN PUBLIC KEY"));
    assert.doesNotMatch(html, /(src|href)=/);
  });
});

Deno.test("a report of a trail that was tampered with says so, and what was put into it becomes no markup", () => {
  const report = new Report();
  const entry = entryOf(3, { model: hostile, outcome: hostile, timestamp: `${hostile}2025`, request_id: hostile });
  report.add({ ...entry, decision: hostile as "allow", id: 1, previous_hash: hostile, hash: hostile });
  const bad = { id: 7, reason: `changed: ${hostile}` };
  const html = report.html(hostile, {}, { status: "invalid", records_verified: 0, chain_intact: false, first_bad: bad }, hostile, 0);
  assert.ok(!html.includes("<script"));
  assert.match(html, /class="proof bad"><p>The chain is broken at record 7: changed: &lt;script/);
});

Deno.test("a report's chart counts by day, week, month or year, with the empty ones between, and no request is left out", () => {
  for (
    const [count, step] of [[1, "day"], [110, "day"], [111, "week"], [770, "week"], [771, "month"], [3300, "month"], [
      3301,
      "year",
    ]] as const
  ) {
    const days = new Map(Array.from({ length: count }, (_, n) => {
      const day = new Date(Date.UTC(2020, 1, 27) + n * 86_400_000).toISOString().slice(0, 10);
      return [day, new Map(n % 5 === 0 ? [["allow", 2], ["block", 1]] : [])];
    }));
    const drawn = chart(days);
    assert.equal(drawn.step, step, String(count));
    const counted = [...drawn.svg.matchAll(/: (\d+) allow, (\d+) block<\/title>/g)].reduce(
      (sum, [, a, b]) => sum + Number(a) + Number(b),
      0,
    );
    assert.equal(counted, Math.ceil(count / 5) * 3);
    assert.ok([...drawn.svg.matchAll(/<g>/g)].length <= 110);
    assert.doesNotMatch(drawn.svg, /NaN|Infinity/);
  }
  assert.match(chart(new Map()).svg, /No records/);
});

Deno.test("export() as JSONL carries any text, and the independent verifier accepts it", async () => {
  await withStore(async (store) => {
    const texts = ["line\nbreak\u2028separator\u2029\u0085", "nul\0 lone \ud800 emoji 😀", '"quoted\\"', "x".repeat(3_000_000), ""];
    for (const [n, input] of texts.entries()) await store.append(entryOf(n, { input }));
    await store.flush();
    const text = (await Array.fromAsync(store.export("jsonl"))).join("");
    const { said } = await verifyIndependently(text, await store.publicKey());
    assert.equal(said, "valid: 5 records");
    assert.equal((await store.verify()).status, "valid");
    const inputs = (await store.query({})).records.map((record) => record.input).reverse();
    assert.deepEqual([inputs[0], inputs[1], inputs[2], inputs[4]], [texts[0], "nul\uFFFD lone \uFFFD emoji 😀", texts[2], ""]);
    assert.ok(
      inputs[3] !== undefined && inputs[3].length === 1_048_576 && inputs[3].endsWith("…"),
      "a text without bound is cut, and says so",
    );
  });
});

Deno.test("export() can be left half-way and another one begun", async () => {
  await withStore(async (store) => {
    for (let n = 1; n <= 2000; n++) await store.append(entryOf(n));
    await store.flush();
    for await (const chunk of store.export("jsonl")) {
      assert.ok(chunk.includes("audit_export"));
      break;
    }
    const lines = (await Array.fromAsync(store.export("jsonl"))).join("").trim().split("\n");
    assert.equal(lines.filter((line) => "hash" in JSON.parse(line)).length, 2000);
  });
});
