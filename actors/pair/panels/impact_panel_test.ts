import assert from "node:assert/strict";
import { quote, START_US } from "../../../tests/support/market_events.ts";
import { Book } from "../../book/mod.ts";
import { MetricOptions, type MetricOptionsInput } from "../../contract/mod.ts";
import { type SignedTrade, TradeSpreads } from "../../estimators/mod.ts";
import { ImpactPanel } from "./impact_panel.ts";
import { ToxicityPanel } from "./toxicity_panel.ts";

const S_US = 1_000_000;

/** The panels of impact and toxicity with their book, told of events as the pair's metrics tell them. */
class Bench {
  readonly book = new Book();
  readonly tradeSpreads: TradeSpreads;
  readonly impact: ImpactPanel;
  readonly toxicity: ToxicityPanel;

  constructor(input: MetricOptionsInput = {}) {
    const options = MetricOptions.parse(input);
    this.tradeSpreads = new TradeSpreads({
      windowUs: 60 * S_US,
      horizonsUs: options.spread.horizonsS.map((horizon) => horizon * S_US),
    });
    this.impact = new ImpactPanel({ options, tradeSpreads: this.tradeSpreads });
    this.toxicity = new ToxicityPanel(options);
  }

  /** A quote of a million each side, a tenth of a pip around a mid. */
  quote(timeUs: number, mid: number): void {
    const event = { ...quote(timeUs, mid - 0.00001, mid + 0.00001), bidSize: 1e6, askSize: 1e6 };
    if (this.book.apply(event)) {
      this.tradeSpreads.quote(timeUs, (this.book.bid + this.book.ask) / 2);
      this.impact.onTouch(timeUs, this.book);
    }
  }

  trade(timeUs: number, size: number, sign: -1 | 0 | 1): void {
    const { bid, ask } = this.book;
    const trade: SignedTrade = { timeUs, price: 1.1, size, sign, bid, ask, mid: (bid + ask) / 2 };
    this.tradeSpreads.trade(trade);
    this.impact.onTrade(trade);
    this.toxicity.onTrade(trade);
  }

  /** Mids that follow a trade of a million every ten seconds, one way and the other, by about 1 bps. */
  play(seconds: number, sign: (k: number) => -1 | 0 | 1): number {
    this.quote(START_US, 1.1);
    for (let k = 1; k <= seconds / 10; k++) {
      const timeUs = START_US + k * 10 * S_US;
      this.trade(timeUs, 1e6, sign(k));
      this.quote(timeUs + S_US, 1.1 + (k % 2 === 0 ? 0.00011 : 0) + 0.00001 * (k % 3));
    }
    return START_US + (seconds + 10) * S_US;
  }

  values(timeUs: number) {
    this.tradeSpreads.advance(timeUs);
    return { ...this.impact.values(timeUs, this.book), ...this.toxicity.values(timeUs) };
  }
}

const alternating = (k: number) => k % 2 === 0 ? 1 : -1;

Deno.test("`ImpactPanel` and `ToxicityPanel` say why there is nothing yet", () => {
  const bench = new Bench();
  const before = bench.values(START_US);
  for (const [name, value] of Object.entries(before)) {
    assert.equal(value, name.startsWith("ofi") ? "no-quotes" : "no-trades", name);
  }
  bench.quote(START_US, 1.1);
  bench.trade(START_US + S_US, 1e6, 1);
  const first = bench.values(START_US + S_US);
  for (const [name, value] of Object.entries(first)) assert.equal(value, "warming", name);
});

Deno.test("`ImpactPanel` and `ToxicityPanel` have every value once they are warm", () => {
  const bench = new Bench({ toxicity: { bucketSize: 1.5e6, buckets: 5 } });
  const values = bench.values(bench.play(1_200, alternating));
  for (const [name, value] of Object.entries(values)) assert.equal(typeof value, "number", `${name}: ${value}`);
  // From 1.1 down and up by 1.1 pips and a bit: 1 bps for a change of the sign, from −1 to 1 million.
  assert(Math.abs(Number(values.kyleBpsPerMillion) - 1) < 0.05, `${values.kyleBpsPerMillion}`);
  assert(Math.abs(Number(values.hasbrouckBps) - 1 / Math.sqrt(1.1)) < 0.05, `${values.hasbrouckBps}`);
  assert.equal(values.kyleCount, 60);
  assert.equal(values.vpinBucketSize, 1.5e6);
  assert(Math.abs(Number(values.vpin) - 1 / 3) < 0.1, `${values.vpin}`);
});

Deno.test("`ImpactPanel` and `ToxicityPanel` tell trades of unknown side from none", () => {
  const bench = new Bench({ toxicity: { bucketSize: 1.5e6, buckets: 5 } });
  const values = bench.values(bench.play(1_200, () => 0));
  const { kyleBpsPerMillion, kyleT, kyleR2, hasbrouckBps, vpin, vpinCdf, amihudPerMillion, kyleCount } = values;
  for (const value of [kyleBpsPerMillion, kyleT, kyleR2, hasbrouckBps, vpin, vpinCdf]) assert.equal(value, "no-signs");
  assert.equal(typeof amihudPerMillion, "number"); // sides play no part
  assert.equal(kyleCount, 60);
});

Deno.test("`ImpactPanel` has `no-trades` again once the window holds none, and `undefined` where the mid stands still", () => {
  const bench = new Bench();
  const endUs = bench.play(1_200, alternating);
  const later = bench.values(endUs + 700 * S_US);
  assert.equal(later.kyleBpsPerMillion, "no-trades");
  assert.equal(later.kyleCount, "no-trades");
  assert.equal(later.ofiBpsPerMillion, "undefined");
  bench.trade(endUs + 701 * S_US, 1e6, 1);
  const still = bench.values(endUs + 720 * S_US);
  assert.equal(still.kyleBpsPerMillion, 0);
  assert.equal(still.kyleR2, "undefined");
});

Deno.test("`ImpactPanel` leaves out horizons that are off", () => {
  const bench = new Bench({ spread: { horizonsS: [1, 30] } });
  const values = bench.values(bench.play(1_200, alternating));
  assert.equal(typeof values.price1sBps, "number");
  assert.equal(typeof values.price30sBps, "number");
  for (const value of [values.price5sBps, values.price60sBps, values.price300sBps]) assert.equal(value, "off");
});
