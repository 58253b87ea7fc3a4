import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError } from "../../src/config/mod.ts";
import { loadPolicyText } from "../../src/policy/load.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";
import { readCookbook } from "../support/cookbook.ts";
import { testRuns } from "../support/runs.ts";
import { BROKEN } from "./broken_policies.ts";

const { config, classifiers } = defaultSettings();
const { snippets } = readCookbook(await Deno.readTextFile(new URL("../../docs/policy-cookbook.md", import.meta.url)));
const policies = [...snippets.map(({ policy }) => policy), ...BROKEN.map(({ policy }) => policy)];

const piece = fc.oneof(
  fc.constantFrom(
    "null",
    "[]",
    "{}",
    "- ",
    ": ",
    "'",
    '"',
    "\n",
    "  ",
    "&a ",
    "*a",
    "!!x ",
    "|",
    ">",
    "#",
    "~",
    "0",
    "-1",
    "1e9",
    ".nan",
    "true",
    "<<: ",
    "${",
    "\t",
  ),
  fc.constantFrom(
    "trigger",
    "action",
    "pattern",
    "keywords",
    "all",
    "not",
    "classifier",
    "extends",
    "phase",
    "options",
    "condition",
    "(a*)*",
    "\\1",
  ),
  fc.string({ maxLength: 4 }),
);
const edits = fc.array(fc.record({ at: fc.nat(1000), drop: fc.nat(12), put: piece }), { minLength: 1, maxLength: 4 });

Deno.test("whatever a policy file says, it compiles or is told what is wrong with it, with places", () => {
  fc.assert(
    fc.property(fc.constantFrom(...policies), edits, (policy, changes) => {
      let text = policy;
      for (const { at, drop, put } of changes) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + put + text.slice(from + drop);
      }
      try {
        compileFor(loadPolicyText(text, "policy.yaml"), config, classifiers);
      } catch (error) {
        assert.ok(error instanceof ConfigError, `${error}\n${text}`);
        assert.ok(error.problems.some(({ severity }) => severity === "error"));
        for (const { line, column, message } of error.problems) assert.ok(line >= 1 && column >= 1 && message !== "", text);
      }
    }),
    { numRuns: testRuns() },
  );
});
