/**
 * Imbalance flip: the touch turns from one heavy side to the other within half a second, and the price follows.
 *
 * Logic: the imbalance of the touch stood beyond a mark one way, is beyond it the other way within the time of a flip, at sizes that are
 * a multiple of the usual, and the mid has moved towards the lighter side within seconds. Where levels are not told it stands in for
 * spoofing. It has less weight: it is told as `info`, unless it comes again.
 * Input: quotes with sizes, every change of them. Score: 1 − tail probability of the heavier size among touches.
 * Warm-up: a minute of a market. Cost: O(1) per change of the touch.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_HOUR, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const QUIET_US = 10 * US_PER_SECOND;
/** Heavy sides so far apart are a flip where both are so many times what they must be. */
const SLOW_US = 3 * US_PER_SECOND;
const SLOW_RATIO = 2;

export class ImbalanceFlip implements Detector {
  readonly cases: readonly [Case<"imbalance-flip">];
  readonly #options: DetectionOptions["imbalanceFlip"];
  readonly #heavier = new TrailingDistribution({ min: 0.01, max: 1e4, halfLifeUs: US_PER_HOUR, perDecade: 16 });
  /** The newest time at which the bid, and the ask, was heavy, how heavy, and since when. */
  readonly #heavyUs = new Float64Array(2);
  readonly #imbalance = new Float64Array(2);
  readonly #ratio = new Float64Array(2);
  /** A flip that waits for the price: when, which way, from where. */
  #flipUs = 0;
  #flipSign = 0;
  #flipMs = 0;
  #fromMid = NaN;
  #fromImbalance = 0;
  #toImbalance = 0;
  #flipRatio = 0;
  #flips = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.imbalanceFlip;
    this.cases = [
      maker.case("imbalance-flip", {
        quietUs: QUIET_US,
        sentence: ({ fromImbalance = NaN, toImbalance = NaN, flipMs = NaN, moveBps = NaN }) =>
          `The touch turned from ${(100 * fromImbalance).toFixed(0)} % to ${
            (100 * toImbalance).toFixed(0)
          } % bid-heavy within ${flipMs.toFixed(0)} ms and the price followed by ${
            moveBps.toFixed(2)
          } bps: consistent with spoofing`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    const { book: { bidSize, askSize, fromSnapshot }, timeUs, usual, mid } = market;
    if (market.suspect || fromSnapshot || usual.touchSize === undefined) return;
    const imbalance = (bidSize - askSize) / (bidSize + askSize);
    const ratio = Math.max(bidSize, askSize) / usual.touchSize;
    if (!(imbalance === imbalance) || !(ratio > 0)) return;
    if (this.#flipUs > 0) this.#follow(market);
    if (Math.abs(imbalance) >= this.#options.imbalance && ratio >= this.#options.sizeRatio) {
      const now = imbalance > 0 ? 0 : 1;
      const other = 1 - now;
      const apartUs = timeUs - this.#heavyUs[other]!;
      if (
        this.#heavyUs[other]! > 0 && this.#flipUs === 0 && this.#isFlip(apartUs, Math.min(ratio, this.#ratio[other]!))
      ) {
        this.#flipUs = timeUs;
        this.#flipMs = apartUs / US_PER_MS;
        this.#flipSign = imbalance > 0 ? 1 : -1;
        this.#fromMid = mid;
        this.#fromImbalance = this.#imbalance[other]!;
        this.#toImbalance = imbalance;
        this.#flipRatio = Math.min(ratio, this.#ratio[other]!);
      }
      this.#heavyUs[now] = timeUs;
      this.#imbalance[now] = imbalance;
      this.#ratio[now] = ratio;
    } else if (this.#imbalance[0] !== 0 || this.#imbalance[1] !== 0) {
      // The heavy side stood until now.
      for (const side of [0, 1]) if (this.#imbalance[side] !== 0) this.#heavyUs[side] = timeUs;
      this.#imbalance.fill(0);
    }
    if (!this.cases[0].isOpen) this.#heavier.add(timeUs, ratio);
  }

  /** A better price may have stood before the heavy side when it went: very large sizes may lie further apart. */
  #isFlip(apartUs: number, ratio: number): boolean {
    if (apartUs <= this.#options.flipMs * US_PER_MS) return true;
    return apartUs <= SLOW_US && ratio >= SLOW_RATIO * this.#options.sizeRatio;
  }

  #follow(market: MarketView): void {
    const { timeUs, mid, sequence } = market;
    const moveBps = BPS_PER_ONE * Math.log(mid / this.#fromMid);
    if (timeUs - this.#flipUs > this.#options.followMs * US_PER_MS) {
      this.#flipUs = 0;
      return;
    }
    if (this.#flipSign * moveBps < (market.usual.spreadBps ?? Infinity) / 2) return;
    const [one] = this.cases;
    this.#flips = one.isOpen ? this.#flips + 1 : 1;
    one.tell({
      timeUs,
      sequence,
      startUs: this.#flipUs - this.#flipMs * US_PER_MS,
      score: 1 - this.#heavier.tail(this.#flipRatio)!,
      severity: this.#flips > 1 ? "warning" : "info",
      evidence: {
        fromImbalance: this.#fromImbalance,
        toImbalance: this.#toImbalance,
        flipMs: this.#flipMs,
        moveBps,
        flipCount: this.#flips,
      },
    }, market.sink);
    this.#flipUs = 0;
  }

  onInterrupted(): void {
    this.#heavyUs.fill(0);
    this.#imbalance.fill(0);
    this.#flipUs = 0;
  }

  snapshot(): number[] {
    return [
      ...this.#heavyUs,
      ...this.#imbalance,
      ...this.#ratio,
      this.#flipUs,
      this.#flipSign,
      this.#flipMs,
      this.#fromMid,
      this.#fromImbalance,
      this.#toImbalance,
      this.#flipRatio,
      this.#flips,
      ...joined([this.#heavier]),
    ];
  }

  restore(state: readonly number[]): void {
    this.#heavyUs.set(state.slice(0, 2));
    this.#imbalance.set(state.slice(2, 4));
    this.#ratio.set(state.slice(4, 6));
    [
      this.#flipUs,
      this.#flipSign,
      this.#flipMs,
      this.#fromMid,
      this.#fromImbalance,
      this.#toImbalance,
      this.#flipRatio,
      this.#flips,
    ] = state.slice(6, 14) as [number, number, number, number, number, number, number, number];
    separated([this.#heavier], state, 14);
  }
}
