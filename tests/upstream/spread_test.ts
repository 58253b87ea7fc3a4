import assert from "node:assert/strict";
import { choose } from "../../src/upstream/spread.ts";

const target = (name: string, weight = 1) => ({ name, weight, inFlight: 0, turn: 0 });

function counts(targets: ReturnType<typeof target>[], calls: number): Record<string, number> {
  const counted: Record<string, number> = {};
  for (let i = 0; i < calls; i++) {
    const { name } = choose(targets)!;
    counted[name] = (counted[name] ?? 0) + 1;
  }
  return counted;
}

Deno.test("choose(): idle targets take turns, by weight and evenly", () => {
  assert.deepEqual(counts([target("a"), target("b")], 100), { a: 50, b: 50 });
  assert.deepEqual(counts([target("a", 3), target("b", 1)], 100), { a: 75, b: 25 });
  const order = Array.from(
    { length: 8 },
    (() => {
      const targets = [target("a", 3), target("b", 1)];
      return () => choose(targets)!.name;
    })(),
  );
  assert.equal(order.join(""), "aabaaaba", "the light one does not come in a row at the end");
});

Deno.test("choose(): the one with the least under way for its weight", () => {
  const [a, b] = [target("a", 1), target("b", 2)];
  a.inFlight = 2;
  b.inFlight = 3;
  assert.equal(choose([a, b])!.name, "b");
  b.inFlight = 5;
  assert.equal(choose([a, b])!.name, "a");
});

Deno.test("choose(): a slow target gets less, whatever the order of calls", () => {
  // `slow` takes ten steps for a call, `fast` one: what is under way decides, so `fast` gets about ten times as many.
  const [slow, fast] = [target("slow"), target("fast")];
  const ends: { at: number; of: typeof slow }[] = [];
  const served = { slow: 0, fast: 0 };
  for (let step = 0; step < 1000; step++) {
    for (const end of ends.filter(({ at }) => at === step)) end.of.inFlight--;
    for (let call = 0; call < 2; call++) {
      const chosen = choose([slow, fast])!;
      chosen.inFlight++;
      served[chosen.name as "slow" | "fast"]++;
      ends.push({ at: step + (chosen === slow ? 10 : 1), of: chosen });
    }
  }
  assert.ok(served.fast > served.slow * 5, JSON.stringify(served));
});

Deno.test("choose(): nobody of none", () => assert.equal(choose([]), undefined));
