/** `type: linear`: a team's own linear model over hashed n-grams, trained by `scripts/train/own.ts` and read from a JSON file. */
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { openLexical } from "./lexical.ts";
import { Lexicon } from "./lexicon.ts";
import { LinearModel, sigmoid } from "./linear.ts";
import { PhraseSet } from "./phrases.ts";
import type { RemoteDeps } from "./remote.ts";
import type { Classifier } from "./types.ts";
import { Vocabulary } from "./vocabulary.ts";

export const linearOptions = z.strictObject({
  /** The weights' file, beside the configuration file unless absolute. */
  path: z.string().min(1),
  /** What the score is the probability of. */
  label: z.string().min(1).default("positive"),
});

/** The file; what `LinearModelData` says. At most 16 Mi weights. */
const weightsFile = z.strictObject({
  version: z.string(),
  buckets: z.int().min(1).max(1 << 24),
  scale: z.number(),
  bias: z.number(),
  letters: z.tuple([z.int().min(0).max(8), z.int().min(0).max(8)]),
  weights: z.string(),
});

/** A model knows words only by their hashes: no lexicon and no phrases belong to it. */
const NO_WORDS = new Lexicon({});
const NO_PHRASES = new PhraseSet([], 0);

/** @throws {z.ZodError} when the file is missing or holds something else. */
export function linearClassifier(name: string, { path, label }: z.infer<typeof linearOptions>, deps: RemoteDeps): Classifier {
  const file = isAbsolute(path) ? path : join(deps.folder ?? Deno.cwd(), path);
  const spec = {
    vocabulary: new Vocabulary(NO_WORDS, readModel(file)),
    phrases: NO_PHRASES,
    score: ({ logit }: { readonly logit: number }) => {
      const score = sigmoid(logit);
      return { score, label, labels: { [label]: score } };
    },
  };
  return { name, tier: "A", labels: [label], open: (context) => openLexical(spec, context) };
}

function readModel(file: string): LinearModel {
  try {
    return new LinearModel(weightsFile.parse(JSON.parse(Deno.readTextFileSync(file))));
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "does not exist"
      : error instanceof TypeError
      ? error.message
      : "is not what scripts/train/own.ts writes";
    throw new z.ZodError([{ code: "custom", path: ["path"], message: `${file} ${why}`, input: file }]);
  }
}
