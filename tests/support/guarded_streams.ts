/** Runs streams and whole answers through the guard, as the network could have cut them. */
import { readerFor } from "../../src/formats/mod.ts";
import type { StreamFormat } from "../../src/formats/types.ts";
import { guardAnswer } from "../../src/guard/answer.ts";
import { MidstreamGuard, type MidstreamOptions } from "../../src/guard/midstream.ts";
import type { GuardPlan } from "../../src/guard/plan.ts";
import type { GuardContext } from "../../src/guard/text_guard.ts";
import { type GuardReport, newReport } from "../../src/guard/types.ts";
import { contextOf } from "./rules.ts";

export interface GuardedStream {
  readonly bytes: string;
  readonly findings: readonly string[];
  readonly status: string;
}

/** A guard of one streamed answer that guards every channel. */
export function midstreamOf(format: StreamFormat, plan: GuardPlan, more: Partial<MidstreamOptions> = {}): MidstreamGuard {
  return new MidstreamGuard({
    format,
    codec: format.open({ model: "m", includeUsage: true }),
    reader: readerFor(format),
    plan,
    context: contextOf(),
    guards: () => true,
    choices: 1,
    maxHeldBytes: 2 ** 20,
    egress: undefined,
    onText: () => {},
    countUsage: () => ({}),
    ...more,
  });
}

/** What a guard has ready for the client, as text. */
export function taken(guard: MidstreamGuard): string {
  return guard.take().map((part) => new TextDecoder().decode(part)).join("");
}

/** Sends `reads` through a guard; with `splitting` the backend pauses after each. */
export async function guardStream(
  format: StreamFormat,
  plan: GuardPlan,
  reads: readonly Uint8Array[],
  splitting = false,
  more: Partial<GuardContext> = {},
): Promise<GuardedStream> {
  const report = newReport();
  let ring = () => {};
  const guard = midstreamOf(format, plan, { context: { ...contextOf(report, () => ring()), ...more } });
  const decoder = new TextDecoder();
  let bytes = "";
  const take = () => {
    for (const part of guard.take()) bytes += decoder.decode(part, { stream: true });
  };
  for (const read of reads) {
    guard.push(read);
    take();
    if (splitting) guard.splitHeld();
    take();
  }
  guard.finish();
  take();
  while (guard.status === "open") {
    await new Promise<void>((resolve) => ring = resolve);
    guard.advance();
    take();
  }
  return { bytes, findings: findingsOf(report), status: guard.status };
}

/** Guards one whole answer. */
export async function guardWhole(
  format: StreamFormat,
  plan: GuardPlan,
  body: string,
  more: Partial<GuardContext> = {},
): Promise<{ readonly body: string; readonly findings: readonly string[] }> {
  const report = newReport();
  let ring = () => {};
  const answer = await guardAnswer(format.decodeAnswer(body), {
    format,
    plan,
    context: { ...contextOf(report, () => ring()), ...more },
    guards: () => true,
    egress: undefined,
    onText: () => {},
  }, () => new Promise<void>((resolve) => ring = resolve));
  return { body: answer.body ?? body, findings: findingsOf(report) };
}

function findingsOf({ findings }: GuardReport): string[] {
  return findings.map(({ rule, from, to }) => `${rule.name}@${from}-${to}`);
}

/** `bytes` cut at these offsets (taken modulo the length). */
export function cutBytes(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  return [0, ...points(cuts, bytes.length)].map((from, i, all) => bytes.subarray(from, all[i + 1] ?? bytes.length)).filter((part) =>
    part.length > 0
  );
}

/** `text` cut at these offsets (taken modulo the length); may cut a surrogate pair, as models do. */
export function cutText(text: string, cuts: readonly number[]): string[] {
  return [0, ...points(cuts, text.length)].map((from, i, all) => text.slice(from, all[i + 1] ?? text.length));
}

function points(cuts: readonly number[], length: number): number[] {
  return [...new Set(cuts.map((each) => each % (length + 1)))].sort((a, b) => a - b);
}
