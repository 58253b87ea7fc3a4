/** Guards one whole (not streamed) answer, through the same text guards as a stream, so both decide alike. */
import type { Channel, DecodedAnswer, StopReason, StreamFormat } from "../formats/types.ts";
import type { EgressGuard } from "./egress.ts";
import type { LanePart } from "./lane_part.ts";
import { Lanes } from "./lanes.ts";
import type { GuardPlan } from "./plan.ts";
import type { GuardContext } from "./text_guard.ts";
import type { Stop } from "./types.ts";

export interface AnswerOptions {
  readonly format: StreamFormat;
  readonly plan: GuardPlan;
  readonly context: GuardContext;
  readonly guards: (channel: Channel) => boolean;
  readonly egress: EgressGuard | undefined;
  readonly onText: (choice: number, channel: Channel, text: string) => void;
}

export interface GuardedAnswer {
  /** The body for the client; undefined when nothing was changed, so the backend's own bytes serve. */
  readonly body: string | undefined;
  readonly stops: ReadonlyMap<number, Stop>;
  /** A classifier failed and the phase fails closed. */
  readonly failed?: string;
}

/** Guards `answer`. `settled` must resolve whenever `context.wake` was called. */
export async function guardAnswer(answer: DecodedAnswer, options: AnswerOptions, settled: () => Promise<void>): Promise<GuardedAnswer> {
  const lanes = new Lanes(options.plan, options.context, options.guards);
  const parts: LanePart[] = [];
  for (const text of answer.texts) {
    for (; !lanes.admits(text) && lanes.failed === undefined; lanes.advance()) await settled();
    parts.push(lanes.push(text));
  }
  for (; !lanes.endAll() && lanes.failed === undefined; lanes.advance()) await settled();
  // Advanced before each wait: a score that is there already rings no more.
  while (lanes.advance() === undefined && !lanes.settled) await settled();
  if (lanes.failed !== undefined) return { body: undefined, stops: NO_STOPS, failed: lanes.failed };

  const wholeTexts = new Map<number, number>();
  const texts = midstreamTexts(answer, parts, wholeTexts);
  const stops = new Map<number, Stop>();
  for (const { lane: { choice, guard } } of parts) if (guard.stop !== undefined && !stops.has(choice)) stops.set(choice, guard.stop);

  const failed = await applyEgress(answer, texts, stops, options, settled);
  if (failed !== undefined) return { body: undefined, stops: NO_STOPS, failed };
  report(answer, texts, stops, options);
  if (stops.size > 0) return { body: options.format.stopAnswer(answer, texts, reasons(stops, wholeTexts)), stops };
  const touched = answer.texts.some(({ text }, i) => text !== texts[i]);
  return { body: touched ? options.format.rewriteAnswer(answer, texts) : undefined, stops };
}

const NO_STOPS: ReadonlyMap<number, Stop> = new Map();

/** Every part's text after edits; from a choice's stop on, nothing. Notes how many texts are complete before each stop. */
function midstreamTexts(answer: DecodedAnswer, parts: readonly LanePart[], wholeTexts: Map<number, number>): string[] {
  const stopped = new Set<number>();
  return parts.map(({ lane: { choice, guard }, from, to }, i) => {
    if (stopped.has(choice)) return "";
    const source = answer.texts[i]!.text;
    if (guard.stop === undefined) return guard.edits.apply(from, source.slice(0, Math.max(0, guard.released - from)));
    if (guard.stop.at >= to) return guard.edits.apply(from, source);
    stopped.add(choice);
    wholeTexts.set(choice, i);
    return guard.edits.apply(from, source.slice(0, Math.max(0, guard.stop.at - from)));
  });
}

/** Lets egress redact, stop or add; changes `texts` and `stops` in place. Returns the classifier that failed closed. */
async function applyEgress(
  answer: DecodedAnswer,
  texts: string[],
  stops: Map<number, Stop>,
  { egress }: AnswerOptions,
  settled: () => Promise<void>,
): Promise<string | undefined> {
  if (egress === undefined) return undefined;
  answer.texts.forEach(({ choice, channel }, i) => egress.push(choice, channel, texts[i]!));
  for (const choice of new Set(answer.texts.map((text) => text.choice))) {
    if (stops.has(choice)) continue;
    let end = egress.end(choice);
    while (end === "pending") {
      await settled();
      end = egress.end(choice);
    }
    if (end.failed !== undefined) return end.failed;
    const guard = egress.guardOf(choice);
    const own = answer.texts.flatMap((text, i) => text.choice === choice && text.channel === "content" ? [i] : []);
    let position = 0;
    for (const i of own) {
      const text = texts[i]!;
      const length = guard?.stop === undefined ? text.length : Math.min(text.length, Math.max(0, guard.stop.at - position));
      texts[i] = egress.edited(choice, position, text.slice(0, length), guard?.stop === undefined ? end.inline : []);
      position += text.length;
    }
    if (guard?.stop !== undefined) stops.set(choice, guard.stop);
    else if (own.length > 0) {
      texts[own[0]!] = end.prepend.join("") + texts[own[0]!]!;
      texts[own.at(-1)!] += end.append.join("");
    }
  }
  return undefined;
}

function report(answer: DecodedAnswer, texts: readonly string[], stops: ReadonlyMap<number, Stop>, { onText }: AnswerOptions): void {
  answer.texts.forEach(({ choice, channel }, i) => {
    if (texts[i] !== "") onText(choice, channel, texts[i]!);
  });
  for (const [choice, stop] of stops) if (stop.message !== undefined) onText(choice, "content", stop.message);
}

function reasons(stops: ReadonlyMap<number, Stop>, wholeTexts: ReadonlyMap<number, number>): ReadonlyMap<number, StopReason> {
  return new Map([...stops].map(([choice, { rule, message }]) => {
    const whole = wholeTexts.get(choice);
    return [choice, { rule: rule.name, ...(message !== undefined && { message }), ...(whole !== undefined && { wholeTexts: whole }) }];
  }));
}
