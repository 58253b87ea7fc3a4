/**
 * Sees the whole released text of each choice before its end and may add to it (`inject`); for whole answers it may also redact and stop.
 * What it notes (log, audit, notify) goes into the report like everything else.
 */
import type { Channel } from "../formats/types.ts";
import type { Action } from "../policy/types.ts";
import type { GuardPlan } from "./plan.ts";
import { type GuardContext, TextGuard } from "./text_guard.ts";
import type { Finding } from "./types.ts";

/** Text of one choice that egress keeps to judge; the rest of a longer answer is judged no more. UTF-16 units. */
export const MAX_EGRESS_CHARS = 1 << 20;

/** What egress wants done at the end of a choice. */
export interface EgressEnd {
  /** Texts to add before the answer, in order (whole answers only). */
  readonly prepend: readonly string[];
  /** Texts to add right behind what a rule fired on, in text order (whole answers only). */
  readonly inline: readonly Insertion[];
  /** Texts to add at the end, in order. */
  readonly append: readonly string[];
  /** A classifier failed and the phase fails closed. */
  readonly failed?: string;
}

/** `text` goes in front of the character at `at`; UTF-16 offset in the choice's content. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

type Injection = Extract<Action, { kind: "inject" }>;

/** Judges the content of each choice of one answer. */
export class EgressGuard {
  readonly #texts = new Map<number, string[]>();
  readonly #lengths = new Map<number, number>();
  readonly #guards = new Map<number, TextGuard>();
  /** Time that judging took so far, without waiting for late scores; milliseconds. */
  busyMs = 0;

  constructor(readonly plan: GuardPlan, readonly context: GuardContext, readonly streamed: boolean) {}

  /** Released text of a choice; other channels than `content` are not judged. */
  push(choice: number, channel: Channel, text: string): void {
    if (channel !== "content" || this.plan.idle) return;
    const length = this.#lengths.get(choice) ?? 0;
    if (length >= MAX_EGRESS_CHARS) return;
    let texts = this.#texts.get(choice);
    if (texts === undefined) this.#texts.set(choice, texts = []);
    texts.push(text);
    this.#lengths.set(choice, length + text.length);
  }

  /** Called when a choice is about to end; `"pending"` while scores are still to come (`context.wake` tells). */
  end(choice: number): EgressEnd | "pending" {
    if (this.plan.idle) return NOTHING;
    const started = performance.now();
    const end = this.#judge(choice);
    this.busyMs += performance.now() - started;
    return end;
  }

  /** The guard of a choice after `end`, for whole answers that may still be redacted or stopped. */
  guardOf(choice: number): TextGuard | undefined {
    return this.#guards.get(choice);
  }

  /** What `[from, from + text.length)` of a whole answer's choice reads after egress' edits and insertions. */
  edited(choice: number, from: number, text: string, inline: readonly Insertion[]): string {
    const edits = this.#guards.get(choice)?.edits;
    let out = "";
    let position = from;
    for (
      const { at, text: added } of [...inline.filter(({ at }) => at > from && at <= from + text.length), {
        at: from + text.length,
        text: "",
      }]
    ) {
      const piece = text.slice(position - from, at - from);
      out += (edits?.apply(position, piece) ?? piece) + added;
      position = at;
    }
    return out;
  }

  #judge(choice: number): EgressEnd | "pending" {
    let guard = this.#guards.get(choice);
    if (guard === undefined) {
      guard = new TextGuard(this.plan, this.context, { choice, channel: "content" });
      this.#guards.set(choice, guard);
      guard.push(this.#text(choice));
      guard.end();
    } else guard.advance();
    if (guard.failed !== undefined) return { ...NOTHING, failed: guard.failed };
    if (!guard.settled) return "pending";
    // What a stream has said cannot be taken back, so nothing was redacted.
    if (this.streamed) this.context.report.redactedChars = 0;
    return this.#injections(choice);
  }

  #text(choice: number): string {
    return (this.#texts.get(choice) ?? []).join("");
  }

  #injections(choice: number): EgressEnd {
    const prepend: string[] = [];
    const inline: Insertion[] = [];
    const append: string[] = [];
    const done = new Set<string>();
    const said = this.#text(choice);
    for (const finding of this.context.report.findings) {
      if (finding.choice !== choice || finding.rule.phase !== "egress" || finding.rule.mode !== "enforce" || done.has(finding.rule.name)) {
        continue;
      }
      done.add(finding.rule.name);
      for (const action of finding.actions) {
        if (action.kind !== "inject" || (action.notAlreadyPresent && said.includes(action.content.trim()))) continue;
        // In a stream all but the end is long gone when the whole text is known.
        const atStart = action.position === "start" && !this.streamed;
        const text = injected(action, atStart, this.#filled(action, finding));
        if (action.position === "inline" && !this.streamed) inline.push({ at: finding.to, text });
        else (atStart ? prepend : append).push(text);
      }
    }
    return { prepend, inline: inline.sort((a, b) => a.at - b.at), append };
  }

  #filled(action: Injection, finding: Finding): string {
    const { classifier, score } = finding;
    return this.context.message(action.content, {
      rule: finding.rule.name,
      ...(classifier !== undefined && { classifier }),
      ...(score !== undefined && { score }),
    });
  }
}

const NOTHING: EgressEnd = { prepend: [], inline: [], append: [] };

function injected(action: Injection, atStart: boolean, content: string): string {
  const formatted = action.format === "html" ? escapeHtml(content) : content;
  return atStart ? formatted + action.separator : action.separator + formatted;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
