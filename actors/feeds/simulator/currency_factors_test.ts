import assert from "node:assert/strict";
import { TRADING_SECONDS_PER_YEAR } from "../../contract/mod.ts";
import { Random } from "../../contract/mod.ts";
import { CURRENCIES, currencyIndex } from "./currencies.ts";
import { CurrencyFactors } from "./currency_factors.ts";

const START_US = Date.UTC(2024, 2, 5, 14) * 1000;

Deno.test("CurrencyFactors.step() moves currencies together as their loadings say", () => {
  const factors = new CurrencyFactors(new Random(1));
  const codes = ["EUR", "GBP", "JPY"];
  factors.activate(codes.map(currencyIndex));
  const moves = codes.map(() => [] as number[]);
  for (let i = 0; i < 20_000; i++) {
    const before = factors.logUsd.slice();
    factors.step(START_US, 1);
    codes.forEach((code, k) => moves[k]!.push(factors.logUsd[currencyIndex(code)]! - before[currencyIndex(code)]!));
  }
  const product = (a: number, b: number) => moves[a]!.reduce((sum, move, i) => sum + move * moves[b]![i]!, 0);
  const correlation = (a: number, b: number) => product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  assert(Math.abs(correlation(0, 1) - (0.8 * 0.65 + 0.1 * 0.3)) < 0.05, `${correlation(0, 1)}`);
  assert(correlation(0, 2) < correlation(0, 1));
  const annualPct = 100 * Math.sqrt(product(0, 0) / 20_000 * TRADING_SECONDS_PER_YEAR);
  assert(annualPct > 4 && annualPct < 18, `${annualPct} % a year at the busiest hour`);
});

Deno.test("CurrencyFactors leaves the dollar and what is not active where they are", () => {
  const factors = new CurrencyFactors(new Random(1));
  factors.activate([0, currencyIndex("EUR")]);
  factors.step(START_US, 100);
  CURRENCIES.forEach(({ code, usdValue }, index) => {
    assert.equal(factors.logUsd[index] === Math.log(usdValue), code !== "EUR", code);
  });
});

Deno.test("CurrencyFactors.push() moves the mid of a pair by the amount, and never the dollar", () => {
  for (const [base, quote] of [["EUR", "USD"], ["USD", "JPY"], ["EUR", "JPY"]] as const) {
    const factors = new CurrencyFactors(new Random(1));
    const [b, q] = [currencyIndex(base), currencyIndex(quote)];
    const before = factors.mid(b, q);
    factors.push(b, q, 0.001);
    assert(Math.abs(Math.log(factors.mid(b, q) / before) - 0.001) < 1e-12);
    assert.equal(factors.logUsd[0], 0);
  }
});
