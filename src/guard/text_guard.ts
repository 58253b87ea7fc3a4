/**
 * Guards one text (one choice × channel of an answer, or one part of a prompt): characters in, decisions out.
 *
 * Everything it decides is a function of the text and the policy, never of how the text was cut into pushes. A character is
 * released once no match can cover it any more and its segment is scored. Offsets are UTF-16 units since the text's start.
 */
import type { Score, ScoreContext } from "../classifiers/types.ts";
import type { Channel } from "../formats/types.ts";
import type { Match, Scanner } from "../matching/types.ts";
import type { ConditionFacts } from "../policy/types.ts";
import { EditList, replacementFor, transformed } from "./apply.ts";
import { CoveredText } from "./covered.ts";
import { byPosition, byPrecedence, type Candidate } from "./candidates.ts";
import { fires, type SegmentFacts } from "./fires.ts";
import type { GuardPlan, PlannedRule } from "./plan.ts";
import type { PlaceholderFinder } from "./pseudonyms.ts";
import { type ScoredSegment, SegmentScorer } from "./scoring.ts";
import { isSpace, Segmenter } from "./segments.ts";
import { type Finding, type GuardReport, MAX_FINDINGS, type Stop } from "./types.ts";
import { UnitTracker } from "./units.ts";
import { WatchedMatches } from "./watched.ts";

/** What the guards of one request share. */
export interface GuardContext {
  readonly score: Omit<ScoreContext, "phase" | "contextChunks">;
  readonly report: GuardReport;
  readonly signal: AbortSignal;
  /** Called when a late score made progress possible. */
  readonly wake: () => void;
  /** Facts for `condition:` triggers about a segment; `length` is that of the text up to its end. */
  condition(text: string, length: number): ConditionFacts;
  /** Fills the variables of a rule's message. */
  message(template: string, fired: { readonly rule: string; readonly classifier?: string; readonly score?: number }): string;
  /** The placeholder for a found entity, the same for the same value within a request. */
  pseudonym(entity: string, original: string): string;
  /** Finds placeholders in one text of the answer, to put the originals back; undefined when nothing was hidden. */
  placeholders?(): PlaceholderFinder | undefined;
}

/** Which text this is. */
export interface TextId {
  readonly choice: number;
  readonly channel: Channel;
  readonly path?: string;
}

/** A decision that hides lower rules from the text it covers. */
interface Decided {
  readonly from: number;
  readonly to: number;
  readonly order: number;
}

export class TextGuard {
  /** Every character before it is decided: released, replaced or dropped as `edits` say. */
  released = 0;
  /** Set once a stop rule fired; nothing from `stop.at` on is released. */
  stop: Stop | undefined;
  readonly edits = new EditList();

  readonly #scanner: Scanner;
  readonly #scorer: SegmentScorer | undefined;
  readonly #segmenter: Segmenter | undefined;
  readonly #units: readonly UnitTracker[];
  readonly #placeholders: PlaceholderFinder | undefined;
  /** The text from `#base` on. */
  #buffer = "";
  #base = 0;
  #length = 0;
  #closed = false;
  #segmentStart = 0;
  #scoredEnd = 0;
  #candidates: Candidate[] = [];
  #decided: Decided[] = [];
  /** Highest score per watched pattern so far, and the matches of segments not yet evaluated. */
  readonly #seen = new Map<number, number>();
  readonly #watched = new WatchedMatches();
  /** Where a redaction of all that follows began; its extent is known at the end. */
  #openFrom: number | undefined;

  constructor(readonly plan: GuardPlan, readonly context: GuardContext, readonly id: TextId) {
    this.#scanner = plan.patterns.open();
    const { tokenHoldback, maxHoldbackChars } = plan.options;
    if (plan.segmented) {
      this.#scorer = new SegmentScorer(plan, context.score, context.report, context.signal, context.wake);
      if (plan.phase === "midstream") this.#segmenter = new Segmenter({ maxWords: tokenHoldback, maxChars: maxHoldbackChars });
    }
    this.#units = plan.scopes.map((scope) => new UnitTracker(scope));
    this.#placeholders = context.placeholders?.();
  }

  /** Characters received. */
  get length(): number {
    return this.#length;
  }

  /** The text was ended; more on the same channel is another text. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Scores still to come for segments that are complete. */
  get pending(): boolean {
    return this.#scorer?.pending ?? false;
  }

