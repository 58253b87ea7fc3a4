import { benchPatterns, benchText } from "./scripts/bench_matching.ts";
import { compilePatterns } from "./src/matching/mod.ts";
import { Tape } from "./src/matching/tape.ts";
import { parseSpec } from "./src/matching/parse.ts";
import { buildNfa } from "./src/matching/nfa.ts";
const text = Deno.args[0] ? Deno.readTextFileSync(Deno.args[0]) : benchText(200000);
const flat = text.match(/[^]{1,4096}/g)!;
const ps = benchPatterns(200);
const nfa = buildNfa(ps.map(parseSpec), ps.map((p) => p.source), false);
const min = (f: () => void) => {
  let b = 1e9;
  for (let i = 0; i < 40; i++) {
    const t = performance.now();
    f();
    b = Math.min(b, performance.now() - t);
  }
  return (b * 1e6 / text.length).toFixed(2);
};
console.log(
  "tape",
  min(() => {
    const t = new Tape(nfa.alphabet);
    for (const c of flat) for (let i = 0; i < c.length; i += 1024) t.append(c, i, Math.min(c.length, i + 1024), t.end - 1);
  }),
);
for (const n of [1, 20, 200]) {
  const set = compilePatterns(benchPatterns(n));
  console.log(
    "set",
    n,
    min(() => {
      const s = set.open();
      for (const c of flat) s.push(c), s.take();
      s.finish();
    }),
  );
}
