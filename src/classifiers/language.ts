/** `language`: which language a text is in, by script and by the commonest short words. */
import { z } from "zod";
import type { Classifier, Score } from "./types.ts";
import { WordWindow } from "./word_window.ts";

/** ISO 639-1 code → words that every text in it has and most others lack. */
const STOP_WORDS: Readonly<Record<string, string>> = {
  en:
    "the and of to is that it was for with as his on are this be have from you they not which their will would can your about what there has been who",
  de:
    "der die und ist das nicht ein eine den mit auf für sich des dem auch werden wird sind im zu von ich wie oder aber nach bei einer noch wir haben als kann über",
  fr:
    "le les des est une dans que qui pour pas sur au avec ce il elle nous vous sont par mais ou cette aux ses être plus fait comme tout leur même aussi",
  es:
    "el los las que del una por con para es se no lo como más pero sus le ya este porque esta son entre cuando muy sin sobre también hasta hay donde desde todo",
  it:
    "il che di è non una per sono con del della gli anche come più ma questo alla dei nel delle ha lo perché essere si questa quando molto suo loro",
  pt:
    "que não uma os para com por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso",
  nl:
    "het een van en dat niet zijn voor met op te aan er ook als maar om dan bij nog wordt naar heeft deze hebben door wel wat over uit worden kan",
  sv:
    "och att det som en är av för den med till har inte på om ett han men var sig från vi så kan när detta eller ska efter mycket också vid",
  da:
    "og at det er en til af som på med den for ikke der de har jeg et han men var sig fra vi kan når eller skal efter også ved blev hvor meget",
  pl: "nie się że jest na to do jak za od po ale czy przez tak tego dla co był tym już być jego są może które który oraz przy tylko jako",
  tr: "bir ve bu için ile da çok olarak daha gibi kadar ne en olan sonra ben var o mi değil ama ki her şey onun olduğu ise",
  vi: "và của là không có cho được một những với các trong người để này đã khi từ như về ra thì cũng đến lại tôi",
  id: "yang dan di dengan untuk tidak ini dari dalam itu pada adalah akan ada juga bisa saya ke atau oleh karena mereka kami lebih sudah",
  ru: "и в не на что он с как это по но они к у же за бы от из о так было все она для мы вы только его когда уже есть",
  uk: "і в не на що він з як це до та від за по але вони у про так було все вона для ми ви тільки його коли вже є",
};

const BY_WORD: ReadonlyMap<string, readonly string[]> = (() => {
  const languages = new Map<string, string[]>();
  for (const [language, words] of Object.entries(STOP_WORDS)) {
    for (const word of words.split(" ")) languages.set(word, [...languages.get(word) ?? [], language]);
  }
  return languages;
})();

/** Scripts that one language, or mostly one, is written in; Kana before Han, as Japanese has both. */
const SCRIPTS: readonly (readonly [language: string, script: RegExp])[] = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ["zh", /\p{Script=Han}/u],
  ["ko", /\p{Script=Hangul}/u],
  ["ar", /\p{Script=Arabic}/u],
  ["he", /\p{Script=Hebrew}/u],
  ["el", /\p{Script=Greek}/u],
  ["th", /\p{Script=Thai}/u],
  ["hi", /\p{Script=Devanagari}/u],
  ["bn", /\p{Script=Bengali}/u],
  ["ta", /\p{Script=Tamil}/u],
  ["ka", /\p{Script=Georgian}/u],
  ["hy", /\p{Script=Armenian}/u],
];

/** Points per language. */
type Count = ReadonlyMap<string, number>;
const NONE: Count = new Map();

function sum(a: Count, b: Count): Count {
  if (b.size === 0) return a;
  const total = new Map(a);
  for (const [language, points] of b) total.set(language, (total.get(language) ?? 0) + points);
  return total;
}

/** A word's points: shared among the languages that have it; a word in a script of its own counts by its length. */
function points(raw: string): Count {
  const word = raw.toLowerCase().replace(/^[^\p{L}\p{M}]+|[^\p{L}\p{M}]+$/gu, "");
  const languages = BY_WORD.get(word);
  if (languages !== undefined) return new Map(languages.map((language) => [language, 1 / languages.length]));
  if (word === "" || /^[\p{Script=Latin}\p{Script=Cyrillic}\p{P}\p{N}]+$/u.test(word)) return NONE;
  const own = SCRIPTS.find(([, script]) => script.test(word));
  return own === undefined ? NONE : new Map([[own[0], Math.max(1, word.length / 4)]]);
}

/** Points below which nothing is said. */
const ENOUGH = 2;

export const languageOptions = z.strictObject({
  /** ISO 639-1 codes; when given, the score is how likely the text is in none of them. */
  allowed: z.array(z.string().regex(/^[a-z]{2}$/, "expected a two-letter language code")).min(1).optional(),
});

/**
 * Label: the likeliest of 27 languages; score: its share, or with `allowed` the share of the others. Limits: texts of a few
 * words score 0, and closely related languages (Danish and Norwegian, Hindi and Marathi) are not told apart.
 */
export function language(name: string, { allowed }: z.infer<typeof languageOptions>): Classifier {
  return {
    name,
    tier: "A",
    labels: [...Object.keys(STOP_WORDS), ...SCRIPTS.map(([language]) => language)],
    open: ({ contextChunks }) => {
      const window = new WordWindow<Count>(contextChunks, NONE, sum, points);
      return { push: (segment) => verdict(window.push(segment), allowed) };
    },
  };
}

function verdict(count: Count, allowed: readonly string[] | undefined): Score {
  let total = 0;
  for (const points of count.values()) total += points;
  if (total < ENOUGH) return { score: 0, labels: {} };
  const labels = Object.fromEntries([...count].map(([language, points]) => [language, points / total]));
  const [label, share] = Object.entries(labels).reduce((best, entry) => entry[1] > best[1] ? entry : best);
  if (allowed === undefined) return { score: share, label, labels };
  const inside = allowed.reduce((sum, language) => sum + (labels[language] ?? 0), 0);
  return { score: Math.min(1, Math.max(0, 1 - inside)), label, labels };
}
