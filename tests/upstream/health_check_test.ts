import assert from "node:assert/strict";
import { HealthCheck } from "../../src/upstream/health_check.ts";

function checked() {
  const state = { well: true, probes: 0, changes: [] as boolean[], waits: [] as number[], cancelled: 0 };
  let next: (() => void) | undefined;
  const check = new HealthCheck({ path: "/health", intervalMs: 1000, timeoutMs: 100 }, {
    probe: () => {
      state.probes++;
      return Promise.resolve(state.well);
    },
    schedule(callback, ms) {
      state.waits.push(ms);
      next = callback;
      return () => state.cancelled++;
    },
    random: () => 0.5,
    onChange: (healthy) => state.changes.push(healthy),
  });
  const tick = async () => {
    next!();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { check, state, tick };
}

Deno.test("HealthCheck: two lost checks in a row are an illness, one good one ends it", async () => {
  const { check, state, tick } = checked();
  await Promise.resolve();
  assert.equal(state.probes, 1, "asks at once");
  state.well = false;
  await tick();
  assert.equal(check.healthy, true);
  await tick();
  assert.equal(check.healthy, false);
  await tick();
  state.well = true;
  await tick();
  assert.equal(check.healthy, true);
  assert.deepEqual(state.changes, [false, true]);
  assert.ok(state.waits.every((ms) => ms === 1000));
});

Deno.test("HealthCheck: asks no more once it is stopped, also when an answer comes later", async () => {
  const { check, state, tick } = checked();
  await Promise.resolve();
  check.stop();
  assert.equal(state.cancelled, 1);
  const waits = state.waits.length;
  await tick();
  assert.equal(state.waits.length, waits, "nothing is scheduled after the stop");
});
