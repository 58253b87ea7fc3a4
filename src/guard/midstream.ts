/**
 * Guards one streamed answer: bytes of the backend in, bytes for the client out. A synchronous push/finish core; the stream
 * around it is `http/stream_response.ts`.
 *
 * Events wait in a queue until all of the text they carry is decided. An event no decision touches is forwarded as the very
 * bytes that came. A text's own events keep their order; formats whose events build on each other keep it altogether.
 */
import { BadEventError } from "../formats/json_value.ts";
import type { SseEvent } from "../formats/sse.ts";
import type { Channel, DecodedEvent, StreamCodec, StreamFormat, StreamProblem, Usage } from "../formats/types.ts";
import type { EgressGuard } from "./egress.ts";
import { type HeldEvent, Intake, sourceOf } from "./intake.ts";
import { isDecided, isHalfFree, type Lane, type LanePart } from "./lane_part.ts";
import { Lanes } from "./lanes.ts";
import type { GuardPlan } from "./plan.ts";
import { BROKE_OFF, TOO_MUCH_HELD, unavailable } from "./problems.ts";
import type { GuardContext } from "./text_guard.ts";
import type { Stop } from "./types.ts";

/** Splits bytes into events; one per framing (`sse.ts`, `ndjson.ts`). */
export interface EventReader {
  push(bytes: Uint8Array): readonly SseEvent[];
  finish(): readonly SseEvent[];
}

export interface MidstreamOptions {
  readonly format: StreamFormat;
  readonly codec: StreamCodec;
  readonly reader: EventReader;
  readonly plan: GuardPlan;
  readonly context: GuardContext;
  /** Channels the policy guards; text of others passes unseen. */
  readonly guards: (channel: Channel) => boolean;
  /** How many choices the client asked for. */
  readonly choices: number;
  /** Sees the released text and may add to it before a choice ends. */
  readonly egress: EgressGuard | undefined;
  /** Receives every piece of text the client gets, in order per text (hashes, token counts, `include: output`). */
  readonly onText: (choice: number, channel: Channel, text: string) => void;
  /** Receives the backend's text as it comes, before anything is decided (audit trails that record originals). */
  readonly onSource?: (text: string) => void;
  /** Bytes of waiting events at which the stream is given up for broken; a backend that is paused while `backlogged` never gets there. */
  readonly maxHeldBytes: number;
  /** The gateway's own token counts, for a stop: the backend's come at an end that is not awaited any more. */
  readonly countUsage: () => Usage;
}

const NOTHING_HELD: HeldEvent[] = [];

/** Bytes of events that wait for late scores before the backend is no longer read. */
const BACKLOG_BYTES = 256 * 1024;

export class MidstreamGuard {
  /** `stopped`: every choice was stopped or had finished, so the backend is no longer needed. */
  status: "open" | "stopped" | "ended" | "failed" = "open";
  usage: Usage | undefined;
  /** Text came after `usage` (what Anthropic reports as it begins): the count of the answer is not its last. */
  usageStale = false;
  /** The backend reported an error inside the stream. */
  backendError: string | undefined;
  /** Why the status is `failed`. */
  failure: StreamProblem | undefined;
  /** Stops carried out, by choice. */
  readonly stops = new Map<number, Stop>();
  /** Finish reasons forwarded, by choice. */
  readonly finished = new Map<number, string>();
  /** A terminator (`[DONE]`, `message_stop`, …) was forwarded. */
  terminated = false;

  readonly #lanes: Lanes;
  readonly #intake: Intake;
  readonly #strict: boolean;
  #held: HeldEvent[] = [];
  #heldBytes = 0;
  /** The only text that the waiting events carry; undefined when they carry several, or none. */
  #soleLane: Lane | undefined;
  #out: Uint8Array[] = [];
  #upstreamEnded = false;
  #announcedEnd = false;

  constructor(readonly options: MidstreamOptions) {
    this.#strict = options.format.order === "strict";
    this.#lanes = new Lanes(options.plan, options.context, options.guards);
    this.#intake = new Intake(this.#lanes);
  }

  /** Bytes ready for the client since the last call, in order. */
  take(): Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** One network read. @throws {EventTooLargeError} when an event passes the reader's limit. */
  push(bytes: Uint8Array): void {
    if (this.status !== "open") return;
    this.#acceptAll(this.options.reader.push(bytes));
  }

