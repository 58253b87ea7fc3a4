/** Load shedding: the lowest priority first, no more than helps, and back as soon as there is room. */
import assert from "node:assert/strict";
import { LoadMeter, TICK_MS } from "../../../src/http/overload/load_meter.ts";
import { Shedder } from "../../../src/http/overload/shedder.ts";
import { UnderWay } from "../../../src/http/overload/under_way.ts";

const CALM = { event_loop: 0.1, memory: 0.1 };
const LATE = { event_loop: 1.2, memory: 0.1 };
const FULL = { event_loop: 0.1, memory: 1.5 };

/** The share of 1,000 requests of a priority that is shed, their draws spread evenly. */
function shareShed(shedder: Shedder, priority: number, nowMs: number): number {
  let shed = 0;
  for (let i = 0; i < 1000; i++) if (shedder.admit(priority, i / 1000, nowMs) !== undefined) shed++;
  return shed / 1000;
}

function seen(...priorities: number[]): Shedder {
  const shedder = new Shedder();
  for (const priority of priorities) shedder.admit(priority, 0.5, 0);
  return shedder;
}

Deno.test("Shedder sheds nothing while no limit is exceeded", () => {
  const shedder = seen(10, 50);
  for (let tick = 0; tick < 50; tick++) shedder.tick({ event_loop: 0.99, memory: 0.99 }, tick * TICK_MS);
  assert.equal(shareShed(shedder, 10, 5000), 0);
  assert.equal(shedder.level, 0);
});

Deno.test("Shedder sheds all of the lowest priority before any of the next, and a growing share of each", () => {
  const shedder = seen(10, 50, 90);
  const shares: (readonly [low: number, middle: number, high: number])[] = [];
  for (let tick = 0; tick < 40; tick++) {
    shedder.tick(LATE, tick * TICK_MS);
    const at = tick * TICK_MS;
    shares.push([shareShed(shedder, 10, at), shareShed(shedder, 50, at), shareShed(shedder, 90, at)]);
  }
  for (const [i, [low, middle, high]] of shares.entries()) {
    if (middle > 0) assert.equal(low, 1, `tick ${i}`);
    if (high > 0) assert.equal(middle, 1, `tick ${i}`);
    if (i > 0) assert.ok(low >= shares[i - 1]![0] && middle >= shares[i - 1]![1] && high >= shares[i - 1]![2], `tick ${i}`);
  }
  assert.ok(shares[0]![0] > 0 && shares[0]![0] < 0.25, `${shares[0]![0]} at first`);
  // Some of the highest always get in, to find out whether it is over.
  assert.ok(Math.abs(shares.at(-1)![2] - 0.95) < 0.002, `${shares.at(-1)![2]} at last`);
});

Deno.test("Shedder lets everybody in again once there is room, and says which limit it was", () => {
  const shedder = seen(50);
  for (let tick = 0; tick < 6; tick++) shedder.tick(FULL, tick * TICK_MS);
  assert.equal(shedder.admit(50, 0, 600), "memory");
  for (let tick = 6; tick < 40; tick++) shedder.tick(CALM, tick * TICK_MS);
  assert.equal(shareShed(shedder, 50, 4000), 0);
  for (let tick = 40; tick < 46; tick++) shedder.tick(LATE, tick * TICK_MS);
  assert.equal(shedder.admit(50, 0, 4600), "event_loop");
});

Deno.test("Shedder does not wait for a priority that nobody uses any more", () => {
  const shedder = seen(10, 50);
  // Priority 10 had its last request at 0; half a minute later only 50 has any.
  for (let tick = 0; tick < 300; tick++) {
    shedder.admit(50, 0.5, tick * TICK_MS);
    shedder.tick(CALM, tick * TICK_MS);
  }
  for (let tick = 300; tick < 303; tick++) {
    shedder.admit(50, 0.5, tick * TICK_MS);
    shedder.tick(LATE, tick * TICK_MS);
  }
  assert.ok(shareShed(shedder, 50, 30_300) > 0.2);
});

Deno.test("LoadMeter takes the middle one of five looks: one long turn is no load, a steady one is", () => {
  let nowMs = 0;
  const meter = new LoadMeter(() => nowMs, () => 0.25);
  const turn = (lateMs: number) => {
    nowMs += TICK_MS + lateMs;
    meter.tick();
  };
  for (let i = 0; i < 5; i++) turn(1);
  assert.deepEqual([meter.lagMs, meter.memoryShare], [1, 0.25]);
  turn(5000);
  assert.equal(meter.lagMs, 1);
  turn(300);
  turn(300);
  assert.equal(meter.lagMs, 300);
});

Deno.test("UnderWay adds up what all threads of a buffer say", () => {
  const control = new UnderWay();
  const workers = [1, 2].map((thread) => new UnderWay(control.buffer, thread));
  workers[0]!.set(3);
  workers[1]!.set(4);
  assert.deepEqual([control.total, workers[0]!.total], [7, 7]);
  control.set(0, 1);
  assert.equal(workers[1]!.total, 4);
});
