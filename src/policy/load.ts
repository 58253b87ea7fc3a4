/** Reads a policy file and everything it extends, with the place of every rule. */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { checkWith } from "../config/schema_problems.ts";
import { suggest } from "../config/suggest.ts";
import { ConfigError, type Problem } from "../config/types.ts";
import { readYaml, type YamlPath, type YamlSource } from "../config/yaml_source.ts";
import { policyFile, type RawPolicy, type RawRule } from "./schema.ts";
import type { Mode } from "./types.ts";

/** A rule as written, with defaults of its file applied and where it stands. */
export interface LoadedRule {
  readonly raw: RawRule;
  readonly mode: Mode;
  readonly priority: number;
  readonly phase: RawRule["phase"];
  readonly continue: boolean;
  readonly source: YamlSource;
  /** Path of the rule in its file, e.g. `["policies", 3]`. */
  readonly path: YamlPath;
}

/** A policy with the rules of its bases, in file order, bases first. */
export interface PolicyDocument {
  readonly name: string;
  /** File name, e.g. `acme.yaml`. */
  readonly file: string;
  readonly rules: readonly LoadedRule[];
  /** Files read, absolute, the policy itself first. */
  readonly files: readonly string[];
  /** Text of all files, for the content hash. */
  readonly texts: readonly string[];
}

/** Longest chain or widest fan of `extends`. */
const MAX_FILES = 64;

/**
 * Reads `path`; from `texts` (by absolute path) where they are given, from the disk otherwise.
 * @throws {ConfigError} with every problem of the file and its bases.
 */
export function loadPolicy(path: string, shown = path, texts?: ReadonlyMap<string, string>): PolicyDocument {
  const reader = new Reader(true, texts);
  const policy = reader.read(resolve(path), shown, []);
  return reader.finish(policy, path);
}

/** A policy given as text (admin API, tests); `extends` is refused, since whoever sends a text has no business with files here. */
export function loadPolicyText(text: string, name: string): PolicyDocument {
  const reader = new Reader(false);
  const policy = reader.readText(text, name, name, []);
  return reader.finish(policy, name);
}

class Reader {
  readonly problems: Problem[] = [];
  readonly rules = new Map<string, LoadedRule>();
  readonly files: string[] = [];
  readonly texts: string[] = [];

  constructor(readonly mayExtend = true, readonly given?: ReadonlyMap<string, string>) {}

  read(path: string, shown: string, chain: readonly string[]): RawPolicy | undefined {
    let text: string;
    try {
      text = this.given?.get(path) ?? Deno.readTextFileSync(path);
    } catch (error) {
      this.files.push(path);
      const reason = error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
      this.problems.push({ file: shown, line: 1, column: 1, severity: "error", message: `the policy file ${reason}` });
      return undefined;
    }
    return this.readText(text, path, shown, chain);
  }

  readText(text: string, path: string, shown: string, chain: readonly string[]): RawPolicy | undefined {
    this.files.push(path);
    this.texts.push(text);
    const source = readYaml(shown, text);
    const { value, problems } = checkWith(policyFile, source);
    if (value === undefined) {
      this.problems.push(...problems);
      return undefined;
    }
    this.#extend(value, path, shown, source, [...chain, path]);
    this.#addRules(value, source);
    return value;
  }

  finish(policy: RawPolicy | undefined, path: string): PolicyDocument {
    if (policy === undefined || this.problems.length > 0) throw new ConfigError(this.problems, this.files);
    const file = basename(path);
    return {
      name: policy.name ?? file.replace(/\.ya?ml$/, ""),
      file,
      rules: [...this.rules.values()],
      files: this.files,
      texts: this.texts,
    };
  }

  #extend(policy: RawPolicy, path: string, shown: string, source: YamlSource, chain: readonly string[]): void {
    const bases = policy.extends === undefined ? [] : [policy.extends].flat();
    if (bases.length > 0 && !this.mayExtend) return this.#add(source, ["extends"], "a policy given as text cannot extend a file");
    bases.forEach((base, i) => {
      const target = resolve(dirname(path), base);
      const at: YamlPath = typeof policy.extends === "string" ? ["extends"] : ["extends", i];
      if (chain.includes(target)) {
        return this.#add(
          source,
          at,
          `the file extends itself: ${[...chain.slice(chain.indexOf(target)), target].map((each) => basename(each)).join(" → ")}`,
        );
      }
      if (this.files.length >= MAX_FILES) return this.#add(source, at, `extends more than ${MAX_FILES} files`);
      let exists = this.given?.has(target) ?? false;
      try {
        exists ||= Deno.statSync(target).isFile;
      } catch {
        // Said below.
      }
      if (!exists) this.files.push(target);
      if (!exists) return this.#add(source, at, `there is no file "${base}"`, neighbour(target, base));
      this.read(target, isAbsolute(base) ? base : join(dirname(shown), base), chain);
    });
  }

  #addRules(policy: RawPolicy, source: YamlSource): void {
    if (policy.policies === undefined && policy.rules === undefined && policy.extends === undefined) {
      // A file that is being written may be read empty; taking it for a policy would let everything pass.
      this.problems.push({ ...source.positionOf([]), severity: "error", message: "the policy holds no rules; write them under policies:" });
    }
    if (policy.policies !== undefined && policy.rules !== undefined) {
      this.#add(source, ["rules"], "says the same as policies; keep one of them");
    }
    const key = policy.policies === undefined ? "rules" : "policies";
    const own = new Map<string, number>();
    (policy.policies ?? policy.rules ?? []).forEach((raw, i) => {
      const path: YamlPath = [key, i];
      if (own.has(raw.name)) {
        const first = source.positionOf([key, own.get(raw.name)!, "name"]);
        return this.#add(source, [...path, "name"], `the name "${raw.name}" is taken by the rule at line ${first.line}`);
      }
      own.set(raw.name, i);
      const { defaults = {} } = policy;
      // A rule of the same name takes its base's place in the order.
      this.rules.set(raw.name, {
        raw: { ...raw, ...(raw.regulation === undefined && policy.regulation !== undefined && { regulation: policy.regulation }) },
        mode: raw.enabled === false ? "disabled" : raw.mode ?? defaults.mode ?? "enforce",
        priority: raw.priority ?? defaults.priority ?? 50,
        phase: raw.phase ?? defaults.phase,
        continue: raw.continue ?? defaults.continue ?? false,
        source,
        path,
      });
    });
  }

  #add(source: YamlSource, path: YamlPath, message: string, suggestion?: string): void {
    const position = source.positionOf(path);
    this.problems.push({
      ...position,
      severity: "error",
      path: path.join("."),
      message: `${path.join(".")}: ${message}`,
      excerpt: source.line(position.line),
      ...(suggestion !== undefined && { suggestion }),
    });
  }
}

/** The file beside `target` whose name is closest, spelled like `written`. */
function neighbour(target: string, written: string): string | undefined {
  try {
    const names = [...Deno.readDirSync(dirname(target))].flatMap(({ name, isFile }) => isFile ? [name] : []);
    const meant = suggest(basename(target), names);
    return meant === undefined ? undefined : written.slice(0, written.length - basename(written).length) + meant;
  } catch {
    return undefined;
  }
}
