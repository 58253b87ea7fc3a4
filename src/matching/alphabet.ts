import { disguises, skipped } from "./disguise.ts";
import { Look } from "./parse.ts";

/**
 * Code points fall into classes that no pattern of the set tells apart; the automaton works on classes.
 * One look in a table per character: directly for ASCII, by way of a page of 256 code points for the rest.
 */
export interface Alphabet {
  /**
   * Numbers below `half` are classes of characters. `half` stands for the first half of a surrogate pair (the second half has the
   * pair's class), the next, `skipped`, for a character that is not read (`foldEvasions`), and `end` for the end of the text.
   */
  readonly half: number;
  readonly skipped: number;
  readonly end: number;
  /** Class → kind of character, as `looks` tells them apart. Kind 0 is the edge of the text. */
  readonly kindOf: Uint8Array;
  readonly kinds: number;
  /** `holds(looks, before, after)`: a set of `Look`s between two kinds, as a bit per pair: `bit = before * kinds + after`. */
  holds(looks: number): Uint8Array;
  /** Row per character set, column per class: 1 where the set has the class. */
  readonly members: Uint8Array;
  /** Row length of `members`. */
  readonly width: number;
  /** Fewest UTF-16 units of a character of the class. */
  readonly unitsOf: Uint8Array;
  readonly ascii: Uint16Array;
  classOf(codePoint: number): number;
}

/** Characters of prose, commonest first. Their classes get the first numbers, so that rows of a table are read in few cache lines. */
const commonest = " etaoinsrhldcumfpgwybvk,.jxqz-'\nTASICMBPHWRDEFLNGOJUVKYQXZ0123456789";

const lastCodePoint = 0x10ffff;
const pageBits = 8;

// Kinds of characters, as bits.
const newline = 1;
const asciiWord = 2;
const anyWord = 4;

/**
 * @param sets Character sets as sorted, disjoint, inclusive ranges.
 * @param looks Every `Look` that the patterns use, or-ed: characters that none of them tells apart are of one kind.
 */
export function buildAlphabet(sets: readonly (readonly number[])[], looks: number, foldEvasions: boolean): Alphabet {
  const traits: { bit: number; ranges: readonly number[] }[] = [];
  if (looks & (Look.beginLine | Look.endLine)) traits.push({ bit: newline, ranges: [10, 10] });
  if (looks & (Look.wordBoundary | Look.noWordBoundary)) traits.push({ bit: asciiWord, ranges: [48, 57, 65, 90, 95, 95, 97, 122] });
  if (looks & (Look.notAfterWord | Look.notBeforeWord)) traits.push({ bit: anyWord, ranges: spacedWordRanges() });

  const astral = [0x10000, lastCodePoint];
  const rows = [...sets, ...traits.map((t) => t.ranges), astral];
  const starts: number[] = [];
  const classes: number[] = [];
  const known = new Map<string, { id: number; bits: Uint32Array }>();
  sweep(rows, (start, bits) => {
    const key = bits.join();
    const found = known.get(key) ?? { id: known.size, bits: bits.slice() };
    known.set(key, found);
    starts.push(start);
    classes.push(found.id);
  });

  renumber(starts, classes, [...known.values()]);

  const half = known.size;
  const width = half + 3;
  const members = new Uint8Array(sets.length * width);
  const unitsOf = new Uint8Array(width).fill(1);
  const kindOf = new Uint8Array(width);
  const kindBits = [0]; // kind 0, the edge of the text, has no trait
  const has = (bits: Uint32Array, row: number) => ((bits[row >> 5] ?? 0) >>> (row & 31) & 1) === 1;
  for (const { id, bits } of known.values()) {
    for (let set = 0; set < sets.length; set++) if (has(bits, set)) members[set * width + id] = 1;
    if (has(bits, rows.length - 1)) unitsOf[id] = 2;
    if (looks === 0) continue;
    const own = traits.reduce((sum, trait, n) => has(bits, sets.length + n) ? sum | trait.bit : sum, 0);
    const kind = kindBits.indexOf(own, 1);
    kindOf[id] = kind > 0 ? kind : kindBits.push(own) - 1;
  }

  const { pages, data } = paginate(starts, classes);
  if (foldEvasions) disguise(pages, data, half + 1);
  const flat = Uint16Array.from(data);
  const classOf = (code: number) => flat[((pages[code >> pageBits] ?? 0) << pageBits) | (code & 255)] ?? 0;
  return {
    half,
    skipped: half + 1,
    end: half + 2,
    kindOf,
    kinds: kindBits.length,
    holds: (wanted) => conditionTable(wanted, kindBits),
    members,
    width,
    unitsOf,
    ascii: Uint16Array.from({ length: 128 }, (_, code) => classOf(code)),
    classOf,
  };
}

