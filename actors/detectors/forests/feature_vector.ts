/**
 * What forests look at: some numbers of the market since the last vector, each placed against its own recent band.
 *
 * | feature | before it is placed |
 * |---|---|
 * | `spread` | ln of the spread, bps |
 * | `touch-size` | ln of the mean size at the touch |
 * | `imbalance` | (bid − ask) / (bid + ask) of the five best levels, or of the touch |
 * | `order-flow` | what bids gained and asks lost near the touch, in usual sizes of a level |
 * | `return` | return of the mid over its usual deviation in so long a time |
 * | `message-rate`, `trade-rate` | ln of 1 + those a second |
 * | `cancel-share` | withdrawn / (added + withdrawn) near the touch |
 * | `microprice` | (microprice − mid) / spread |
 *
 * A place z, in half bands, becomes ½ + ½·z/(1 + |z|), so that the band is from ¼ to ¾ and any distance has room, in steps of
 * 1/{@linkcode FEATURE_LEVELS}. What is not known is ½: in the middle.
 *
 * @module
 */
import { BPS_PER_ONE, type Feature, Side, US_PER_SECOND } from "../../contract/mod.ts";
import type { Book, Ladder } from "../../book/mod.ts";
import type { Estimator } from "../../estimators/mod.ts";
import type { LevelChange } from "../flow_tape.ts";
import type { MarketView } from "../market_view.ts";
import { QuantileBand } from "./_quantile_band.ts";

/** Steps of a feature. */
export const FEATURE_LEVELS = 1_023;
/** Changes further from the touch do not count. */
const NEAR_SPREADS = 5;
const NEAR_LEVELS = 5;

export class FeatureVector implements Estimator {
  readonly features: readonly Feature[];
  readonly values: Float64Array;
  /** Where each feature lies, half bands from its middle. */
  readonly places: Float64Array;
  readonly #stepUs: number;
  readonly #bands: readonly QuantileBand[];
  #lastUs = 0;
  #lastMid = NaN;
  #messages = 0;
  #trades = 0;
  #added = 0;
  #withdrawn = 0;
  #orderFlow = 0;

  constructor(features: readonly Feature[], stepUs: number) {
    this.features = features;
    this.values = new Float64Array(features.length);
    this.places = new Float64Array(features.length);
    this.#stepUs = stepUs;
    this.#bands = features.map(() => new QuantileBand());
  }

  level({ side, added, removed, withdrawn, distanceBps }: LevelChange, { usual }: MarketView): void {
    this.#messages++;
    if (!(distanceBps <= NEAR_SPREADS * (usual.spreadBps ?? NaN))) return;
    this.#added += added;
    this.#withdrawn += withdrawn;
    this.#orderFlow += side === Side.bid ? added - removed : removed - added;
  }

  trade(): void {
    this.#trades++;
  }

  /** What came so far is void. */
  interrupt(): void {
    this.#lastUs = 0;
    this.#lastMid = NaN;
  }

  /** The vector that is due, in {@linkcode values}; answers whether there is one. */
  take(market: MarketView): boolean {
    const { timeUs, mid, usual } = market;
    if (timeUs - this.#lastUs < this.#stepUs || !(mid === mid) || usual.spreadBps === undefined) return false;
    const isFirst = this.#lastUs === 0;
    if (!isFirst) {
      this.features.forEach((feature, k) => {
        const z = this.#bands[k]!.place(this.#raw(feature, market));
        this.places[k] = z;
        this.values[k] = Math.round((0.5 + (0.5 * z) / (1 + Math.abs(z))) * FEATURE_LEVELS) / FEATURE_LEVELS;
      });
    }
    return !isFirst || this.#begin(market);
  }

  /** Learn from the vector that was taken, and begin the next. */
  next(market: MarketView, learns: boolean): void {
    if (learns) this.features.forEach((feature, k) => this.#bands[k]!.learn(this.#raw(feature, market)));
    this.#begin(market);
  }

  #begin({ timeUs, mid }: MarketView): false {
    this.#lastUs = timeUs;
    this.#lastMid = mid;
    this.#messages =
      this.#trades =
      this.#added =
      this.#withdrawn =
      this.#orderFlow =
        0;
    return false;
  }

  #raw(feature: Feature, { timeUs, mid, spreadBps, book, usual }: MarketView): number {
    const seconds = (timeUs - this.#lastUs) / US_PER_SECOND;
    const { bid, ask, bidSize, askSize } = book;
    switch (feature) {
      case "spread":
        return Math.log(Math.max(spreadBps, 1e-6));
      case "touch-size":
        return bidSize > 0 && askSize > 0 ? Math.log((bidSize + askSize) / 2) : NaN;
      case "imbalance":
        return imbalanceOf(book);
      case "order-flow":
        return usual.levelSize === undefined ? NaN : this.#orderFlow / usual.levelSize;
      case "return":
        return (BPS_PER_ONE * Math.log(mid / this.#lastMid)) / (usual.sigmaBps(timeUs - this.#lastUs) ?? NaN);
      case "message-rate":
        return Math.log1p(this.#messages / seconds);
      case "trade-rate":
        return Math.log1p(this.#trades / seconds);
      case "cancel-share":
        return this.#withdrawn / (this.#added + this.#withdrawn);
      case "microprice":
        return (bidSize * ask + askSize * bid) / (bidSize + askSize) / (ask - bid) - mid / (ask - bid);
    }
  }

  /** The feature that is furthest from its band. */
  get furthest(): number {
    let furthest = 0;
    for (let k = 1; k < this.places.length; k++) {
      if (Math.abs(this.places[k]!) > Math.abs(this.places[furthest]!)) furthest = k;
    }
    return furthest;
  }

  snapshot(): number[] {
    return [
      this.#lastUs,
      this.#lastMid,
      this.#messages,
      this.#trades,
      this.#added,
      this.#withdrawn,
      this.#orderFlow,
      ...this.#bands.flatMap((band) => band.snapshot()),
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#lastUs,
      this.#lastMid,
      this.#messages,
      this.#trades,
      this.#added,
      this.#withdrawn,
      this.#orderFlow,
    ] = state as [number, number, number, number, number, number, number];
    this.#bands.forEach((band, k) => band.restore(state.slice(7 + 3 * k, 10 + 3 * k)));
  }
}

function imbalanceOf({ bids, asks, bidSize, askSize }: Book): number {
  const [bid, ask] = bids.count + asks.count === 0 ? [bidSize, askSize] : [nearSize(bids), nearSize(asks)];
  return (bid - ask) / (bid + ask);
}

function nearSize(ladder: Ladder): number {
  let sum = 0;
  for (let depth = 0; depth < Math.min(NEAR_LEVELS, ladder.count); depth++) sum += ladder.size(depth);
  return sum;
}
