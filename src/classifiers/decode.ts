/** Readable text hidden in an encoding: base64, hexadecimal, binary, URL and HTML escapes, reversed. Bounded work per call. */

import { deleet, foldText, unmix } from "./normalize.ts";

/** Encoded runs looked at per call. */
const MAX_RUNS = 8;
/** Longest run decoded, characters. */
const MAX_RUN = 4096;

const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:(?:\\x|0x|%|\\u00)?[0-9a-fA-F]{2}[\s:,;]{0,2}){8,}/g;
const BINARY = /(?:[01]{8}[\s,]{0,2}){4,}/g;
const PERCENT = /%[0-9a-fA-F]{2}/;
const ENTITY = /&(?:#x?[0-9a-fA-F]{2,6}|lt|gt|amp|quot);?/;
/** Words of attacks, backwards, stretched or not. Without `+` at their start and end: a run of one letter must not be tried from each of its places. */
const BACKWARDS = /sn+o+i+t+c+u+r+t+s+n+i|tp+m+o+r+p|er+o+n+g+i|dr+a+g+e+r+s+i+d|la+e+v+e+r/i;

/** Every readable text found encoded in `text`, each different from it. Cost: one look at each character unless something looks encoded. */
export function decodings(text: string): string[] {
  const signs = signsOf(text);
  const found: string[] = [];
  const add = (decoded: string | undefined) => {
    if (decoded !== undefined && decoded.length >= 6 && decoded !== text && isReadable(decoded)) found.push(decoded);
  };
  if (signs.longestRun >= 16) {
    for (const run of runs(text, BASE64)) if (!/^[a-z]+$|^[A-Z]+$|^\d+$/.test(run)) add(fromBase64(run));
  }
  if (signs.longestBits >= 32) { for (const run of runs(text, BINARY)) add(fromBytes(run.match(/[01]{8}/g) ?? [], 2)); }
  if (signs.digits >= 8 && signs.longestHex >= 16) {
    for (const run of runs(text, HEX)) add(fromBytes(run.match(/[0-9a-fA-F]{2}(?![0-9a-fA-F]?[xu])/g) ?? [], 16));
  }
  if (signs.percent && PERCENT.test(text)) add(text.slice(0, MAX_RUN).replace(/(?:%[0-9a-fA-F]{2})+/g, fromPercent));
  if (signs.ampersand && ENTITY.test(text)) add(text.slice(0, MAX_RUN).replace(/&#(x?)([0-9a-fA-F]{2,6});?/g, fromEntity));
  if (signs.backslash) {
    add(text.slice(0, MAX_RUN).replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
  }
  const shown = isDisguised(signs, text.length) ? unmix(deleet(foldText(text.slice(0, MAX_RUN)))) : text;
  if (BACKWARDS.test(shown)) add([...shown.slice(0, MAX_RUN)].reverse().join(""));
  return found;
}

interface Signs {
  /** Longest run of base64 characters. */
  longestRun: number;
  digits: number;
  /** Most hexadecimal digits with nothing between them that `HEX` does not allow. */
  longestHex: number;
  /** Most zeros and ones with nothing between them that `BINARY` does not allow. */
  longestBits: number;
  percent: boolean;
  ampersand: boolean;
  backslash: boolean;
  /** ASCII letters. */
  letters: number;
  /** Greek and Cyrillic, of which many look Latin. */
  lookalikes: number;
  /** Further characters beyond ASCII, without those of scripts that look like no other. */
  wide: number;
}

/** So much of the text may be letters in disguise that it is worth the cost of folding it. */
function isDisguised({ letters, lookalikes, wide, digits }: Signs, length: number): boolean {
  return Math.max(wide, digits) * 8 > length || (lookalikes * 8 > length && letters * 2 > lookalikes);
}

/** Bits of what a character may be part of. */
const IN_BASE64 = 0,
  HEX_DIGIT = 1,
  IN_HEX = 2,
  BIT = 3,
  IN_BINARY = 4,
  DIGIT = 5,
  LETTER = 6,
  PERCENT_SIGN = 7,
  AMPERSAND = 8,
  BACKSLASH = 9;
const CLASSES = [/[A-Za-z0-9+/_-]/, /[0-9a-fA-F]/, /[0-9a-fA-F\s:,;\\x%u]/, /[01]/, /[01\s,]/, /[0-9]/, /[A-Za-z]/, /%/, /&/, /\\/];
const KINDS = Uint16Array.from(
  { length: 128 },
  (_, code) => CLASSES.reduce((bits, pattern, bit) => bits | (pattern.test(String.fromCharCode(code)) ? 1 << bit : 0), 0),
);

/** What `text` holds of the characters that encodings need. ASCII is counted without branches: which letter comes next cannot be foretold. */
function signsOf(text: string): Signs {
  let letters = 0, digits = 0, lookalikes = 0, wide = 0, seen = 0;
  let run = 0, longestRun = 0, hex = 0, longestHex = 0, bits = 0, longestBits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) {
      // Wide spaces may stand among hexadecimal and binary digits: no run of those ends here.
      run = 0;
      if (code >= 0x370 && code < 0x530) lookalikes++;
      else if (code < 0x600 || (code >= 0x1d00 && code < 0x2100) || (code >= 0xd800 && code < 0xe000) || code >= 0xfe00) wide++;
      continue;
    }
    const kind = KINDS[code]!;
    seen |= kind;
    letters += (kind >> LETTER) & 1;
    digits += (kind >> DIGIT) & 1;
    run = (run + 1) & -((kind >> IN_BASE64) & 1);
    hex = (hex + ((kind >> HEX_DIGIT) & 1)) & -((kind >> IN_HEX) & 1);
    bits = (bits + ((kind >> BIT) & 1)) & -((kind >> IN_BINARY) & 1);
    if (run > longestRun) longestRun = run;
    if (hex > longestHex) longestHex = hex;
    if (bits > longestBits) longestBits = bits;
  }
  const has = (bit: number) => ((seen >> bit) & 1) === 1;
  return {
    longestRun,
    digits,
    longestHex,
    longestBits,
    percent: has(PERCENT_SIGN),
    ampersand: has(AMPERSAND),
    backslash: has(BACKSLASH),
    letters,
    lookalikes,
    wide,
  };
}

function runs(text: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(pattern)) {
    found.push(match[0].slice(0, MAX_RUN));
    if (found.length === MAX_RUNS) break;
  }
  return found;
}

/** Value of each base64 or base64url character, by code. */
const SEXTETS = new Int8Array(128).fill(-1);
for (const [index, char] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  SEXTETS[char.charCodeAt(0)] = index;
}
SEXTETS[45] = 62;
SEXTETS[95] = 63;

/** The first bytes are text. Most long identifiers fail here, which is cheaper than the exception that decoding them would throw. */
function startsAsText(run: string): boolean {
  let bits = 0, held = 0, continuations = 0;
  for (let i = 0; i < 16; i++) {
    bits = (bits << 6) | SEXTETS[run.charCodeAt(i)]!;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    bits &= (1 << held) - 1;
    if (continuations > 0) {
      if ((byte & 0xc0) !== 0x80) return false;
      continuations--;
    } else if (byte >= 0xc2 && byte < 0xf5) continuations = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    else if (byte > 0x7e || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
  }
  return true;
}

function fromBase64(run: string): string | undefined {
  if (!startsAsText(run)) return undefined;
  const plain = run.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  // One letter left over encodes nothing.
  const whole = plain.length % 4 === 1 ? plain.slice(0, -1) : plain;
  try {
    return utf8(Uint8Array.from(atob(whole), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function fromBytes(digits: readonly string[], base: number): string | undefined {
  return utf8(Uint8Array.from(digits, (pair) => parseInt(pair, base)));
}

function fromPercent(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}

function fromEntity(whole: string, hex: string, digits: string): string {
  const code = parseInt(digits, hex === "" ? 10 : 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Nearly all of it can be read, or be decoded once more: letters, their marks, digits, what is invisible, ASCII; a third of it says something. */
function isReadable(text: string): boolean {
  let good = 0, said = 0, total = 0;
  for (const char of text) {
    total++;
    if (/[\p{L}\p{N}]/u.test(char)) said++;
    else if (/[ -~\n\p{M}\p{Cf}]/u.test(char)) good++;
  }
  return good + said >= total * 0.95 && said >= total * 0.3;
}
