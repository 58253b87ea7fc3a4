/** The classifiers that ship in the program: one line each. */
import { z } from "zod";
import { piiDetector } from "./entities/detector.ts";
import type { ClassifierDeps } from "./registry.ts";
import type { Classifier } from "./types.ts";

/** Makes one built-in under a name, from the options its definition may carry; throws `z.ZodError` for wrong ones. */
export type BuildClassifier = (name: string, options: unknown, deps: ClassifierDeps) => Classifier;

/** A built-in with options that `schema` describes. */
export function configurable<T>(
  schema: z.ZodType<T>,
  build: (name: string, options: T, deps: ClassifierDeps) => Classifier,
): BuildClassifier {
  return (name, options, deps) => build(name, schema.parse(options), deps);
}

const entityOptions = z.strictObject({
  entities: z.array(z.string()).min(1).optional(),
  allow_list: z.array(z.string().min(1)).optional(),
  context: z.record(z.string(), z.array(z.string().min(1))).optional(),
});

/** Built-in classifiers by name. They are made when first asked for and shared by all tenants that do not configure them. */
export const BUILTINS: Readonly<Record<string, BuildClassifier>> = {
  pii_detector: configurable(entityOptions, piiDetector),
};
