/**
 * Folds characters to what a reader takes them for: case, accents, full-width and mathematical letters, look-alikes from other
 * scripts, invisible characters, leetspeak. Per code point, so it streams; no text is copied.
 *
 * Sources of the tables: Unicode NFKD (UAX #15), the single-letter Latin part of UTS #39 confusables, tag characters (UTS #51).
 */

/** What a code point folds to: text (often one lower-case letter), `""` when it is invisible. */
const folds = new Map<number, string>();

/** Latin letter that a Cyrillic, Greek, Armenian, Cherokee or phonetic letter looks like: pairs `(look-alike, Latin)`. */
const LOOKALIKES = "аaеeоoрpсcуyхxкkмmтtнhвbіiјjѕsԁdԛqԝwһhӏlззгrпnиuьbүyғfѵvөoоoЬbаaАaВbЕeКkМmНhОoРpСcТtУyХxІiЈjЅsԌgՏsօoսuրnցgհhոnզqյjԼl" +
  "αaβbγyεeηnιiκkνvοoρpτtυuχxωwΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxϲcϳjσo" +
  "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzɑaɡgɩiıiʋvɯwŀlƖlǀlƨsᎪaᏴbᏟcᎠdᎬeᏀgᎻhᎥiᎫjᏦkᏞlᎷmᎾoᏢpᏒrᏚsᎢtᏙvᎳwᏃz";
const lookalikes = new Map<number, string>();
{
  const letters = [...LOOKALIKES];
  for (let i = 0; i + 1 < letters.length; i += 2) {
    const latin = letters[i + 1]!;
    if (latin <= "z") lookalikes.set(letters[i]!.codePointAt(0)!, latin);
  }
}

/** Upside-down letters (a common trick) fold like look-alikes. */
for (
  const [from, to] of [
    ["ɐ", "a"],
    ["ɔ", "c"],
    ["ǝ", "e"],
    ["ɟ", "f"],
    ["ɥ", "h"],
    ["ᴉ", "i"],
    ["ʞ", "k"],
    ["ɹ", "r"],
    ["ʇ", "t"],
    ["ʌ", "v"],
    ["ʍ", "w"],
    ["ʎ", "y"],
  ] as const
) {
  lookalikes.set(from.codePointAt(0)!, to);
}

/** Invisible in running text: soft hyphen, zero-width, bidirectional controls, variation selectors, combining marks, fillers. */
export function isInvisible(code: number): boolean {
  return code === 0xad || (code >= 0x300 && code <= 0x36f) || code === 0x34f || code === 0x115f || code === 0x1160 || code === 0x180e ||
    (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code === 0x3164 ||
    (code >= 0xfe00 && code <= 0xfe0f) || code === 0xfeff || (code >= 0xe0000 && code <= 0xe001f) || (code >= 0xe007f && code <= 0xe01ef);
}

/** Tag characters spell ASCII invisibly (U+E0020–E007E): text hidden from the reader but not from the model. */
export function isTag(code: number): boolean {
  return code >= 0xe0020 && code <= 0xe007e;
}

/** Latin look-alike of a letter of another script; undefined when there is none. */
export function lookalike(code: number): string | undefined {
  return lookalikes.get(code);
}

/** Folds an ASCII character. */
export function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** Folds one code point. Cost: a table lookup for ASCII and Latin-1, a map lookup otherwise. */
export function fold(code: number): string {
  if (code < TABLE.length) return TABLE[code]!;
  const known = folds.get(code);
  if (known !== undefined) return known;
  const folded = foldSlowly(code);
  // Bounded: a text could otherwise walk through all of Unicode.
  if (folds.size < 8192) folds.set(code, folded);
  return folded;
}

function foldSlowly(code: number): string {
  if (isInvisible(code)) return "";
  if (isTag(code)) return String.fromCharCode(code - 0xe0000).toLowerCase();
  const char = String.fromCodePoint(code);
  // CJK and Hangul decompose into parts nobody searches for.
  if ((code >= 0x3040 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3)) return char;
  if (code >= 0x1f130 && code <= 0x1f189) return String.fromCharCode(97 + (code - 0x1f130) % 26); // squared and negative letters
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return String.fromCharCode(97 + code - 0x1f1e6); // regional indicators
  if (code === 0x430 + 9) return char; // й would lose its breve
  if (code === 0x439 || code === 0x419) return "й";
  const decomposed = char.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return decomposed === "ß" ? "ss" : decomposed;
}

const TABLE: readonly string[] = Array.from({ length: 0x250 }, (_, code) => {
  if (code < 0x80) return String.fromCharCode(code).toLowerCase();
  const special: Record<string, string> = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "ae",
    "ø": "o",
    "Ø": "o",
    "œ": "oe",
    "Œ": "oe",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "ð": "d",
    "ı": "i",
    "\u00a0": " ",
  };
  return special[String.fromCharCode(code)] ?? foldSlowly(code);
});

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "2": "z",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  "$": "s",
  "!": "i",
  "|": "l",
  "+": "t",
  "€": "e",
  "£": "l",
  "*": "*",
};

/** Undoes leetspeak in one folded word; `alternative` reads `1` as `l` instead of `i`. */
export function deleet(word: string, alternative = false): string {
  let out = "";
  for (const char of word) out += alternative && char === "1" ? "l" : LEET[char] ?? char;
  return out;
}

/** Runs of three or more equal letters to one (`ignooore` → `ignore`); `keep` 2 leaves double letters (`asssss` → `ass`). */
export function collapseRuns(word: string, keep: 1 | 2): string {
  return word.replace(/(.)\1{2,}/gu, keep === 1 ? "$1" : "$1$1");
}

/** Replaces look-alikes in a word that mixes scripts. */
export function unmix(word: string): string {
  let out = "";
  for (const char of word) out += lookalikes.get(char.codePointAt(0)!) ?? char;
  return out;
}

/** Folds a whole text: what `fold` gives for each code point. For lexicons and tests; sessions fold as they read. */
export function foldText(text: string): string {
  let out = "";
  for (const char of text) out += fold(char.codePointAt(0)!);
  return out;
}
