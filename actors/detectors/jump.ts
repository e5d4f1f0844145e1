/**
 * Jump: within a second the mid moved by more than local volatility explains, and stayed there.
 *
 * Logic: L = Δm/σ̂ with Δm over the last second, tick by tick, and σ̂ the larger of the standard deviations of the last half minute and
 * the last ten minutes, both from before. A jump where L is beyond the critical value of Lee and Mykland for a day of seconds, raised by
 * what fat tails need, the move is wider than the spread, and most of it still stands a quarter of a second later.
 * Input: quotes. Score: 1 − tail probability of L among the seconds before.
 * Warm-up: a minute of a market. Cost: O(1) per change of the touch, a ring of 16 mids.
 * Source: Lee, Mykland (2008), Jumps in financial markets; here with a tick-by-tick numerator and a fat-tailed mark.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

/** Mids a second ago: one for each slot of so long. */
const SLOT_US = 100 * US_PER_MS;
const SLOTS = 10;
/** The move must still stand so long after, by this share. */
const STANDS_US = 250 * US_PER_MS;
const STANDS_SHARE = 0.6;
/** Lost interest in a candidate. */
const CANDIDATE_US_MAX = 5 * US_PER_SECOND;
const QUIET_US = 10 * US_PER_SECOND;
const CRITICAL_SIGMAS = 20;

export class Jump implements Detector {
  readonly cases: readonly [Case<"jump">];
  readonly #options: DetectionOptions["jump"];
  readonly #mids = new Float64Array(SLOTS).fill(NaN);
  readonly #largest = new TrailingDistribution({ min: 0.05, max: 1e3, halfLifeUs: 60 * US_PER_MINUTE, perDecade: 16 });
  #slot = -1;
  #secondLargest = 0;
  /** A move that is watched: where from, how far, since when, what L was. */
  #fromMid = NaN;
  #moveBps = 0;
  #sinceUs = 0;
  #statistic = 0;
  #sequenceFirst = 0;
  /** Volatility of before the second under way. */
  #sigmaBps = NaN;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.jump;
    this.cases = [
      maker.case("jump", {
        quietUs: QUIET_US,
        sentence: ({ moveBps = NaN, statistic = NaN }) =>
          `The mid jumped by ${moveBps.toFixed(2)} bps within a second, ${statistic.toFixed(1)} standard deviations`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    const { mid, timeUs } = market;
    if (market.suspect || market.book.fromSnapshot || !(mid === mid)) return;
    this.#advance(timeUs, mid);
    this.#confirm(market);
    const before = this.#mids[(this.#slot + 1) % SLOTS]!;
    const moveBps = BPS_PER_ONE * Math.log(mid / before);
    const statistic = Math.abs(moveBps) / this.#sigmaBps;
    if (!(statistic > 0)) return;
    this.#secondLargest = Math.max(this.#secondLargest, statistic);
    const usualBps = market.usual.spreadBps;
    if (
      usualBps === undefined || statistic < this.#options.sigmas || Math.abs(moveBps) < this.#options.spreads * usualBps
    ) {
      return;
    }
    if (this.#sinceUs !== 0 && statistic <= this.#statistic) return;
    if (this.#sinceUs === 0) {
      this.#sinceUs = timeUs;
      this.#sequenceFirst = market.sequence;
      this.#fromMid = before;
    }
    this.#moveBps = moveBps;
    this.#statistic = statistic;
  }

  onSecond(market: MarketView): void {
    if (market.mid === market.mid) this.#confirm(market);
    if (!this.cases[0].isOpen && this.#secondLargest > 0) this.#largest.add(market.timeUs, this.#secondLargest);
    this.#secondLargest = 0;
    const { usual } = market;
    this.#sigmaBps = Math.max(usual.sigmaBps(US_PER_SECOND) ?? NaN, usual.fastSigmaBps(US_PER_SECOND) ?? NaN);
  }

  #confirm(market: MarketView): void {
    const { timeUs, mid, sequence } = market;
    if (this.#sinceUs === 0 || timeUs - this.#sinceUs < STANDS_US) return;
    const standsBps = BPS_PER_ONE * Math.log(mid / this.#fromMid);
    const stands = standsBps * Math.sign(this.#moveBps) >= STANDS_SHARE * Math.abs(this.#moveBps);
    const tail = this.#largest.tail(this.#statistic) ?? 1;
    if (stands && tail <= this.#options.tailMax && timeUs - this.#sinceUs < CANDIDATE_US_MAX) {
      this.cases[0].tell({
        timeUs,
        sequence,
        startUs: this.#sinceUs,
        sequenceFirst: this.#sequenceFirst,
        score: 1 - tail,
        severity: this.#statistic > CRITICAL_SIGMAS ? "critical" : "warning",
        evidence: { moveBps: this.#moveBps, statistic: this.#statistic, critical: this.#options.sigmas },
      }, market.sink);
    } else if (!stands) {
      // It was taken back: the way back is not to be measured from it.
      this.#mids.fill(mid);
    }
    this.#sinceUs = this.#statistic = 0;
  }

  #advance(timeUs: number, mid: number): void {
    const slot = Math.floor(timeUs / SLOT_US);
    if (slot - this.#slot > SLOTS) this.#mids.fill(mid);
    for (let at = Math.max(this.#slot + 1, slot - SLOTS + 1); at <= slot; at++) {
      this.#mids[at % SLOTS] = at === slot ? mid : this.#mids[(at - 1 + SLOTS) % SLOTS]!;
    }
    this.#slot = slot;
  }

  onInterrupted(): void {
    this.#mids.fill(NaN);
    this.#slot = -1;
    this.#sinceUs = this.#statistic = 0;
  }

  snapshot(): number[] {
    return [
      this.#slot,
      this.#secondLargest,
      this.#fromMid,
      this.#moveBps,
      this.#sinceUs,
      this.#statistic,
      this.#sequenceFirst,
      this.#sigmaBps,
      ...this.#mids,
      ...joined([this.#largest]),
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#slot,
      this.#secondLargest,
      this.#fromMid,
      this.#moveBps,
      this.#sinceUs,
      this.#statistic,
      this.#sequenceFirst,
      this.#sigmaBps,
    ] = state as [number, number, number, number, number, number, number, number];
    this.#mids.set(state.slice(8, 8 + SLOTS));
    separated([this.#largest], state, 8 + SLOTS);
  }
}
