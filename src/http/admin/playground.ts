/** `/admin/classifiers`, `/admin/test-classifier`, `/admin/test-pipeline`, `/admin/test-policy`: try a text without a backend. Nothing is recorded. */
import { z } from "zod";
import { type Classifier, ClassifierError, type Score, type TracedStage } from "../../classifiers/types.ts";
import { suggest } from "../../config/suggest.ts";
import { ConfigError, formatProblem } from "../../config/types.ts";
import { tryText } from "../../guard/trial.ts";
import { loadPolicyText } from "../../policy/load.ts";
import { compileFor } from "../../tenants/compile_policy.ts";
import type { TenantRuntime } from "../../tenants/runtime.ts";
import type { AppDeps } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";
import { type Operation, operation } from "./operation.ts";
import { unprocessable } from "./reading.ts";
import { named } from "./shapes.ts";

/** Longest text tried at once; UTF-16 units. */
const MAX_TEXT_CHARS = 200_000;
const MAX_TEXTS = 1000;
/** Texts of one batch scored at a time. */
const BATCH_CONCURRENCY = 8;
/** Largest body; bytes. */
const MAX_TRIAL_BYTES = 10 << 20;
/** Bound on one trial; milliseconds. */
const TRIAL_TIMEOUT_MS = 30_000;

const text = z.string().max(MAX_TEXT_CHARS);
const tenant = z.string().max(100).optional().describe(
  "Whose classifiers, policy and thresholds; the default tenant's, or the first one's",
);
const score01 = z.number().describe("0 to 1");
const ms = z.number().describe("Milliseconds");

const classifierRequest = named(
  "TestClassifierRequest",
  z.union([
    z.strictObject({ classifier: z.string(), text, tenant }),
    z.strictObject({ classifier: z.string(), texts: z.array(text).max(MAX_TEXTS), tenant }),
  ]),
);
const verdict = z.strictObject({
  classifier: z.string(),
  score: score01,
  label: z.string().nullable(),
  labels: z.record(z.string(), z.number()).optional().describe("Score of each label"),
  spans: z.array(z.strictObject({
    start: z.int().describe("UTF-16 units from the beginning of the text"),
    end: z.int(),
    entity: z.string().optional(),
    score: score01.optional(),
  })),
  latency_ms: ms,
});
const classifierAnswer = named(
  "TestClassifierAnswer",
  z.union([verdict, z.strictObject({ results: z.array(verdict).describe("One for each of `texts`, in order") })]),
);
const pipelineRequest = named("TestPipelineRequest", z.strictObject({ pipeline: z.string(), text, tenant }));
const pipelineAnswer = named(
  "TestPipelineAnswer",
  z.strictObject({
    pipeline: z.string(),
    result: z.strictObject({
      score: score01,
      label: z.string().nullable(),
      action: z.enum(["allow", "block"]).describe("By the tenant's `thresholds.safety`"),
      stages: z.array(z.strictObject({
        name: z.string(),
        classifier: z.string(),
        score: score01,
        label: z.string().nullable(),
        latency_ms: ms,
      })).describe("Those that ran"),
    }),
    latency_ms: ms,
  }),
);
const policyRequest = named(
  "TestPolicyRequest",
  z.strictObject({
    text,
    policy_text: z.string().max(MAX_TEXT_CHARS).optional().describe("A policy that is not in use yet, as YAML"),
    tenant,
    policy: z.string().optional().describe("Name or file of a policy in use"),
    phase: z.enum(["ingress", "midstream", "egress"]).default("ingress"),
  }),
);
const policyAnswer = named(
  "TestPolicyAnswer",
  z.strictObject({
    tenant: z.string(),
    policy: z.string(),
    policy_version: z.string(),
    phase: z.enum(["ingress", "midstream", "egress"]),
    final_decision: z.string(),
    rule: z.string().optional().describe("The rule that stops"),
    message: z.string().nullable().optional(),
    failed: z.unknown().optional().describe("The guard that did not answer"),
    matches: z.array(z.strictObject({
      rule: z.string(),
      mode: z.string(),
      action: z.string().optional(),
      start: z.int(),
      end: z.int(),
      score: score01.optional(),
      classifier: z.string().optional(),
      label: z.string().optional(),
      entity: z.string().optional(),
    })),
    scores: z.record(z.string(), z.number()),
    text: z.string().describe("What comes out"),
    latency_ms: ms,
    warnings: z.array(z.string()).optional().describe("Of `policy_text`"),
  }),
);
const classifierList = named(
  "ClassifierList",
  z.strictObject({
    classifiers: z.array(z.strictObject({
      name: z.string(),
      tier: z.enum(["A", "B", "C"]),
      labels: z.array(z.string()),
      status: z.literal("loaded"),
    })),
  }),
);

