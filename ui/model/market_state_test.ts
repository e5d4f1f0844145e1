import { deepEqual, equal } from "node:assert/strict";
import type { LiveMarket } from "../../actors/contract/live.ts";
import {
  applyMarket,
  cellText,
  MARKET_STALE_MS,
  marketFault,
  matrixOf,
  strengthRows,
  strengthWords,
  thirdCurrency,
} from "./market_state.ts";

const MARKET: LiveMarket = {
  type: "market",
  serverTimeMs: 0,
  timeUs: 1,
  // In order of appearance, which is not that of the page.
  pairs: ["GBPUSD", "EURUSD", "USDJPY"],
  correlations: [0.84, -0.31, null],
  breakCount: 1,
  breaks: [{ a: "GBPUSD", b: "EURUSD", z: -4.2, short: 0.2, long: 0.85 }],
  leads: [],
  triangleCount: 0,
  triangles: [],
  strengths: [
    { currency: "USD", dayBps: -20, windowBps: 1 },
    { currency: "EUR", dayBps: 10 },
    { currency: "JPY" },
    { currency: "GBP", dayBps: 10 },
  ],
};

Deno.test("`matrixOf()` puts every two pairs in the page's order, and marks what has parted", () => {
  const rows = matrixOf(MARKET);
  deepEqual(rows.map(({ pair, cells }) => [pair, cells.map(({ value }) => value)]), [
    ["EURUSD", []],
    ["USDJPY", [undefined]],
    ["GBPUSD", [0.84, -0.31]],
  ]);
  deepEqual(rows[2]!.cells.map(({ broken }) => broken), [true, false]);
  equal(rows[2]!.cells[0]!.words, "GBP/USD and EUR/USD: +0.84, parted: +0.20 now, +0.85 before (−4.2 σ)");
  equal(rows[1]!.cells[0]!.words, "USD/JPY and EUR/USD: not known yet");
});

Deno.test("`cellText()` fits a small cell", () => {
  deepEqual([0.84, -0.31, 1, -1, 1.02, 0].map(cellText), [".84", "−.31", "1.0", "−1.0", "1.0", ".00"]);
});

Deno.test("`strengthRows()` has the strongest first, and what has no number last", () => {
  deepEqual(strengthRows(MARKET).map(({ currency, share }) => [currency, share]), [
    ["EUR", 0.5],
    ["GBP", 0.5],
    ["USD", -1],
    ["JPY", 0],
  ]);
  equal(strengthWords(MARKET), "EUR strongest, USD weakest today");
  equal(strengthWords({ ...MARKET, strengths: [{ currency: "EUR" }] }), "");
});

Deno.test("`thirdCurrency()` is the one that the direct pair has not", () => {
  equal(thirdCurrency("EURJPY", ["EURUSD", "USDJPY"]), "USD");
  equal(thirdCurrency("EURGBP", ["EURJPY", "GBPJPY"]), "JPY");
});

Deno.test("`marketFault()` counts from when a sample was new, not from when it came", () => {
  const state = applyMarket({ ...MARKET, ageMs: 14_000 }, 100_000);
  equal(marketFault(state, 100_000), undefined);
  equal(marketFault(state, 100_000 + MARKET_STALE_MS), "no update for 29 s");
});
