import assert from "node:assert/strict";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { remaining, subject } from "../../src/limits/rate.ts";
import { SavedLevels } from "../../src/limits/saved_levels.ts";

const acme = subject("tenant", "acme", "acme", { requestsPerMinute: 60, tokensPerMinute: 6000, concurrentRequests: 50 });

async function restored(path: string, nowMs: number, problems: string[] = []) {
  const store = openMemoryStore();
  const saved = new SavedLevels(store.table, { path, now: () => nowMs, onProblem: (each) => problems.push(each) });
  await saved.restore();
  const level = store.peek(acme, nowMs);
  return {
    store,
    saved,
    requests: remaining(level.requestsDebtMs, acme.requestMs, acme.requestSpanMs),
    tokens: remaining(level.tokensDebtMs, acme.tokenMs, acme.tokenSpanMs),
    running: level.running,
  };
}

Deno.test("what was used up is used up after a restart, less what was refilled meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/data/limits.json`;
  const before = await restored(path, 0);
  for (let i = 0; i < 40; i++) before.store.admit([acme], 100, 0);
  await before.saved.close();
  const after = await restored(path, 5000);
  assert.deepEqual([after.requests, after.tokens, after.running], [25, 2500, 0]);
  const muchLater = await restored(path, 60_000);
  assert.deepEqual([muchLater.requests, muchLater.tokens], [60, 6000]);
  await after.saved.close();
  const setBack = await restored(path, 4000);
  assert.deepEqual([setBack.requests, setBack.tokens], [25, 2500], "a clock that was set back refills nothing");
  assert.deepEqual([...Deno.readDirSync(`${folder}/data`)].map(({ name }) => name), ["limits.json"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a damaged file is told and changes nothing, and a folder that cannot be written is told once", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/limits.json`;
  for (const text of ["", "{", '{"version":2}', '{"version":1,"saved_at":0,"levels":[["x",1,1]]}']) {
    await Deno.writeTextFile(path, text);
    const problems: string[] = [];
    const { requests } = await restored(path, 0, problems);
    assert.equal(requests, 60);
    assert.match(problems.join("\n"), /^Limits begin afresh: .*limits\.json does not hold what a gateway saves there$/);
  }
  const problems: string[] = [];
  const { store, saved } = await restored(`${path}/below-a-file/limits.json`, 0, problems);
  problems.length = 0;
  store.admit([acme], 1, 0);
  await saved.save();
  await saved.save();
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /cannot be saved to .*: a restart forgives it$/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a table that is smaller than before takes what it has room for, and says so", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/limits.json`;
  const hash = (i: number) => i.toString(16).padStart(32, "0");
  const levels = Array.from({ length: 100 }, (_, i) => [hash(i), 60_000, 0]);
  await Deno.writeTextFile(path, JSON.stringify({ version: 1, saved_at: 0, levels }));
  const problems: string[] = [];
  const store = openMemoryStore(undefined, { slots: 64 });
  await new SavedLevels(store.table, { path, now: () => 0, onProblem: (each) => problems.push(each) }).restore();
  assert.equal([...store.table.debts(0)].length, 64);
  assert.match(problems.join(), /^Some limits begin afresh: .*64 of 64 slots/);
  await Deno.remove(folder, { recursive: true });
});
