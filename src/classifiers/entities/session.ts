/** Scores text by the entity patterns found in it, segment by segment. */
import type { Match, PatternSet, Scanner } from "../../matching/types.ts";
import type { ClassifierSession, EntityPattern, Score, ScoreContext, ScoreSpan } from "../types.ts";

/** Context before a pending match: what `check` may see. UTF-16 units; the default of `PatternSetOptions.contextChars`. */
const CONTEXT_CHARS = 64;

/** Spans reported per score; more are counted in the score, not listed. */
const MAX_SPANS = 1000;

/**
 * One text under the entity patterns. Each character is scanned once; only what is undecided at a segment's end (mostly
 * the last few characters) is looked at again as if the text ended there. Memory: the undecided text and its context.
 */
export class EntitySession implements ClassifierSession {
  readonly #scanner: Scanner;
  /** Decided matches that a later segment's context can still reach. */
  #decided: Match[] = [];
  /** Ends of the segments in the context window, oldest first. */
  readonly #starts: number[] = [];
  #tail = "";
  #tailStart = 0;
  #length = 0;

  constructor(
    readonly set: PatternSet,
    readonly entities: readonly EntityPattern[],
    readonly context: Pick<ScoreContext, "contextChunks">,
  ) {
    this.#scanner = set.open();
  }

  push(segment: string): Score {
    this.#starts.push(this.#length);
    this.#length += segment.length;
    this.#tail += segment;
    this.#scanner.push(segment);
    for (const match of this.#scanner.take()) this.#decided.push(match);
    const keep = this.context.contextChunks;
    while (keep > 0 && this.#starts.length > keep + 1) this.#starts.shift();
    const windowStart = keep > 0 ? this.#starts[0]! : 0;
    if (keep === 0) this.#starts.length = 0;
    else if (this.#decided.length > 0) this.#decided = this.#decided.filter((match) => match.to > windowStart);
    if (this.#decided.length > MAX_SPANS) this.#decided = strongest(this.#decided);
    this.#trim();
    const pending = this.#pending();
    return scoreOf(pending.length === 0 ? this.#decided : [...this.#decided, ...pending], this.entities);
  }

  /** Matches that stand if nothing follows. */
  #pending(): Match[] {
    const { frontier } = this.#scanner;
    if (frontier >= this.#length || this.#scanner.decided) return [];
    return this.set.findAll(this.#tail)
      .filter((match) => match.from + this.#tailStart >= frontier)
      .map((match) => ({ ...match, from: match.from + this.#tailStart, to: match.to + this.#tailStart }));
  }

  #trim(): void {
    const start = Math.max(this.#tailStart, this.#scanner.frontier - CONTEXT_CHARS);
    this.#tail = this.#tail.slice(start - this.#tailStart);
    this.#tailStart = start;
  }
}

/** The `MAX_SPANS` matches with the highest scores, in text order: an attacker can repeat an entity without end. */
function strongest(matches: readonly Match[]): Match[] {
  return [...matches].sort((a, b) => b.score - a.score || b.from - a.from).slice(0, MAX_SPANS).sort((a, b) => a.from - b.from);
}

/** The score of a window: that of its most certain entity. */
function scoreOf(matches: readonly Match[], entities: readonly EntityPattern[]): Score {
  if (matches.length === 0) return NOTHING;
  const labels: Record<string, number> = {};
  let score = 0, label = "";
  const spans: ScoreSpan[] = [];
  for (const match of matches) {
    const { entity } = entities[match.pattern]!;
    spans.push({ from: match.from, to: match.to, entity, score: match.score });
    labels[entity] = Math.max(labels[entity] ?? 0, match.score);
    if (match.score > score) [score, label] = [match.score, entity];
  }
  return { score, label, labels, spans };
}

const NOTHING: Score = { score: 0, labels: {}, spans: [] };
