/** Many literal alternatives as one regular expression without common prefixes, which is what an automaton likes. */

interface Node {
  readonly next: Map<string, Node>;
  end: boolean;
}

/** The alternatives as RE2 source, e.g. `An(?:drea|n(?:a|e)?)`. */
export function alternation(words: Iterable<string>): string {
  const root: Node = { next: new Map(), end: false };
  for (const word of words) {
    let node = root;
    for (const character of word) {
      let child = node.next.get(character);
      if (child === undefined) node.next.set(character, child = { next: new Map(), end: false });
      node = child;
    }
    node.end = true;
  }
  return sourceOf(root);
}

function sourceOf(node: Node): string {
  const ways = [...node.next].map(([character, child]) => character.replace(/[.*+?^${}()|[\]\\]/, "\\$&") + sourceOf(child));
  if (ways.length === 0) return "";
  const one = ways.length === 1 && !node.end ? ways[0]! : `(?:${ways.join("|")})`;
  return node.end ? `${one}?` : one;
}
