/** What the models behind Anthropic's messages API take, by their names, as the provider documents it. Other providers' models are no Claude. */

/** A Claude of at least this version; one whose name has no version is new. */
export function isClaudeFrom(model: unknown, major: number, minor: number): boolean {
  if (typeof model !== "string" || !model.includes("claude")) return false;
  // `claude-3-7-sonnet-20250219`, `claude-opus-4-20250514`, `anthropic.claude-opus-4-6-v1`, `claude-sonnet-5`
  const version = /claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(model);
  if (version === null) return true;
  const [its, sub] = [Number(version[1]), Number(version[2] ?? 0)];
  return its > major || (its === major && sub >= minor);
}

/**
 * Claude from 4.6 on decides itself how much to think, guided by an effort, and later models refuse budgets; models before it, and other
 * providers' models behind this API, know budgets only (https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting).
 */
export function thinksAdaptively(model: unknown): boolean {
  return isClaudeFrom(model, 4, 6);
}

/** Claude learnt to think with 3.7; models of other providers may (https://platform.claude.com/docs/en/build-with-claude/extended-thinking). */
export function canThink(model: unknown): boolean {
  return isClaudeFrom(model, 3, 7) || !String(model).includes("claude");
}

/** A model that refuses to be told not to think (the same page). */
export function alwaysThinks(model: unknown): boolean {
  return typeof model === "string" && /claude-(fable|mythos)/.test(model);
}

/** The efforts of a model that has any, lowest first (https://platform.claude.com/docs/en/build-with-claude/effort). */
export function effortsOf(model: unknown): readonly string[] {
  if (typeof model === "string" && /claude-opus-4-5(?!\d)/.test(model)) return ["low", "medium", "high"];
  if (!thinksAdaptively(model)) return [];
  const extra = isClaudeFrom(model, 4, 7) && !String(model).includes("claude-mythos-preview");
  return ["low", "medium", "high", ...(extra ? ["xhigh"] : []), "max"];
}

/**
 * Which sampling parameters a model takes: from 4.7 on none but the defaults, from 4.1 on `temperature` or `top_p` and not both
 * (https://platform.claude.com/docs/en/about-claude/models/migration-guide).
 */
export function samplingOf(model: unknown): "all" | "one" | "none" {
  return isClaudeFrom(model, 4, 7) ? "none" : isClaudeFrom(model, 4, 1) ? "one" : "all";
}
