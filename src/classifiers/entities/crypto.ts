/** Wallet addresses of crypto currencies, by their checksums. */
import { createHash } from "node:crypto";
import type { EntityRule } from "./entity.ts";
import { keccak256 } from "./keccak.ts";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** Base58Check: the last four bytes are the start of a double SHA-256 over the others. Returns the version byte, or -1. */
export function base58Version(text: string): number {
  let number = 0n;
  for (const character of text) {
    const value = BASE58.indexOf(character);
    if (value < 0) return -1;
    number = number * 58n + BigInt(value);
  }
  if (number >> 200n !== 0n) return -1;
  const bytes = new Uint8Array(25);
  for (let i = 24; i >= 0; i--, number >>= 8n) bytes[i] = Number(number & 255n);
  const sum = sha256(sha256(bytes.subarray(0, 21)));
  return sum.subarray(0, 4).every((byte, i) => byte === bytes[21 + i]) ? bytes[0]! : -1;
}

const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173 (constant 1) and BIP 350 (bech32m). */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  const split = lower.lastIndexOf("1");
  const prefix = [...lower.slice(0, split)].map((character) => character.charCodeAt(0));
  const data = [...lower.slice(split + 1)].map((character) => BECH32.indexOf(character));
  if (data.includes(-1)) return false;
  let sum = 1;
  for (const value of [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) {
    const top = sum >>> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    GENERATORS.forEach((generator, i) => top >> i & 1 && (sum ^= generator));
  }
  return sum === 1 || sum === 0x2bc830a3;
}

/** EIP-55: letters are capitals where the hash of the lower-case address has a nibble of 8 or more. One case only: no checksum. */
function isEthereum(match: string): boolean {
  const hex = match.slice(2);
  const lower = hex.toLowerCase();
  if (hex === lower || hex === hex.toUpperCase()) return !/^(.)\1+$/.test(hex);
  const hash = keccak256(lower);
  return [...hex].every((character, i) => !/[a-f]/i.test(character) || (character < "a") === (Number.parseInt(hash[i]!, 16) >= 8));
}

/** Version bytes: Bitcoin 0 and 5, Litecoin 48 and 50, Dogecoin 30, Dash 76, Tron 65. */
const VERSIONS: ReadonlySet<number> = new Set([0, 5, 48, 50, 30, 76, 65]);

const WALLET = { entity: "crypto_wallet", label: "Crypto wallet address", region: "global", score: 0.95 } as const;

export const CRYPTO: readonly EntityRule[] = [
  { ...WALLET, pattern: String.raw`\b[13LMDXT][1-9A-HJ-NP-Za-km-z]{25,34}\b`, valid: (match) => VERSIONS.has(base58Version(match)) },
  { ...WALLET, pattern: String.raw`\b(?:bc1|ltc1|BC1|LTC1)[0-9A-Za-z]{25,87}\b`, valid: isBech32 },
  { ...WALLET, pattern: String.raw`\b0x[0-9A-Fa-f]{40}\b`, valid: isEthereum },
];
