import assert from "node:assert/strict";
import { Lexicon } from "../../src/classifiers/lexicon.ts";
import { hashWord } from "../../src/classifiers/linear.ts";
import { PhraseSet } from "../../src/classifiers/phrases.ts";
import { Reading } from "../../src/classifiers/reading.ts";
import { Vocabulary } from "../../src/classifiers/vocabulary.ts";
import { WordTable } from "../../src/classifiers/word_table.ts";

const entry = (word: string) => ({ word, hash: hashWord(word) });
const codes = (word: string) => new TextEncoder().encode(word.padEnd(48, "x"));

Deno.test("WordTable finds a word by its characters and by its text", () => {
  const table = new WordTable();
  const ignore = entry("ignore"), cafe = entry("кафе");
  assert.equal(table.find("ignore", ignore.hash), undefined);
  assert.equal(table.findPlain(codes("ignore"), 6, ignore.hash), undefined);
  table.keep(ignore);
  table.keep(cafe);
  assert.equal(table.find("ignore", ignore.hash), ignore);
  assert.equal(table.find("кафе", cafe.hash), cafe);
  assert.equal(table.findPlain(codes("ignore"), 6, ignore.hash), ignore);
  assert.equal(table.findPlain(codes("ignored"), 7, ignore.hash), undefined);
  assert.equal(table.findPlain(codes("ignord"), 6, ignore.hash), undefined);
  assert.equal(table.findPlain(codes(":0D5"), 4, cafe.hash), undefined, "the low bytes of another script");
});

Deno.test("WordTable tells words of one hash apart, and forgets the oldest of more than it has places for", () => {
  const table = new WordTable();
  const clashing = Array.from({ length: 9 }, (_, i) => ({ word: `word${i}`, hash: 7 }));
  for (const one of clashing) table.keep(one);
  const rest = [undefined, ...clashing.slice(1)];
  assert.deepEqual(clashing.map(({ word }) => table.find(word, 7)), rest);
  assert.deepEqual(clashing.map(({ word }) => table.findPlain(codes(word), word.length, 7)), rest);
});

Deno.test("WordTable remembers most of 20,000 words and no more than 32,768 of 200,000", () => {
  const remembered = (count: number) => {
    const table = new WordTable();
    const entries = Array.from({ length: count }, (_, i) => entry(`w${i}`));
    for (const one of entries) table.keep(one);
    return entries.filter(({ word, hash }) => table.find(word, hash) !== undefined).length;
  };
  assert.ok(remembered(20_000) > 19_500);
  const full = remembered(200_000);
  assert.ok(full > 30_000 && full <= 32_768, String(full));
});

Deno.test("a word read in a text has the hash and the facts of the word looked up by itself", () => {
  const vocabulary = new Vocabulary(new Lexicon({ fruit: "apple", drink: "tea" }), undefined);
  const seen: unknown[] = [];
  const reading = new Reading(vocabulary, new PhraseSet([], 2), {
    word: (facts) => seen.push(facts),
    phrase: () => {},
    hidden: () => {},
    unit: () => {},
  });
  for (let i = 0; i < 2; i++) reading.push(`An APPLE, a4pple@home don't ＡＰＰＬＥ ${"Long".repeat(10)} ${"x".repeat(60)}`);
  const words = ["an", "apple", "a4pple@home", "don't", "apple", "long".repeat(10), "x".repeat(48)];
  const facts = words.map((word) => ({ word, hash: hashWord(word), classes: word === "apple" ? [0] : [], sum: 0, features: 0 }));
  assert.deepEqual(seen, [...facts, ...facts]);
});
