/**
 * Pinging: a run of tiny trades on one side, far more than usual, and then a large one on the same side.
 *
 * Logic: takings of at most a share of the usual trade, of one sign, within a window; their number against what so long a time usually
 * has (Poisson); then, within a few seconds, a taking of a multiple of the usual trade of that sign.
 * Input: trades with sides. Score: 1 − chance of so many tiny ones. Warm-up: that of the usual trade. Cost: O(1) per trade; 64 times.
 * Limits: one who waits minutes between ping and order is not seen.
 *
 * @module
 */
import { type DetectionOptions, Side, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { poissonTail } from "./_poisson.ts";
import { joined, separated } from "./_state.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import { TakeGatherer } from "./_take_gatherer.ts";

/** Pings that are known of a side. */
const PINGS_MAX = 64;
/** The large trade comes so long after the last ping at most. */
const LARGE_US_MAX = 4 * US_PER_SECOND;
const QUIET_US = 10 * US_PER_SECOND;
/** Half-life of how often tiny trades are. */
const RATE_HALF_LIFE_US = 20 * US_PER_MINUTE;
/** Tiny trades a second that are taken for usual at least. */
const RATE_MIN = 0.02;
const P_MAX = 1e-6;
/** In a run there are so many larger takings of the side for each ping at most: busy markets have tiny trades among others. */
const OTHERS_SHARE_MAX = 0.4;

class Run {
  readonly timesUs = new Float64Array(PINGS_MAX);
  readonly sizes = new Float64Array(PINGS_MAX);
  readonly sequences = new Float64Array(PINGS_MAX);
  /** Larger takings of the side before each ping. */
  readonly othersBefore = new Float64Array(PINGS_MAX);
  others = 0;
  next = 0;
  count = 0;

  push(timeUs: number, size: number, sequence: number): void {
    this.timesUs[this.next] = timeUs;
    this.sizes[this.next] = size;
    this.sequences[this.next] = sequence;
    this.othersBefore[this.next] = this.others;
    this.next = (this.next + 1) % PINGS_MAX;
    this.count = Math.min(PINGS_MAX, this.count + 1);
  }

  /** Index of the k-th newest. */
  at(k: number): number {
    return (this.next - 1 - k + 2 * PINGS_MAX) % PINGS_MAX;
  }

  snapshot(): number[] {
    return [
      this.next,
      this.count,
      this.others,
      ...this.timesUs,
      ...this.sizes,
      ...this.sequences,
      ...this.othersBefore,
    ];
  }

  restore(state: readonly number[]): void {
    [this.next, this.count, this.others] = state as [number, number, number];
    [this.timesUs, this.sizes, this.sequences, this.othersBefore].forEach((list, i) =>
      list.set(state.slice(3 + i * PINGS_MAX, 3 + (i + 1) * PINGS_MAX))
    );
  }
}

export class Pinging implements Detector {
  readonly cases: readonly [Case<"pinging">];
  readonly #options: DetectionOptions["pinging"];
  readonly #buys = new Run();
  readonly #sells = new Run();
  readonly #take = new TakeGatherer();
  /** Tiny takings a second of both signs, and when it was brought up to now. */
  #rate = RATE_MIN;
  #rateUs = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.pinging;
    this.cases = [
      maker.case("pinging", {
        quietUs: QUIET_US,
        sentence: ({ pingCount = NaN, runMs = NaN, largeSize = NaN, usualSize = NaN }) =>
          `${pingCount} tiny trades one way in ${(runMs / 1_000).toFixed(1)} s, then one of ${
            (largeSize / 1e6).toPrecision(3)
          } M, ${(largeSize / usualSize).toFixed(1)} times the usual: consistent with pinging`,
      }),
    ];
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    if (trade.passiveSide === Side.none) return;
    this.#take.add(market.timeUs, trade, () => this.#taken(market));
  }

  onSettled(market: MarketView): void {
    this.#take.finish(() => this.#taken(market));
  }

  #taken(market: MarketView): void {
    const { timeUs, sign, size } = this.#take;
    const usualSize = market.usual.tradeSize;
    if (usualSize === undefined) return;
    const run = sign > 0 ? this.#buys : this.#sells;
    if (size <= this.#options.tinyShare * usualSize) {
      const kept = 2 ** (-(timeUs - this.#rateUs) / RATE_HALF_LIFE_US);
      this.#rate = this.#rate * kept + (Math.LN2 * US_PER_SECOND) / RATE_HALF_LIFE_US;
      this.#rateUs = timeUs;
      run.push(timeUs, size, market.sequence);
      return;
    }
    if (size >= this.#options.largeRatio * usualSize) this.#judge(market, run, size, usualSize);
    run.others++;
  }

  #judge(market: MarketView, run: Run, largeSize: number, usualSize: number): void {
    const { timeUs, sequence } = market;
    if (run.count === 0 || timeUs - run.timesUs[run.at(0)]! > LARGE_US_MAX) return;
    const fromUs = timeUs - this.#options.windowS * US_PER_SECOND;
    let count = 0;
    while (count < run.count && run.timesUs[run.at(count)]! >= fromUs) count++;
    if (count < this.#options.count) return;
    const first = run.at(count - 1);
    if (run.others - run.othersBefore[first]! > OTHERS_SHARE_MAX * count) return;
    const runUs = timeUs - run.timesUs[first]!;
    // Of one sign: half of them.
    const expectedCount = (Math.max(RATE_MIN, this.#rate) / 2) * (runUs / US_PER_SECOND);
    const p = poissonTail(count, expectedCount);
    if (p > P_MAX) return;
    const sizes = Array.from({ length: count }, (_, k) => run.sizes[run.at(k)]!).sort((a, b) => a - b);
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: run.timesUs[first]!,
      sequenceFirst: run.sequences[first]!,
      score: 1 - p,
      severity: largeSize > 2 * this.#options.largeRatio * usualSize ? "critical" : "warning",
      evidence: {
        pingCount: count,
        pingSize: sizes[count >> 1]!,
        largeSize,
        usualSize,
        runMs: runUs / US_PER_MS,
        expectedCount,
      },
    }, market.sink);
    run.count = 0;
  }

  onInterrupted(): void {
    this.#buys.count = this.#sells.count = 0;
  }

  snapshot(): number[] {
    return [this.#rate, this.#rateUs, ...joined([this.#take, this.#buys, this.#sells])];
  }

  restore(state: readonly number[]): void {
    [this.#rate, this.#rateUs] = state as [number, number];
    separated([this.#take, this.#buys, this.#sells], state, 2);
  }
}
