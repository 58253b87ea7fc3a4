/** Sampling parameters of a chat request that a model of the messages API takes; what it does not take and is no default is told. */
import type { JsonObject } from "../json_value.ts";
import { samplingOf } from "./claude_models.ts";
import type { Dropped } from "./reading.ts";

/** From here on a `top_p` goes with thinking (https://platform.claude.com/docs/en/build-with-claude/thinking). */
const WIDE = 0.95;
/** From here on a `top_p` is as good as the default (the API's own words for models that take none). */
const WHOLE = 0.99;

/** OpenAI's temperatures go to 2, Anthropic's to 1, which is the default of both. */
export function sampling(chat: JsonObject, thinks: boolean, dropped: Dropped): JsonObject {
  const { model, temperature, top_p, top_k } = chat;
  const taken = samplingOf(model);
  const heat = typeof temperature === "number" ? Math.min(temperature, 1) : undefined;
  const nucleus = typeof top_p === "number" ? top_p : undefined;
  if (heat !== temperature && typeof temperature === "number") dropped.add("temperature");
  if (thinks || taken === "none") {
    if (heat !== undefined && heat !== 1) dropped.add("temperature");
    const kept = taken !== "none" && nucleus !== undefined && nucleus >= WIDE ? nucleus : undefined;
    if (nucleus !== undefined && kept === undefined && nucleus < WHOLE) dropped.add("top_p");
    if (typeof top_k === "number") dropped.add("top_k");
    return { top_p: kept };
  }
  if (taken === "one" && heat !== undefined && nucleus !== undefined) {
    if (heat === 1) return { top_p, top_k };
    if (nucleus < 1) dropped.add("top_p");
    return { temperature: heat, top_k };
  }
  return { temperature: heat ?? temperature, top_p, top_k };
}
