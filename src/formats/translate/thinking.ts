/** How hard a model thinks: OpenAI's efforts and Anthropic's budgets and adaptive thinking. */
import { isObject, type JsonObject } from "../json_value.ts";
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
  /** A tool must be called. */
  readonly forced: boolean;
  /** The last turn answers a tool call, whose thinking the chat API could not carry. */
  readonly midCall: boolean;
}

/**
 * Claude from 4.6 on decides itself how much to think, guided by an effort, and later models refuse budgets; models before it, and other
 * providers' models behind this API, know budgets only (https://platform.claude.com/docs/en/build-with-claude/extended-thinking).
 */
export function thinksAdaptively(model: unknown): boolean {
  return isClaudeFrom(model, 4, 6);
}

/** A Claude of at least this version; one whose name has no version is new. */
export function isClaudeFrom(model: unknown, major: number, minor: number): boolean {
  if (typeof model !== "string" || !model.includes("claude")) return false;
  // `claude-3-7-sonnet-20250219`, `claude-opus-4-20250514`, `anthropic.claude-opus-4-6-v1`, `claude-sonnet-5`
  const version = /claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(model);
  if (version === null) return true;
  const [its, sub] = [Number(version[1]), Number(version[2] ?? 0)];
  return its > major || (its === major && sub >= minor);
}

/** @throws {RequestError} for an effort that OpenAI does not know. */
export function thinkingOf(value: unknown, room: ThinkingRoom, dropped: Dropped): Thinking {
  if (value === undefined || value === null) return {};
  const effort = stringAt(value, "reasoning_effort");
  if (!EFFORTS.includes(effort)) throw cannot("reasoning_effort", `use ${EFFORTS.join(", ")}`);
  if (effort === "none") return { thinking: { type: "disabled" } };
  const adaptive = thinksAdaptively(room.model);
  if (!adaptive && effort === "minimal") return { thinking: { type: "disabled" } };
  // Thinking cannot go with a forced tool.
  if (room.forced) return without(dropped);
  if (adaptive) return { thinking: { type: "adaptive" }, effort: effort === "minimal" ? "low" : effort };
  // A budget must fit under the limit, and a turn that began with thinking must be sent back with it and its signature.
  const limit = typeof room.limit === "number" ? room.limit : Infinity;
  if (limit <= LEAST_BUDGET || room.midCall) return without(dropped);
  // Half of what the client allows is for the answer.
  return { thinking: { type: "enabled", budget_tokens: Math.min(BUDGETS[effort]!, Math.max(LEAST_BUDGET, Math.floor(limit / 2))) } };
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
