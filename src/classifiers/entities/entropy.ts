/** How random a text looks. */

/** Shannon entropy of the characters; bits per character. English prose has about 4, base64 of random bytes about 5.5 when long. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count / text.length * Math.log2(count / text.length);
  return bits;
}

/** Places of the text where a letter meets a digit or upper meets lower case, per character: high for tokens, low for words. */
export function mixture(text: string): number {
  let changes = 0;
  let last = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code >= 48 && code <= 57 ? 1 : code >= 65 && code <= 90 ? 2 : code >= 97 && code <= 122 ? 3 : 0;
    if (i > 0 && kind !== last) changes++;
    last = kind;
  }
  return text.length === 0 ? 0 : changes / text.length;
}
