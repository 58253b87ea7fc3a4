import assert from "node:assert/strict";
import { buildAlphabet } from "../../src/matching/alphabet.ts";
import { Look } from "../../src/matching/parse.ts";
import { type Row, StateTable } from "../../src/matching/state_table.ts";
import { Tape } from "../../src/matching/tape.ts";

Deno.test("a tape keeps what it is told to and forgets the rest, however long the text", () => {
  const alphabet = buildAlphabet([[97, 122]], Look.wordBoundary, false);
  const tape = new Tape(alphabet);
  for (let i = 0; i < 1000; i++) tape.append("a😀 ".repeat(250), 0, 1000, tape.end - 512);
  assert.equal(tape.end, 1_000_000);
  assert.ok(tape.slots.length <= 4096, `${tape.slots.length} slots`);
  assert.ok(tape.base > 0 && tape.base <= tape.end - 512);
  const kind = (text: string) => alphabet.kindOf[alphabet.classOf(text.codePointAt(0) ?? 0)];
  assert.equal(tape.kindBefore(tape.end), kind(" "));
  assert.equal(tape.kindBefore(tape.end - 1), kind("😀"));
  assert.equal(tape.kindBefore(tape.end - 3), kind("a"));
});

Deno.test("a full table is emptied, and states that are still held get a new row", () => {
  interface Named extends Row<Named> {
    readonly name: number;
  }
  const table = new StateTable<Named>(4, 3);
  const state = (name: number) =>
    table.intern(name % 2, 1, (s) => s.name === name, () => ({ name, row: 0, generation: 0, chain: undefined }));
  const first = state(1);
  const second = state(2);
  const entry = table.link(first, 3, second, 1);
  assert.deepEqual([entry & 3, table.at(entry >> 2), table.cells[table.rowOf(first) + 3]], [1, second, entry]);
  assert.equal(state(2), second);
  state(3);
  state(4);
  assert.equal(table.cells[table.rowOf(first) + 3], 0, "the transition is forgotten");
  assert.equal(table.at(table.rowOf(first)), first);
  assert.notEqual(state(2), second);
  assert.ok(table.cells.length <= 16 * 4);
});