  /** The backend ended its answer cleanly. */
  finish(): void {
    if (this.status !== "open") return;
    try {
      this.#acceptAll(this.options.reader.finish());
    } catch (error) {
      if (!(error instanceof BadEventError)) throw error;
      // Half an event is no event.
      return this.fail(BROKE_OFF);
    }
    if (this.status !== "open") return;
    if (this.options.format.announcesEnd && !this.#announcedEnd && this.backendError === undefined) return this.fail(BROKE_OFF);
    this.#upstreamEnded = true;
    this.advance();
  }

  /** Ends the client's stream with an error event, after the text that was already decided. Never throws. */
  fail(problem: StreamProblem): void {
    if (this.status !== "open") return;
    try {
      this.#release();
    } catch {
      // What waited cannot be sent; the problem can.
    }
    if (this.status === "open") this.#failNow(problem);
  }

  /** Releases what can be released; called whenever a late score arrived. */
  advance(): void {
    if (this.status !== "open") return;
    const failed = this.#lanes.advance();
    if (failed !== undefined) return this.#failNow(unavailable(failed));
    this.#release();
    if (this.status === "open") this.#takeIn();
    if (this.status !== "open" || !this.#upstreamEnded || !this.#intake.empty) return;
    if (!this.#lanes.endAll()) return;
    this.#release();
    if (this.status === "open" && this.#held.length === 0 && this.#endOpenChoices()) this.status = "ended";
  }

  /** So much waits for late scores that the backend should not be read until some have come. */
  get backlogged(): boolean {
    return this.#heldBytes + this.#intake.bytes > BACKLOG_BYTES && this.#lanes.pending;
  }

  /** Something waits that `splitHeld` could send. */
  get splittable(): boolean {
    const part = this.#splittablePart();
    return part !== undefined && part.lane.guard.released > part.from && part.lane.guard.released < part.to;
  }

  /**
   * Upstream has paused: sends the leading text of the first waiting event that is already decided, if it holds a word.
   * Events are otherwise kept whole, so that untouched ones are forwarded byte for byte.
   */
  splitHeld(): void {
    if (this.status !== "open" || !this.splittable) return;
    const first = this.#held[0]!;
    const part = this.#splittablePart()!;
    const { guard } = part.lane;
    const source = sourceOf(first, first.parts.indexOf(part)).slice(0, guard.released - part.from);
    if (source.trim() === "") return;
    const text = guard.edits.apply(part.from, source);
    this.#emit(this.options.codec.split(first.event, first.parts.map((other) => other === part ? text : "")));
    this.#said(part.lane, text);
    part.from = guard.released;
    first.splitOff = true;
  }

  /** The only text of the first waiting event; none when it carries several. */
  #splittablePart(): LanePart | undefined {
    let only: LanePart | undefined;
    for (const part of this.#held[0]?.parts ?? []) {
      if (part.to === part.from) continue;
      if (only !== undefined || part.lane.channel.startsWith("other:")) return undefined;
      only = part;
    }
    return only;
  }

  #acceptAll(events: readonly SseEvent[]): void {
    for (const source of events) {
      const event = this.options.codec.decode(source);
      if (event.usage !== undefined) this.usage = event.usage;
      this.usageStale = event.usage === undefined && (this.usageStale || event.deltas.length > 0);
      if (event.error !== undefined) this.backendError = event.error.message;
      this.#announcedEnd ||= event.finish !== undefined || event.kind === "terminator";
      if (event.kind === "transparent") {
        this.#emit(event.raw);
        continue;
      }
      const { onSource } = this.options;
      if (onSource !== undefined) { for (const { text } of event.deltas) onSource(text); }
      this.#intake.push(event);
      this.#takeIn();
      if (this.status !== "open") return;
      const waiting = this.#heldBytes + this.#intake.bytes;
      if (waiting > this.options.maxHeldBytes && !this.#lanes.pending) return this.#failNow(TOO_MUCH_HELD);
    }
  }

  /** Event by event, so that what a stop cuts off does not depend on how many events came in one read. */
  #takeIn(): void {
    for (let held = this.#intake.take(); held !== undefined; held = this.#intake.take()) {
      const { event, parts } = held;
      if (this.#held.length === 0) this.#soleLane = parts[0]?.lane;
      if (parts.length === 0 || parts.some(({ lane }) => lane !== this.#soleLane)) this.#soleLane = undefined;
      this.#held.push(held);
      this.#heldBytes += event.raw.length;
      if (this.#lanes.failed !== undefined) return this.#failNow(unavailable(this.#lanes.failed));
      this.#release();
      if (this.status !== "open") return;
    }
    if (this.#lanes.failed !== undefined) this.#failNow(unavailable(this.#lanes.failed));
  }

  /** All that waits is one text whose next piece is not decided: however much waits, that is seen at a glance. */
  #waitsForSoleLane(): boolean {
    const lane = this.#soleLane;
    if (lane === undefined || lane.guard.stop !== undefined || this.stops.has(lane.choice)) return false;
    return this.#held[0]!.parts.some((part) => !isDecided(part));
  }

  /** @throws {JsonSyntaxError} when an event that must be rewritten cannot be; what waited is dropped then. */
  #release(): void {
    const held = this.#held;
    if (held.length === 0 || this.#waitsForSoleLane()) return;
    this.#held = [];
    const blocked = new Set<Lane>();
    let kept: HeldEvent[] = NOTHING_HELD;
    let barrier = false;
    for (let i = 0; i < held.length; i++) {
      const waiting = held[i]!;
      const done = !barrier && this.#tryRelease(waiting, blocked, kept, held, i);
      if (this.status !== "open") return;
      if (done) {
        this.#heldBytes -= waiting.event.raw.length;
        continue;
      }
      if (kept === NOTHING_HELD) kept = [];
      kept.push(waiting);
      for (const part of waiting.parts) blocked.add(part.lane);
      barrier ||= this.#strict || waiting.parts.length === 0;
    }
    if (kept.length > 0) this.#held = kept;
    else this.#soleLane = undefined;
  }

  /** Sends the event if those before it allow; returns true when it is done with (sent, dropped or replaced by a stop). */
  #tryRelease(waiting: HeldEvent, blocked: ReadonlySet<Lane>, kept: readonly HeldEvent[], held: readonly HeldEvent[], at: number): boolean {
    const { event, parts } = waiting;
    for (const part of parts) if (blocked.has(part.lane)) return false;
    const stopped = parts.find(({ lane, to }) => lane.guard.stop !== undefined && lane.guard.released < to && !this.stops.has(lane.choice));
    if (stopped !== undefined) {
      const { choice } = stopped.lane;
      if (!this.#lanes.quiet(choice)) return false;
      // Formats whose events build on each other say nothing of what came after the one that is cut.
      this.#carryOut(stopped.lane, this.#strict ? [...kept, waiting] : [...kept, ...held.slice(at)]);
      if (this.status !== "open") return true;
    }
    if (this.#allStopped(event)) return true;
    for (const part of parts) if (!isDecided(part) && !this.#isOver(part.lane.choice)) return false;
    if (event.finish !== undefined) {
      for (const lane of blocked) if (lane.choice === event.finish.choice) return false;
      if (!this.#endChoice(event.finish.choice, event.finish.reason)) return false;
    } else if (parts.length === 0 && blocked.size > 0) return false;
    if (event.kind === "terminator") {
      if (blocked.size > 0 || !this.#endOpenChoices()) return false;
      if (this.terminated) return true;
      this.terminated = true;
    }
    this.#send(waiting);
    return true;
  }

  #send(waiting: HeldEvent): void {
    const { event, parts } = waiting;
    const texts: string[] = [];
    let touched = waiting.splitOff || (event.stray === true && this.#isGuarded(parts));
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const source = sourceOf(waiting, i);
      const { edits, released } = part.lane.guard;
      const decided = released < part.to ? source.slice(0, Math.max(0, released - part.from)) : source;
      const text = this.stops.has(part.lane.choice) ? "" : edits.apply(part.from, decided);
      touched ||= text !== source || (part.half === true && !isHalfFree(part));
      texts.push(text);
      if (text !== "" && !part.again) this.#said(part.lane, text);
      if (!part.lane.kept) edits.forget(part.to);
    }
    this.#emit(touched ? this.options.codec.rewrite(event, texts) : this.options.codec.forward(event));
  }

  #isGuarded(parts: readonly LanePart[]): boolean {
    return parts.length === 0 ? !this.options.plan.idle : parts.some(({ lane }) => !lane.guard.plan.idle);
  }

  /** Nothing more is decided of the choice: it was stopped, or will be as soon as what comes before the stop is sent. */
  #isOver(choice: number): boolean {
    return this.stops.has(choice) || (this.#lanes.stopping(choice) && this.#lanes.quiet(choice));
  }

  /** Ends the choice whose stop was reached, after what is decided of its texts in `events`. */
  #carryOut(lane: Lane, events: readonly HeldEvent[]): void {
    const stop = lane.guard.stop!;
    const { codec } = this.options;
    for (const event of events) this.#sendDecided(event, lane.choice);
    if (stop.message !== undefined) this.options.onText(lane.choice, "content", stop.message);
    this.#emit(codec.stopChoice(lane.choice, { rule: stop.rule.name, ...(stop.message !== undefined && { message: stop.message }) }));
    this.stops.set(lane.choice, stop);
    const done = new Set([...this.stops.keys(), ...this.finished.keys()]);
    if (done.size >= this.options.choices) {
      this.usage = atLeast(this.options.countUsage(), this.usage);
      this.#emit(codec.end(this.usage));
      this.#held = [];
      this.status = "stopped";
    }
  }

  /** Sends what is decided of a choice's texts in an event whose rest is dropped. */
  #sendDecided(waiting: HeldEvent, choice: number): void {
    const { event, parts } = waiting;
    const own = (part: LanePart) => part.lane.choice === choice && part.unheard !== true && !part.lane.channel.startsWith("other:");
    if (!parts.some((part) => own(part) && part.lane.guard.released >= part.from)) return;
    const texts = parts.map((part, i) => {
      const { guard } = part.lane;
      if (!own(part) || guard.released <= part.from) return "";
      return guard.edits.apply(part.from, sourceOf(waiting, i).slice(0, guard.released - part.from));
    });
    this.#emit(this.options.codec.split(event, texts, (i) => own(parts[i]!) && parts[i]!.to <= parts[i]!.lane.guard.released));
    parts.forEach(({ lane }, i) => {
      if (texts[i] !== "") this.#said(lane, texts[i]!);
    });
  }

  /** The event speaks only of choices that were stopped. */
  #allStopped(event: DecodedEvent): boolean {
    if (this.stops.size === 0) return false;
    if (event.finish !== undefined && !this.stops.has(event.finish.choice)) return false;
    const choices = [...event.deltas, ...event.ends].map(({ choice }) => choice);
    return (choices.length > 0 || event.finish !== undefined) && choices.every((choice) => this.stops.has(choice));
  }

  #endOpenChoices(): boolean {
    for (const choice of this.#lanes.choices()) if (!this.stops.has(choice) && !this.#endChoice(choice, "")) return false;
    return true;
  }

  /** Lets egress add its text before a choice's finish; false while its scores are still to come. */
  #endChoice(choice: number, reason: string): boolean {
    if (this.finished.has(choice)) return true;
    const additions = this.options.egress?.end(choice);
    if (additions === "pending") return false;
    if (additions?.failed !== undefined) {
      this.#failNow(unavailable(additions.failed));
      return false;
    }
    for (const text of additions?.append ?? []) {
      this.#emit(this.options.codec.insert(choice, "content", text));
      this.options.onText(choice, "content", text);
    }
    this.finished.set(choice, reason);
    return true;
  }

  #failNow(problem: StreamProblem): void {
    this.failure = problem;
    this.#emit(this.options.codec.fail(problem));
    this.#held = [];
    this.status = "failed";
  }

  #said(lane: Lane, text: string): void {
    this.options.onText(lane.choice, lane.channel, text);
    this.options.egress?.push(lane.choice, lane.channel, text);
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const last = this.#out[this.#out.length - 1];
    // Neighbours in the same read are sent as one slice of it, without copying.
    if (last !== undefined && last.buffer === bytes.buffer && last.byteOffset + last.byteLength === bytes.byteOffset) {
      this.#out[this.#out.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.byteLength + bytes.byteLength);
    } else this.#out.push(bytes);
  }
}

/** The backend's counts; where it has said nothing yet, or only what it began with, ours. */
function atLeast(counted: Usage, reported: Usage = {}): Usage {
  return {
    promptTokens: reported.promptTokens ?? counted.promptTokens ?? 0,
    completionTokens: Math.max(reported.completionTokens ?? 0, counted.completionTokens ?? 0),
  };
}
