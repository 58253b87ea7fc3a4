/** Sets up the guards of one request: what they may know about it, and how their messages are filled. */
import type { Channel, PromptText } from "../formats/types.ts";
import { PlaceholderFinder, type Pseudonyms } from "../guard/pseudonyms.ts";
import type { GuardContext } from "../guard/text_guard.ts";
import type { Phase } from "../policy/types.ts";
import { fillTemplate } from "../policy/template.ts";
import type { Exchange } from "./exchange.ts";
import type { Wake } from "./wake.ts";

/** What the guards of every phase share. */
export interface GuardSetup {
  readonly exchange: Exchange;
  readonly tenant: string;
  readonly systemPrompt: string | undefined;
  /** Guarded prompt text, for `${input}` and `input_length`. */
  readonly input: string;
  readonly signal: AbortSignal;
  readonly wake: Wake;
  readonly pseudonyms: Pseudonyms;
}

/** The guard context of one phase, or of one prompt text. */
export function guardContext(setup: GuardSetup, phase: Phase, prompt?: PromptText): GuardContext {
  const { exchange, tenant, systemPrompt, wake } = setup;
  const role = prompt?.role;
  return {
    score: { tenant, ...(systemPrompt !== undefined && { systemPrompt }), ...(role !== undefined && { role }) },
    report: exchange.reports[phase],
    signal: setup.signal,
    wake: () => wake.ring(),
    condition: (text, length) => ({
      inputLength: setup.input.length,
      outputLength: phase === "ingress" ? 0 : length,
      text,
      model: exchange.model,
      tenant,
      ...(role !== undefined && { role }),
    }),
    message: exchange.fill,
    pseudonym: (entity, original) => setup.pseudonyms.hide(entity, original),
    placeholders: () => phase === "midstream" && setup.pseudonyms.size > 0 ? new PlaceholderFinder(setup.pseudonyms) : undefined,
  };
}

/** Fills `${…}` from what is known of the request. */
export function templateFor(exchange: Exchange, tenant: string, input: string): Exchange["fill"] {
  return (template, fired) =>
    fillTemplate(template, {
      input,
      output: exchange.outputHead,
      tenant,
      model: exchange.model,
      timestamp: exchange.startedAt.toISOString(),
      request_id: exchange.requestId,
      rule_name: fired.rule,
      classifier_name: fired.classifier ?? "",
      score: fired.score === undefined ? "" : String(Math.round(fired.score * 1000) / 1000),
    });
}

/** Which channels `pipeline.midstream.channels` covers; `tools` stands for every tool call. */
export function channelFilter(channels: readonly string[]): (channel: Channel) => boolean {
  const names = new Set(channels);
  return (channel) => {
    if (/^(other:)?tool:/.test(channel)) return names.has("tools");
    // Kinds of text without a switch of their own (citations, search results, transcripts) count as content.
    const kind = channel.replace(/^other:/, "");
    return kind === "reasoning" || kind === "refusal" ? names.has(kind) : names.has("content");
  };
}
