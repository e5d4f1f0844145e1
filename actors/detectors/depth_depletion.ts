/**
 * Depth depletion: what lies near the mid is far less than what lies there usually, on one side or both.
 *
 * Logic: x = ln(depth/mark), of the thinner side within a distance of the mid; the mark is a share of the usual depth of a side, or its
 * trailing quantile where that is less. S ← max(0, S + min(1.5, −x)·Δt) grows while it is thin, the faster the thinner, and falls
 * while it is not (a cumulative sum, Page 1954). Evidence is S above a limit.
 * Input: levels. Score: 1 − share of the trailing seconds and sides with less depth.
 * Warm-up: a minute of a market. Cost: a walk over the levels within the distance, at most 20 times a second.
 * Limits: what is thin for more than five minutes is how it is now.
 *
 * @module
 */
import { type DetectionOptions, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { depthWithin } from "./usual_market.ts";

const LOOK_US = 50 * US_PER_MS;
/** One that comes again so soon is the same. */
const QUIET_US = 20 * US_PER_SECOND;
/** A moment counts for so much at most, however thin, and a pause for no longer than this. */
const SHORTFALL_MAX = 1.5;
const PAUSE_US_MAX = US_PER_SECOND;
/** Longest that a mark is held. */
const HELD_US_MAX = 5 * US_PER_MINUTE;
/** A depth below this share of the usual is next to nothing. */
const CRITICAL_SHARE = 0.1;

export class DepthDepletion implements Detector {
  readonly cases: readonly [Case<"depth-depletion">];
  readonly #options: DetectionOptions["depthDepletion"];
  #lookedUs = 0;
  /** What the depth was short of the mark at the last look, and the sum of it over time, seconds. */
  #shortfall = 0;
  #sum = 0;
  /** Below this depth it is thin; held while it is, for a time. */
  #mark = 0;
  #thinSinceUs = 0;
  #sequenceFirst = 0;
  #leastSize = Infinity;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.depthDepletion;
    this.cases = [
      maker.case("depth-depletion", {
        quietUs: QUIET_US,
        sentence: ({ depthSize = NaN, usualSize = NaN, bid, ask }) =>
          `Depth within ${this.#options.distanceBps} bps fell to ${million(depthSize)} M on ${
            bid === 1 && ask === 1 ? "both sides" : bid === 1 ? "the bid" : "the ask"
          }, ${Math.round((100 * depthSize) / usualSize)} % of its usual ${million(usualSize)} M`,
      }),
    ];
  }

  onSettled(market: MarketView): void {
    const { timeUs, book, usual, sequence, mid } = market;
    if (timeUs - this.#lookedUs < LOOK_US) return;
    const passedS = Math.min(PAUSE_US_MAX, timeUs - this.#lookedUs) / US_PER_SECOND;
    this.#lookedUs = timeUs;
    const usualSize = usual.depthSize;
    if (usualSize === undefined || !(mid === mid) || market.suspect) return this.#calm();
    const { distanceBps, ratio, quantile, shortfallS } = this.#options;
    // What is thin would soon lower its own mark; what stays so is how it is now.
    if (this.#thinSinceUs === 0 || timeUs - this.#thinSinceUs > HELD_US_MAX) {
      this.#mark = Math.min(ratio * usualSize, usual.depthQuantile(quantile)!);
    }
    const mark = this.#mark;
    const bidSize = depthWithin(book.bids, mid, distanceBps);
    const askSize = depthWithin(book.asks, mid, distanceBps);
    const leastSize = Math.min(bidSize, askSize);
    this.#sum = Math.max(0, this.#sum + this.#shortfall * passedS);
    this.#shortfall = Math.min(SHORTFALL_MAX, Math.log(mark / leastSize));
    if (!(leastSize < mark)) {
      if (this.#sum === 0) this.#forget();
      return;
    }
    if (this.#thinSinceUs === 0) {
      this.#thinSinceUs = timeUs;
      this.#sequenceFirst = sequence;
    }
    this.#leastSize = Math.min(this.#leastSize, leastSize);
    if (this.#sum < shortfallS) return;
    const bid = bidSize < mark ? 1 : 0;
    const ask = askSize < mark ? 1 : 0;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: this.#thinSinceUs,
      sequenceFirst: this.#sequenceFirst,
      score: 1 - usual.depthShareBelow(this.#leastSize),
      severity: this.#leastSize < CRITICAL_SHARE * usualSize ? "critical" : "warning",
      evidence: { depthSize: this.#leastSize, usualSize, sideCount: bid + ask, bid, ask },
    }, market.sink);
  }

  #calm(): void {
    this.#sum = this.#shortfall = 0;
    this.#forget();
  }

  #forget(): void {
    this.#thinSinceUs = 0;
    this.#leastSize = Infinity;
  }

  onInterrupted(): void {
    this.#calm();
  }

  snapshot(): number[] {
    return [
      this.#lookedUs,
      this.#shortfall,
      this.#sum,
      this.#mark,
      this.#thinSinceUs,
      this.#sequenceFirst,
      this.#leastSize,
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#lookedUs,
      this.#shortfall,
      this.#sum,
      this.#mark,
      this.#thinSinceUs,
      this.#sequenceFirst,
      this.#leastSize,
    ] = state as [number, number, number, number, number, number, number];
  }
}

const million = (size: number): string => (size / 1e6).toPrecision(3);
