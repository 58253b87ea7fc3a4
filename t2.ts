import { benchPatterns } from "./scripts/bench_matching.ts";
import { compilePatterns } from "./src/matching/mod.ts";
const text = Deno.readTextFileSync("/tmp/pii.txt");
const flat = text.match(/[^]{1,4096}/g)!;
const set = compilePatterns(benchPatterns(200));
const t0 = performance.now();
let n = 0;
while (performance.now() - t0 < 4000) {
  const s = set.open();
  for (const c of flat) s.push(c), n += s.take().length;
  s.finish();
}
console.log(set.findAll(text).length, text.length);
