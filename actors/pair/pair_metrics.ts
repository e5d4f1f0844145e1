/**
 * The panels a pair runs, and the sample they make together.
 *
 * @module
 */
import type { Book } from "../book/mod.ts";
import {
  type AbsentReason,
  EventFlag,
  type MarketEvent,
  METRIC_PATHS,
  type MetricGroup,
  type MetricOptions,
  type MetricSample,
  type Pair,
  pairSpec,
  SessionClock,
  Side,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { type Estimator, type SignedTrade, TradeSigner, TradeSpreads } from "../estimators/mod.ts";
import {
  ArrivalPanel,
  DepthPanel,
  FlowPanel,
  ImpactPanel,
  LiquidityPanel,
  type Panel,
  PricePanel,
  SpreadPanel,
  ToxicityPanel,
  VolatilityPanel,
} from "./panels/mod.ts";

/**
 * While a book has events its touch is told this often, though it be the same: what stands in a market that goes on, as a pegged pair's
 * may for hours, is not of a closed one.
 */
const STANDING_TOUCH_US = US_PER_MINUTE;
/** Parts of a pip that prices are compared in. */
const TICKS_PER_PIP = 100;

export class PairMetrics {
  readonly #pair: Pair;
  readonly #signer: TradeSigner;
  readonly #tradeSpreads: TradeSpreads;
  readonly #panels: { [G in MetricGroup]: Panel<G> };
  readonly #clock = new SessionClock();
  // Told apart once, so that no event asks a panel whether it wants it.
  readonly #onTouch: Panel<MetricGroup>[];
  readonly #onBookEvent: Panel<MetricGroup>[];
  readonly #onTrade: Panel<MetricGroup>[];
  readonly #onSecond: Panel<MetricGroup>[];
  #nextSecondUs = 0;
  /** When a touch that stood since it was told last is told again. */
  #standsUntilUs = Infinity;

  constructor(pair: Pair, options: MetricOptions) {
    const { pipSize } = pairSpec(pair);
    this.#pair = pair;
    this.#signer = new TradeSigner({ rule: options.flow.signRule, tickSize: pipSize / TICKS_PER_PIP });
    const { windowS, horizonsS } = { ...options.spread, windowS: options.spread.tradeWindowS };
    this.#tradeSpreads = new TradeSpreads({
      windowUs: windowS * US_PER_SECOND,
      horizonsUs: horizonsS.map((horizon) => horizon * US_PER_SECOND),
    });
    const shared = { options, pipSize, signer: this.#signer, tradeSpreads: this.#tradeSpreads };
    this.#panels = {
      price: new PricePanel(shared),
      spread: new SpreadPanel(shared),
      depth: new DepthPanel(options),
      liquidity: new LiquidityPanel(shared),
      flow: new FlowPanel(shared),
      toxicity: new ToxicityPanel(options),
      impact: new ImpactPanel(shared),
      volatility: new VolatilityPanel(options),
      arrival: new ArrivalPanel(options),
    };
    const panels = Object.values(this.#panels) as Panel<MetricGroup>[];
    this.#onTouch = panels.filter((panel) => panel.onTouch !== undefined);
    this.#onBookEvent = panels.filter((panel) => panel.onBookEvent !== undefined);
    this.#onTrade = panels.filter((panel) => panel.onTrade !== undefined);
    this.#onSecond = panels.filter((panel) => panel.onSecond !== undefined);
  }

  /** Event time has come to this point; the book is still what it was. */
  advance(timeUs: number, book: Book): void {
    if (timeUs < this.#nextSecondUs) return;
    const secondUs = Math.floor(timeUs / US_PER_SECOND) * US_PER_SECOND;
    const passed = this.#nextSecondUs === 0 ? 1 : (secondUs - this.#nextSecondUs) / US_PER_SECOND + 1;
    this.#nextSecondUs = secondUs + US_PER_SECOND;
    for (const panel of this.#onSecond) panel.onSecond!(secondUs, passed, book);
  }

  /** The book has taken an event; `touched` where its touch is another one since, `settled` at the end of a batch. */
  onBookEvent(timeUs: number, book: Book, touched: boolean, settled: boolean): void {
    if (touched || timeUs >= this.#standsUntilUs) {
      this.#standsUntilUs = timeUs + STANDING_TOUCH_US;
      this.#signer.quote(timeUs, book.bid, book.ask);
      this.#tradeSpreads.quote(timeUs, (book.bid + book.ask) / 2);
      for (const panel of this.#onTouch) panel.onTouch!(timeUs, book, touched);
    }
    for (const panel of this.#onBookEvent) panel.onBookEvent!(timeUs, book, settled);
  }

  /** Answers the trade with its side. */
  onTrade(timeUs: number, { price, size, side, flags }: MarketEvent): SignedTrade {
    const known = (flags & EventFlag.aggressorKnown) !== 0;
    const flag = !known ? 0 : side === Side.buy ? 1 : side === Side.sell ? -1 : 0;
    const trade = this.#signer.trade(timeUs, price, size, flag);
    this.#tradeSpreads.trade(trade);
    for (const panel of this.#onTrade) panel.onTrade!(trade);
    return trade;
  }

  /** The sample at a time, from everything before it. */
  sample(timeUs: number, book: Book, counts: MetricSample["counts"]): MetricSample {
    this.#clock.advance(timeUs);
    this.#tradeSpreads.advance(timeUs);
    this.#signer.advance(timeUs);
    const values: Record<string, Record<string, number>> = {};
    const absent: Record<string, AbsentReason> = {};
    let group: MetricGroup | undefined;
    let made: Record<string, number | AbsentReason> = {};
    let present: Record<string, number> = {};
    for (const [name, groupName, short] of METRIC_PATHS) {
      if (groupName !== group) {
        group = groupName;
        made = this.#panels[groupName].values(timeUs, book);
        present = values[groupName] = {};
      }
      const value = made[short]!;
      if (typeof value === "number") present[short] = value;
      else absent[name] = value;
    }
    return {
      v: 2,
      pair: this.#pair,
      timeUs,
      sessions: [...this.#clock.sessions],
      values: values as MetricSample["values"],
      absent,
      counts,
    };
  }

  get #estimators(): (readonly [string, Estimator])[] {
    return [
      ["signer", this.#signer],
      ["tradeSpreads", this.#tradeSpreads],
      ...Object.values(this.#panels).flatMap((panel: Panel<MetricGroup>) => panel.estimators),
    ];
  }

  snapshot(): Record<string, number[]> {
    return {
      clock: [this.#nextSecondUs, this.#standsUntilUs],
      ...Object.fromEntries(this.#estimators.map(([name, estimator]) => [name, estimator.snapshot()])),
    };
  }

  /** Take over what `snapshot` wrote. An estimator that an older version did not have begins anew. */
  restore(state: Readonly<Record<string, number[]>>): void {
    [this.#nextSecondUs = 0, this.#standsUntilUs = Infinity] = state.clock ?? [];
    for (const [name, estimator] of this.#estimators) {
      const own = state[name];
      if (own !== undefined) estimator.restore(own);
    }
  }
}
