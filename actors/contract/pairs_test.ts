import assert from "node:assert/strict";
import fc from "fast-check";
import { ALL_CURRENCIES, ALL_PAIRS, pairLabel, pairSpec, parsePair } from "./pairs.ts";

Deno.test("`parsePair()` reads every pair as people and venues write it", () => {
  for (const pair of ALL_PAIRS) {
    const base = pair.slice(0, 3);
    const quote = pair.slice(3);
    const spellings = ["", "/", "_", "-", "."].map((separator) => base + separator + quote);
    for (const text of [...spellings, pair.toLowerCase(), ` ${pairLabel(pair)}\n`]) assert.equal(parsePair(text), pair);
  }
});

Deno.test("`parsePair()` reads any two different currencies, either way round, and the same name each time", () => {
  for (const text of ["USDTRY", "EURPLN", "USDEUR", "JPYUSD", "XAUUSD", "eur/xag", "CNHJPY"]) {
    const pair = parsePair(text);
    assert.equal(pair, text.replace("/", "").toUpperCase());
    assert.equal(parsePair(text), pair);
  }
});

Deno.test("`parsePair()` refuses currencies that are not in the table, one against itself and separators in odd places", () => {
  const wrong = [
    "",
    "EUR",
    "EURXXX",
    "EUREUR",
    "BTCUSD",
    "EURUSDX",
    "E/URUSD",
    "EURUSD/",
    "/EURUSD",
    "EUR//USD",
    "EUR USD",
    "EUR\u017fUSD",
  ];
  for (const text of [...wrong, "EURU\u017fD", "__proto__", "constructor"]) {
    assert.equal(parsePair(text), undefined, text);
  }
  const currencies = new Set(ALL_CURRENCIES);
  const code = fc.oneof(fc.constantFrom(...ALL_CURRENCIES), fc.stringMatching(/^[A-Z]{3}$/));
  fc.assert(fc.property(fc.oneof(fc.string(), fc.tuple(code, code).map((codes) => codes.join(""))), (text) => {
    const pair = parsePair(text);
    const [base, quote] = [text.slice(0, 3), text.slice(3)];
    if (currencies.has(base) && currencies.has(quote) && base !== quote) assert.equal(pair, text);
    assert(pair === undefined || (currencies.has(pair.slice(0, 3)) && currencies.has(pair.slice(3))));
  }));
});

Deno.test("`pairSpec()` states a pip of 1e-2 against the yen and 1e-4 otherwise, for every pair that `all` means", () => {
  for (const pair of ALL_PAIRS) {
    const spec = pairSpec(pair);
    const pipDecimals = spec.quote === "JPY" ? 2 : 4;
    assert.deepEqual(spec, {
      pair,
      base: pair.slice(0, 3),
      quote: pair.slice(3),
      pipSize: Number(`1e-${pipDecimals}`),
      priceDecimals: pipDecimals + 1,
    });
  }
});

Deno.test("`pairSpec()` states the pip that dealers use where a currency or a metal is worth far from a dollar", () => {
  const pips: Record<string, number> = {
    USDHUF: 0.01,
    EURHUF: 0.01,
    USDKRW: 0.01,
    EURCZK: 0.001,
    USDTHB: 0.001,
    USDIDR: 1,
    USDKWD: 0.00001,
    XAUUSD: 0.01,
    XAUEUR: 0.01,
    XPTUSD: 0.01,
    XAGUSD: 0.001,
    // As the futures on the yen: 1e-6 dollars.
    JPYUSD: 0.000001,
    // No pip is larger than one unit of the quote currency.
    XAUVND: 1,
  };
  for (const [name, pipSize] of Object.entries(pips)) {
    const spec = pairSpec(parsePair(name)!);
    assert.equal(spec.pipSize, pipSize, name);
    assert.equal(Number((7 * pipSize / 10).toFixed(spec.priceDecimals)), Number((0.7 * pipSize).toPrecision(3)), name);
  }
});

Deno.test("ALL_CURRENCIES has three letters each, once", () => {
  assert.equal(new Set(ALL_CURRENCIES).size, ALL_CURRENCIES.length);
  assert(ALL_CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code)));
});

Deno.test("ALL_PAIRS names each pair once, most traded first", () => {
  assert.equal(new Set(ALL_PAIRS).size, ALL_PAIRS.length);
  assert.equal(ALL_PAIRS[0], "EURUSD");
  assert(ALL_PAIRS.every((pair) => /^[A-Z]{6}$/.test(pair)));
});

Deno.test("`pairLabel()` is what people write", () => {
  assert.equal(pairLabel(parsePair("usdjpy")!), "USD/JPY");
});
