/** What the guard alone costs per event, in streams of different lengths: it must be the same. In this process, without a network. */
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { openaiChat } from "../../src/formats/openai_chat.ts";
import { midstreamOf } from "../../tests/support/guarded_streams.ts";
import { planOf, redact } from "../../tests/support/rules.ts";
import { benchPatterns, benchText } from "./matching.ts";
import { cpuMicroseconds } from "./cpu.ts";

const encoder = new TextEncoder();
const tokens = benchText(120_000).match(/\s?\S{1,5}|\s/g) ?? [];
const events = tokens.slice(0, 20_000).map((content) =>
  encoder.encode(
    `data: ${
      JSON.stringify({
        id: "chatcmpl-9a8b7c6d5e4f3a2b1c0d",
        object: "chat.completion.chunk",
        created: 1741290958,
        model: "gpt-4o-2024-08-06",
        choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
      })
    }\n\n`,
  )
);

/**
 * Microseconds per event of the guard, by stream length; the least of several passes over 20,000 events, taken in turns: what else the
 * machine does can only add.
 */
export function benchConstantCost(lengths: readonly number[] = [100, 1000, 20_000]): Readonly<Record<number, number>> {
  const toxicity = buildClassifierSet({ classifiers: {}, pipelines: {} }, {}).get("toxicity")!;
  const plan = planOf([
    ...benchPatterns(100).map((pattern, i) => ({ name: `p${i}`, patterns: [pattern], actions: [redact()] })),
    { name: "toxic", score: { classifier: "toxicity", min: 0.99 }, actions: [redact()] },
  ], { classifierList: [toxicity] });
  const stream = (from: number, to: number) => {
    const guard = midstreamOf(openaiChat, plan);
    for (let i = from; i < to; i++) {
      guard.push(events[i]!);
      guard.take();
    }
  };
  const passes: Record<number, number[]> = Object.fromEntries(lengths.map((length) => [length, []]));
  for (let pass = 0; pass < 12; pass++) {
    for (const length of lengths) {
      const started = cpuMicroseconds();
      for (let from = 0; from < events.length; from += length) stream(from, Math.min(from + length, events.length));
      // The first pass compiles.
      if (pass > 0) passes[length]!.push((cpuMicroseconds() - started) / events.length);
    }
  }
  return Object.fromEntries(lengths.map((length) => [length, Math.min(...passes[length]!)]));
}

/** The figures in lines. */
export function constantCostTable(perEvent: Readonly<Record<number, number>>): string {
  const entries = Object.entries(perEvent);
  const [, short] = entries[0]!;
  return entries.map(([length, us]) =>
    `guard alone, streams of ${length.padStart(6)} events: ${us.toFixed(2)} µs per event, ${(us / short).toFixed(2)} ×`
  ).join("\n");
}

if (import.meta.main) console.log(constantCostTable(benchConstantCost()));
