/** `gibberish`: text that is no language, like keys struck at random or the tail of an optimised attack string. */
import type { Classifier } from "./types.ts";
import { WordWindow } from "./word_window.ts";

interface Count {
  readonly words: number;
  readonly odd: number;
}

const VOWELS = /[aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüýаеёиоуыэюя]/i;

/**
 * Whether a word of Latin letters could not be spoken: no vowel, long runs of consonants, one letter over and over, capitals or
 * symbols in its middle. Words of other scripts, numbers, abbreviations and names of things with dots in them are left alone.
 */
export function isOdd(raw: string): boolean {
  const word = raw.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
  if (word.length < 4 || /[@:/.]/.test(word) || /^[\d\p{P}\p{S}]+$/u.test(word)) return false;
  if (!/^[\p{Script=Latin}\p{N}\p{P}\p{S}]+$/u.test(word)) return false;
  if (/^\p{Lu}+s?$/u.test(word)) return false;
  if (/(.)\1{3}/.test(word)) return true;
  const letters = word.replace(/[^\p{L}]/gu, "");
  if (/\p{L}[^\p{L}\p{N}'’_-]{2,}\p{L}/u.test(word)) return true;
  if (letters.length < 4) return false;
  if (!VOWELS.test(letters)) return true;
  // "Angstschweiß", "Zmrzl": six consonants in a row happen in German and Czech, seven do not.
  if (/[^aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüý\W\d_]{7}/i.test(letters)) return true;
  const vowels = [...letters].filter((letter) => VOWELS.test(letter)).length;
  return letters.length >= 7 && (vowels / letters.length < 0.15 || vowels / letters.length > 0.85);
}

/** The share of odd words among the words of the window; one odd word among few says little. */
function scoreOf({ words, odd }: Count): number {
  return odd === 0 ? 0 : Math.min(1, odd / Math.max(words, 4) * 1.6);
}

/** Limits: fluent nonsense in real words is not seen, nor are scripts other than Latin. */
export function gibberish(name: string): Classifier {
  return {
    name,
    tier: "A",
    labels: ["gibberish"],
    open: ({ contextChunks }) => {
      const window = new WordWindow<Count>(
        contextChunks,
        { words: 0, odd: 0 },
        (a, b) => ({ words: a.words + b.words, odd: a.odd + b.odd }),
        (word) => ({ words: 1, odd: isOdd(word) ? 1 : 0 }),
      );
      return {
        push(segment) {
          const score = scoreOf(window.push(segment));
          return { score, labels: { gibberish: score }, ...(score > 0 && { label: "gibberish" }) };
        },
      };
    },
  };
}
