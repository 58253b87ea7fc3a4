import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, type Json } from "../../src/audit/canonical.ts";
import { canonicalRecord, entryJson } from "../../src/audit/record.ts";
import type { AuditEntry } from "../../src/audit/types.ts";
import { testRuns } from "../support/runs.ts";
import { entryOf } from "./entries.ts";

Deno.test("canonicalJson() encodes RFC 8785's own examples", () => {
  // §3.2.2 and §3.2.3 of the RFC.
  const literals = {
    numbers: [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    literals: [null, true, false],
  };
  assert.equal(
    canonicalJson(literals),
    `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
  );
  const keys = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
  };
  const order = [...canonicalJson(keys).matchAll(/:"([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(order, [
    "Carriage Return",
    "One",
    "Control",
    "Latin Small Letter O With Diaeresis",
    "Euro Sign",
    "Emoji: Grinning Face",
    "Hebrew Letter Dalet With Dagesh",
  ]);
});

Deno.test("canonicalJson() says the same for every order of members and survives parsing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(toJson(value));
      assert.equal(canonicalJson(JSON.parse(text)), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.ok([...text].every((character) => character >= " "));
      assert.equal(canonicalJson(reversed(toJson(value))), text);
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("canonicalRecord() says what canonicalJson() says of any entry that a trail takes", () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.nat().map(String),
    fc.constantFrom("", "__proto__", "9", "10", "id"),
  );
  const text = fc.string({ unit: "binary" });
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const action = fc.record({
    tags: fc.array(text),
    score: number,
    rule: text,
    phase: text,
    mode: text,
    metadata: fc.dictionary(name, text),
    from: fc.nat(),
    action: text,
  }, { requiredKeys: ["rule", "phase", "mode", "action"] });
  const changes = fc.record({
    classifier_scores: fc.dictionary(name, number),
    actions: fc.array(action, { maxLength: 4 }),
    latency_ms: number,
    model: text,
    output: text,
    input: text,
    backend: text,
    backend_tries: fc.nat(),
    fallback_reason: text,
    retention_days: fc.nat(),
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(changes, fc.nat(), (changed, id) => {
      const entry: AuditEntry = JSON.parse(entryJson(entryOf(id, changed), "acme"));
      const previous = "c".repeat(64);
      const record: Json = { ...JSON.parse(JSON.stringify(entry)), id, previous_hash: previous };
      assert.equal(canonicalRecord(entry, id, previous), canonicalJson(record));
      // In whatever order its members came.
      const other: AuditEntry = JSON.parse(JSON.stringify(reversed(toJson(entry))));
      assert.equal(canonicalRecord(other, id, previous), canonicalJson(record));
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("canonicalJson() refuses what JSON cannot say", () => {
  for (const value of [NaN, Infinity, -Infinity]) assert.throws(() => canonicalJson({ a: [value] }), TypeError);
  assert.throws(() => canonicalJson({ a: "\ud800" }), /lone surrogate/);
  assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
});

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

function reversed(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((each: Json) => reversed(each));
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, member]) => [key, member === undefined ? undefined : reversed(member)]),
  );
}
