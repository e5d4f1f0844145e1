/**
 * Bad tick: a price far off the local range that the next quote takes back.
 *
 * Logic: the mid against the median of the last quotes, in median absolute deviations, in spreads and in bps. Such a quote is suspect:
 * the other detectors leave it out. Is the next one back, it was a bad tick; is it not, the price has moved.
 * Input: quotes. Score: 1 − (deviations)^−2, as far as Chebyshev goes. Warm-up: a window of quotes.
 * Cost: an insertion into a sorted window of 61 and O(1) per change of the touch.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { RollingQuantiles } from "../estimators/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";

const QUIET_US = US_PER_SECOND;
/** Back is what lies within this share of the deviation. */
const BACK_SHARE = 0.3;
/** A deviation must be this many usual spreads. */
const SPREADS_MIN = 3;
/** Interquartile range of a normal distribution, in median absolute deviations. */
const IQR_MADS = 2;
/** Of a window of quotes, the share of suspects that are taken for mistakes at most. */
const SUSPECTS_SHARE = 0.2;
/** Median absolute deviations that a deviation counts for at least: a mid that stands still has none. */
const MAD_SPREADS_MIN = 0.25;

export class BadTick implements Detector {
  readonly cases: readonly [Case<"bad-tick">];
  readonly #options: DetectionOptions["badTick"];
  readonly #window: RollingQuantiles;
  /** The suspect: its mid and time, and how far off it was; NaN without one. */
  #price = NaN;
  #sinceUs = 0;
  #deviationBps = 0;
  #mads = 0;
  #usualPrice = NaN;
  #sequenceFirst = 0;
  /** How many of the last quotes were suspect, older ones counting less. */
  #suspects = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.badTick;
    this.#window = new RollingQuantiles({ count: this.#options.windowCount });
    this.cases = [
      maker.case("bad-tick", {
        quietUs: QUIET_US,
        sentence: ({ deviationBps = NaN, mads = NaN }) =>
          `One quote was ${deviationBps.toFixed(1)} bps off the local median, ${
            mads.toFixed(0)
          } median absolute deviations, and the next one was back`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    const { mid, timeUs, usual } = market;
    if (!(mid === mid)) return;
    if (this.#price === this.#price) this.#judge(market);
    market.suspect = false;
    const usualPrice = this.#window.full ? this.#window.quantile(0.5)! : NaN;
    const spreadBps = usual.spreadBps;
    this.#suspects *= 1 - 1 / this.#options.windowCount;
    if (usualPrice === usualPrice && spreadBps !== undefined) {
      const deviationBps = (BPS_PER_ONE * (mid - usualPrice)) / usualPrice;
      const iqrBps = (BPS_PER_ONE * (this.#window.quantile(0.75)! - this.#window.quantile(0.25)!)) / usualPrice;
      const madBps = Math.max(iqrBps / IQR_MADS, MAD_SPREADS_MIN * spreadBps);
      const mads = Math.abs(deviationBps) / madBps;
      const { mads: madsMin, deviationBpsMin } = this.#options;
      if (mads > madsMin && Math.abs(deviationBps) > Math.max(deviationBpsMin, SPREADS_MIN * spreadBps)) {
        this.#price = mid;
        this.#sinceUs = timeUs;
        this.#deviationBps = deviationBps;
        this.#mads = mads;
        this.#usualPrice = usualPrice;
        this.#sequenceFirst = market.sequence;
        this.#suspects++;
        if (this.#suspects <= SUSPECTS_SHARE * this.#options.windowCount) {
          market.suspect = true;
          return;
        }
        // So many are no mistakes: the feed goes between prices.
        this.#price = NaN;
      }
    }
    this.#window.push(mid);
  }

  /** The quote behind a suspect one has come. */
  #judge(market: MarketView): void {
    const { timeUs, mid, sequence } = market;
    const isBack = Math.abs(mid - this.#usualPrice) < BACK_SHARE * Math.abs(this.#price - this.#usualPrice);
    if (isBack && timeUs - this.#sinceUs <= this.#options.revertMs * US_PER_MS) {
      this.cases[0].tell({
        timeUs,
        sequence,
        startUs: this.#sinceUs,
        sequenceFirst: this.#sequenceFirst,
        score: 1 - this.#mads ** -2,
        severity: "info",
        evidence: {
          deviationBps: this.#deviationBps,
          mads: this.#mads,
          price: this.#price,
          usualPrice: this.#usualPrice,
        },
      }, market.sink);
    } else {
      // The price has moved: what it was before says nothing of what it is now.
      this.#window.clear();
      this.#window.push(this.#price);
    }
    this.#price = NaN;
  }

  onInterrupted(market: MarketView): void {
    this.#window.clear();
    this.#price = NaN;
    market.suspect = false;
  }

  snapshot(): number[] {
    return [
      this.#price,
      this.#sinceUs,
      this.#deviationBps,
      this.#mads,
      this.#usualPrice,
      this.#sequenceFirst,
      this.#suspects,
      ...joined([this.#window]),
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#price,
      this.#sinceUs,
      this.#deviationBps,
      this.#mads,
      this.#usualPrice,
      this.#sequenceFirst,
      this.#suspects,
    ] = state as [number, number, number, number, number, number, number];
    separated([this.#window], state, 7);
  }
}
