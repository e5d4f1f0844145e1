/**
 * Which estimators a pair runs, and the sample they make together.
 *
 * @module
 */
import {
  type AbsentReason,
  EventFlag,
  type MarketEvent,
  METRIC_PATHS,
  type MetricName,
  type MetricSample,
  type Pair,
  pairSpec,
  Side,
  US_PER_MS,
} from "../contract/mod.ts";
import {
  ArrivalRate,
  type Estimator,
  EwmaVolatility,
  EwMean,
  midPrice,
  OrderFlowImbalance,
  quotedSpreadBps,
  TimeWeightedMean,
  touchImbalance,
  TradeFlow,
  weightedMid,
} from "../estimators/mod.ts";
import type { Book } from "./book.ts";

const DEPTH_LEVELS = 10;
const EW_SPREAD_HALF_LIFE_US = 5_000_000;
const VOLATILITY_FAST_HALF_LIFE_US = 30_000_000;
const VOLATILITY_SLOW_HALF_LIFE_US = 600_000_000;

/** The samples' values, one for every metric; `undefined` is absent. */
type Values = Record<MetricName, number | undefined>;

export class PairMetrics {
  readonly #pair: Pair;
  readonly #pipSize: number;
  readonly #spreadMeanBps = new TimeWeightedMean();
  readonly #spreadMean = new TimeWeightedMean();
  readonly #spreadEwBps = new EwMean({ halfLifeUs: EW_SPREAD_HALF_LIFE_US });
  readonly #ofi = new OrderFlowImbalance();
  readonly #tradeFlow = new TradeFlow();
  readonly #volatilityFast = new EwmaVolatility({ halfLifeUs: VOLATILITY_FAST_HALF_LIFE_US });
  readonly #volatilitySlow = new EwmaVolatility({ halfLifeUs: VOLATILITY_SLOW_HALF_LIFE_US });
  readonly #touches = new ArrivalRate();
  readonly #bookEvents = new ArrivalRate();
  readonly #trades = new ArrivalRate();

  constructor(pair: Pair) {
    this.#pair = pair;
    this.#pipSize = pairSpec(pair).pipSize;
  }

  /** A book event of any kind. */
  onBookEvent(timeUs: number): void {
    this.#bookEvents.update(timeUs);
  }

  /** The touch is another one from this time on. */
  onTouch(timeUs: number, book: Book): void {
    const { bid, ask } = book;
    const mid = (bid + ask) / 2;
    const spread = ask - bid;
    const spreadBps = (1e4 * spread) / mid;
    this.#spreadMean.update(timeUs, spread);
    this.#spreadMeanBps.update(timeUs, spreadBps);
    this.#spreadEwBps.update(timeUs, spreadBps);
    if (book.fromSnapshot) this.#ofi.restart();
    this.#ofi.update(timeUs, bid, book.bidSize, ask, book.askSize);
    this.#volatilityFast.update(timeUs, mid);
    this.#volatilitySlow.update(timeUs, mid);
    this.#touches.update(timeUs);
  }

  onTrade(timeUs: number, { price, size, side, flags }: MarketEvent): void {
    const known = (flags & EventFlag.aggressorKnown) !== 0;
    this.#tradeFlow.update(timeUs, price, size, !known ? 0 : side === Side.buy ? 1 : side === Side.sell ? -1 : 0);
    this.#trades.update(timeUs);
  }

