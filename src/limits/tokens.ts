/** Token counts where nobody reports them. */

/** UTF-16 units a token stands for on average in English prose, as providers document it (about four characters). */
export const CHARS_PER_TOKEN = 4;

/** What a generated answer is assumed to cost at admission when the client sets no maximum; tokens. */
export const ASSUMED_COMPLETION_TOKENS = 256;

/** Estimated tokens of a text; at least 1 for a text that is not empty. */
export function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