const about = { method: "post", tag: "playground", access: "operator", maxBodyBytes: MAX_TRIAL_BYTES } as const;

export const playgroundOperations: readonly Operation[] = [
  operation({
    id: "listClassifiers",
    method: "get",
    path: "/admin/classifiers",
    tag: "playground",
    summary: "The classifiers and pipelines of a tenant",
    access: "viewer",
    query: { tenant },
    errors: [404],
    answers: { 200: { description: "Their names, tiers and labels", json: classifierList } },
    handle: ({ answer, query }, deps) => {
      const runtime = pickTenant(deps, query.tenant);
      const classifiers = runtime.classifiers.names.map((name) => {
        const { tier, labels } = runtime.classifiers.get(name)!;
        return { name, tier, labels: [...labels], status: "loaded" as const };
      });
      return answer(200, { classifiers });
    },
  }),
  operation({
    ...about,
    id: "testClassifier",
    path: "/admin/test-classifier",
    summary: "Score one text or several",
    body: classifierRequest,
    errors: [404, 502, 504],
    answers: { 200: { description: "Scores", json: classifierAnswer } },
    handle: async ({ answer, body }, deps) => {
      const runtime = pickTenant(deps, body.tenant);
      const classifier = pickClassifier(runtime, body.classifier, "classifier");
      if ("text" in body) return answer(200, await score(classifier, body.text, runtime.id));
      const results: z.input<typeof verdict>[] = [];
      // A few at a time: the classifier may be somebody's server.
      for (let at = 0; at < body.texts.length; at += BATCH_CONCURRENCY) {
        const batch = body.texts.slice(at, at + BATCH_CONCURRENCY);
        results.push(...await Promise.all(batch.map((each) => score(classifier, each, runtime.id))));
      }
      return answer(200, { results });
    },
  }),
  operation({
    ...about,
    id: "testPipeline",
    path: "/admin/test-pipeline",
    summary: "Run a pipeline on a text",
    body: pipelineRequest,
    errors: [404, 502, 504],
    answers: { 200: { description: "Its result, and each stage's", json: pipelineAnswer } },
    handle: async ({ answer, body }, deps) => {
      const runtime = pickTenant(deps, body.tenant);
      return answer(200, await runPipeline(pickClassifier(runtime, body.pipeline, "pipeline"), body.text, runtime));
    },
  }),
  operation({
    ...about,
    id: "testPolicy",
    path: "/admin/test-policy",
    summary: "Judge a text by a policy, in use or not yet",
    body: policyRequest,
    errors: [404],
    answers: { 200: { description: "What the policy decides", json: policyAnswer } },
    handle: async ({ answer, body: asked }, deps) => {
      const { policy_text: candidate } = asked;
      if (candidate === undefined) {
        return answer(200, await tryPolicy(pickByPolicy(deps, asked.tenant, asked.policy), asked.text, asked.phase));
      }
      const runtime = pickTenant(deps, asked.tenant);
      try {
        const ready = compileFor(loadPolicyText(candidate, "policy"), runtime.config, runtime.classifiers);
        const tried = await tryPolicy({ id: runtime.id, version: ready.policy.version, ...ready }, asked.text, asked.phase);
        return answer(200, { ...tried, warnings: ready.warnings.map(formatProblem) });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw unprocessable(
          error.problems.map((problem) => ({ path: problem.path ?? "", message: formatProblem(problem) })),
          "invalid_policy",
        );
      }
    },
  }),
];

function pickTenant({ registry }: AppDeps, id: string | undefined): TenantRuntime {
  const { runtimes, directory } = registry.current;
  const wanted = id ?? directory.defaultTenant ?? [...runtimes.keys()][0];
  const runtime = wanted === undefined ? undefined : runtimes.get(wanted);
  if (runtime === undefined) throw new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${wanted ?? ""}"`);
  return runtime;
}

function pickClassifier({ classifiers }: TenantRuntime, name: string, param: "classifier" | "pipeline"): Classifier {
  const found = classifiers.get(name);
  if (found !== undefined) return found;
  const meant = suggest(name, classifiers.names);
  const hint = meant === undefined ? `known: ${classifiers.names.join(", ")}` : `did you mean "${meant}"?`;
  throw invalidRequest(`There is no ${param} "${name.slice(0, 64)}"; ${hint}`, { status: 404, code: `unknown_${param}`, param });
}

