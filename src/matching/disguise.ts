/**
 * What `PatternSetOptions.foldEvasions` reads through: characters that show nothing, and dressed-up forms of ASCII characters.
 */

/** Default-ignorable code points (Unicode DerivedCoreProperties): they leave no mark on the screen. */
const ignorable = /\p{Default_Ignorable_Code_Point}/u;

/** Blocks that hold compatibility forms of ASCII characters or ignorable code points; nothing outside needs a look. */
const blocks: readonly (readonly [number, number])[] = [
  [0x80, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x1d2c, 0x1d6a],
  [0x2000, 0x24ff],
  [0x2c7c, 0x2c7d],
  [0x3000, 0x3000],
  [0x3164, 0x3164],
  [0xfe00, 0xfe6f],
  [0xfeff, 0xffef],
  [0x1d173, 0x1d17a],
  [0x1d400, 0x1d7ff],
  [0x1f110, 0x1f16c],
  [0x1fbf0, 0x1fbf9],
  [0xe0000, 0xe0fff],
];

/** Read as nothing at all. */
export const skipped = -1;

let table: ReadonlyMap<number, number> | undefined;

/** Code point → the ASCII code it reads as, or `skipped`. Only code points that do not read as themselves are in it. */
export function disguises(): ReadonlyMap<number, number> {
  if (table !== undefined) return table;
  const found = new Map<number, number>();
  for (const [from, to] of blocks) {
    for (let code = from; code <= to; code++) {
      const character = String.fromCodePoint(code);
      if (ignorable.test(character)) {
        found.set(code, skipped);
        continue;
      }
      const plain = character.normalize("NFKC");
      if (plain.length === 1 && plain < "\x80") found.set(code, plain.charCodeAt(0));
    }
  }
  table = found;
  return found;
}

/** `text` as it is read under `foldEvasions`. */
export function undisguise(text: string): string {
  const known = disguises();
  for (let at = 0; at < text.length; at++) {
    // Nothing in ASCII is a disguise, and nearly all text is ASCII; most of the rest (é, ’, –) is none either.
    if (text.charCodeAt(at) >= 128 && known.has(text.codePointAt(at) ?? 0)) return text.slice(0, at) + plainly(text.slice(at), known);
  }
  return text;
}

function plainly(text: string, known: ReadonlyMap<number, number>): string {
  let read = "";
  for (const character of text) {
    const plain = known.get(character.codePointAt(0) ?? 0);
    if (plain === undefined) read += character;
    else if (plain !== skipped) read += String.fromCharCode(plain);
  }
  return read;
}
