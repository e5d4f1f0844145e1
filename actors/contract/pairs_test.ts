import assert from "node:assert/strict";
import fc from "fast-check";
import { ALL_PAIRS, pairLabel, pairSpec, parsePair } from "./pairs.ts";

Deno.test("`parsePair()` reads every pair as people and venues write it", () => {
  for (const pair of ALL_PAIRS) {
    const base = pair.slice(0, 3);
    const quote = pair.slice(3);
    const spellings = ["", "/", "_", "-", "."].map((separator) => base + separator + quote);
    for (const text of [...spellings, pair.toLowerCase(), ` ${pairLabel(pair)}\n`]) assert.equal(parsePair(text), pair);
  }
});

Deno.test("`parsePair()` refuses what is not in the table and separators in odd places", () => {
  const wrong = [
    "",
    "EUR",
    "EURXXX",
    "EURUSDX",
    "E/URUSD",
    "EURUSD/",
    "/EURUSD",
    "EUR//USD",
    "EUR USD",
    "EUR\u017fUSD",
  ];
  for (const text of [...wrong, "EURU\u017fD", "USDEUR", "__proto__", "constructor"]) {
    assert.equal(parsePair(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => {
    const pair = parsePair(text);
    assert(pair === undefined || ALL_PAIRS.includes(pair));
  }));
});

Deno.test("`pairSpec()` states a pip of 1e-2 against the yen and 1e-4 otherwise", () => {
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

Deno.test("ALL_PAIRS names each pair once, most traded first", () => {
  assert.equal(new Set(ALL_PAIRS).size, ALL_PAIRS.length);
  assert.equal(ALL_PAIRS[0], "EURUSD");
  assert(ALL_PAIRS.every((pair) => /^[A-Z]{6}$/.test(pair)));
});

Deno.test("`pairLabel()` is what people write", () => {
  assert.equal(pairLabel(parsePair("usdjpy")!), "USD/JPY");
});
