/** Budgets: what is used, set aside, warned of and refused; by UTC day and month. */
import assert from "node:assert/strict";
import { BudgetBook, type Spender } from "../../src/usage/budget_book.ts";

const NOON = Date.UTC(2026, 10, 26, 12);
const spender = (more: Partial<Spender> = {}): Spender => ({
  tenant: "acme",
  tenantBudget: { tokensPerDay: 100 },
  keyId: "key_1",
  keyBudget: undefined,
  ...more,
});

Deno.test("a budget admits while something is left, warns from 80 %, and refuses until the day ends", () => {
  const book = new BudgetBook(NOON);
  const admit = (nowMs = NOON) => book.admit(spender(), 0, nowMs);
  book.spend("acme", undefined, 79, NOON);
  assert.deepEqual([admit().admitted, "nearest" in admit()], [true, true]);
  const first = admit();
  assert.ok(first.admitted && first.nearest === undefined);
  book.spend("acme", undefined, 1, NOON);
  const warned = admit();
  assert.ok(warned.admitted);
  assert.deepEqual(warned.nearest, {
    whose: "tenant",
    window: "day",
    limit: 100,
    used: 80,
    endsAtMs: Date.UTC(2026, 10, 27),
  });
  book.spend("acme", undefined, 20, NOON);
  const refused = admit();
  assert.ok(!refused.admitted);
  assert.equal(refused.exceeded.endsAtMs, Date.UTC(2026, 10, 27));
  assert.ok(!admit(Date.UTC(2026, 10, 26, 23, 59, 59, 999)).admitted);
  assert.ok(admit(Date.UTC(2026, 10, 27)).admitted, "a new day");
});

Deno.test("what requests under way have set aside counts, and is given back", () => {
  const book = new BudgetBook(NOON);
  const held = Array.from({ length: 4 }, () => book.admit(spender(), 30, NOON));
  assert.deepEqual(held.map(({ admitted }) => admitted), [true, true, true, true], "90 of 100 are set aside, so one more comes in");
  assert.ok(!book.admit(spender(), 30, NOON).admitted);
  const [first] = held;
  assert.ok(first?.admitted);
  first.release();
  first.release();
  assert.ok(book.admit(spender(), 1, NOON).admitted, "given back once: 90 are left set aside");
  assert.ok(book.admit(spender(), 9, NOON).admitted);
  assert.ok(!book.admit(spender(), 1, NOON).admitted);
});

Deno.test("a key's budget is its own, and the one that lasts longest says when to come back", () => {
  const book = new BudgetBook(NOON);
  book.spend("acme", "key_1", 50, NOON);
  const limited = spender({ tenantBudget: { tokensPerMonth: 50 }, keyBudget: { tokensPerDay: 50 } });
  const refused = book.admit(limited, 0, NOON);
  assert.ok(!refused.admitted);
  assert.deepEqual([refused.exceeded.whose, refused.exceeded.window], ["tenant", "month"]);
  assert.equal(refused.exceeded.endsAtMs, Date.UTC(2026, 11, 1));
  const ofKey = book.admit({ ...limited, tenantBudget: undefined }, 0, NOON);
  assert.ok(!ofKey.admitted && ofKey.exceeded.whose === "key");
  assert.ok(book.admit({ ...limited, tenantBudget: undefined, keyId: "key_2" }, 0, NOON).admitted);
});

Deno.test("a month ends at its own length, December into the next year, and a clock that jumps back breaks nothing", () => {
  const at = (y: number, m: number, d: number) => {
    const book = new BudgetBook(Date.UTC(y, m, d));
    book.spend("acme", undefined, 10, Date.UTC(y, m, d));
    const verdict = book.admit(spender({ tenantBudget: { tokensPerMonth: 10 } }), 0, Date.UTC(y, m, d));
    assert.ok(!verdict.admitted);
    return verdict.exceeded.endsAtMs;
  };
  assert.equal(at(2026, 11, 31), Date.UTC(2027, 0, 1));
  assert.equal(at(2028, 1, 1), Date.UTC(2028, 2, 1));
  const book = new BudgetBook(NOON);
  book.spend("acme", undefined, 100, NOON);
  assert.ok(book.admit(spender(), 0, NOON + 86_400_000).admitted);
  assert.ok(!book.admit(spender(), 0, NOON).admitted, "back to the day of which this is known");
});
