/**
 * Ghost liquidity: what is shown goes right after a trade of its side, far more than usual.
 *
 * Logic: after each taking, what the passive side loses near the touch within a sixth of a second by withdrawals, less what it is given
 * there, over what stood there. Of the last takings of a side, all but one must show far more than the usual share: 7 to 15 % is normal, and
 * only the excess counts. Makers who quote anew put back what they take away, and liquidity that news takes away is gone once.
 * Input: levels, trades with sides. Score: 1 − tail probability of the second smallest share of so many takings.
 * Warm-up: 30 takings. Cost: O(1) per change, a walk over three levels per taking, and one over the last takings.
 * Source: Degryse, De Winne, Gresse, Payne (2018), Duplicated orders, swift cancellations, and fast market making.
 *
 * @module
 */
import {
  BPS_PER_ONE,
  type DetectionOptions,
  Side,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import { TakeGatherer } from "./_take_gatherer.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

/** How long after a taking what goes is a ghost. */
const GHOST_US = 150 * US_PER_MS;
const SOON_US = US_PER_MS;
const NEAR_LEVELS = 3;
/** What goes counts within so many usual spreads of the touch. */
const NEAR_SPREADS = 0.8;
/** Takings of a side that are known. */
const TAKES_MAX = 32;
const WARMUP_COUNT = 30;
const QUIET_US = 8 * US_PER_SECOND;
/** Weight of a taking in what is usual. */
const USUAL_WEIGHT = 0.01;
/** Move of the mid over the takings at most, usual spreads. */
const MOVE_SPREADS_MAX = 3;
const CRITICAL_SHARE = 0.7;
/** While a case is open nothing is learnt, for so long. */
const DISTURBED_US_MAX = 5 * US_PER_MINUTE;

/** Takings of one side of the book. */
class GhostSide {
  readonly timesUs = new Float64Array(TAKES_MAX);
  readonly shares = new Float64Array(TAKES_MAX);
  readonly sizes = new Float64Array(TAKES_MAX);
  readonly soon = new Float64Array(TAKES_MAX);
  readonly mids = new Float64Array(TAKES_MAX);
  count = 0;
  /** The taking that is watched: when, what stood there, what has gone; `untilUs` is 0 without one. */
  untilUs = 0;
  takenUs = 0;
  stood = 0;
  gone = 0;
  goneSoon = 0;
  sequence = 0;
  readonly sequences = new Float64Array(TAKES_MAX);

  at(k: number): number {
    return (this.count - 1 - k) % TAKES_MAX;
  }

  snapshot(): number[] {
    return [
      this.count,
      this.untilUs,
      this.takenUs,
      this.stood,
      this.gone,
      this.goneSoon,
      this.sequence,
      ...this.timesUs,
      ...this.shares,
      ...this.sizes,
      ...this.soon,
      ...this.mids,
      ...this.sequences,
    ];
  }

  restore(state: readonly number[]): void {
    [this.count, this.untilUs, this.takenUs, this.stood, this.gone, this.goneSoon, this.sequence] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    let at = 7;
    for (const list of [this.timesUs, this.shares, this.sizes, this.soon, this.mids, this.sequences]) {
      list.set(state.slice(at, at += list.length));
    }
  }
}

export class GhostLiquidity implements Detector {
  readonly cases: readonly [Case<"ghost-liquidity">];
  readonly #options: DetectionOptions["ghostLiquidity"];
  readonly #bids = new GhostSide();
  readonly #asks = new GhostSide();
  readonly #take = new TakeGatherer();
  readonly #seconds = new TrailingDistribution({ min: 1e-3, max: 1e3, halfLifeUs: US_PER_HOUR, perDecade: 24 });
  #usualShare = 0.1;
  #openedUs = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.ghostLiquidity;
    this.cases = [
      maker.case("ghost-liquidity", {
        quietUs: QUIET_US,
        sentence: ({ withdrawnShare = NaN, usualShare = NaN, tradeCount = NaN }) =>
          `After ${tradeCount} trades ${
            (100 * withdrawnShare).toFixed(0)
          } % of what stood behind them was withdrawn at once, where ${
            (100 * usualShare).toFixed(0)
          } % is usual: consistent with liquidity that is not meant`,
      }),
    ];
  }

  onLevel({ side, withdrawn, added, distanceBps }: LevelChange, market: MarketView): void {
    const of = side === Side.bid ? this.#bids : this.#asks;
    if (of.untilUs === 0) return;
    if (!(distanceBps <= NEAR_SPREADS * market.usual.spreadBps!)) return;
    if (market.timeUs > of.untilUs) return this.#finish(of, market);
    of.gone += withdrawn - added;
    if (market.timeUs - of.takenUs <= SOON_US) of.goneSoon += withdrawn - added;
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    if (trade.passiveSide === Side.none) return;
    this.#take.add(market.timeUs, trade, () => this.#taken(market));
  }

  onSettled(market: MarketView): void {
    this.#take.finish(() => this.#taken(market));
    for (const  of of[this.#bids, this.#asks]) {
      if (of.untilUs > 0 && market.timeUs > of.untilUs) this.#finish(of, market);
    }
  }

  #taken(market: MarketView): void {
    // Without a usual spread nothing says what is near.
    if (market.usual.spreadBps === undefined) return;
    const of = this.#take.sign > 0 ? this.#asks : this.#bids;
    // One that follows at once is of the same taking.
    if (of.untilUs > 0 && this.#take.timeUs <= of.untilUs) return;
    if (of.untilUs > 0) this.#finish(of, market);
    const ladder = this.#take.sign > 0 ? market.book.asks : market.book.bids;
    of.stood = ladder.depth(NEAR_LEVELS);
    of.takenUs = this.#take.timeUs;
    of.untilUs = this.#take.timeUs + GHOST_US;
    of.gone = of.goneSoon = 0;
    of.sequence = market.sequence;
  }

  #finish(of: GhostSide, market: MarketView): void {
    of.untilUs = 0;
    if (!(of.stood > 0)) return;
    const slot = of.count++ % TAKES_MAX;
    const gone = Math.max(0, of.gone);
    const share = Math.min(1, gone / of.stood);
    of.timesUs[slot] = of.takenUs;
    of.mids[slot] = market.mid;
    of.sequences[slot] = of.sequence;
    of.shares[slot] = share;
    of.sizes[slot] = gone;
    of.soon[slot] = gone > 0 ? Math.min(1, Math.max(0, of.goneSoon) / gone) : 0;
    const { tradeCount, windowS, excessShare } = this.#options;
    const { timeUs, sequence } = market;
    if (of.count < tradeCount) return;
    let [sum, size, soon, taken] = [0, 0, 0, 0];
    let [least, second] = [1, 1];
    for (; taken < tradeCount; taken++) {
      const at = of.at(taken);
      if (timeUs - of.timesUs[at]! > windowS * US_PER_SECOND) break;
      const one = of.shares[at]!;
      sum += one;
      second = Math.min(second, Math.max(least, one));
      least = Math.min(least, one);
      size += of.sizes[at]!;
      soon += of.soon[at]! / tradeCount;
    }
    const [one] = this.cases;
    if (taken === tradeCount) {
      const mean = sum / tradeCount;
      if (second > this.#usualShare + excessShare && this.#seconds.weight >= WARMUP_COUNT && this.#isCalm(of, market)) {
        if (!one.isOpen) this.#openedUs = timeUs;
        one.tell({
          timeUs,
          sequence,
          startUs: of.timesUs[of.at(tradeCount - 1)]!,
          sequenceFirst: of.sequences[of.at(tradeCount - 1)]!,
          score: 1 - this.#seconds.tail(oddsOf(second))!,
          severity: mean > CRITICAL_SHARE ? "critical" : "warning",
          evidence: {
            withdrawnShare: mean,
            usualShare: this.#usualShare,
            withdrawnSize: size,
            tradeCount,
            within1msShare: soon,
          },
        }, market.sink);
      }
      if (this.#learns(timeUs)) this.#seconds.add(timeUs, oddsOf(second));
    }
    if (this.#learns(timeUs)) this.#usualShare += USUAL_WEIGHT * (share - this.#usualShare);
  }

  /** What lasts is how it is now. */
  #learns(timeUs: number): boolean {
    return !this.cases[0].isOpen || timeUs - this.#openedUs > DISTURBED_US_MAX;
  }

  /** The price is about where it was at the first of the takings: liquidity that flees from a move is no ghost. */
  #isCalm(of: GhostSide, { mid, usual: { spreadBps } }: MarketView): boolean {
    const moveBps = BPS_PER_ONE * Math.abs(Math.log(mid / of.mids[of.at(this.#options.tradeCount - 1)]!));
    return spreadBps !== undefined && moveBps <= MOVE_SPREADS_MAX * spreadBps;
  }

  onInterrupted(): void {
    this.#bids.untilUs = this.#asks.untilUs = 0;
  }

  snapshot(): number[] {
    return [this.#usualShare, this.#openedUs, ...joined([this.#take, this.#bids, this.#asks, this.#seconds])];
  }

  restore(state: readonly number[]): void {
    this.#usualShare = state[0]!;
    this.#openedUs = state[1]!;
    separated([this.#take, this.#bids, this.#asks, this.#seconds], state, 2);
  }
}

/** A share on a scale without an upper end, so that its tail can be told. */
const oddsOf = (share: number): number => share / (1.01 - share);
