/**
 * Samples across pairs, made up: every value there is tells its place, so that a test sees when one is taken for another.
 *
 * @module
 */
import { combinationAt, combinationCount, type MarketSample, type MarketValue } from "../../actors/contract/mod.ts";

export const MARKET_PAIRS = ["EURUSD", "USDJPY", "GBPUSD", "EURJPY", "AUDUSD", "USDCHF", "EURGBP", "GBPJPY"] as const;

export interface MarketSampleParts {
  timeUs?: number;
  pairs?: readonly string[];
  /** By combination. @default {falls with the distance of the two in the list} */
  correlation?: (a: number, b: number) => MarketValue;
}

export function marketSampleOf(
  { timeUs = 1_352_881_800_000_000, pairs = MARKET_PAIRS, correlation }: MarketSampleParts = {},
): MarketSample {
  const combinations = Array.from({ length: combinationCount(pairs.length) }, (_, k) => combinationAt(k));
  const by = (make: (a: number, b: number, k: number) => MarketValue) =>
    combinations.map(([a, b], k): MarketValue => make(a, b, k));
  const value = correlation ?? ((a, b) => Math.round(100 * Math.cos(a + b) / (b - a)) / 100);
  const currencies = [...new Set(pairs.flatMap((pair) => [pair.slice(0, 3), pair.slice(3)]))];
  const closes = ["EURUSD", "USDJPY", "EURJPY"].every((pair) => pairs.includes(pair));
  return {
    v: 1,
    timeUs,
    sessions: ["london", "new-york"],
    pairs: [...pairs],
    correlation: {
      value: by(value),
      short: by((a, b) => a === 0 && b === 2 ? 0.2 : value(a, b)),
      long: by((a, b) => a === 0 && b === 2 ? 0.85 : value(a, b)),
      breakZ: by((a, b) => a === 0 && b === 2 ? -4.2 : (a - b) / 10),
      returns: pairs.map((_, k) => 100 + k),
    },
    leadLag: {
      lagMs: by((a, b) => b === 3 ? 300 - 400 * a : a + b > 8 ? "warming" : 0),
      value: by((a, b) => b === 3 ? 0.8 - a / 10 : 0.1),
      ratio: by((a) => 2 + a),
    },
    triangles: closes
      ? [
        { direct: "EURJPY", legs: ["EURUSD", "USDJPY"], edgeBps: 0.12, edgeBpsMax: 0.34 },
        { direct: "EURGBP", legs: ["EURUSD", "GBPUSD"], edgeBps: -0.61, edgeBpsMax: -0.2 },
        { direct: "GBPJPY", legs: ["GBPUSD", "USDJPY"], edgeBps: "stale", edgeBpsMax: "stale" },
      ]
      : [],
    strength: {
      currencies,
      dayBps: currencies.map((_, k) => Math.round(100 * (12 - 7.3 * k + k * k / 2)) / 100),
      windowBps: currencies.map((_, k) => k === 0 ? "warming" : k - 2.5),
    },
    counts: { events: 10, ticks: 9, late: 0, hurried: 0, restarts: 0, gaps: 0, rejected: {} },
  };
}
