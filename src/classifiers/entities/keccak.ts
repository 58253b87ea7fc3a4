/** Keccak-256 as Ethereum uses it (the padding differs from SHA3-256, which is all the platform has). Only for candidates: slow. */

const MASK = (1n << 64n) - 1n;
const ROTATIONS = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/** Round constants by their generating register (FIPS 202 section 3.2.5). */
const CONSTANTS: readonly bigint[] = (() => {
  const constants: bigint[] = [];
  let register = 1;
  for (let round = 0; round < 24; round++) {
    let constant = 0n;
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt((1 << j) - 1);
      register = register << 1 ^ (register & 0x80 ? 0x171 : 0);
    }
    constants.push(constant);
  }
  return constants;
})();

function rotate(lane: bigint, by: number): bigint {
  return by === 0 ? lane : (lane << BigInt(by) | lane >> BigInt(64 - by)) & MASK;
}

function permute(lanes: bigint[]): void {
  for (const constant of CONSTANTS) {
    const columns = [0, 1, 2, 3, 4].map((x) => lanes[x]! ^ lanes[x + 5]! ^ lanes[x + 10]! ^ lanes[x + 15]! ^ lanes[x + 20]!);
    for (let i = 0; i < 25; i++) lanes[i]! ^= columns[(i + 4) % 5]! ^ rotate(columns[(i + 1) % 5]!, 1);
    const moved = new Array<bigint>(25).fill(0n);
    for (let x = 0; x < 5; x++) {
      for (let y = 0; y < 5; y++) moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(lanes[x + 5 * y]!, ROTATIONS[x + 5 * y]!);
    }
    for (let i = 0; i < 25; i++) {
      const row = i - i % 5;
      lanes[i] = moved[i]! ^ (~moved[row + (i + 1) % 5]! & MASK & moved[row + (i + 2) % 5]!);
    }
    lanes[0]! ^= constant;
  }
}

/** The first 32 bytes of the sponge over a text of at most 135 ASCII characters (one block), in hexadecimal. */
export function keccak256(text: string): string {
  const block = new Uint8Array(136);
  for (let i = 0; i < text.length; i++) block[i] = text.charCodeAt(i);
  block[text.length] = 1;
  block[135]! |= 0x80;
  const lanes = new Array<bigint>(25).fill(0n);
  const view = new DataView(block.buffer);
  for (let i = 0; i < 17; i++) lanes[i] = view.getBigUint64(i * 8, true);
  permute(lanes);
  const out = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; i++) out.setBigUint64(i * 8, lanes[i]!, true);
  return [...new Uint8Array(out.buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
