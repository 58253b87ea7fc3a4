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
/** Words of attacks, backwards, stretched or not. */
const BACKWARDS = /s+n+o+i+t+c+u+r+t+s+n+i|t+p+m+o+r+p|e+r+o+n+g+i|d+r+a+g+e+r+s+i+d|l+a+e+v+e+r/i;

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
  if (signs.bits >= 32) { for (const run of runs(text, BINARY)) add(fromBytes(run.match(/[01]{8}/g) ?? [], 2)); }
  if (signs.digits >= 8) { for (const run of runs(text, HEX)) add(fromBytes(run.match(/[0-9a-fA-F]{2}(?![0-9a-fA-F]?[xu])/g) ?? [], 16)); }
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
  /** Zeros and ones. */
  bits: number;
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

/** What `text` holds of the characters that encodings need. */
function signsOf(text: string): Signs {
  const signs: Signs = {
    longestRun: 0,
    digits: 0,
    bits: 0,
    percent: false,
    ampersand: false,
    backslash: false,
    letters: 0,
    lookalikes: 0,
    wide: 0,
  };
  let run = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      run++;
      signs.letters++;
    } else if (code >= 48 && code <= 57) {
      run++;
      signs.digits++;
      if (code <= 49) signs.bits++;
    } else if (code === 43 || code === 45 || code === 47 || code === 95) run++;
    else {
      if (run > signs.longestRun) signs.longestRun = run;
      run = 0;
      if (code > 127) {
        if (code >= 0x370 && code < 0x530) signs.lookalikes++;
        else if (code < 0x600 || (code >= 0x1d00 && code < 0x2100) || (code >= 0xd800 && code < 0xe000) || code >= 0xfe00) signs.wide++;
      } else if (code === 37) signs.percent = true;
      else if (code === 38) signs.ampersand = true;
      else if (code === 92) signs.backslash = true;
    }
  }
  if (run > signs.longestRun) signs.longestRun = run;
  return signs;
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