/** Gives the classes of `commonest` the first numbers, in that order. */
function renumber(starts: readonly number[], classes: number[], known: readonly { id: number }[]): void {
  const order = new Set<number>();
  for (const character of commonest) {
    const code = character.charCodeAt(0);
    order.add(classes[starts.findLastIndex((start) => start <= code)] ?? 0);
  }
  for (const { id } of known) order.add(id);
  const numbers = new Map([...order].map((id, number) => [id, number]));
  classes.forEach((id, i) => classes[i] = numbers.get(id) ?? id);
  for (const entry of known) entry.id = numbers.get(entry.id) ?? entry.id;
}

/** Calls `visit` for every stretch of code points that lie in the same rows; `bits` is reused between calls. */
function sweep(rows: readonly (readonly number[])[], visit: (start: number, bits: Uint32Array) => void): void {
  const toggles = new Map<number, number[]>([[0, []]]);
  rows.forEach((ranges, row) => {
    ranges.forEach((code, i) => {
      const at = code + (i & 1);
      const list = toggles.get(at);
      if (list === undefined) toggles.set(at, [row]);
      else list.push(row);
    });
  });
  const bits = new Uint32Array((rows.length + 31) >> 5);
  for (const at of [...toggles.keys()].sort((a, b) => a - b)) {
    if (at > lastCodePoint) break;
    for (const row of toggles.get(at) ?? []) bits[row >> 5] = (bits[row >> 5] ?? 0) ^ (1 << (row & 31));
    visit(at, bits);
  }
}

/** Equal pages are stored once, so an alphabet takes a few kilobytes. */
function paginate(starts: readonly number[], classes: readonly number[]): { pages: Uint16Array; data: number[] } {
  const pages = new Uint16Array((lastCodePoint + 1) >> pageBits);
  const data: number[] = [];
  /** Class → the page that is all of that class. Most pages are of this sort; the others are hardly ever equal. */
  const plain = new Map<number, number>();
  let at = 0;
  for (let page = 0; page < pages.length; page++) {
    const from = page << pageBits;
    while ((starts[at + 1] ?? Infinity) <= from) at++;
    const cls = classes[at] ?? 0;
    const uniform = (starts[at + 1] ?? Infinity) >= from + 256;
    const known = uniform ? plain.get(cls) : undefined;
    if (known !== undefined) {
      pages[page] = known;
      continue;
    }
    pages[page] = data.length >> pageBits;
    if (uniform) plain.set(cls, data.length >> pageBits);
    for (let code = from; code < from + 256; code++) {
      while ((starts[at + 1] ?? Infinity) <= code) at++;
      data.push(classes[at] ?? 0);
    }
  }
  return { pages, data };
}

function disguise(pages: Uint16Array, data: number[], skippedClass: number): void {
  const copied = new Set<number>();
  const asciiPage = (pages[0] ?? 0) << pageBits;
  for (const [code, plain] of disguises()) {
    const page = code >> pageBits;
    if (!copied.has(page)) {
      const old = (pages[page] ?? 0) << pageBits;
      pages[page] = data.length >> pageBits;
      for (let i = 0; i < 256; i++) data.push(data[old + i] ?? 0);
      copied.add(page);
    }
    data[((pages[page] ?? 0) << pageBits) | (code & 255)] = plain === skipped ? skippedClass : data[asciiPage + plain] ?? 0;
  }
}

function conditionTable(looks: number, kindBits: readonly number[]): Uint8Array {
  const kinds = kindBits.length;
  const table = new Uint8Array(kinds * kinds);
  for (let before = 0; before < kinds; before++) {
    for (let after = 0; after < kinds; after++) {
      const a = kindBits[before] ?? 0;
      const b = kindBits[after] ?? 0;
      const boundary = (a & asciiWord) !== (b & asciiWord);
      const fails = (looks & Look.beginLine) && before !== 0 && !(a & newline) ||
        (looks & Look.endLine) && after !== 0 && !(b & newline) ||
        (looks & Look.beginText) && before !== 0 ||
        (looks & Look.endText) && after !== 0 ||
        (looks & Look.wordBoundary) && !boundary ||
        (looks & Look.noWordBoundary) && boundary ||
        (looks & Look.notAfterWord) && (a & anyWord) ||
        (looks & Look.notBeforeWord) && (b & anyWord);
      table[before * kinds + after] = fails ? 0 : 1;
    }
  }
  return table;
}

let spacedWords: readonly number[] | undefined;

/** Word characters of the scripts that put spaces between words: the others have no word edge to see. */
function spacedWordRanges(): readonly number[] {
  if (spacedWords !== undefined) return spacedWords;
  const word = /[\p{L}\p{M}\p{N}_]/u;
  const unspaced =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]/u;
  const ranges: number[] = [];
  let open = false;
  // Planes 4 to 13 are unassigned, 14 has no letters but variation selectors (marks), 15 and 16 are private use.
  for (let code = 0; code <= 0x40000; code++) {
    const c = code < 0x40000 ? String.fromCodePoint(code) : "";
    const inside = word.test(c) && !unspaced.test(c);
    if (inside !== open) ranges.push(inside ? code : code - 1);
    open = inside;
  }
  spacedWords = ranges;
  return ranges;
}
