/** How hard a model thinks: OpenAI's efforts and Anthropic's budgets and adaptive thinking. */
import { isObject, type JsonObject } from "../json_value.ts";
import { alwaysThinks, canThink, effortsOf, thinksAdaptively } from "./claude_models.ts";
import { cannot, type Dropped, stringAt } from "./reading.ts";

/** Smallest budget that the messages API takes; tokens. */
const LEAST_BUDGET = 1024;

/** Thinking tokens for OpenAI's efforts, for models that take a budget. */
const BUDGETS: Readonly<Record<string, number>> = { low: 1024, medium: 4096, high: 16_384, xhigh: 24_576, max: 24_576 };
const EFFORTS = ["none", "minimal", ...Object.keys(BUDGETS)];

/** What a messages request says about thinking. */
export interface Thinking {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

/** What decides whether a request may think at all. */
export interface ThinkingRoom {
  readonly model: unknown;
  /** The client's limit on the answer, thinking included. */
  readonly limit: unknown;
  /** A tool must be called, which thinking with a budget does not go with. */
  readonly forced: boolean;
  /** The last turn is the answer's own beginning, or answers a tool call, whose thinking the chat API could not carry. */
  readonly midTurn: boolean;
}

/** @throws {RequestError} for an effort that OpenAI does not know. */
export function thinkingOf(value: unknown, room: ThinkingRoom, dropped: Dropped): Thinking {
  if (value === undefined || value === null) return {};
  const effort = stringAt(value, "reasoning_effort");
  if (!EFFORTS.includes(effort)) throw cannot("reasoning_effort", `use ${EFFORTS.join(", ")}`);
  const adaptive = thinksAdaptively(room.model);
  if (effort === "none" || (effort === "minimal" && !adaptive)) {
    if (!canThink(room.model)) return {};
    return alwaysThinks(room.model) ? without(dropped) : { thinking: { type: "disabled" } };
  }
  const known = effortsOf(room.model);
  const nearest = known.includes(effort) ? effort : effort === "minimal" ? "low" : "high";
  if (adaptive) {
    if (nearest !== effort && effort !== "minimal") dropped.add("reasoning_effort");
    return { thinking: { type: "adaptive" }, effort: nearest };
  }
  // A budget goes with no forced tool, must fit under the limit, and a turn that began with thinking must be sent back with it and its signature.
  const limit = typeof room.limit === "number" ? room.limit : Infinity;
  if (limit <= LEAST_BUDGET || room.forced || room.midTurn || !canThink(room.model)) return without(dropped);
  // Half of what the client allows is for the answer.
  const budget_tokens = Math.min(BUDGETS[effort]!, Math.max(LEAST_BUDGET, Math.floor(limit / 2)));
  return { thinking: { type: "enabled", budget_tokens }, ...(known.length > 0 && { effort: nearest }) };
}

function without(dropped: Dropped): Thinking {
  dropped.add("reasoning_effort");
  return {};
}

/** The other way: an effort wins over a budget; adaptive thinking without one is the chat models' own default. */
export function effortOf(thinking: unknown, effort: unknown, dropped: Dropped): unknown {
  const { type, budget_tokens, display } = isObject(thinking) ? thinking : {};
  if (display !== undefined && display !== null) dropped.add("thinking.display");
  // Not every reasoning model of the chat API can be told not to think, and none when.
  if (type !== undefined && type !== "enabled" && type !== "adaptive") dropped.add("thinking");
  if (typeof effort === "string") return effort;
  if (type !== "enabled") return undefined;
  const budget = typeof budget_tokens === "number" ? budget_tokens : 0;
  return budget <= 2048 ? "low" : budget <= 8192 ? "medium" : "high";
}
