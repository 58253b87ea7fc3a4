/** What `type:` may say in a classifier definition: one line each. */
import { configurable } from "./builtins.ts";
import type { BuildClassifier } from "./builtins.ts";
import { httpClassifier, httpOptions } from "./http.ts";
import { llmClassifier, llmOptions } from "./llm.ts";
import { linearClassifier, linearOptions } from "./linear_file.ts";
import { onnxClassifier, onnxOptions } from "./onnx.ts";
import { keywordClassifier, keywordOptions, patternClassifier, patternOptions } from "./patterns.ts";

/** Classifiers that a team defines, by type. `type: builtin` is not here: it configures one of `BUILTINS`. */
export const KINDS: Readonly<Record<string, BuildClassifier>> = {
  pattern: configurable(patternOptions, patternClassifier),
  keywords: configurable(keywordOptions, keywordClassifier),
  http: configurable(httpOptions, httpClassifier),
  llm: configurable(llmOptions, llmClassifier),
  onnx: configurable(onnxOptions, onnxClassifier),
  linear: configurable(linearOptions, linearClassifier),
};
