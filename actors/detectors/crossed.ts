/**
 * Crossed and locked markets: the bid is above the ask, or is the ask, for longer than a limit.
 *
 * Logic: first whether the book itself is broken: a gap or reconnect just before, or levels that do not cross while the quotes do. The
 * case then says so, as `info`: it is the feed's, not the market's.
 * Input: quotes, or levels. Score: how long it lasts against the limit, 1 − 0.01·limit/duration; of a lock on a venue
 * where locks are usual, 1 − the tail probability of its duration. No warm-up. Cost: O(1).
 *
 * @module
 */
import {
  BPS_PER_ONE,
  type DetectionOptions,
  type Severity,
  US_PER_HOUR,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

/** So many locks make them usual: then only the longest of them count. */
const USUAL_LOCKS_MIN = 10;
const QUIET_US = 2 * US_PER_SECOND;
const CRITICAL_US = 5 * US_PER_SECOND;

export class Crossed implements Detector {
  readonly cases: readonly [Case<"crossed">, Case<"locked">];
  readonly #options: DetectionOptions["crossed"];
  #crossedSinceUs = 0;
  #lockedSinceUs = 0;
  #sequenceFirst = 0;
  #overlapBps = 0;
  /** How long locks of the last days took, milliseconds: on some venues they are usual. */
  readonly #locks = new TrailingDistribution({ min: 1, max: 1e6, halfLifeUs: 24 * US_PER_HOUR, perDecade: 12 });

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.crossed;
    const cause = (brokenBook: number | undefined) =>
      brokenBook === 1 ? "; levels, a gap or a reconnect say that the book is broken" : "";
    this.cases = [
      maker.case("crossed", {
        quietUs: QUIET_US,
        sentence: ({ overlapBps = NaN, durationMs = NaN, brokenBook }) =>
          `The bid was up to ${overlapBps.toPrecision(2)} bps above the ask for ${(durationMs / 1_000).toFixed(1)} s${
            cause(brokenBook)
          }`,
      }),
      maker.case("locked", {
        quietUs: QUIET_US,
        sentence: ({ durationMs = NaN, brokenBook }) =>
          `Bid and ask were the same for ${(durationMs / 1_000).toFixed(1)} s${cause(brokenBook)}`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    this.#look(market);
  }

  onSecond(market: MarketView): void {
    this.#look(market);
  }

  onSettled(market: MarketView): void {
    if (this.#crossedSinceUs + this.#lockedSinceUs > 0) this.#look(market);
  }

  #look(market: MarketView): void {
    const { book: { bid, ask }, timeUs, sequence, sink } = market;
    const isCrossed = bid > ask && !market.suspect;
    const isLocked = bid === ask && !market.suspect;
    if (!isCrossed) this.#crossedSinceUs = this.#overlapBps = 0;
    if (!isLocked && this.#lockedSinceUs > 0) {
      this.#locks.add(timeUs, (timeUs - this.#lockedSinceUs) / US_PER_MS);
      this.#lockedSinceUs = 0;
    }
    if (!isCrossed && !isLocked) return;
    if (this.#crossedSinceUs + this.#lockedSinceUs === 0) this.#sequenceFirst = sequence;
    const holdUs = this.#options.holdMs * US_PER_MS;
    const score = (durationUs: number) => 1 - 0.01 * Math.min(1, holdUs / durationUs);
    if (isCrossed) this.#crossedSinceUs ||= timeUs;
    else this.#lockedSinceUs ||= timeUs;
    const brokenBook = this.#isBroken(market, isCrossed ? this.#crossedSinceUs : this.#lockedSinceUs) ? 1 : 0;
    const severity = (durationUs: number): Severity =>
      brokenBook === 1 ? "info" : durationUs > CRITICAL_US ? "critical" : "warning";
    if (isCrossed) {
      this.#overlapBps = Math.max(this.#overlapBps, (BPS_PER_ONE * (bid - ask)) / market.mid);
      const durationUs = timeUs - this.#crossedSinceUs;
      if (durationUs < holdUs) return;
      this.cases[0].tell({
        timeUs,
        sequence,
        startUs: this.#crossedSinceUs,
        sequenceFirst: this.#sequenceFirst,
        score: score(durationUs),
        severity: severity(durationUs),
        evidence: { overlapBps: this.#overlapBps, durationMs: durationUs / US_PER_MS, brokenBook },
      }, sink);
    } else {
      const durationUs = timeUs - this.#lockedSinceUs;
      if (durationUs < holdUs) return;
      this.cases[1].tell({
        timeUs,
        sequence,
        startUs: this.#lockedSinceUs,
        sequenceFirst: this.#sequenceFirst,
        score: this.#locks.weight < USUAL_LOCKS_MIN ? score(durationUs) : 1 - this.#locks.tail(durationUs / US_PER_MS)!,
        severity: severity(durationUs),
        evidence: { durationMs: durationUs / US_PER_MS, brokenBook },
      }, sink);
    }
  }

  #isBroken({ book: { bids, asks }, hasLevels, interruptedUs }: MarketView, sinceUs: number): boolean {
    if (interruptedUs > 0 && sinceUs - interruptedUs < this.#options.brokenMs * US_PER_MS) return true;
    return hasLevels && bids.count > 0 && asks.count > 0 && bids.price(0) < asks.price(0);
  }

  onInterrupted(): void {
    this.#crossedSinceUs = this.#lockedSinceUs = this.#overlapBps = 0;
  }

  snapshot(): number[] {
    return [
      this.#crossedSinceUs,
      this.#lockedSinceUs,
      this.#sequenceFirst,
      this.#overlapBps,
      ...joined([this.#locks]),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#crossedSinceUs, this.#lockedSinceUs, this.#sequenceFirst, this.#overlapBps] = state as [
      number,
      number,
      number,
      number,
    ];
    separated([this.#locks], state, 4);
  }
}
