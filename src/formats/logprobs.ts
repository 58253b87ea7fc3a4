/**
 * Log probabilities repeat the tokens of a text. Normally they come with the event whose text they make; some backends send them
 * earlier or later (stop sequences, characters made of several tokens), so hiding them where text was changed would not hide them all.
 */
import { isObject, listOf } from "./json_value.ts";

const utf8 = new TextDecoder();

/** The tokens in `logprobs` (responses: a list of entries; chat: lists of them by kind of text; completions: `tokens`) are not those of `text`. */
export function strayTokens(logprobs: unknown, text: string): boolean {
  if (Array.isArray(logprobs)) return areStray(logprobs, text);
  if (!isObject(logprobs)) return false;
  const tokens = listOf(logprobs.tokens);
  return tokens.length > 0 ? tokens.join("") !== text : areStray(Object.values(logprobs).flatMap(listOf), text);
}

function areStray(entries: readonly unknown[], text: string): boolean {
  if (entries.length === 0) return false;
  let tokens = "";
  const bytes: number[] = [];
  for (const entry of entries) {
    if (!isObject(entry)) continue;
    if (typeof entry.token === "string") tokens += entry.token;
    for (const byte of listOf(entry.bytes)) if (typeof byte === "number") bytes.push(byte);
  }
  // Tokens that are no whole characters are spelled in escapes; their bytes are exact.
  return tokens !== text && !(tokens.includes("\\x") && utf8.decode(Uint8Array.from(bytes)) === text);
}
