import assert from "node:assert/strict";
import { type MetricSample, US_PER_HOUR } from "../contract/mod.ts";
import { HoursTable } from "./hours_table.ts";

const START_US = Date.parse("2024-03-13T13:00:00Z") * 1_000;

function sample(pair: string, timeUs: number, spreadBps?: number): MetricSample {
  return {
    v: 2,
    pair,
    timeUs,
    sessions: ["london", "new-york"],
    values: {
      price: {},
      spread: spreadBps === undefined ? {} : { timeWeightedBps: spreadBps },
      depth: { bid2bpsSize: 2_500_000 },
      liquidity: {},
      flow: {},
      toxicity: {},
      impact: {},
      volatility: {},
      arrival: {},
    },
    absent: {},
    // Two quotes a second.
    counts: { quotes: (timeUs - START_US) / 500_000, levels: 0, trades: 0, rejected: {} },
  };
}

Deno.test("`HoursTable` means what each hour's samples say over time, and leaves out what none says", () => {
  const table = new HoursTable();
  const s = 1_000_000;
  table.take(sample("USDJPY", START_US + s, 4));
  table.take(sample("EURUSD", START_US + s, 1)); // holds for 3 s
  table.take(sample("USDJPY", START_US + 2 * s, 4));
  table.take(sample("EURUSD", START_US + 4 * s, 2)); // for 1 s
  table.take(sample("EURUSD", START_US + 5 * s));
  table.take(sample("EURUSD", START_US + US_PER_HOUR, 5)); // ends the first hour, holds for 4 s
  table.take(sample("EURUSD", START_US + US_PER_HOUR + 4 * s, 1.23456));
  table.take(sample("EURUSD", START_US + US_PER_HOUR + 5 * s, 9));
  assert.deepEqual(table.toMarkdown().trimEnd().split("\n"), [
    "| pair | hour, UTC | sessions | book events/s | trades/s | spread, bps | ±2 bps, M |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    "| EUR/USD | 2024-03-13 13 | london + new-york | 2 | 0 | 3.13 | 2.5 |",
    "| EUR/USD | 2024-03-13 14 | london + new-york | 2 | 0 | 1.23 | 2.5 |",
    "| USD/JPY | 2024-03-13 13 | london + new-york | 2 | 0 | 4 | 2.5 |",
  ]);
});
