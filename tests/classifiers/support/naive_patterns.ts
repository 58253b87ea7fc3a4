/** A `PatternSet` by the platform's regular expressions, as plain as can be: the yardstick, not the product. */
import type { Match, PatternSet, PatternSpec, Scanner } from "../../../src/matching/types.ts";

const CONTEXT_CHARS = 64;

function toRegExp(spec: PatternSpec): RegExp {
  const source = spec.literal
    ? spec.source.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    : spec.source.replace(/\\x\{([0-9A-Fa-f]+)\}/g, "\\u{$1}");
  const whole = spec.wholeWord ? `\\b(?:${source})\\b` : source;
  return new RegExp(whole, `gu${spec.caseInsensitive ? "i" : ""}${spec.multiline ? "m" : ""}`);
}

type Compiled = readonly { readonly spec: PatternSpec; readonly regexp: RegExp }[];

function findAll(specs: Compiled, text: string): Match[] {
  const found: Match[] = [];
  specs.forEach(({ spec, regexp }, pattern) => {
    regexp.lastIndex = 0;
    for (let match = regexp.exec(text); match !== null; match = regexp.exec(text)) {
      const from = match.index, to = from + match[0].length;
      const score = spec.check?.(match[0], text.slice(Math.max(0, from - CONTEXT_CHARS), from)) ?? 1;
      if (score > 0 && to > from) found.push({ pattern, from, to, score });
      else regexp.lastIndex = from + 1;
    }
  });
  return found.sort((a, b) => a.from - b.from || a.pattern - b.pattern);
}

class NaiveScanner implements Scanner {
  #text = "";
  #matches: readonly Match[] = [];
  /** Nothing is decided before the end: a valid frontier, if not a useful one. */
  frontier = 0;
  constructor(readonly specs: Compiled) {}
  push(text: string): void {
    this.#text += text;
  }
  take(): readonly Match[] {
    const taken = this.#matches;
    this.#matches = [];
    return taken;
  }
  finish(): void {
    this.#matches = findAll(this.specs, this.#text);
    this.frontier = this.#text.length;
  }
}

/** Compiles patterns the plain way. */
export function naivePatterns(specs: readonly PatternSpec[]): PatternSet {
  const compiled = specs.map((spec) => ({ spec, regexp: toRegExp(spec) }));
  return { size: specs.length, open: () => new NaiveScanner(compiled), findAll: (text) => findAll(compiled, text) };
}
