import assert from "node:assert/strict";
import { lcg } from "../../../tests/support/frames.ts";
import { START_US } from "../../../tests/support/market_events.ts";
import { Book } from "../../book/mod.ts";
import { MetricOptions, type MetricOptionsInput, METRICS } from "../../contract/mod.ts";
import { TradeSigner } from "../../estimators/mod.ts";
import { ArrivalPanel } from "./arrival_panel.ts";

const S_US = 1_000_000;

function panelOf(
  options: MetricOptionsInput = {},
): { panel: ArrivalPanel; touch(s: number): void; trade(s: number): void } {
  const panel = new ArrivalPanel(MetricOptions.parse(options));
  const signer = new TradeSigner({ tickSize: 1e-6 });
  const book = new Book();
  return {
    panel,
    touch(seconds) {
      const timeUs = START_US + Math.floor(seconds * S_US);
      panel.onTouch(timeUs, book, true);
      panel.onBookEvent(timeUs);
    },
    trade: (seconds) => panel.onTrade(signer.trade(START_US + Math.floor(seconds * S_US), 1.1, 1e6, 1)),
  };
}

Deno.test("`ArrivalPanel` has a number for every metric after half an hour of a market", () => {
  const { panel, touch, trade } = panelOf();
  const random = lcg(2);
  for (let at = 0, k = 0; at < 1_800; at += 0.4 * random(), k++) {
    touch(at);
    if (k % 5 === 0) trade(at);
  }
  const values = panel.values(START_US + 1_801 * S_US);
  assert.deepEqual(Object.keys(values), Object.keys(METRICS.arrival));
  for (const [name, value] of Object.entries(values)) assert(Number.isFinite(value), `${name} is ${value}`);
  // Evenly between 0 and 0.4 s: median 200 ms, 99th percentile 396 ms.
  assert(Math.abs(values.interArrivalP99Ms as number - 396) < 8, `${values.interArrivalP99Ms}`);
  assert((values.silenceRatio as number) > 4 && (values.silenceRatio as number) < 7.5, `${values.silenceRatio}`);
  assert(Math.abs(values.quotesPerSecond as number - 5) < 2);
  assert(values.quoteBranching as number < 0.2, "they do not breed");
});

Deno.test("`ArrivalPanel` says why there is nothing: no quotes, not yet, no trades", () => {
  const { panel, touch, trade } = panelOf();
  const before = panel.values(START_US);
  assert.deepEqual(new Set(Object.values(before)), new Set(["no-quotes", "no-trades"]));
  touch(0);
  assert.equal(panel.values(START_US + 1).quoteBranching, "warming");
  assert.equal(panel.values(START_US + 1).tradeBranching, "no-trades");
  trade(0.5);
  assert.equal(panel.values(START_US + S_US).tradeBranching, "warming");
  for (let at = 1; at < 3_000; at += 0.5) touch(at);
  const values = panel.values(START_US + 3_000 * S_US);
  assert.equal(values.tradeBranching, "no-trades", "none in any window");
  assert.equal(values.quoteBranching, 0);
});

Deno.test("`ArrivalPanel` has no silence ratio where changes of the touch come several at a time", () => {
  const { panel, touch } = panelOf();
  for (let k = 0; k < 300; k++) touch(Math.floor(k / 3));
  const values = panel.values(START_US + 110 * S_US);
  assert.equal(values.silenceRatio, "undefined");
  assert(Math.abs(values.interArrivalP99Ms as number - 1_000) < 10);
});

Deno.test("`ArrivalPanel` counts over the windows of its options", () => {
  const { panel, touch } = panelOf({ arrival: { windowS: 2, gapCount: 20, hawkesWindowS: 1, hawkesWindows: 10 } });
  for (let at = 0; at < 20; at += 0.1) touch(at);
  for (let at = 20; at < 23; at += 0.5) touch(at);
  const values = panel.values(START_US + 23 * S_US);
  assert.equal(values.quotesPerSecond, 2);
  assert(Number.isFinite(values.quoteBranching));
});

Deno.test("`ArrivalPanel` keeps the names that stand in snapshots", () => {
  const names = panelOf().panel.estimators.map(([name]) => name);
  assert.deepEqual(names, ["touches", "bookEvents", "trades", "quoteSilence", "touchBranching", "tradeBranching"]);
});
