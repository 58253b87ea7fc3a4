/** `/admin/classifiers`, `/admin/test-classifier`, `/admin/test-policy`: try a text without a backend. Nothing is recorded. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Classifier, Score } from "../../classifiers/types.ts";
import { tryText } from "../../guard/trial.ts";
import type { TenantRuntime } from "../../tenants/runtime.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";

/** Longest text tried at once; UTF-16 units. */
const MAX_TEXT_CHARS = 200_000;
const MAX_TEXTS = 1000;

const text = z.string().max(MAX_TEXT_CHARS);
const classifierRequest = z.union([
  z.strictObject({ classifier: z.string(), text, tenant: z.string().optional() }),
  z.strictObject({ classifier: z.string(), texts: z.array(text).max(MAX_TEXTS), tenant: z.string().optional() }),
]);
const policyRequest = z.strictObject({
  text,
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
      const asked = await parse(c, classifierRequest);
      const runtime = pickTenant(deps, asked.tenant);
      const classifier = runtime.classifiers.get(asked.classifier);
      if (classifier === undefined) {
        throw invalidRequest(`There is no classifier "${asked.classifier.slice(0, 64)}"; known: ${runtime.classifiers.names.join(", ")}`, {
          status: 404,
          code: "unknown_classifier",
          param: "classifier",
        });
      }
      if ("text" in asked) return c.json(await score(classifier, asked.text, runtime.id));
      return c.json({ results: await Promise.all(asked.texts.map((each) => score(classifier, each, runtime.id))) });
    })
    .post("/test-policy", async (c) => {
      const asked = await parse(c, policyRequest);
      return c.json(await tryPolicy(pickByPolicy(deps, asked.tenant, asked.policy), asked.text, asked.phase));
    });
}

async function parse<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  let body: unknown;
  try {
    body = await c.req.json();
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
  const session = classifier.open({ tenant, phase: "ingress", contextChunks: 0 }, AbortSignal.timeout(30_000));
  const answer: Score = await session.push(whole);
  return {
    classifier: classifier.name,
    score: answer.score,
    label: answer.label ?? null,
    ...(answer.labels !== undefined && { labels: answer.labels }),
    spans: (answer.spans ?? []).map(({ from, to, entity, score }) => ({ start: from, end: to, entity, score })),
    latency_ms: Math.round((performance.now() - started) * 1000) / 1000,
  };
}

async function tryPolicy(
  runtime: TenantRuntime,
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
    signal: AbortSignal.timeout(30_000),
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
    latency_ms: Math.round((performance.now() - started) * 1000) / 1000,
  };
}