  /** The sample at a time, from everything before it. */
  sample(timeUs: number, book: Book, counts: MetricSample["counts"]): MetricSample {
    const values = this.#values(timeUs, book);
    const grouped: Record<string, Record<string, number>> = {};
    const absent: Record<string, AbsentReason> = {};
    for (const [name, groupName, shortName] of METRIC_PATHS) {
      const group = grouped[groupName] ??= {};
      const value = values[name];
      if (value === undefined) absent[name] = this.#reason(name, values, book, counts);
      else group[shortName] = value;
    }
    return { v: 1, pair: this.#pair, timeUs, values: grouped as MetricSample["values"], absent, counts };
  }

  #values(timeUs: number, book: Book): Values {
    const { bid, ask, bidSize, askSize } = book;
    for (const rate of [this.#touches, this.#bookEvents, this.#trades]) rate.advance(timeUs);
    this.#ofi.advance(timeUs);
    this.#tradeFlow.advance(timeUs);
    this.#spreadEwBps.advance(timeUs);
    this.#volatilityFast.advance(timeUs);
    this.#volatilitySlow.advance(timeUs);
    const fast = this.#volatilityFast.annualPct;
    const slow = this.#volatilitySlow.annualPct;
    const meanSpread = this.#spreadMean.value(timeUs);
    const interArrivalUs = this.#touches.interArrivalUs;
    const bidDepth = book.bids.count > 0 ? book.bids.depth(DEPTH_LEVELS) : NaN;
    const askDepth = book.asks.count > 0 ? book.asks.depth(DEPTH_LEVELS) : NaN;
    return {
      "price.bid": present(bid),
      "price.ask": present(ask),
      "price.mid": midPrice(bid, ask),
      "price.weightedMid": weightedMid(bid, bidSize, ask, askSize),
      "spread.quotedPips": present((ask - bid) / this.#pipSize),
      "spread.quotedBps": quotedSpreadBps(bid, ask),
      "spread.timeWeightedBps": this.#spreadMeanBps.value(timeUs),
      "spread.timeWeightedPips": meanSpread === undefined ? undefined : meanSpread / this.#pipSize,
      "spread.ewMeanBps": this.#spreadEwBps.mean,
      "spread.ewStdBps": this.#spreadEwBps.std,
      "depth.bidTouchSize": present(bidSize),
      "depth.askTouchSize": present(askSize),
      "depth.touchImbalance": touchImbalance(bidSize, askSize),
      "depth.bidDepth10Size": present(bidDepth),
      "depth.askDepth10Size": present(askDepth),
      "depth.depth10Imbalance": touchImbalance(bidDepth, askDepth),
      "flow.ofi1sSize": this.#ofi.sum1s,
      "flow.ofi10sSize": this.#ofi.sum10s,
      "flow.ofi10sNormalised": this.#ofi.normalised10s,
      "flow.buySize60s": this.#tradeFlow.buySize,
      "flow.sellSize60s": this.#tradeFlow.sellSize,
      "flow.tradeImbalance60s": this.#tradeFlow.imbalance,
      "flow.tradeCount60s": this.#tradeFlow.count > 0 ? this.#tradeFlow.count : undefined,
      "flow.vwap60s": this.#tradeFlow.vwap,
      "volatility.ewmaFastPct": fast,
      "volatility.ewmaSlowPct": slow,
      "volatility.ewmaRatio": fast === undefined || slow === undefined ? undefined : present(fast / slow),
      "arrival.quotesPerSecond": this.#touches.perSecond,
      "arrival.bookEventsPerSecond": this.#bookEvents.perSecond,
      "arrival.tradesPerSecond": this.#trades.perSecond,
      "arrival.interArrivalMs": interArrivalUs === undefined ? undefined : interArrivalUs / US_PER_MS,
    };
  }

  #reason(name: MetricName, values: Values, book: Book, counts: MetricSample["counts"]): AbsentReason {
    if (name.startsWith("flow.") && !name.startsWith("flow.ofi")) {
      return values["flow.tradeCount60s"] === undefined ? "no-trades" : "undefined";
    }
    if (name.includes("epth10")) return book.bids.count + book.asks.count === 0 ? "no-levels" : "one-sided";
    if (name === "arrival.tradesPerSecond") return counts.trades === 0 ? "no-trades" : "warming";
    if (name.startsWith("arrival.")) return counts.quotes + counts.levels === 0 ? "no-quotes" : "warming";
    const bidAbsent = Number.isNaN(book.bid);
    const askAbsent = Number.isNaN(book.ask);
    if (bidAbsent && askAbsent) return "no-quotes";
    if (name === "depth.bidTouchSize") return bidAbsent ? "one-sided" : "no-sizes";
    if (name === "depth.askTouchSize") return askAbsent ? "one-sided" : "no-sizes";
    if (bidAbsent || askAbsent) return "one-sided";
    // From here on there is a whole quote: what stays absent waits for time, for sizes, or has no value at all.
    if (name === "volatility.ewmaRatio" && values["volatility.ewmaSlowPct"] !== undefined) return "undefined";
    if (name.startsWith("volatility.") || name.startsWith("spread.")) return "warming";
    if (Number.isNaN(book.bidSize) || Number.isNaN(book.askSize)) return "no-sizes";
    return name.startsWith("flow.") && values["flow.ofi10sSize"] === undefined ? "warming" : "undefined";
  }

  get #estimators(): readonly (readonly [string, Estimator])[] {
    return [
      ["spreadMean", this.#spreadMean],
      ["spreadMeanBps", this.#spreadMeanBps],
      ["spreadEwBps", this.#spreadEwBps],
      ["ofi", this.#ofi],
      ["tradeFlow", this.#tradeFlow],
      ["volatilityFast", this.#volatilityFast],
      ["volatilitySlow", this.#volatilitySlow],
      ["touches", this.#touches],
      ["bookEvents", this.#bookEvents],
      ["trades", this.#trades],
    ];
  }

  snapshot(): Record<string, number[]> {
    return Object.fromEntries(this.#estimators.map(([name, estimator]) => [name, estimator.snapshot()]));
  }

  restore(state: Readonly<Record<string, number[]>>): void {
    for (const [name, estimator] of this.#estimators) estimator.restore(state[name]!);
  }
}

function present(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
