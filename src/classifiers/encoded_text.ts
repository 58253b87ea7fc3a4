/** `encoded_text`: text that was encoded so that filters do not read it. The spans are the encoded pieces. */
import { Buffer } from "node:buffer";
import { entityClassifier } from "./entities/detector.ts";
import { mixture } from "./entities/entropy.ts";
import type { EntityClassifier, EntityPattern } from "./types.ts";

/** Whether decoded bytes read as text: nearly all printable, mostly letters and spaces. */
function isText(text: string): boolean {
  const printable = text.replace(/[^\p{L}\p{N}\p{P}\p{S}\s]/gu, "").replaceAll("\ufffd", "").length;
  const letters = text.replace(/[^\p{L}\s]/gu, "").length;
  return text.length >= 8 && printable / text.length > 0.95 && letters / text.length > 0.6;
}

const decoded = (bytes: Buffer) => bytes.toString("utf8");

function base64(match: string): number {
  const plain = match.replace(/\s+/g, "");
  if (isText(decoded(Buffer.from(plain, "base64")))) return 0.95;
  // Long words, paths and identifiers do not change between cases and digits at every third letter.
  return plain.length >= 40 && mixture(plain) > 0.35 ? 0.5 : 0;
}

function hexadecimal(match: string): number {
  const digits = match.replace(/0x|\\x|[\s,]/gi, "");
  return digits.length % 2 === 0 && isText(decoded(Buffer.from(digits, "hex"))) ? 0.95 : 0;
}

function binary(match: string): number {
  const bytes = match.replace(/[\s,]/g, "").match(/.{8}/g) ?? [];
  return isText(decoded(Buffer.from(bytes.map((bits) => Number.parseInt(bits, 2))))) ? 0.95 : 0;
}

const piece = (entity: string, label: string, score: number, source: string, check?: (match: string) => number): EntityPattern => ({
  entity,
  label,
  region: "global",
  score,
  spec: { source, check: check ?? (() => score) },
});

const ENCODINGS: readonly EntityPattern[] = [
  piece("base64", "Base64", 0.95, String.raw`\b[A-Za-z0-9+/_-]{20,}={0,2}`, base64),
  piece("hex", "Hexadecimal text", 0.95, String.raw`\b(?:0x)?(?:[0-9A-Fa-f]{2}[ ,]?){10,}\b`, hexadecimal),
  piece("hex", "Hexadecimal text", 0.95, String.raw`(?:(?:\\x|0x)[0-9A-Fa-f]{2}[ ,]{0,2}){6,}`, hexadecimal),
  piece("binary", "Binary digits", 0.95, String.raw`\b(?:[01]{8}[ ,]?){6,}\b`, binary),
  piece("percent", "URL encoding", 0.8, String.raw`(?:%[0-9A-Fa-f]{2}){6,}`),
  piece("unicode_escape", "Unicode escapes", 0.8, String.raw`(?:\\u\{?[0-9A-Fa-f]{4,6}\}?){5,}`),
  piece("html_entity", "HTML entities", 0.8, String.raw`(?:&#(?:x[0-9A-Fa-f]{2,6}|\d{2,7});){5,}`),
  piece(
    "morse",
    "Morse code",
    0.7,
    String.raw`(?:[.-]{1,6} ?(?:/ )?){9,}[.-]{1,6}`,
    (match) => /[.]/.test(match) && /-/.test(match) && / /.test(match) && !/[.]{4}|-{4}/.test(match) ? 0.7 : 0,
  ),
];

/** Limits: ciphers that keep letters as letters (rot13, reversal) are `prompt_injection`'s business. */
export function encodedText(name: string): EntityClassifier {
  return entityClassifier(name, ENCODINGS);
}
