import assert from "node:assert/strict";
import { buildPipeline } from "../../src/classifiers/pipelines/build.ts";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { type Classifier, ClassifierError, type Score } from "../../src/classifiers/types.ts";
import type { Timer } from "../../src/classifiers/deadline.ts";

const CONTEXT = { tenant: "acme", phase: "ingress", contextChunks: 0 } as const;
const signal = new AbortController().signal;

/** A classifier that answers what it is told to, and remembers what it saw. */
function fixed(name: string, answer: number | Score | Promise<Score> | (() => Promise<Score>), seen: string[] = []): Classifier {
  const score = typeof answer === "number" ? { score: answer } : answer;
  return {
    name,
    tier: "B",
    labels: [],
    open: () => ({
      push(segment) {
        seen.push(segment);
        return typeof score === "function" ? score() : score;
      },
    }),
  };
}

/** A clock that only moves when told to. */
function manualTimer(): { timer: Timer; pass: (ms: number) => void } {
  let now = 0, timers: { at: number; fire: () => void }[] = [];
  return {
    timer: (ms, fire) => {
      const entry = { at: now + ms, fire };
      timers.push(entry);
      return () => timers = timers.filter((other) => other !== entry);
    },
    pass: (ms) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { fire } of due) fire();
    },
  };
}

function build(definition: unknown, classifiers: Classifier[], timer: Timer = manualTimer().timer): Classifier {
  const find = (wanted: string) => classifiers.find(({ name }) => name === wanted);
  return buildPipeline("p", definition, { find, names: classifiers.map(({ name }) => name) }, timer);
}

const [low, middle, high] = [fixed("low", 0.2), fixed("middle", 0.5), fixed("high", 0.8)];
const all = ["low", "middle", "high"];

const aggregations: [aggregation: string, classifiers: unknown[], threshold: number, score: number][] = [
  ["max_score", all, 0.5, 0.8],
  ["min_score", all, 0.5, 0.2],
  ["average", all, 0.5, 0.5],
  ["weighted_average", [{ name: "low", weight: 3 }, { classifier: "high", weight: 1 }], 0.5, 0.35],
  ["first_positive", all, 0.5, 0.5],
  ["first_positive", ["high", "middle"], 0.5, 0.8],
  ["first_positive", all, 0.9, 0.8],
  ["unanimous", all, 0.2, 0.2],
];
for (const [aggregation, classifiers, threshold, expected] of aggregations) {
  Deno.test(`a parallel pipeline with ${aggregation} of ${JSON.stringify(classifiers)} at ${threshold} scores ${expected}`, async () => {
    const pipeline = build({ type: "parallel", classifiers, aggregation, threshold }, [low, middle, high]);
    const { score } = await pipeline.open(CONTEXT, signal).push("text");
    assert.ok(Math.abs(score - expected) < 1e-12, String(score));
  });
}

Deno.test("a pipeline of classifiers that answer at once answers at once", () => {
  const pipeline = build({ stages: [{ classifiers: all, type: "parallel" }, { classifier: "high" }] }, [low, middle, high]);
  assert.ok(!(pipeline.open(CONTEXT, signal).push("text") instanceof Promise));
});

Deno.test("a parallel pipeline does not depend on the order its answers come in", async () => {
  const late = Promise.withResolvers<Score>(), early = Promise.withResolvers<Score>();
  const pipeline = build({ type: "parallel", classifiers: ["late", "early"], aggregation: "first_positive" }, [
    fixed("late", late.promise),
    fixed("early", early.promise),
  ]);
  const answer = pipeline.open(CONTEXT, signal).push("text");
  early.resolve({ score: 0.9, label: "early" });
  await early.promise;
  late.resolve({ score: 0.6, label: "late" });
  assert.equal((await answer).label, "late");
});

Deno.test("a sequence ends at the stage that says so and asks no further", async () => {
  const seen: string[] = [];
  const stages = [{ classifier: "low", exit_on: "threshold", threshold: 0.5 }, { classifier: "middle", threshold: 0.5 }, {
    classifier: "last",
  }];
  const pipeline = build({ type: "sequential", stages }, [low, middle, fixed("last", 0.9, seen)]);
  assert.equal((await pipeline.open(CONTEXT, signal).push("text")).score, 0.5);
  assert.deepEqual(seen, []);
});

