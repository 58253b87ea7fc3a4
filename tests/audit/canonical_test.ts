import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, type Json } from "../../src/audit/canonical.ts";
import { testRuns } from "../support/runs.ts";

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
