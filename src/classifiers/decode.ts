/** Readable text hidden in an encoding: base64, hexadecimal, binary, URL and HTML escapes, reversed. Bounded work per call. */

/** Encoded runs looked at per call. */
const MAX_RUNS = 8;
/** Longest run decoded, characters. */
const MAX_RUN = 4096;

const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:(?:\\x|0x|%|\\u00)?[0-9a-fA-F]{2}[\s:,;]{0,2}){8,}/g;
const BINARY = /(?:[01]{8}[\s,]{0,2}){4,}/g;
const PERCENT = /%[0-9a-fA-F]{2}/;
const ENTITY = /&(?:#x?[0-9a-fA-F]{2,6}|lt|gt|amp|quot);?/;
/** Words of attacks, backwards. */
const BACKWARDS = /snoitcurtsni|stpmorp|tpmorp|erongi|dragersid|laever/i;

/** Every readable text found encoded in `text`, each different from it. Cost: linear in `text`. */
export function decodings(text: string): string[] {
  const found: string[] = [];
  const add = (decoded: string | undefined) => {
    if (decoded !== undefined && decoded.length >= 6 && decoded !== text && isReadable(decoded)) found.push(decoded);
  };
  for (const run of runs(text, BASE64)) if (!/^[a-z]+$|^[A-Z]+$|^\d+$/.test(run)) add(fromBase64(run));
  for (const run of runs(text, BINARY)) add(fromBytes(run.match(/[01]{8}/g) ?? [], 2));
  for (const run of runs(text, HEX)) add(fromBytes(run.match(/[0-9a-fA-F]{2}(?![0-9a-fA-F]?[xu])/g) ?? [], 16));
  if (PERCENT.test(text)) add(text.slice(0, MAX_RUN).replace(/(?:%[0-9a-fA-F]{2})+/g, fromPercent));
  if (ENTITY.test(text)) add(text.slice(0, MAX_RUN).replace(/&#(x?)([0-9a-fA-F]{2,6});?/g, fromEntity));
  if (text.includes("\\u")) {
    add(text.slice(0, MAX_RUN).replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
  }
  if (BACKWARDS.test(text)) add([...text.slice(0, MAX_RUN)].reverse().join(""));
  return found;
}

function runs(text: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(pattern)) {
    found.push(match[0].slice(0, MAX_RUN));
    if (found.length === MAX_RUNS) break;
  }
  return found;
}

function fromBase64(run: string): string | undefined {
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

/** Nearly all of it is letters, digits, spaces and common punctuation. */
function isReadable(text: string): boolean {
  let good = 0, total = 0;
  for (const char of text) {
    total++;
    if (/[\p{L}\p{N} .,!?:;'"()\n_-]/u.test(char)) good++;
  }
  return good >= total * 0.85;
}
