/**
 * The market simulator: a deterministic stream of book updates and trades for any set of pairs.
 *
 * The values of all currencies move on a fixed grid of time; between two points of it, events fall as a Poisson process whose
 * pace follows the hour, and each belongs to one pair by its share. Time comes only from outside: the same seed, start and
 * pairs give the same events, in whatever slices `advance` is called.
 *
 * One event costs well under a microsecond; see `_bench.ts`.
 *
 * @module
 */
import { type Pair, US_PER_DAY, US_PER_MS, US_PER_SECOND } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { Random } from "../random.ts";
import { CurrencyFactors } from "./currency_factors.ts";
import { PairMarket } from "./pair_market.ts";

/** Book updates a second for each pair at the busiest hour, where nothing else is said. */
export const RATE_PER_SECOND_DEFAULT = 20;
/** Trades for each update of the book. */
const TRADES_PER_UPDATE = 0.05;
/** Grid on which the currencies move. */
const STEP_US = 20 * US_PER_MS;
/** The pace is looked up anew this often. */
const PACE_INTERVAL_US = US_PER_SECOND;
/** A skipped pause moves prices as if it had lasted this long at most. */
const SKIP_US_MAX = US_PER_DAY;

export interface SimulatorOptions {
  seed: number;
  pairs: readonly Pair[];
  /** When the simulated market begins, microseconds since the epoch. */
  startTimeUs: number;
  /** Book updates a second for each pair at the busiest hour; trades come on top. @default {20} */
  ratePerSecond?: number;
}

export interface Simulator {
  /** Every event up to and with this time has been generated. */
  readonly timeUs: number;
  /** Efficient mid of a simulated pair; triangles of these are exact. */
  efficientMid(pair: Pair): number;
  /** Generate on to a time. The first call begins with a snapshot of every book. */
  advance(untilUs: number, sink: EventSink): void;
  /** Generate nothing up to a time: tells a gap and a new snapshot of every book. */
  skip(untilUs: number, sink: EventSink): void;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  return new PoissonSimulator(options);
}

class PoissonSimulator implements Simulator {
  timeUs: number;
  readonly #random: Random;
  readonly #factors: CurrencyFactors;
  readonly #markets: readonly PairMarket[];
  readonly #ratePerSecond: number;
  /** Running sum of the pairs' paces: who the next event belongs to. */
  readonly #paces: Float64Array;
  #started = false;
  #meanGapUs = 0;
  #paceUntilUs = 0;
  #stepEndUs: number;
  /** When the next event falls; at or behind the end of the step: in none of it. */
  #nextUs: number;

  constructor({ seed, pairs, startTimeUs, ratePerSecond = RATE_PER_SECOND_DEFAULT }: SimulatorOptions) {
    if (pairs.length === 0) throw new RangeError("Cannot simulate no pairs: give at least one");
    if (!(ratePerSecond > 0)) {
      throw new RangeError(`Cannot simulate ${ratePerSecond} updates a second: expected more than 0`);
    }
    this.timeUs = startTimeUs;
    this.#ratePerSecond = ratePerSecond;
    this.#random = new Random(seed);
    const factorRandom = new Random(seed, 1);
    const impactScale = Math.min(1, Math.sqrt(RATE_PER_SECOND_DEFAULT / ratePerSecond));
    const active = new Set<number>();
    this.#factors = new CurrencyFactors(factorRandom);
    this.#markets = pairs.map((pair, index) => {
      const random = new Random(seed, 2 + index);
      const market = new PairMarket(pair, { factors: this.#factors, random, impactScale });
      active.add(market.base).add(market.quote);
      return market;
    });
    this.#factors.activate([...active]);
    this.#paces = new Float64Array(pairs.length);
    this.#stepEndUs = startTimeUs;
    this.#nextUs = Infinity;
    this.#beginStep(0);
  }

  efficientMid(pair: Pair): number {
    const market = this.#markets.find((one) => one.pair === pair);
    if (market === undefined) throw new RangeError(`Cannot tell the mid of ${pair}: it is not simulated`);
    return market.efficientMid;
  }

  advance(untilUs: number, sink: EventSink): void {
    if (untilUs < this.timeUs) return;
    if (!this.#started) {
      this.#started = true;
      for (const market of this.#markets) market.snapshot(this.timeUs, sink);
    }
    for (;;) {
      if (this.#nextUs < this.#stepEndUs) {
        if (this.#nextUs > untilUs) break;
        this.#fire(sink);
        this.#nextUs += this.#random.exponential(this.#meanGapUs);
      } else {
        if (this.#stepEndUs > untilUs) break;
        this.#beginStep(STEP_US);
      }
    }
    this.timeUs = untilUs;
  }

  skip(untilUs: number, sink: EventSink): void {
    if (untilUs <= this.timeUs) return;
    const skippedUs = Math.min(untilUs - this.timeUs, SKIP_US_MAX);
    this.timeUs = this.#stepEndUs = untilUs;
    this.#started = true;
    this.#beginStep(skippedUs);
    for (const market of this.#markets) {
      market.gap(untilUs, sink);
      market.snapshot(untilUs, sink);
    }
  }

  #fire(sink: EventSink): void {
    const random = this.#random;
    const market = this.#markets[random.pick(this.#paces)]!;
    const timeUs = Math.floor(this.#nextUs);
    if (random.uniform() < TRADES_PER_UPDATE / (1 + TRADES_PER_UPDATE)) market.trade(timeUs, sink);
    else market.update(timeUs, sink);
  }

  /** Move the currencies to the end of the last step, where the next one begins. */
  #beginStep(elapsedUs: number): void {
    const startUs = this.#stepEndUs;
    this.#stepEndUs = startUs + STEP_US;
    this.#factors.step(startUs, elapsedUs / US_PER_SECOND);
    if (startUs >= this.#paceUntilUs) {
      this.#paceUntilUs = (Math.floor(startUs / PACE_INTERVAL_US) + 1) * PACE_INTERVAL_US;
      let sum = 0;
      this.#markets.forEach((market, index) => this.#paces[index] = sum += market.pace);
      this.#meanGapUs = US_PER_SECOND / (this.#ratePerSecond * (1 + TRADES_PER_UPDATE) * sum);
    }
    this.#nextUs = startUs + this.#random.exponential(this.#meanGapUs);
  }
}
