import assert from "node:assert/strict";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { ClassifierConfigError, isEntityClassifier } from "../../src/classifiers/types.ts";

const CONTEXT = { tenant: "acme", phase: "ingress", contextChunks: 0 } as const;

Deno.test("buildClassifierSet() offers the built-ins, made once for all tenants", () => {
  const one = buildClassifierSet({}), two = buildClassifierSet({});
  assert.ok(one.names.includes("pii_detector"));
  assert.equal(one.get("pii_detector"), two.get("pii_detector"));
  assert.equal(one.get("nope"), undefined);
  assert.equal(one.get("toString"), undefined);
});

Deno.test("buildClassifierSet() narrows a built-in by its options, under its own or another name", async () => {
  const set = buildClassifierSet({
    classifiers: {
      pii_detector: { entities: ["us_ssn", "E-mail", "DOB"], allow_list: ["HELP@example.org"] },
      cards_only: { type: "builtin", builtin: "pii_detector", tier: "B", entities: ["credit_card"] },
    },
  });
  const pii = set.get("pii_detector")!, cards = set.get("cards_only")!;
  assert.deepEqual([...pii.labels].sort(), ["date_of_birth", "email", "ssn"]);
  assert.ok(isEntityClassifier(cards));
  assert.equal(cards.tier, "B");
  const signal = new AbortController().signal;
  assert.equal((await pii.open(CONTEXT, signal).push("write to help@example.org")).score, 0);
  assert.ok((await pii.open(CONTEXT, signal).push("write to me@example.org")).score > 0.9);
  assert.equal((await cards.open(CONTEXT, signal).push("write to me@example.org")).score, 0);
});

Deno.test("buildClassifierSet() reports everything wrong at once, with paths", () => {
  const classifiers = {
    a: { type: "nonsense" },
    b: { type: "builtin", builtin: "pii" },
    pii_detector: { entities: ["ssn", "shoe_size"], allow: [] },
    c: "text",
  };
  assert.throws(() => buildClassifierSet({ classifiers }), (error) => {
    assert.ok(error instanceof ClassifierConfigError);
    assert.deepEqual(error.problems.map(({ path }) => path), [
      "classifiers.a.type",
      "classifiers.b.builtin",
      "classifiers.pii_detector.allow",
      "classifiers.c",
    ]);
    return true;
  });
  assert.throws(
    () => buildClassifierSet({ classifiers: { pii_detector: { entities: ["ssn", "shoe_size"] } } }),
    /classifiers\.pii_detector\.entities\.1: unknown entity "shoe_size"/,
  );
});

Deno.test("buildClassifierSet() suggests what was meant, in plain words", () => {
  const problem = (config: Parameters<typeof buildClassifierSet>[0]) => {
    try {
      buildClassifierSet(config);
    } catch (error) {
      if (error instanceof ClassifierConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`)[0];
      throw error;
    }
    return undefined;
  };
  assert.equal(
    problem({ pipelines: { p: { type: "parallel", classifiers: ["toxicty"] } } }),
    'pipelines.p.classifiers.0: unknown classifier "toxicty"; did you mean "toxicity"?',
  );
  assert.equal(problem({ classifiers: { a: { type: "paterns" } } }), 'classifiers.a.type: unknown type "paterns"; did you mean "pattern"?');
  assert.equal(
    problem({ pipelines: { p: { classifiers: ["toxicity"], aggregation: "average_score" } } }),
    'pipelines.p.aggregation: expected one of max_score, min_score, average, weighted_average, first_positive, unanimous; got the text "average_score"',
  );
});
