/**
 * What is usual on a market: sizes, spread, rates and volatility of the last half hour or so, which detectors measure against.
 *
 * Medians of trailing distributions, one sample a second of event time in which there was an event (trades: each), so that neither a
 * burst nor an outlier shifts them. While the market is disturbed, that is while a case of it is open, nothing is learnt, for five
 * minutes at most: what lasts longer is how it is now.
 *
 * Cost: a few logarithms a second and one a trade; reading is free. State: about 900 numbers.
 *
 * @module
 */
import { BPS_PER_ONE, US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import type { Book, Ladder } from "../book/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import { joined, separated } from "./state_list.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

/** Half-life of what is usual: long against a case, short against a session. */
const HALF_LIFE_US = 20 * US_PER_MINUTE;
/** Seconds of a market that are needed before anything is usual. */
const WARMUP_SECONDS = 60;
const WARMUP_TRADES = 20;
/** Longest time a disturbed market is not learnt from. */
const DISTURBED_US_MAX = 5 * US_PER_MINUTE;
/** Levels of a side whose sizes are those near the touch. */
const NEAR_LEVELS = 5;
/** Distance within which depth is told. */
const DEPTH_BPS = 2;
/** Half-lives of the variance of a second: of now, and of before. */
const FAST_HALF_LIFE_S = 30;
const SLOW_HALF_LIFE_S = 600;
/** A return counts as so many standard deviations at most in the slow variance. */
const CLIP_SIGMAS = 4;
/** Second returns over longer than this are of a pause, not of a second. */
const PAUSE_S_MAX = 60;

/** What is read off the distributions once a second. */
const READ = [
  "spreadBps",
  "touchSize",
  "levelSize",
  "depthSize",
  "tradeSize",
  "messagesPerSecond",
  "touchesPerSecond",
  "tradesPerSecond",
] as const;

export class UsualMarket implements Estimator {
  readonly #spread = distribution(1e-3, 1e3);
  readonly #touchSize = distribution(1e2, 1e12);
  readonly #levelSize = distribution(1e2, 1e12);
  readonly #depth = distribution(1e2, 1e12);
  readonly #tradeSize = distribution(1e2, 1e12);
  readonly #messages = distribution(0.1, 1e6);
  readonly #touches = distribution(0.1, 1e6);
  readonly #trades = distribution(0.1, 1e6);
  /** Messages, changes of the touch and trades since the last second. */
  readonly #counts = new Float64Array(3);
  #seconds = 0;
  #mid = NaN;
  #midUs = 0;
  #fastVariance = NaN;
  #slowVariance = NaN;
  #disturbedUs = 0;

  /** Median spread, bps. */
  spreadBps: number | undefined;
  /** Median size at the touch, of a level near it, within 2 bps of the mid (each side), of a trade; base units. */
  touchSize: number | undefined;
  levelSize: number | undefined;
  depthSize: number | undefined;
  tradeSize: number | undefined;
  /** Median messages of the book, changes of the touch and trades in a second that has any event. */
  messagesPerSecond: number | undefined;
  touchesPerSecond: number | undefined;
  tradesPerSecond: number | undefined;

  /** Standard deviation of the mid over so long a time, bps, by the volatility of the last ten minutes. */
  sigmaBps(durationUs: number): number | undefined {
    return this.#sigma(this.#slowVariance, durationUs);
  }

  /** The same by that of the last half minute. */
  fastSigmaBps(durationUs: number): number | undefined {
    return this.#sigma(this.#fastVariance, durationUs);
  }

  #sigma(variance: number, durationUs: number): number | undefined {
    if (!(variance > 0) || this.#seconds < WARMUP_SECONDS) return undefined;
    return Math.sqrt((variance * durationUs) / US_PER_SECOND);
  }

  /** Quantile of the spread, bps. */
  spreadQuantileBps(p: number): number | undefined {
    return this.#seconds < WARMUP_SECONDS ? undefined : this.#spread.quantile(p);
  }

  /** Share of the seconds in which the spread is wider. */
  spreadTail(spreadBps: number): number | undefined {
    return this.#seconds < WARMUP_SECONDS ? undefined : this.#spread.tail(spreadBps);
  }

  /** Quantile of the depth of a side within 2 bps. */
  depthQuantile(p: number): number | undefined {
    return this.#seconds < WARMUP_SECONDS ? undefined : this.#depth.quantile(p);
  }

  /** Share of the seconds and sides in which there is less depth. */
  depthShareBelow(size: number): number {
    return this.#depth.shareBelow(size);
  }

  levelSizeQuantile(p: number): number | undefined {
    return this.#seconds < WARMUP_SECONDS ? undefined : this.#levelSize.quantile(p);
  }

  tradeSizeQuantile(p: number): number | undefined {
    return this.#tradeSize.weight < WARMUP_TRADES / 2 ? undefined : this.#tradeSize.quantile(p);
  }

  /** Messages, changes of the touch or trades a second that a share `p` of the seconds does not exceed. */
  rateQuantile(of: "messages" | "touches" | "trades", p: number): number | undefined {
    if (this.#seconds < WARMUP_SECONDS) return undefined;
    return (of === "messages" ? this.#messages : of === "touches" ? this.#touches : this.#trades).quantile(p);
  }

  message(): void {
    this.#counts[0]!++;
  }

  touch(): void {
    this.#counts[1]!++;
  }

  trade(timeUs: number, size: number, disturbed: boolean): void {
    this.#counts[2]!++;
    if (!disturbed) this.#tradeSize.add(timeUs, size);
  }

  /**
   * Whole seconds have passed.
   *
   * @param passed how many; those without an event are not of the median second
   * @param disturbed whether a case is open
   */
  second(timeUs: number, book: Book, { passed, disturbed }: { passed: number; disturbed: boolean }): void {
    const mid = (book.bid + book.ask) / 2;
    this.#learnVariance(timeUs, mid, passed);
    if (disturbed && this.#disturbedUs === 0) this.#disturbedUs = timeUs;
    if (!disturbed) this.#disturbedUs = 0;
    if (disturbed && timeUs - this.#disturbedUs < DISTURBED_US_MAX) {
      this.#counts.fill(0);
      return;
    }
    this.#seconds++;
    if (book.ask > book.bid) this.#spread.add(timeUs, (BPS_PER_ONE * (book.ask - book.bid)) / mid);
    if (book.bidSize > 0 && book.askSize > 0) this.#touchSize.add(timeUs, (book.bidSize + book.askSize) / 2);
    this.#learnLevels(timeUs, book, mid);
    this.#messages.add(timeUs, this.#counts[0]!);
    this.#touches.add(timeUs, this.#counts[1]!);
    this.#trades.add(timeUs, this.#counts[2]!);
    this.#counts.fill(0);
    this.#read();
  }

  #learnLevels(timeUs: number, { bids, asks, bidSize, askSize }: Book, mid: number): void {
    if (bids.count + asks.count === 0) {
      if (bidSize > 0) this.#levelSize.add(timeUs, bidSize);
      if (askSize > 0) this.#levelSize.add(timeUs, askSize);
      return;
    }
    for (const ladder of [bids, asks]) {
      for (let depth = 0; depth < Math.min(NEAR_LEVELS, ladder.count); depth++) {
        this.#levelSize.add(timeUs, ladder.size(depth));
      }
      if (mid === mid) this.#depth.add(timeUs, depthWithin(ladder, mid, DEPTH_BPS));
    }
  }

  #learnVariance(timeUs: number, mid: number, passed: number): void {
    const lastMid = this.#mid;
    const seconds = (timeUs - this.#midUs) / US_PER_SECOND;
    if (mid === mid) {
      this.#mid = mid;
      this.#midUs = timeUs;
    }
    if (!(mid === mid) || !(lastMid === lastMid) || seconds > PAUSE_S_MAX || !(seconds > 0)) return;
    const square = (BPS_PER_ONE * Math.log(mid / lastMid)) ** 2 / seconds;
    const fastKept = 2 ** (-passed / FAST_HALF_LIFE_S);
    const slowKept = 2 ** (-passed / SLOW_HALF_LIFE_S);
    if (!(this.#slowVariance === this.#slowVariance)) {
      this.#fastVariance = this.#slowVariance = square;
      return;
    }
    this.#fastVariance = fastKept * this.#fastVariance + (1 - fastKept) * square;
    // From nothing, whatever comes is far out: the clip begins when there is something to clip against.
    const clip = this.#seconds < WARMUP_SECONDS ? Infinity : CLIP_SIGMAS ** 2 * this.#slowVariance;
    const weight = Math.max(1 - slowKept, 1 / (this.#seconds + 2));
    this.#slowVariance += weight * (Math.min(square, clip) - this.#slowVariance);
  }

  #read(): void {
    const warm = this.#seconds >= WARMUP_SECONDS;
    this.spreadBps = warm ? this.#spread.quantile(0.5) : undefined;
    this.touchSize = warm ? this.#touchSize.quantile(0.5) : undefined;
    this.levelSize = warm ? this.#levelSize.quantile(0.5) : undefined;
    this.depthSize = warm ? this.#depth.quantile(0.5) : undefined;
    this.tradeSize = this.tradeSizeQuantile(0.5);
    this.messagesPerSecond = warm ? this.#messages.quantile(0.5) : undefined;
    this.touchesPerSecond = warm ? this.#touches.quantile(0.5) : undefined;
    this.tradesPerSecond = warm ? this.#trades.quantile(0.5) : undefined;
  }

  get #distributions(): TrailingDistribution[] {
    return [
      this.#spread,
      this.#touchSize,
      this.#levelSize,
      this.#depth,
      this.#tradeSize,
      this.#messages,
      this.#touches,
      this.#trades,
    ];
  }

  snapshot(): number[] {
    return [
      this.#seconds,
      this.#mid,
      this.#midUs,
      this.#fastVariance,
      this.#slowVariance,
      this.#disturbedUs,
      ...this.#counts,
      ...READ.map((name) => this[name] ?? NaN),
      ...joined(this.#distributions),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#seconds, this.#mid, this.#midUs, this.#fastVariance, this.#slowVariance, this.#disturbedUs] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.#counts.set(state.slice(6, 9));
    // What was read at the last second stands until the next one.
    READ.forEach((name, i) => {
      const value = state[9 + i]!;
      this[name] = value === value ? value : undefined;
    });
    separated(this.#distributions, state, 9 + READ.length);
  }
}

function distribution(min: number, max: number): TrailingDistribution {
  return new TrailingDistribution({ min, max, halfLifeUs: HALF_LIFE_US, perDecade: 16 });
}

/** Total size within a distance of the mid. */
export function depthWithin(ladder: Ladder, mid: number, distanceBps: number): number {
  const away = (mid * distanceBps) / BPS_PER_ONE;
  return ladder.sizeTo(ladder.side === "bid" ? mid - away : mid + away);
}
