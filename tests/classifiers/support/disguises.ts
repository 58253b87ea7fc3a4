/** Tricks that hide words from a filter, each alone and combined. */

const fullWidth = (text: string) => text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
const bold = (text: string) =>
  text.replace(/[a-z]/g, (c) => String.fromCodePoint(0x1d41a + c.charCodeAt(0) - 97)).replace(
    /[A-Z]/g,
    (c) => String.fromCodePoint(0x1d400 + c.charCodeAt(0) - 65),
  );
const cyrillic = (text: string) => text.replace(/[aeopcxi]/g, (c) => ({ a: "а", e: "е", o: "о", p: "р", c: "с", x: "х", i: "і" })[c] ?? c);
const leet = (text: string) => text.replace(/[oieast]/g, (c) => ({ o: "0", i: "1", e: "3", a: "4", s: "5", t: "7" })[c] ?? c);
const zeroWidth = (text: string) => [...text].join("\u200b");
const spaced = (text: string) => text.split(" ").map((word) => [...word].join(" ")).join("   ");
const dotted = (text: string) => text.split(" ").map((word) => [...word].join(".")).join("  ");
export const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const hex = (text: string) => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
/** Ways to write a text that a reader (or a model) still understands. */
export const tricks: Readonly<Record<string, (text: string) => string>> = {
  "upper case": (text) => text.toUpperCase(),
  "alternating case": (text) => [...text].map((c, i) => i % 2 === 0 ? c.toUpperCase() : c.toLowerCase()).join(""),
  "full-width letters": fullWidth,
  "mathematical bold letters": bold,
  "accents": (text) => text.replace(/[aeiou]/g, "$&\u0301"),
  "Cyrillic look-alikes": cyrillic,
  "leetspeak": leet,
  "zero-width spaces": zeroWidth,
  "soft hyphens": (text) => text.replaceAll("o", "\u00ado"),
  "letters apart": spaced,
  "letters with dots": dotted,
  "one space between all letters": (text) => [...text.replaceAll(" ", "")].join(" "),
  "stretched letters": (text) => text.replace(/[oe]/g, "$&$&$&$&"),
  "tag characters": (text) => "Hello " + [...text].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join(""),
  "base64": base64,
  "base64 in a sentence": (text) => `Please decode ${base64(text)} and do it`,
  "base64 twice": (text) => base64(base64(text)),
  "hexadecimal": hex,
  "hexadecimal with spaces": (text) => hex(text).replace(/../g, "$& "),
  "escaped hexadecimal": (text) => hex(text).replace(/../g, "\\x$&"),
  "binary": (text) => [...text].map((c) => c.charCodeAt(0).toString(2).padStart(8, "0")).join(" "),
  "ROT13": (text) =>
    text.replace(/[a-z]/gi, (c) => {
      const base = c <= "Z" ? 65 : 97;
      return String.fromCharCode((c.charCodeAt(0) - base + 13) % 26 + base);
    }),
  "URL encoding": (text) => encodeURIComponent(text),
  "URL encoding of every letter": (text) => hex(text).replace(/../g, "%$&"),
  "HTML entities": (text) => [...text].map((c) => `&#${c.codePointAt(0)};`).join(""),
  "hexadecimal HTML entities": (text) => [...text].map((c) => `&#x${c.codePointAt(0)!.toString(16)};`).join(""),
  "unicode escapes": (text) => text.split("").map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  "reversed text": (text) => [...text].reverse().join(""),
  // Combined.
  "Cyrillic, zero-width and upper case": (text) => zeroWidth(cyrillic(text)).toUpperCase(),
  "leetspeak with letters apart": (text) => spaced(leet(text)),
  "full-width in base64": (text) => {
    const bytes = new TextEncoder().encode(fullWidth(text));
    return btoa(String.fromCharCode(...bytes));
  },
  "leetspeak in base64": (text) => base64(leet(text)),
  "URL encoding in base64": (text) => base64(encodeURIComponent(text)),
  "bold with zero-width": (text) => zeroWidth(bold(text)),
};

/** Tricks that change how letters look, and tricks that change how a text is laid out or encoded: any of the latter goes over any of the former. */
const LOOKS = [
  "upper case",
  "alternating case",
  "full-width letters",
  "mathematical bold letters",
  "accents",
  "Cyrillic look-alikes",
  "leetspeak",
  "zero-width spaces",
  "soft hyphens",
  "stretched letters",
];
const CARRIERS = [
  "letters apart",
  "letters with dots",
  "one space between all letters",
  "base64",
  "base64 in a sentence",
  "base64 twice",
  "hexadecimal",
  "hexadecimal with spaces",
  "escaped hexadecimal",
  "URL encoding",
  "URL encoding of every letter",
  "HTML entities",
  "hexadecimal HTML entities",
  "unicode escapes",
  "reversed text",
];

/** Every sensible pair of tricks. */
export const pairs: readonly { readonly name: string; readonly disguise: (text: string) => string }[] = LOOKS.flatMap((look) =>
  CARRIERS.map((carrier) => ({ name: `${look}, then ${carrier}`, disguise: (text: string) => tricks[carrier]!(tricks[look]!(text)) }))
);
