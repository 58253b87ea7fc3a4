/** `/admin/classifiers`, `/admin/test-classifier`, `/admin/test-pipeline`, `/admin/test-policy`: try a text without a backend. Nothing is recorded. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Classifier, ClassifierError, type Score, type TracedStage } from "../../classifiers/types.ts";
import { suggest } from "../../config/suggest.ts";
import { ConfigError, formatProblem } from "../../config/types.ts";
import { tryText } from "../../guard/trial.ts";
import { loadPolicyText } from "../../policy/load.ts";
import { compileFor } from "../../tenants/compile_policy.ts";
import type { TenantRuntime } from "../../tenants/runtime.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { readRequestText } from "../body.ts";
import { GatewayError, invalidRequest } from "../errors.ts";

/** Longest text tried at once; UTF-16 units. */
const MAX_TEXT_CHARS = 200_000;
const MAX_TEXTS = 1000;
/** Texts of one batch scored at a time. */
const BATCH_CONCURRENCY = 8;
/** Bound on one trial; milliseconds. */
const TRIAL_TIMEOUT_MS = 30_000;

const text = z.string().max(MAX_TEXT_CHARS);
const classifierRequest = z.union([
  z.strictObject({ classifier: z.string(), text, tenant: z.string().optional() }),
  z.strictObject({ classifier: z.string(), texts: z.array(text).max(MAX_TEXTS), tenant: z.string().optional() }),
]);
const pipelineRequest = z.strictObject({ pipeline: z.string(), text, tenant: z.string().optional() });
const policyRequest = z.strictObject({
  text,
  /** A policy that is not in use yet, as YAML. */
  policy_text: z.string().max(MAX_TEXT_CHARS).optional(),
  tenant: z.string().optional(),
  policy: z.string().optional(),
  phase: z.enum(["ingress", "midstream", "egress"]).default("ingress"),
});

export function playground(deps: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/classifiers", (c) => {
      const runtime = pickTenant(deps, c.req.query("tenant"));
      const classifiers = runtime.classifiers.names.map((name) => {
        const { tier, labels } = runtime.classifiers.get(name)!;
        return { name, tier, labels, status: "loaded" };
      });
      return c.json({ classifiers });
    })
    .post("/test-classifier", async (c) => {
      const asked = await parse(c, deps, classifierRequest);
      const runtime = pickTenant(deps, asked.tenant);
      const classifier = pickClassifier(runtime, asked.classifier, "classifier");
      if ("text" in asked) return c.json(await score(classifier, asked.text, runtime.id));
      const results: Record<string, unknown>[] = [];
      // A few at a time: the classifier may be somebody's server.
      for (let at = 0; at < asked.texts.length; at += BATCH_CONCURRENCY) {
        const batch = asked.texts.slice(at, at + BATCH_CONCURRENCY);
        results.push(...await Promise.all(batch.map((each) => score(classifier, each, runtime.id))));
      }
      return c.json({ results });
    })
    .post("/test-pipeline", async (c) => {
      const asked = await parse(c, deps, pipelineRequest);
      const runtime = pickTenant(deps, asked.tenant);
      return c.json(await runPipeline(pickClassifier(runtime, asked.pipeline, "pipeline"), asked.text, runtime));
    })
    .post("/test-policy", async (c) => {
      const asked = await parse(c, deps, policyRequest);
      const { policy_text: candidate } = asked;
      if (candidate === undefined) {
        return c.json(await tryPolicy(pickByPolicy(deps, asked.tenant, asked.policy), asked.text, asked.phase));
      }
      const runtime = pickTenant(deps, asked.tenant);
      try {
        const ready = compileFor(loadPolicyText(candidate, "policy"), runtime.config, runtime.classifiers);
        const tried = await tryPolicy({ id: runtime.id, version: ready.policy.version, ...ready }, asked.text, asked.phase);
        return c.json({ ...tried, warnings: ready.warnings.map(formatProblem) });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return c.json({ errors: error.problems.map((problem) => ({ path: problem.path ?? "", message: formatProblem(problem) })) }, 422);
      }
    });
}

async function parse<T>(c: Context, { settings }: AppDeps, schema: z.ZodType<T>): Promise<T> {
  const text = await readRequestText(c.req.raw, settings.limits.maxBodyBytes);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalidRequest("The body is not JSON");
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const first = result.error.issues[0]!;
  throw invalidRequest(`${first.path.join(".") || "body"}: ${first.message}`, { status: 422, param: first.path.join(".") });
}

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

async function score(classifier: Classifier, whole: string, tenant: string): Promise<Record<string, unknown>> {
  const started = performance.now();
  const context = { tenant, phase: "ingress" as const, contextChunks: 0 };
  const answer = await answerOf(classifier, () => classifier.open(context, AbortSignal.timeout(TRIAL_TIMEOUT_MS)).push(whole));
  return {
    classifier: classifier.name,
    score: answer.score,
    label: answer.label ?? null,
    ...(answer.labels !== undefined && { labels: answer.labels }),
    spans: (answer.spans ?? []).map(({ from, to, entity, score }) => ({ start: from, end: to, entity, score })),
    latency_ms: rounded(performance.now() - started),
  };
}

/** What a pipeline answers and each of its stages on the way; the thresholds are the tenant's for prompts. */
async function runPipeline(pipeline: Classifier, whole: string, { id, config }: TenantRuntime): Promise<Record<string, unknown>> {
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
): Promise<Record<string, unknown>> {
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
      action: actions[0]?.kind,
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
