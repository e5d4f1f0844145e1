/**
 * Depth depletion: what lies near the mid is far less than what lies there usually, on one side or both.
 *
 * Logic: the depth of each side within a distance of the mid, against the trailing distribution of both sides. Evidence is a depth below
 * its trailing quantile and below a share of its median that lasts.
 * Input: levels. Score: 1 − share of the trailing seconds and sides with less depth.
 * Warm-up: a minute of a market. Cost: a walk over the levels within the distance, at most 20 times a second.
 * Limits: what is thin for more than five minutes is how it is now.
 *
 * @module
 */
import { type DetectionOptions, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { depthWithin } from "./usual_market.ts";

const LOOK_US = 50 * US_PER_MS;
/** One that comes again so soon is the same. */
const QUIET_US = 20 * US_PER_SECOND;
/** A depth below this share of the usual is next to nothing. */
const CRITICAL_SHARE = 0.1;

export class DepthDepletion implements Detector {
  readonly cases: readonly [Case<"depth-depletion">];
  readonly #options: DetectionOptions["depthDepletion"];
  #lookedUs = 0;
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
    const { timeUs, book, usual, sequence } = market;
    if (timeUs - this.#lookedUs < LOOK_US) return;
    this.#lookedUs = timeUs;
    const usualSize = usual.depthSize;
    const { mid } = market;
    if (usualSize === undefined || !(mid === mid) || market.suspect) return this.#calm();
    const { distanceBps, ratio, quantile, holdMs } = this.#options;
    const mark = Math.min(ratio * usualSize, usual.depthQuantile(quantile)!);
    const bidSize = depthWithin(book.bids, mid, distanceBps);
    const askSize = depthWithin(book.asks, mid, distanceBps);
    const leastSize = Math.min(bidSize, askSize);
    if (!(leastSize < mark)) return this.#calm();
    if (this.#thinSinceUs === 0) {
      this.#thinSinceUs = timeUs;
      this.#sequenceFirst = sequence;
    }
    this.#leastSize = Math.min(this.#leastSize, leastSize);
    if (timeUs - this.#thinSinceUs < holdMs * US_PER_MS) return;
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
    this.#thinSinceUs = 0;
    this.#leastSize = Infinity;
  }

  onInterrupted(): void {
    this.#calm();
  }

  snapshot(): number[] {
    return [this.#lookedUs, this.#thinSinceUs, this.#sequenceFirst, this.#leastSize];
  }

  restore(state: readonly number[]): void {
    [this.#lookedUs, this.#thinSinceUs, this.#sequenceFirst, this.#leastSize] = state as [
      number,
      number,
      number,
      number,
    ];
  }
}

const million = (size: number): string => (size / 1e6).toPrecision(3);
