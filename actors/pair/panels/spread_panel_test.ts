import assert from "node:assert/strict";
import { EURUSD, quote, START_US } from "../../../tests/support/market_events.ts";
import { Book } from "../../book/mod.ts";
import { MetricOptions, METRICS, pairSpec } from "../../contract/mod.ts";
import { type SignedTrade, TradeSigner, TradeSpreads } from "../../estimators/mod.ts";
import type { PanelValues } from "./panel.ts";
import { SpreadPanel } from "./spread_panel.ts";

const SECOND_US = 1e6;
const { pipSize } = pairSpec(EURUSD);

/** A panel with what it shares, told of quotes and trades as a pair tells it. */
class Market {
  readonly options: MetricOptions;
  readonly book = new Book();
  readonly signer = new TradeSigner({ tickSize: pipSize / 100 });
  readonly tradeSpreads: TradeSpreads;
  readonly panel: SpreadPanel;

  constructor(options: Parameters<typeof MetricOptions.parse>[0] = {}) {
    this.options = MetricOptions.parse(options);
    const { tradeWindowS, horizonsS } = this.options.spread;
    this.tradeSpreads = new TradeSpreads({
      windowUs: tradeWindowS * SECOND_US,
      horizonsUs: horizonsS.map((horizonS) => horizonS * SECOND_US),
    });
    this.panel = new SpreadPanel({ options: this.options, pipSize, tradeSpreads: this.tradeSpreads });
  }

  quote(timeUs: number, bid: number, ask: number): void {
    if (!this.book.apply(quote(timeUs, bid, ask))) return;
    this.signer.quote(timeUs, bid, ask);
    this.tradeSpreads.quote(timeUs, (bid + ask) / 2);
    this.panel.onTouch(timeUs, this.book);
  }

  trade(timeUs: number, price: number, flag: SignedTrade["sign"] = 0): void {
    const trade = this.signer.trade(timeUs, price, 1e6, flag);
    this.tradeSpreads.trade(trade);
    this.panel.onTrade(trade);
  }

  values(nowUs: number): PanelValues<"spread"> {
    this.tradeSpreads.advance(nowUs);
    return this.panel.values(nowUs, this.book);
  }
}

const REALIZED = [1, 5, 30, 60, 300].map((h) => `realized${h}sBps` as keyof PanelValues<"spread">);

Deno.test("`SpreadPanel` has a number for every metric once a market has run long enough", () => {
  const market = new Market();
  // Half an hour of quotes twice a second, one or two pips wide, and a trade each second at bid or ask in turn.
  const seconds = 1_800;
  for (let i = 0; i < 2 * seconds; i++) {
    const timeUs = START_US + (i * SECOND_US) / 2;
    const bid = 1.1 + Math.round(10 * Math.sin(i / 500)) * 0.0001;
    const ask = bid + (i % 3 === 0 ? 0.0002 : 0.0001);
    market.quote(timeUs, bid, ask);
    if (i % 2 === 1) market.trade(timeUs + 1, i % 4 === 1 ? ask : bid);
  }
  const values = market.values(START_US + seconds * SECOND_US);
  assert.deepEqual(Object.keys(values), Object.keys(METRICS.spread));
  for (const [name, value] of Object.entries(values)) assert.equal(typeof value, "number", `${name} is ${value}`);
  const pip = 1e4 * 0.0001 / 1.1;
  const { p50Bps, p99Bps, baselineBps, zScore, effectiveBps, rollBps } = values as Record<string, number>;
  assert(Math.abs(p50Bps! - pip) < 0.01 && Math.abs(p99Bps! - 2 * pip) < 0.01);
  assert(Math.abs(baselineBps! - 4 / 3 * pip) < 0.1 && Math.abs(zScore!) < 1);
  assert(effectiveBps! >= 0.99 * pip && effectiveBps! <= 2 * pip);
  assert(rollBps! > 0.5 * pip && rollBps! < 3 * pip);
});

Deno.test("`SpreadPanel` calls a horizon that is not chosen off, and says why others have no number", () => {
  const market = new Market({ spread: { horizonsS: [5, 60] } });
  const reasons = (nowUs: number) => {
    const values = market.values(nowUs);
    assert.deepEqual([values.realized1sBps, values.realized30sBps, values.realized300sBps], ["off", "off", "off"]);
    return [values.effectiveBps, values.realized5sBps, values.realized60sBps, values.rollBps];
  };
  assert.deepEqual(reasons(START_US), ["no-trades", "no-trades", "no-trades", "no-trades"]);
  const { p50Bps, baselineBps, zScore } = market.values(START_US);
  assert.deepEqual([p50Bps, baselineBps, zScore], ["no-quotes", "no-quotes", "no-quotes"]);
  market.trade(START_US, 1.1);
  assert.deepEqual(reasons(START_US), ["no-signs", "no-signs", "no-signs", "warming"]);
  market.quote(START_US, 1.1, 1.1002);
  market.trade(START_US + 1, 1.1002);
  const [effectiveBps, ...others] = reasons(START_US + 2);
  assert(typeof effectiveBps === "number" && Math.abs(effectiveBps - 2e4 * 0.0001 / 1.1001) < 1e-9);
  assert.deepEqual(others, ["warming", "warming", "warming"]);
  const warming = market.values(START_US + 2);
  assert.deepEqual([warming.p99Bps, warming.baselineBps, warming.zScore], ["warming", "warming", "warming"]);
  const later = market.values(START_US + 6 * SECOND_US);
  assert.equal(later.realized5sBps, effectiveBps);
  assert.equal(later.realized60sBps, "warming");
});

Deno.test("`SpreadPanel` has no score in a session whose spread never changed", () => {
  const market = new Market();
  market.quote(START_US, 1.1, 1.1002);
  const values = market.values(START_US + 700 * SECOND_US);
  assert.equal(typeof values.baselineBps, "number");
  assert.equal(values.zScore, "undefined");
});

Deno.test("`SpreadPanel` restored goes on as it would have", () => {
  const whole = new Market();
  const play = (market: Market, from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const bid = 1.1 + (i % 7) * 0.0001;
      market.quote(START_US + i * 400_000, bid, bid + 0.0001 * (i % 4));
      if (i % 3 === 0) market.trade(START_US + i * 400_000, bid + 0.0001, i % 2 === 0 ? 1 : -1);
    }
  };
  play(whole, 0, 2_000);
  const restored = new Market();
  restored.book.restore(whole.book.snapshot());
  restored.signer.restore(whole.signer.snapshot());
  restored.tradeSpreads.restore(whole.tradeSpreads.snapshot());
  whole.panel.estimators.forEach(([name, estimator], k) => {
    assert.equal(restored.panel.estimators[k]![0], name);
    restored.panel.estimators[k]![1].restore(estimator.snapshot());
  });
  for (const market of [whole, restored]) play(market, 2_000, 4_000);
  const nowUs = START_US + 4_000 * 400_000;
  const values = whole.values(nowUs);
  assert.deepEqual(restored.values(nowUs), values);
  for (const name of REALIZED) assert.equal(typeof values[name], "number", name);
});
