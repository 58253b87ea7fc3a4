/** The texts of one answer, one `TextGuard` per choice × channel; the same for streamed and whole answers, so both decide alike. */
import type { Channel } from "../formats/types.ts";
import type { GuardPlan } from "./plan.ts";
import { type GuardContext, TextGuard } from "./text_guard.ts";

/** One choice × channel. */
export interface Lane {
  readonly choice: number;
  readonly channel: Channel;
  readonly guard: TextGuard;
}

/** Where a piece of text stands in its lane; UTF-16 offsets. */
export interface LanePart {
  readonly lane: Lane;
  from: number;
  readonly to: number;
}

export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #unguarded: GuardPlan;
  #last: Lane | undefined;

  constructor(readonly plan: GuardPlan, readonly context: GuardContext, readonly guards: (channel: Channel) => boolean) {
    this.#unguarded = { ...plan, idle: true };
  }

  push(choice: number, channel: Channel, text: string): LanePart {
    const lane = this.#open(choice, channel);
    // Some backends repeat an empty `content` in every event of their reasoning: that changes no subject.
    if (lane !== this.#last && (text !== "" || channel.startsWith("tool:"))) {
      // Arguments of parallel tool calls may interleave fragment by fragment; prose does not.
      if (this.#last?.choice === choice && !this.#last.channel.startsWith("tool:")) this.#last.guard.pause();
      this.#last = lane;
    }
    const from = lane.guard.length;
    if (text !== "") lane.guard.push(text);
    return { lane, from, to: from + text.length };
  }

  get(choice: number, channel: Channel): Lane | undefined {
    return this.#lanes.get(`${choice}/${channel}`);
  }

  end(choice: number, channel: Channel): void {
    this.get(choice, channel)?.guard.end();
  }

  endChoice(choice: number): void {
    for (const lane of this.#lanes.values()) if (lane.choice === choice) lane.guard.end();
  }

  endAll(): void {
    for (const lane of this.#lanes.values()) lane.guard.end();
  }

  /** Takes in late scores. Returns `failed`. */
  advance(): string | undefined {
    for (const { guard } of this.#lanes.values()) guard.advance();
    return this.failed;
  }

  /** The classifier that failed while the phase fails closed, if one did. */
  get failed(): string | undefined {
    for (const { guard } of this.#lanes.values()) if (guard.failed !== undefined) return guard.failed;
    return undefined;
  }

  /** Choices that have said something. */
  choices(): ReadonlySet<number> {
    return new Set([...this.#lanes.values()].map((lane) => lane.choice));
  }

  /** Some lane has scores to come. */
  get pending(): boolean {
    for (const { guard } of this.#lanes.values()) if (guard.pending) return true;
    return false;
  }

  /** True when no lane of the choice has scores to come. */
  quiet(choice: number): boolean {
    for (const lane of this.#lanes.values()) if (lane.choice === choice && lane.guard.pending) return false;
    return true;
  }

  get settled(): boolean {
    for (const { guard } of this.#lanes.values()) if (!guard.settled) return false;
    return true;
  }

  /** A text that was ended and goes on again (a second text block after a tool call) is a new text. */
  #open(choice: number, channel: Channel): Lane {
    const key = `${choice}/${channel}`;
    const known = this.#lanes.get(key);
    if (known !== undefined && !known.guard.closed) return known;
    const plan = this.guards(channel) ? this.plan : this.#unguarded;
    const lane: Lane = { choice, channel, guard: new TextGuard(plan, this.context, { choice, channel }) };
    this.#lanes.set(key, lane);
    return lane;
  }
}