Deno.test("a sequence that runs through scores the highest", async () => {
  const pipeline = build({ type: "sequential", stages: [{ classifier: "high" }, { classifier: "low" }] }, [low, high]);
  assert.equal((await pipeline.open(CONTEXT, signal).push("text")).score, 0.8);
});

Deno.test("exit_on: match ends when spans were found, however low their score", async () => {
  const found = fixed("found", { score: 0.3, spans: [{ from: 0, to: 1, entity: "x", score: 0.3 }] });
  const pipeline = build({ stages: [{ classifier: "found", exit_on: "match" }, { classifier: "high" }] }, [found, high]);
  assert.equal((await pipeline.open(CONTEXT, signal).push("text")).score, 0.3);
});

Deno.test("a stage that was skipped sees what it missed when its turn comes, with offsets in the whole text", async () => {
  const seen: string[] = [];
  let wanted = 0;
  const gate: Classifier = { name: "gate", tier: "A", labels: [], open: () => ({ push: () => ({ score: wanted }) }) };
  const finder: Classifier = {
    name: "finder",
    tier: "B",
    labels: [],
    open: () => ({
      push(segment) {
        seen.push(segment);
        return { score: 1, spans: [{ from: 0, to: segment.length, entity: "all", score: 1 }] };
      },
    }),
  };
  const stages = [{ classifier: "gate", conditions: [{ when: "score > 0.5", then: [{ classifier: "finder" }] }] }];
  const session = build({ type: "conditional", stages }, [gate, finder]).open({ ...CONTEXT, contextChunks: 1 }, signal);
  for (const segment of ["one ", "two ", "three "]) await session.push(segment);
  wanted = 1;
  const { spans } = await session.push("four ");
  assert.deepEqual(seen, ["three four "]);
  assert.deepEqual(spans, [{ from: 8, to: 19, entity: "all", score: 1 }]);
});

const conditions: [when: string, score: Score, holds: boolean][] = [
  ["score > 0.5", { score: 0.5 }, false],
  ["score >= 0.5", { score: 0.5 }, true],
  ["score < .5", { score: 0.4 }, true],
  ["score <= 0.5", { score: 0.6 }, false],
  ["score != 0", { score: 0 }, false],
  ['label == "financial"', { score: 1, label: "financial" }, true],
  ["label == financial", { score: 1, label: "medical" }, false],
  ["label != 'financial'", { score: 1, label: "medical" }, true],
  ['label in [financial, "medical"]', { score: 1, label: "medical" }, true],
  ["label in [financial]", { score: 1 }, false],
];
for (const [when, score, holds] of conditions) {
  Deno.test(`when: ${when} ${holds ? "holds" : "does not hold"} for ${JSON.stringify(score)}`, async () => {
    const stages = [{ classifier: "router", conditions: [{ when, then: [{ classifier: "high" }] }] }];
    const pipeline = build({ type: "conditional", stages }, [fixed("router", score), high]);
    assert.equal((await pipeline.open(CONTEXT, signal).push("text")).score, holds ? 0.8 : score.score);
  });
}

Deno.test("then: skip scores nothing", async () => {
  const pipeline = build({ type: "conditional", stages: [{ classifier: "high", conditions: [{ when: "score > 0.5", then: "skip" }] }] }, [
    high,
  ]);
  assert.equal((await pipeline.open(CONTEXT, signal).push("text")).score, 0);
});

Deno.test("transform rescales a classifier's own scale", async () => {
  const pipeline = build({ type: "single", classifier: "raw", transform: { type: "normalize", min: -5, max: 5 } }, [fixed("raw", 2.5)]);
  assert.equal((await pipeline.open(CONTEXT, signal).push("text")).score, 0.75);
});