  /** All of the text is decided. */
  get settled(): boolean {
    return this.stop !== undefined || (this.#closed && this.released === this.#length);
  }

  /** A classifier failed and the phase fails closed. */
  get failed(): string | undefined {
    return this.#scorer?.failed;
  }

  push(text: string): void {
    if (this.stop !== undefined) return;
    this.#length += text.length;
    this.#placeholders?.push(text);
    if (this.plan.idle) return this.#restoreIdle();
    this.#buffer += text;
    this.#scanner.push(text);
    this.#segmenter?.push(text);
    for (const units of this.#units) units.push(text);
    this.advance();
  }

  /** Another text of the same choice goes on: what has been said so far may be scored, though a match may still continue. */
  pause(): void {
    this.#segmenter?.close();
    this.advance();
  }

  /** The text is complete. */
  end(): void {
    if (this.#closed || this.stop !== undefined) return;
    this.#closed = true;
    this.#placeholders?.finish();
    if (this.plan.idle) return this.#restoreIdle();
    this.#scanner.finish();
    this.#segmenter?.close();
    for (const units of this.#units) units.close();
    this.advance();
    if (this.#openFrom !== undefined) this.context.report.redactedChars += this.#length - this.#openFrom;
  }

  /** Decides what can be decided; called after new text and when a late score arrived. */
  advance(): void {
    if (this.stop !== undefined || this.plan.idle) return;
    for (const match of this.#scanner.take()) this.#onMatch(match);
    this.#score();
    this.#expandPending();
    const limit = this.#limit();
    if (this.plan.phase === "midstream") this.#decideUpTo(limit);
    // A prompt is decided as a whole, so none of it counts as released before.
    else if (limit < this.#length || !this.#closed) return;
    else this.#decideWhole();
    if (this.stop === undefined) this.released = Math.max(this.released, Math.min(limit, this.#length));
    this.#trim();
  }

  #onMatch(match: Match): void {
    const watched = this.plan.watched.has(match.pattern);
    if (watched) this.#watched.add(match);
    for (const { planned, minScore, classifier } of this.plan.bySpan[match.pattern]!) {
      if (match.score < minScore) continue;
      const entity = this.plan.entities.get(match.pattern);
      const why = { score: match.score, ...(classifier !== undefined && { classifier }), ...(entity !== undefined && { entity }) };
      this.#addCandidate(planned, match.from, match.to, why);
    }
    if (classifierOf(this.plan, match.pattern) !== undefined) this.#noteEntityScore(match);
  }

  #noteEntityScore(match: Match): void {
    const classifier = classifierOf(this.plan, match.pattern)!;
    const best = this.context.report.maxScores.get(classifier);
    if (best === undefined || match.score > best) this.context.report.maxScores.set(classifier, match.score);
  }

  #score(): void {
    const scorer = this.#scorer;
    if (scorer === undefined) return;
    if (this.#segmenter !== undefined) {
      for (let end = this.#segmenter.take(); end !== undefined; end = this.#segmenter.take()) this.#pushSegment(end);
    } else if (this.#closed && this.#segmentStart < this.#length) this.#pushSegment(this.#length);
    // Composite rules ask which patterns matched in the segment, so its matches must be decided first.
    const needsMatches = this.plan.watched.size > 0;
    for (let segment = scorer.peek(); segment !== undefined; segment = scorer.peek()) {
      if (needsMatches && this.#scanner.frontier < segment.to) break;
      scorer.take();
      this.#evaluate(segment);
      this.#scoredEnd = segment.to;
    }
  }

  #pushSegment(end: number): void {
    this.#scorer!.push(this.#segmentStart, end, this.#slice(this.#segmentStart, end));
    this.#segmentStart = end;
  }

  #evaluate(segment: ScoredSegment): void {
    if (this.plan.bySegment.length === 0) return;
    const here = this.#watched.takeBefore(segment.to);
    for (const match of here) this.#seen.set(match.pattern, Math.max(match.score, this.#seen.get(match.pattern) ?? 0));
    const byPattern = Map.groupBy(here, (match) => match.pattern);
    const text = this.#slice(segment.from, segment.to);
    const facts: SegmentFacts = {
      matches: (pattern) => byPattern.get(pattern) ?? NO_MATCHES,
      seen: (pattern, minScore) => (this.#seen.get(pattern) ?? 0) >= Math.max(minScore, Number.MIN_VALUE),
      score: (classifier): Score | undefined => segment.scores.get(classifier),
      condition: () => this.context.condition(text, segment.to),
    };
    for (const { planned, trigger } of this.plan.bySegment) {
      const fired = fires(trigger, facts);
      if (fired === undefined || !fired.fresh) continue;
      const why = {
        ...(fired.score !== undefined && { score: fired.score }),
        ...(fired.classifier !== undefined && { classifier: fired.classifier }),
        ...(fired.label !== undefined && { label: fired.label }),
      };
      if (fired.spans.length === 0 || planned.decision?.kind === "stop") {
        // A transform (trim, say) is about the white space too.
        const [from, to] = planned.decision?.kind === "transform" ? [segment.from, segment.to] : trimmed(text, segment.from);
        if (from < to) this.#addCandidate(planned, from, to, why);
      } else {
        for (const span of fired.spans) {
          const from = Math.max(span.from, segment.from);
          if (from < span.to) this.#addCandidate(planned, from, span.to, why);
        }
      }
    }
  }

  #addCandidate(planned: PlannedRule, matchFrom: number, matchTo: number, why: Candidate["why"]): void {
    const units = this.#unitsOf(planned);
    if (units === undefined) {
      this.#candidates.push({ planned, from: matchFrom, to: matchTo, matchFrom, matchTo, why });
      return;
    }
    const from = Math.max(units.start(matchFrom), matchFrom - this.plan.options.maxHoldbackChars, this.released);
    this.#candidates.push({ planned, from, to: undefined, matchFrom, matchTo, why });
  }

  #unitsOf(planned: PlannedRule): UnitTracker | undefined {
    const decision = planned.decision;
    if (decision?.kind !== "redact" || decision.scope === "matched" || planned.rule.ref.mode !== "enforce") return undefined;
    return this.#units.find((units) => units.scope === decision.scope);
  }

  #expandPending(): void {
    if (this.#units.length === 0) return;
    for (const candidate of this.#candidates) {
      if (candidate.to !== undefined) continue;
      const furthest = candidate.matchTo + this.plan.options.maxHoldbackChars;
      candidate.to = this.#unitsOf(candidate.planned)!.end(candidate.matchTo, furthest);
    }
  }

  /** How far the text is final, redaction scopes included. */
  #limit(): number {
    let limit = this.#scanner.frontier;
    if (this.#scorer !== undefined) limit = Math.min(limit, this.#scoredEnd);
    if (this.#placeholders !== undefined) limit = Math.min(limit, this.#placeholders.frontier);
    if (this.#units.length === 0) return limit;
    if (this.#closed && limit === this.#length) return limit;
    let reach = limit;
    for (const units of this.#units) reach = Math.min(reach, Math.max(units.start(limit), limit - this.plan.options.maxHoldbackChars));
    for (const candidate of this.#candidates) if (candidate.to === undefined) reach = Math.min(reach, candidate.from);
    return Math.max(reach, this.released);
  }

  /** No rule looks at this text, but placeholders in it are put back. */
  #restoreIdle(): void {
    this.released = this.#placeholders?.frontier ?? this.#length;
    this.#restore(this.released);
  }

  /** Puts originals back for placeholders that begin before `limit`; where a redaction covers one, the redaction stands. */
  #restore(limit: number): void {
    for (let found = this.#placeholders?.take(limit); found !== undefined; found = this.#placeholders?.take(limit)) {
      if (found.from >= this.edits.cut) this.edits.add(found.from, found.to, found.text);
    }
  }

  /** Midstream: by text position, then precedence, so that the answer does not depend on how much text is known yet. */
  #decideUpTo(limit: number): void {
    const closing = this.#closed && limit === this.#length;
    const ready = this.#candidates.filter((candidate) => candidate.from < limit || closing);
    if (ready.length === 0) return this.#restore(limit);
    this.#candidates = this.#candidates.filter((candidate) => !(candidate.from < limit || closing));
    ready.sort(byPosition);
    for (const candidate of ready) {
      if (this.#hidden(candidate)) continue;
      this.#report(candidate);
      if (candidate.planned.rule.ref.mode !== "enforce") continue;
      this.#restore(candidate.from);
      if (candidate.planned.decision?.kind === "stop") return this.#stopAt(candidate);
      this.#replace(candidate);
    }
    this.#restore(limit);
  }

  /** Ingress and egress: by precedence over the whole text. */
  #decideWhole(): void {
    const ready = this.#candidates.sort(byPrecedence);
    this.#candidates = [];
    const replaced: Candidate[] = [];
    const covered = new CoveredText();
    for (const candidate of ready) {
      const { planned: { order, decision, rule }, from, to } = candidate;
      if (decision !== undefined && covered.holds(order, from, to ?? from)) continue;
      this.#report(candidate);
      if (rule.ref.mode !== "enforce" || decision === undefined) continue;
      if (decision.kind === "stop") return this.#stopAt(candidate);
      if (!rule.continue) covered.add(order, from, to ?? this.#length);
      replaced.push(candidate);
    }
    replaced.sort(byPosition);
    for (const candidate of replaced) this.#replace(candidate);
  }

  #hidden(candidate: Candidate): boolean {
    if (candidate.planned.decision === undefined) return false;
    const { from, to } = candidate;
    return this.#decided.some((other) => other.order <= candidate.planned.order && other.from <= from && other.to >= (to ?? from));
  }

  #remember(candidate: Candidate): void {
    if (candidate.planned.rule.continue) return;
    // Nothing that begins before this candidate is still to be decided.
    if (this.#decided.length >= 64) this.#decided = this.#decided.filter(({ to }) => to > candidate.from);
    this.#decided.push({ from: candidate.from, to: candidate.to ?? this.#length, order: candidate.planned.order });
  }

  #replace(candidate: Candidate): void {
    const decision = candidate.planned.decision;
    if (decision === undefined || decision.kind === "stop") return;
    const from = Math.max(candidate.from, this.released);
    const to = candidate.to ?? this.#length;
    const original = this.#slice(from, Math.min(to, this.#length));
    let text: string;
    if (decision.kind === "redact") text = to === Infinity ? decision.replacement : replacementFor(decision, original);
    else if (decision.kind === "transform") text = transformed(decision, original);
    else text = this.context.pseudonym(candidate.why.entity ?? candidate.why.label ?? "TEXT", original);
    const covered = this.edits.add(from, to, text);
    if (to === Infinity && !this.#closed) this.#openFrom ??= from;
    else if (decision.kind !== "transform") this.context.report.redactedChars += Math.min(covered, this.#length - from);
    if (this.plan.phase === "midstream") this.#remember(candidate);
  }

  #stopAt(candidate: Candidate): void {
    const { planned, why } = candidate;
    const decision = planned.decision;
    if (decision?.kind !== "stop") return;
    const fired = { rule: planned.rule.ref.name, ...why };
    this.stop = {
      rule: planned.rule.ref,
      order: planned.order,
      message: decision.message === undefined ? undefined : this.context.message(decision.message, fired),
      statusCode: decision.statusCode,
      includeScores: decision.includeScores,
      at: candidate.from,
    };
    this.released = Math.max(this.released, candidate.from);
    this.#candidates = [];
  }

  #report(candidate: Candidate): void {
    const { report } = this.context;
    if (report.findings.length >= MAX_FINDINGS) {
      report.droppedFindings++;
      return;
    }
    const { planned: { rule }, matchFrom: from, matchTo: to, why } = candidate;
    const finding: Finding = { rule: rule.ref, actions: rule.actions, ...this.id, from, to, ...why };
    report.findings.push(finding);
  }

  #slice(from: number, to: number): string {
    return this.#buffer.slice(from - this.#base, to - this.#base);
  }

  #trim(): void {
    const { report } = this.context;
    if (this.#length - this.released > report.maxHeldChars) report.maxHeldChars = this.#length - this.released;
    const keep = this.plan.phase === "midstream" ? this.released : 0;
    // Cutting seldom keeps the cost per character constant: a slice copies what is kept.
    if (keep - this.#base < 2048) return;
    this.#buffer = this.#buffer.slice(keep - this.#base);
    this.#base = keep;
    for (const units of this.#units) units.forget(keep);
    this.#decided = this.#decided.filter((decided) => decided.to > keep);
  }
}

const NO_MATCHES: readonly Match[] = [];

function classifierOf(plan: GuardPlan, pattern: number): string | undefined {
  return plan.bySpan[pattern]?.[0]?.classifier;
}

/** The extent of a segment without the white space around it. */
function trimmed(text: string, offset: number): [number, number] {
  let from = 0, to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return [offset + from, offset + to];
}
