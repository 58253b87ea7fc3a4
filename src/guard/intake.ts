/**
 * Hands the text of decoded events to the guards, delta by delta in the order of the stream.
 *
 * A stop ends all texts of its choice, so what a stop leaves of the others must not depend on when late scores come: while one text
 * of a choice waits for scores, no other text of that choice goes on, and once one is stopped none does.
 */
import type { DecodedEvent } from "../formats/types.ts";
import type { LanePart } from "./lane_part.ts";
import type { Lanes } from "./lanes.ts";

/** An event whose text was handed to the guards; it waits until that text is decided. */
export interface HeldEvent {
  readonly event: DecodedEvent;
  /** One per delta of the event. */
  readonly parts: readonly LanePart[];
  /** The leading part of its text was sent ahead. */
  splitOff: boolean;
}

export class Intake {
  /** Bytes of the events that have not been taken. */
  bytes = 0;
  #events: DecodedEvent[] = [];
  /** Parts of the first of them that were handed over. */
  #parts: LanePart[] = [];

  constructor(readonly lanes: Lanes) {}

  get empty(): boolean {
    return this.#events.length === 0;
  }

  push(event: DecodedEvent): void {
    this.#events.push(event);
    this.bytes += event.raw.length;
  }

  /** The next event, all of its text handed over; undefined when there is none, or scores must come first. */
  take(): HeldEvent | undefined {
    const [event] = this.#events;
    if (event === undefined) return undefined;
    const { lanes } = this;
    const parts = this.#parts;
    for (let i = parts.length; i < event.deltas.length; i++) {
      const delta = event.deltas[i]!;
      if (!lanes.admits(delta)) return undefined;
      parts.push(lanes.push(delta));
    }
    for (const { choice, channel } of event.ends) if (!lanes.end(choice, channel)) return undefined;
    if (event.finish !== undefined && !lanes.endChoice(event.finish.choice)) return undefined;
    if (event.kind === "terminator" && !lanes.endAll()) return undefined;
    this.#parts = [];
    this.#events.shift();
    this.bytes -= event.raw.length;
    return { event, parts, splitOff: false };
  }
}

/** What is left of a delta's text after a split. */
export function sourceOf(waiting: HeldEvent, index: number): string {
  const { text } = waiting.event.deltas[index]!;
  const { from, to } = waiting.parts[index]!;
  return to - from === text.length ? text : text.slice(text.length - (to - from));
}
