import assert from "node:assert/strict";
import { countTokens as exact4o } from "gpt-tokenizer/encoding/o200k_base";
import { countTokens as exact4 } from "gpt-tokenizer/encoding/cl100k_base";
import { countPromptTokens, countTokens, estimateTokens, loadEncoding } from "../../src/limits/tokens.ts";
import { benchText } from "../../scripts/bench/matching.ts";

await loadEncoding("gpt-4o");
await loadEncoding("gpt-4");

const code = "function foo(bar, baz) {\n  return bar[baz] ?? `x${qux}`;\n}\n";

Deno.test("texts of OpenAI models are counted as OpenAI counts them", () => {
  const prose = benchText(4000);
  for (const text of ["hello", "Say this is a test", prose, code.repeat(20), "Grüße aus Köln, 汉语 and 😀"]) {
    assert.equal(countTokens([text], "gpt-4o-mini"), exact4o(text), text.slice(0, 40));
    assert.equal(countTokens([text], "openai/gpt-4-turbo"), exact4(text), text.slice(0, 40));
    assert.equal(countTokens([text], "ft:gpt-4.1:acme:x"), exact4o(text));
  }
  assert.equal(countTokens(["<|endoftext|> is text"], "gpt-4o"), exact4o("<|endoftext|> is text", { disallowedSpecial: new Set() }));
  // OpenAI's own example: usage.prompt_tokens of this one message is 12.
  assert.equal(countPromptTokens(["Say this is a test"], "gpt-4o", true), 12);
});

Deno.test("long texts are sampled, and come within 5 % of the exact count", () => {
  const samples = [benchText(100_000), code.repeat(2000), benchText(40_000) + "汉语漢字日本語的中文字符测试。".repeat(1000)];
  for (const text of samples) {
    const exact = text.split(/(?<=[.。] ?)/).reduce((sum, part) => sum + exact4o(part), 0);
    const error = countTokens([text], "gpt-4o") / exact - 1;
    assert.ok(Math.abs(error) < 0.05, `${text.slice(0, 20)}: ${(error * 100).toFixed(1)} %`);
  }
});

Deno.test("no text of 10 MB takes long to count, not even one that is one word", () => {
  const worst = ["a", "汉", " ", "\n", "-", "😀", "x1", "The bond between the layers. "];
  const times = worst.map((unit) => {
    const text = unit.repeat(Math.ceil(10_000_000 / unit.length));
    // What the text is made of is not to be timed: reading it once makes it flat.
    text.charCodeAt(text.length - 1);
    const started = performance.now();
    assert.ok(countTokens([text], "gpt-4o") > 0);
    return performance.now() - started;
  });
  console.log(`10 MB take ${times.map((ms) => ms.toFixed(1)).join(", ")} ms`);
  // A naive count of any of the first takes minutes.
  assert.ok(Math.max(...times) < 1000);
});

Deno.test("other models are counted by the documented ratio", () => {
  assert.equal(countTokens(["a".repeat(400)], "claude-sonnet-5"), 100);
  assert.equal(countTokens(["汉".repeat(150)], "llama-3"), 100);
  assert.equal(countPromptTokens(["a".repeat(400), "b".repeat(399)], "claude-sonnet-5", true), 200);
  assert.equal(countTokens([], "gpt-4o"), 0);
  assert.equal(estimateTokens(""), 0);
  assert.equal(estimateTokens("x"), 1);
  assert.equal(estimateTokens("a".repeat(4_000_000)), 1_000_000);
});
