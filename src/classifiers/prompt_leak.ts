/** `system_prompt_leak`: the request's own system prompt coming back in the answer, word by word or nearly so. */
import type { Classifier, ClassifierSession, Score, ScoreContext } from "./types.ts";

/** Words in a shingle: five in a row are rarely said by chance, and one changed word spoils only five of them. */
const SHINGLE = 5;
/** Words of a prompt that are looked for. */
const MAX_PROMPT_WORDS = 20_000;
/** Words in a row (small changes forgiven) that are a leak for certain. */
const CERTAIN_RUN = 24;

/** Words without case, accents and punctuation, so that another layout, quoting or Markdown does not hide them. */
function wordsOf(text: string): string[] {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Shingles of a prompt. Scripts without spaces yield long "words", which are cut into letters. */
interface Prompt {
  readonly shingles: ReadonlySet<string>;
  readonly size: number;
}

/** The latest prompts: a tenant's requests share a few. */
const prompts = new Map<string, Prompt>();
const MAX_PROMPTS = 64;

function promptOf(text: string): Prompt {
  const known = prompts.get(text);
  if (known !== undefined) return known;
  const words = wordsOf(text).flatMap(split).slice(0, MAX_PROMPT_WORDS);
  const size = Math.min(SHINGLE, words.length);
  const shingles = new Set<string>();
  for (let i = 0; i + size <= words.length && size > 0; i++) shingles.add(words.slice(i, i + size).join(" "));
  const prompt = { shingles, size };
  prompts.set(text, prompt);
  for (const oldest of prompts.keys()) {
    if (prompts.size <= MAX_PROMPTS) break;
    prompts.delete(oldest);
  }
  return prompt;
}

/** Han, Kana and Thai write no spaces: each letter is a word there. */
function split(word: string): string[] {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word) ? [...word] : [word];
}

/** Bounded memory: the last words, and which shingles of the prompt were said. */
class LeakSession implements ClassifierSession {
  readonly #prompt: Prompt;
  readonly #recent: string[] = [];
  readonly #said = new Set<string>();
  /** The word under way at the end of the last segment. */
  #partial = "";
  #run = 0;
  #misses = 0;
  /** Longest run that touched each segment of the window. */
  readonly #runs: number[] = [];

  constructor(prompt: string, readonly keep: number) {
    this.#prompt = promptOf(prompt);
  }

  push(segment: string): Score {
    if (this.#prompt.shingles.size === 0) return NOTHING;
    const text = this.#partial + segment;
    const cut = /[\p{L}\p{N}\p{M}]*$/u.exec(text)!.index;
    // A word without end (or a script without spaces) is taken in pieces of bounded length.
    const end = text.length - cut > 64 ? text.length : cut;
    this.#partial = text.slice(end);
    let longest = this.#run;
    for (const word of wordsOf(text.slice(0, end)).flatMap(split)) longest = Math.max(longest, this.#word(word));
    this.#runs.push(longest);
    while (this.#runs.length > (this.keep === 0 ? 1 : this.keep + 1)) {
      const first = this.#runs.shift()!;
      if (this.keep === 0) this.#runs[0] = Math.max(this.#runs[0]!, first);
    }
    return this.#score(Math.max(...this.#runs));
  }

  /** Takes a word in and returns the length of the run it belongs to, in words. */
  #word(word: string): number {
    const { shingles, size } = this.#prompt;
    this.#recent.push(word);
    if (this.#recent.length > size) this.#recent.shift();
    const shingle = this.#recent.join(" ");
    if (this.#recent.length === size && shingles.has(shingle)) {
      this.#said.add(shingle);
      this.#run = this.#run === 0 ? size : this.#run + 1;
      this.#misses = 0;
    } else if (++this.#misses > 2 * SHINGLE) this.#run = 0;
    return this.#run;
  }

  #score(run: number): Score {
    if (run === 0) return NOTHING;
    const { shingles } = this.#prompt;
    // A short prompt leaks whole before a run gets long; a stock phrase of five words alone stays well below any threshold.
    const needed = Math.min(CERTAIN_RUN, shingles.size + SHINGLE - 1);
    const ofRun = shingles.size < 4 ? this.#said.size / shingles.size : run / Math.max(needed, 10);
    const ofPrompt = shingles.size < 8 ? 0 : this.#said.size / shingles.size * 1.25;
    const score = Math.min(1, Math.max(ofRun, ofPrompt));
    return { score, label: "leak", labels: { leak: score } };
  }
}

const NOTHING: Score = { score: 0, labels: { leak: 0 } };

/** Without a system prompt in the request it scores 0. Limits: translations and paraphrases are not seen. */
export function systemPromptLeak(name: string): Classifier {
  return {
    name,
    tier: "A",
    labels: ["leak"],
    open: ({ systemPrompt = "", contextChunks }: ScoreContext) => new LeakSession(systemPrompt, contextChunks),
  };
}
