/**
 * Sentences from patterns: `{a|b}` picks one, a choice that is a name of the grammar expands to one of its patterns.
 * `\|`, `\{` and `\}` stand for themselves.
 */

export type Grammar = Readonly<Record<string, readonly string[]>>;

/** Stand-ins for escaped characters while a pattern expands. */
const ESCAPES: Readonly<Record<string, string>> = { "|": "\u{e001}", "{": "\u{e002}", "}": "\u{e003}" };
const hide = (pattern: string) => pattern.replace(/\\([|{}])/g, (_, char: string) => ESCAPES[char]!);
const show = (text: string) => text.replace(/[\ue001-\ue003]/g, (char) => "|{}"[char.charCodeAt(0) - 0xe001]!);

/** Expands `pattern` once. Throws `ReferenceError` for a name that the grammar lacks. */
export function expand(pattern: string, grammar: Grammar, next: () => number): string {
  let text = hide(pattern);
  for (;;) {
    const open = text.lastIndexOf("{");
    if (open === -1) return show(text.replace(/[ \t]+/g, " ").trim());
    const close = text.indexOf("}", open);
    const inner = text.slice(open + 1, close);
    const pick = (options: readonly string[]) => options[Math.floor(next() * options.length)]!;
    let chosen = pick(inner.split("|"));
    const named = grammar[chosen];
    if (named !== undefined) chosen = hide(pick(named));
    else if (/^[A-Z_]+$/.test(inner)) throw new ReferenceError(`Cannot expand "{${inner}}": the grammar has no such name`);
    text = text.slice(0, open) + chosen + text.slice(close + 1);
  }
}

/** `count` different sentences, spread evenly over `patterns`; fewer when the patterns run out. */
export function sentences(patterns: readonly string[], grammar: Grammar, count: number, next: () => number): string[] {
  const found = new Set<string>();
  for (let tries = 0; found.size < count && tries < count * 8; tries++) {
    found.add(expand(patterns[tries % patterns.length]!, grammar, next));
  }
  return [...found];
}