function pickByPolicy(deps: AppDeps, tenant: string | undefined, policy: string | undefined): TenantRuntime {
  if (policy === undefined) return pickTenant(deps, tenant);
  const runtimes = tenant === undefined ? [...deps.registry.current.runtimes.values()] : [pickTenant(deps, tenant)];
  const found = runtimes.find((runtime) =>
    [runtime.policy.name, runtime.policy.file, runtime.policy.file.replace(/\.ya?ml$/, "")].includes(policy)
  );
  if (found === undefined) {
    throw invalidRequest(`No tenant uses a policy "${policy.slice(0, 64)}"`, { status: 404, code: "unknown_policy", param: "policy" });
  }
  return found;
}

async function score(classifier: Classifier, whole: string, tenant: string): Promise<z.input<typeof verdict>> {
  const started = performance.now();
  const context = { tenant, phase: "ingress" as const, contextChunks: 0 };
  const answer = await answerOf(classifier, () => classifier.open(context, AbortSignal.timeout(TRIAL_TIMEOUT_MS)).push(whole));
  return {
    classifier: classifier.name,
    score: answer.score,
    label: answer.label ?? null,
    ...(answer.labels !== undefined && { labels: answer.labels }),
    spans: (answer.spans ?? []).map(({ from, to, entity, score }) => ({
      start: from,
      end: to,
      ...(entity !== undefined && { entity }),
      ...(score !== undefined && { score }),
    })),
    latency_ms: rounded(performance.now() - started),
  };
}

/** What a pipeline answers and each of its stages on the way; the thresholds are the tenant's for prompts. */
async function runPipeline(pipeline: Classifier, whole: string, { id, config }: TenantRuntime): Promise<z.input<typeof pipelineAnswer>> {
  const started = performance.now();
  const stages: TracedStage[] = [];
  const context = { tenant: id, phase: "ingress" as const, contextChunks: 0, trace: (stage: TracedStage) => void stages.push(stage) };
  const answer = await answerOf(pipeline, () => pipeline.open(context, AbortSignal.timeout(TRIAL_TIMEOUT_MS)).push(whole));
  return {
    pipeline: pipeline.name,
    result: {
      score: answer.score,
      label: answer.label ?? null,
      action: answer.score >= config.thresholds.safety ? "block" : "allow",
      stages: stages.map(({ name, classifier, score, label, latencyMs }) => ({
        name,
        classifier,
        score,
        label: label ?? null,
        latency_ms: rounded(latencyMs),
      })),
    },
    latency_ms: rounded(performance.now() - started),
  };
}

/** The classifier's answer. @throws {GatewayError} when it has none. */
async function answerOf(classifier: Classifier, ask: () => Score | Promise<Score>): Promise<Score> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ClassifierError)) throw error;
    const status = error.kind === "timeout" ? 504 : 502;
    throw new GatewayError(status, "backend_error", "classifier_failed", error.message, { cause: error, param: classifier.name });
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

async function tryPolicy(
  runtime: Pick<TenantRuntime, "id" | "version" | "policy" | "plans">,
  input: string,
  phase: "ingress" | "midstream" | "egress",
): Promise<z.input<typeof policyAnswer>> {
  const started = performance.now();
  const { decision, text: out, stop, findings, scores, failed } = await tryText(runtime.plans, {
    stage: phase,
    pieces: [input],
    input,
    tenant: runtime.id,
    model: "",
    role: "user",
    signal: AbortSignal.timeout(TRIAL_TIMEOUT_MS),
  });
  return {
    tenant: runtime.id,
    policy: runtime.policy.name,
    policy_version: runtime.version,
    phase,
    final_decision: decision,
    ...(stop !== undefined && { rule: stop.rule.name, message: stop.message ?? null }),
    ...(failed !== undefined && { failed }),
    matches: findings.map(({ rule, actions, from, to, score, classifier, label, entity }) => ({
      rule: rule.name,
      mode: rule.mode,
      ...(actions[0] !== undefined && { action: actions[0].kind }),
      start: from,
      end: to,
      ...(score !== undefined && { score }),
      ...(classifier !== undefined && { classifier }),
      ...(label !== undefined && { label }),
      ...(entity !== undefined && { entity }),
    })),
    scores: Object.fromEntries(scores),
    text: out,
    latency_ms: rounded(performance.now() - started),
  };
}
