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

Deno.test("tapes that read long pieces in turn keep apart what they hold", () => {
  const alphabet = buildAlphabet([[97, 99], [0xe9, 0xe9]], Look.wordBoundary, false);
  const texts = ["abcx ".repeat(60), "aé-".repeat(200), "c😀b".repeat(90), "abc".repeat(10)];
  const tapes = texts.map(() => new Tape(alphabet));
  for (let round = 0; round < 20; round++) {
    tapes.forEach((tape, i) => {
      const text = texts[i] ?? "";
      const keep = tape.end - round * 7;
      tape.append(text, 0, text.length, keep);
      tape.release(tape.end - 40 - round);
    });
    tapes.forEach((tape, i) => {
      const text = texts[i] ?? "";
      assert.equal(tape.end, (round + 1) * text.length);
      for (let at = tape.end - Math.min(text.length, 40); at < tape.end; at++) {
        const unit = text.charCodeAt(at % text.length);
        if (unit < 0xd800) assert.equal(tape.slots[at - tape.base], alphabet.classOf(unit), `tape ${i}, round ${round}, ${at}`);
      }
    });
  }
  assert.deepEqual(tapes.map((tape) => tape.plain), [true, false, false, true]);
});

Deno.test("a full table is emptied, and states that are still held get a new row", () => {
  interface Named extends Row<Named> {
    readonly name: number;
  }
  const table = new StateTable<Named>(40, 3);
  const state = (name: number) =>
    table.intern(name % 2, 1, (s) => s.name === name, () => ({ name, row: 0, generation: 0, chain: undefined }));
  const first = state(1);
  const second = state(2);
  for (const column of [3, 39]) {
    const row = table.link(first, column, second, 1);
    assert.deepEqual([table.flags[row], table.at(row), table.next(table.rowOf(first), column)], [1, second, row]);
  }
  assert.equal(state(2), second);
  state(3);
  state(4);
  for (const column of [3, 39]) assert.equal(table.next(table.rowOf(first), column), 0, "the transition is forgotten");
  assert.equal(table.at(table.rowOf(first)), first);
  assert.notEqual(state(2), second);
  assert.equal(table.flags.length, 16);
});
