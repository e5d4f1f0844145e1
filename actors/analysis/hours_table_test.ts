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
    counts: { quotes: 0, levels: 0, trades: 0, rejected: {} },
  };
}

Deno.test("`HoursTable` means what each hour's samples say, and leaves out what none says", () => {
  const table = new HoursTable();
  table.take(sample("USDJPY", START_US + 1, 4));
  table.take(sample("EURUSD", START_US + 1, 1));
  table.take(sample("EURUSD", START_US + 2, 2));
  table.take(sample("EURUSD", START_US + 3));
  table.take(sample("EURUSD", START_US + US_PER_HOUR, 3)); // ends the first hour
  table.take(sample("EURUSD", START_US + US_PER_HOUR + 1, 1.23456));
  assert.deepEqual(table.toMarkdown().trimEnd().split("\n"), [
    "| pair | hour, UTC | sessions | spread, bps | ±2 bps, M |",
    "| --- | --- | --- | ---: | ---: |",
    "| EUR/USD | 2024-03-13 13 | london + new-york | 2 | 2.5 |",
    "| EUR/USD | 2024-03-13 14 | london + new-york | 1.23 | 2.5 |",
    "| USD/JPY | 2024-03-13 13 | london + new-york | 4 | 2.5 |",
  ]);
});
