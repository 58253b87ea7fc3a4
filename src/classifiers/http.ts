/** `type: http`: any service that scores text behind a JSON endpoint, with ready mappings for the common ones. */
import { z } from "zod";
import { postJson, remoteClassifier, type RemoteDeps, remoteKeys } from "./remote.ts";
import type { Classifier, Score, ScoreContext } from "./types.ts";

const path = z.string().regex(/^[\w-]+(?:\.[\w-]+)*$/, "expected a dotted path like result.scores.0.value");

export const httpOptions = z.strictObject({
  ...remoteKeys,
  /** `json`: by `request` and `response`; `openai_moderation`: POST /v1/moderations; `llama_guard`: a chat model that answers safe/unsafe. */
  format: z.enum(["json", "openai_moderation", "llama_guard"]).default("json"),
  /** The model's name, for the formats that need one. */
  model: z.string().optional(),
  /** The request's JSON; `\${text}`, `\${tenant}`, `\${phase}`, `\${role}` are replaced in its strings. */
  request: z.json().default({ text: "${text}" }),
  response: z.strictObject({
    score: path.optional(),
    label: path.optional(),
    /** An object of label → score, or a list of {label, score} (or lists of those). */
    labels: path.optional(),
  }).default({ score: "score" }),
  /** Labels that are findings: the score is that of the likeliest of them. @default all, where there is no score */
  positive_labels: z.array(z.string()).min(1).optional(),
});
export type HttpOptions = z.infer<typeof httpOptions>;

/** A classifier behind HTTP. */
export function httpClassifier(name: string, options: HttpOptions, deps: RemoteDeps): Classifier {
  const mapping = MAPPINGS[options.format];
  return remoteClassifier(
    { name, tier: "C", labels: options.positive_labels ?? mapping.labels },
    options,
    async (text, context, signal) => mapping.read(await postJson(mapping.request(text, context, options), options, deps, signal), options),
    deps,
  );
}

interface Mapping {
  readonly labels: readonly string[];
  request(text: string, context: ScoreContext, options: HttpOptions): unknown;
  /** @throws Error when the answer is not of the expected shape. */
  read(answer: unknown, options: HttpOptions): Score;
}

/** MLCommons hazard categories, as Llama Guard 3 and 4 number them (model card). */
const HAZARDS: Readonly<Record<string, string>> = {
  S1: "violent_crimes",
  S2: "non_violent_crimes",
  S3: "sex_related_crimes",
  S4: "child_sexual_exploitation",
  S5: "defamation",
  S6: "specialized_advice",
  S7: "privacy",
  S8: "intellectual_property",
  S9: "indiscriminate_weapons",
  S10: "hate",
  S11: "suicide_and_self_harm",
  S12: "sexual_content",
  S13: "elections",
  S14: "code_interpreter_abuse",
};

const moderation = z.object({
  results: z.array(z.object({ flagged: z.boolean(), category_scores: z.record(z.string(), z.number()) })).min(1),
});
const completion = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });

const MAPPINGS: Readonly<Record<HttpOptions["format"], Mapping>> = {
  json: {
    labels: [],
    request: (text, context, { request }) =>
      filled(request, { text, tenant: context.tenant, phase: context.phase, role: context.role ?? "" }),
    read: readMapped,
  },
  // https://platform.openai.com/docs/api-reference/moderations
  openai_moderation: {
    labels: [],
    request: (text, _, { model }) => ({ input: text, ...(model !== undefined && { model }) }),
    read: (answer, { positive_labels }) => {
      const { flagged, category_scores } = parsed(moderation, answer).results[0]!;
      const score = byLabels(category_scores, positive_labels);
      // The service's own verdict counts even where its scores are low.
      return flagged && positive_labels === undefined ? { ...score, score: Math.max(score.score, 0.5) } : score;
    },
  },
  // https://huggingface.co/meta-llama/Llama-Guard-3-8B: "safe", or "unsafe" and a line of categories.
  llama_guard: {
    labels: Object.values(HAZARDS),
    request: (text, context, { model }) => ({
      model: model ?? "llama-guard",
      messages: context.phase === "ingress"
        ? [{ role: "user", content: text }]
        : [{ role: "user", content: "(not shown)" }, { role: "assistant", content: text }],
      temperature: 0,
      max_tokens: 32,
    }),
    read: (answer) => {
      const [verdict, categories = ""] = parsed(completion, answer).choices[0]!.message.content.trim().split(/\s*\n\s*/, 2);
      if (verdict === "safe") return { score: 0, label: "safe" };
      if (verdict !== "unsafe") throw new Error("the model answered neither safe nor unsafe");
      const labels = categories.split(/[\s,]+/).filter((code) => code !== "").map((code) => HAZARDS[code] ?? code.toLowerCase());
      return { score: 1, label: labels[0] ?? "unsafe", labels: Object.fromEntries(labels.map((label) => [label, 1])) };
    },
  },
};

/** `parse` whose error does not quote the answer. */
function parsed<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new Error(`the service's answer lacks ${result.error.issues[0]?.path.join(".") || "the expected fields"}`);
}

/** The template with its variables filled in, inside of strings only: what a text says cannot change the request's shape. */
function filled(template: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof template === "string") return template.replace(/\$\{(\w+)\}/g, (whole, name) => variables[name] ?? whole);
  if (Array.isArray(template)) return template.map((item) => filled(item, variables));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filled(value, variables)]));
}

function at(value: unknown, path: string): unknown {
  let here = value;
  for (const step of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

function readMapped(answer: unknown, { response, positive_labels }: HttpOptions): Score {
  const label = response.label === undefined ? undefined : at(answer, response.label);
  if (response.labels !== undefined) {
    const scores = byLabels(labelScores(at(answer, response.labels), response.labels), positive_labels);
    return typeof label === "string" ? { ...scores, label } : scores;
  }
  const value = response.score === undefined ? undefined : at(answer, response.score);
  const named = typeof label === "string" ? label : undefined;
  if (typeof value !== "number" && named === undefined) {
    throw new Error(`the service's answer has no number at ${response.score ?? "score"}`);
  }
  const certain = clamped(typeof value === "number" ? value : 1);
  if (named === undefined) return { score: certain };
  const positive = positive_labels === undefined || positive_labels.includes(named);
  return { score: positive ? certain : 0, label: named, labels: { [named]: certain } };
}

/** Scores by label from an object, or from a list of `{label, score}` as inference servers give it, however deep. */
function labelScores(value: unknown, path: string): Record<string, number> {
  const found: Record<string, number> = {};
  const entry = z.object({ label: z.string(), score: z.number() });
  for (const item of Array.isArray(value) ? value.flat(2) : []) {
    const { label, score } = parsed(entry, item);
    found[label] = score;
  }
  if (!Array.isArray(value)) Object.assign(found, z.record(z.string(), z.number()).safeParse(value).data);
  if (Object.keys(found).length === 0) throw new Error(`the service's answer has no scores at ${path}`);
  return found;
}

function byLabels(scores: Readonly<Record<string, number>>, positive: readonly string[] | undefined): Score {
  const labels = Object.fromEntries(Object.entries(scores).map(([label, score]) => [label, clamped(score)]));
  const counted = Object.entries(labels).filter(([label]) => positive === undefined || positive.includes(label));
  const best = counted.reduce<[string, number] | undefined>(
    (best, entry) => best === undefined || entry[1] > best[1] ? entry : best,
    undefined,
  );
  return best === undefined ? { score: 0, labels } : { score: best[1], label: best[0], labels };
}

function clamped(score: number): number {
  return Math.min(1, Math.max(0, score));
}