const timeouts: [on_timeout: string, expected: number | "error"][] = [["skip", 0.2], ["default_score", 0.6], ["error", "error"]];
for (const [on_timeout, expected] of timeouts) {
  Deno.test(`a stage that takes too long with on_timeout: ${on_timeout}`, async () => {
    const { timer, pass } = manualTimer();
    const stages = [{ classifier: "low" }, { classifier: "slow", timeout_ms: 100, on_timeout, default_score: 0.6 }];
    const pipeline = build({ type: "sequential", stages }, [low, fixed("slow", () => new Promise(() => {}))], timer);
    const answer = Promise.resolve(pipeline.open(CONTEXT, signal).push("text"));
    pass(99);
    assert.equal(await Promise.race([answer, Promise.resolve("waiting")]), "waiting");
    pass(1);
    if (expected === "error") await assert.rejects(answer, (error) => error instanceof ClassifierError && error.kind === "timeout");
    else assert.equal((await answer).score, expected);
  });
}

Deno.test("segments are asked about one after the other", async () => {
  const gate = Promise.withResolvers<Score>();
  const seen: string[] = [];
  const pipeline = build({ type: "single", classifier: "slow" }, [fixed("slow", () => gate.promise, seen)]);
  const session = pipeline.open(CONTEXT, signal);
  const answers = [session.push("one "), session.push("two ")];
  assert.deepEqual(seen, ["one "]);
  gate.resolve({ score: 1 });
  await Promise.all(answers);
  assert.deepEqual(seen, ["one ", "two "]);
});

Deno.test("a failure is its segment's alone", async () => {
  let calls = 0;
  const flaky = fixed("flaky", () => ++calls === 1 ? Promise.reject(new Error("down")) : Promise.resolve({ score: 0.7 }));
  const session = build({ type: "single", classifier: "flaky" }, [flaky]).open(CONTEXT, signal);
  const first = session.push("one "), second = session.push("two ");
  await assert.rejects(Promise.resolve(first), /down/);
  assert.equal((await second).score, 0.7);
});

Deno.test("pipelines are classifiers: they nest, carry tier and labels, and have names of their own", () => {
  const set = buildClassifierSet({
    classifiers: { terms: { type: "keywords", keywords: { fruit: ["apple pie"] }, tier: "B" } },
    pipelines: {
      outer: { type: "parallel", classifiers: ["inner", "pii_detector"] },
      inner: { type: "single", classifier: "terms" },
    },
  });
  assert.equal(set.get("outer")?.tier, "B");
  assert.ok(set.get("outer")?.labels.includes("fruit"));
  assert.ok(set.names.includes("inner"));
});

const wrong: [pipelines: Record<string, unknown>, message: RegExp][] = [
  [{ a: { type: "single", classifier: "nope" } }, /^pipelines\.a: unknown classifier "nope"/],
  [{ a: { type: "parallel", classifiers: ["pii_detector", "nope"] } }, /^pipelines\.a\.classifiers\.1: unknown classifier "nope"/],
  [{ a: { type: "single", classifier: "b" }, b: { type: "single", classifier: "a" } }, /pipelines form a cycle: a → b → a/],
  [
    { a: { type: "parallel", stages: [{ classifier: "pii_detector" }] } },
    /^pipelines\.a\.classifiers: a parallel pipeline needs classifiers/,
  ],
  [{ a: { type: "single", classifier: "pii_detector", exit_when: "match" } }, /exit_when/],
  [
    { a: { stages: [{ classifier: "pii_detector", conditions: [{ when: "score ~ 1", then: "skip" }] }] } },
    /^pipelines\.a\.stages\.0\.conditions\.0\.when: cannot read condition/,
  ],
  [{ a: { type: "single", classifier: "pii_detector", transform: { type: "normalize", min: 1, max: 1 } } }, /max must be greater than min/],
  [{ terms: { type: "single", classifier: "pii_detector" } }, /^pipelines\.terms: there is a classifier of this name/],
];
for (const [pipelines, message] of wrong) {
  Deno.test(`buildClassifierSet() refuses ${JSON.stringify(pipelines)}`, () => {
    assert.throws(() => buildClassifierSet({ classifiers: { terms: { keywords: ["x"] } }, pipelines }), {
      name: "ClassifierConfigError",
      message,
    });
  });
}
