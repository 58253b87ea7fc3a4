/** The texts of one answer, one `TextGuard` per choice × channel; the same for streamed and whole answers, so both decide alike. */
import type { Channel, TextDelta } from "../formats/types.ts";
import type { GuardPlan } from "./plan.ts";
import type { Lane, LanePart } from "./lane_part.ts";
import { type GuardContext, TextGuard } from "./text_guard.ts";

/** Most characters of asides that are remembered, and how many of them. */
const MAX_ASIDE_CHARS = 2 ** 18;
const MAX_ASIDES = 1000;

export class Lanes {
  /** The classifier that failed while the phase fails closed, if one did. */
  failed: string | undefined;
  /** The text that each channel of each choice is at. */
  readonly #current = new Map<string, Lane>();
  /** Texts that are not decided to their end; an ended one may wait here for late scores while another goes on in its place. */
  readonly #open = new Set<Lane>();
  readonly #choices = new Set<number>();
  readonly #stopping = new Set<number>();
  readonly #unguarded: GuardPlan;
  /** Which text each choice spoke of last. */
  readonly #last = new Map<number, Lane>();
  /** Asides by choice, channel and text: search results and the like come again with every event, and are judged once. */
  readonly #asides = new Map<string, Lane>();
  #asideChars = 0;

  constructor(readonly plan: GuardPlan, readonly context: GuardContext, readonly guards: (channel: Channel) => boolean) {
    this.#unguarded = { ...plan, idle: true };
  }

  /** The text may go on now: no other one of its choice has scores to come, and where it changes the subject that one is scored first. */
  admits({ choice, channel, text }: TextDelta): boolean {
    if (this.#stopping.has(choice)) return true;
    const lane = this.#laneOf(choice, channel);
    // Citations and the like are asides, and an empty `content` beside every piece of reasoning is none: they change no subject.
    const last = this.#last.get(choice);
    if (lane !== last && (channel.startsWith("tool:") || (text !== "" && !channel.startsWith("other:")))) {
      this.#last.set(choice, lane);
      // Arguments of parallel tool calls may interleave fragment by fragment; prose does not.
      if (last !== undefined && !last.channel.startsWith("tool:")) {
        last.guard.pause();
        this.#note(last);
        if (this.#stopping.has(choice)) return true;
      }
    }
    return !this.#othersPending(lane);
  }

  /** Hands a text that `admits` let pass to its guard; of a choice that is being stopped nothing more is heard. */
  push({ choice, channel, text, ends, half }: TextDelta): LanePart {
    const lane = this.#laneOf(choice, channel);
    const from = lane.guard.length;
    if (this.#stopping.has(choice)) return { lane, from, to: from, unheard: true };
    if (ends && from === 0 && channel.startsWith("other:")) {
      const known = this.#aside(lane, text);
      if (known !== undefined) return { lane: known, from: 0, to: text.length, again: true };
    }
    if (text !== "") {
      lane.guard.push(text);
      this.#note(lane);
    }
    if (ends) this.#end(lane);
    return half ? { lane, from, to: from + text.length, half } : { lane, from, to: from + text.length };
  }

  /** The text that said the same before; else `lane` is to be remembered for it. */
  #aside(lane: Lane, text: string): Lane | undefined {
    const key = `${lane.choice}/${lane.channel}/${text}`;
    const known = this.#asides.get(key);
    if (known !== undefined) return known;
    if (this.#asides.size >= MAX_ASIDES || this.#asideChars + text.length > MAX_ASIDE_CHARS) return undefined;
    this.#asideChars += text.length;
    this.#asides.set(key, lane);
    lane.kept = true;
    return undefined;
  }

  /** One of the choice's texts was stopped. */
  stopping(choice: number): boolean {
    return this.#stopping.has(choice);
  }

  /** Ends one text; false when it must wait as `admits` says. */
  end(choice: number, channel: Channel): boolean {
    const lane = this.#current.get(`${choice}/${channel}`);
    if (lane === undefined) return true;
    if (!this.#stopping.has(choice) && this.#othersPending(lane)) return false;
    this.#end(lane);
    return true;
  }

  /** Ends the texts of a choice one after the other, so that a stop in one comes before the next; false when one must wait. */
  endChoice(choice: number): boolean {
    for (const lane of this.#open) if (lane.choice === choice && !this.#endInTurn(lane)) return false;
    return true;
  }

  /** The same for all choices. */
  endAll(): boolean {
    let done = true;
    for (const lane of this.#open) done = this.#endInTurn(lane) && done;
    return done;
  }

  /** Takes in late scores. Returns `failed`. */
  advance(): string | undefined {
    for (const lane of this.#open) {
      lane.guard.advance();
      this.#note(lane);
    }
    return this.failed;
  }

  /** Choices that have said something. */
  choices(): ReadonlySet<number> {
    return this.#choices;
  }

  /** Some lane has scores to come. */
  get pending(): boolean {
    for (const { guard } of this.#open) if (guard.pending) return true;
    return false;
  }

  /** True when no lane of the choice has scores to come. */
  quiet(choice: number): boolean {
    for (const lane of this.#open) if (lane.choice === choice && lane.guard.pending) return false;
    return true;
  }

  /** Everything is decided; of a choice that is being stopped, everything that will be. */
  get settled(): boolean {
    for (const { choice, guard } of this.#open) if (!guard.settled && (guard.pending || !this.#stopping.has(choice))) return false;
    return true;
  }

  #endInTurn(lane: Lane): boolean {
    if (lane.guard.closed || this.#stopping.has(lane.choice)) return true;
    if (this.#othersPending(lane)) return false;
    this.#end(lane);
    return true;
  }

  /** Another text of its choice has scores to come. */
  #othersPending(lane: Lane): boolean {
    if (this.#open.size < 2) return false;
    for (const other of this.#open) if (other !== lane && other.choice === lane.choice && other.guard.pending) return true;
    return false;
  }

  #end(lane: Lane): void {
    if (this.#stopping.has(lane.choice)) return;
    lane.guard.end();
    this.#note(lane);
  }

  #note(lane: Lane): void {
    const { guard } = lane;
    this.failed ??= guard.failed;
    if (guard.stop !== undefined) this.#stopping.add(lane.choice);
    if (guard.settled) this.#open.delete(lane);
  }

  /** A text that was ended and goes on again (a second text block after a tool call) is a new text. */
  #laneOf(choice: number, channel: Channel): Lane {
    const last = this.#last.get(choice);
    if (last !== undefined && last.channel === channel && !last.guard.closed) return last;
    const key = `${choice}/${channel}`;
    const known = this.#current.get(key);
    if (known !== undefined && !known.guard.closed) return known;
    const plan = this.guards(channel) ? this.plan : this.#unguarded;
    const lane: Lane = { choice, channel, guard: new TextGuard(plan, this.context, { choice, channel }) };
    this.#current.set(key, lane);
    this.#open.add(lane);
    this.#choices.add(choice);
    return lane;
  }
}
