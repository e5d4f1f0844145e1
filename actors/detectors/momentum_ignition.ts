/**
 * Momentum ignition: out of a quiet market a burst of aggressive trades one way, a fast move with them, and then its reversal.
 *
 * Logic: over the last slots of a quarter of a second, the volume one way against what is usual of so long a time, its share of all
 * volume, and the move in standard deviations of before. A burst that passes all of them is watched while it grows: its extreme moves on,
 * and when a share of the move is taken back in time, it is evidence, if move and volume together are strong enough: k·√v for k standard
 * deviations and v times the usual volume. It is another thing where the spread was wide for long, as in a crash; and news moves the
 * price before anybody trades on it, and is traded both ways: of the burst's volume some must have come before half of the move.
 * Where owners are told, one taker must have made most of the burst; it need not be as strong then.
 * Input: quotes, trades with sides; owners sharpen it. Score: 1 − k^−3/v: the tail of returns by that of volume.
 * Warm-up: a minute of a market. Cost: O(1) per trade and touch, a walk over at most 15 slots per slot.
 * Limits: the order of volume and move is known to a quarter of a second; a feed whose trades come later than that shows news only.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import { RecentTakers } from "./_recent_takers.ts";

const SLOT_US = 250 * US_PER_MS;
const SLOTS = 16;
/** Volatility is that of so many seconds ago: the burst is not its own measure. */
const LAG_SECONDS = 6;
/** The burst may grow for so long behind its discovery. */
const GROW_US = 4 * US_PER_SECOND;
const QUIET_US = 5 * US_PER_SECOND;
const CRITICAL_SIGMAS = 12;
const TAIL_POWER = 3;
/** A move is wider than so many usual spreads. */
const SPREADS_MIN = 3;
/** A burst has so many takings: one large order is none. */
const TAKES_MIN = 5;
/** Of move and volume together: standard deviations times the root of the volume ratio. */
const STRENGTH_MIN = 20;
/** What the volume, and move and volume together, must be of what they must be for many hands, where one made the burst. */
const ONE_HAND_VOLUME = 0.55;
const ONE_HAND_STRENGTH = 0.75;
/** In a crash the spread is above so many times the usual one, for longer than this in its first seconds. */
const WIDE_RATIO = 2.5;
const WIDE_US_MAX = US_PER_SECOND;
const WIDE_WITHIN_US = 6 * US_PER_SECOND;
/** Takings a second against the burst, over those of it while it lasted. */
const AGAINST_SHARE_MAX = 0.6;
/** Share of the burst's volume that was traded before half of its move was made. */
const LEAD_SHARE_MIN = 0.42;
/** A burst is watched for so long before it can have been taken back. */
const FOLLOW_US_MIN = US_PER_SECOND;

/** Numbers of the burst that is watched, in the order in which they are kept. */
const [
  SINCE,
  FOUND,
  SEQUENCE,
  FROM_MID,
  EXTREME_MID,
  SIGMAS,
  SIZE,
  USUAL_SIZE,
  SHARE,
  TAKES,
  DURATION,
  AGAINST,
  WIDE,
  LEAD,
  TAKER,
] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const;
const BURST_LENGTH = 15;

export class MomentumIgnition implements Detector {
  readonly cases: readonly [Case<"momentum-ignition">];
  readonly #options: DetectionOptions["momentumIgnition"];
  readonly #mids = new Float64Array(SLOTS).fill(NaN);
  readonly #bought = new Float64Array(SLOTS);
  readonly #sold = new Float64Array(SLOTS);
  /** Times at which somebody took, by slot. */
  readonly #takes = new Float64Array(SLOTS);
  readonly #sequences = new Float64Array(SLOTS);
  readonly #takers = new RecentTakers();
  readonly #sigmaBps = new Float64Array(LAG_SECONDS).fill(NaN);
  #second = 0;
  #slot = -1;
  #tookUs = 0;
  /** The burst that is watched; its beginning is 0 without one. */
  readonly #burst = new Float64Array(BURST_LENGTH);
  /** When the touch changed last, and whether it has been wide since. */
  #touchUs = 0;
  #isWide = false;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.momentumIgnition;
    this.cases = [
      maker.case("momentum-ignition", {
        quietUs: QUIET_US,
        sentence: ({ burstSize = NaN, burstShare = NaN, moveBps = NaN, reversalPct = NaN, takerShare }) =>
          `${(burstSize / 1e6).toPrecision(3)} M were ${moveBps > 0 ? "bought" : "sold"} at once, ${
            (100 * burstShare).toFixed(0)
          } % of the volume${
            takerShare === undefined ? "" : `, ${(100 * takerShare).toFixed(0)} % of it by one taker`
          }; the price went ${moveBps.toFixed(2)} bps and took ${
            reversalPct.toFixed(0)
          } % of it back: consistent with momentum ignition`,
      }),
    ];
  }

  get #isWatching(): boolean {
    return this.#burst[SINCE]! > 0;
  }

  /** Of the burst that is watched: 1 up, −1 down. */
  get #up(): number {
    return Math.sign(this.#burst[EXTREME_MID]! - this.#burst[FROM_MID]!);
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    const { sign, size } = trade;
    this.#advance(market);
    this.#takers.add(market.timeUs, trade);
    const at = this.#slot % SLOTS;
    if (market.timeUs !== this.#tookUs) {
      this.#tookUs = market.timeUs;
      this.#takes[at]!++;
      if (this.#isWatching && sign === -this.#up) this.#burst[AGAINST]!++;
    }
    if (sign > 0) this.#bought[at]! += size;
    else if (sign < 0) this.#sold[at]! += size;
  }

  onTouch(market: MarketView): void {
    const { mid, timeUs, usual } = market;
    if (market.suspect || !(mid === mid) || usual.spreadBps === undefined) return;
    if (this.#isWatching && this.#isWide && timeUs - this.#burst[SINCE]! < WIDE_WITHIN_US) {
      this.#burst[WIDE]! += timeUs - this.#touchUs;
    }
    this.#touchUs = timeUs;
    this.#isWide = market.spreadBps > WIDE_RATIO * usual.spreadBps;
    this.#advance(market);
    this.#mids[this.#slot % SLOTS] = mid;
    if (this.#isWatching) this.#follow(market);
  }

  onSecond({ usual }: MarketView): void {
    this.#second = (this.#second + 1) % LAG_SECONDS;
    this.#sigmaBps[this.#second] = Math.max(
      usual.sigmaBps(US_PER_SECOND) ?? NaN,
      usual.fastSigmaBps(US_PER_SECOND) ?? NaN,
    );
  }

  /** Come to the slot of now; a slot that has ended is looked at. */
  #advance(market: MarketView): void {
    const slot = Math.floor(market.timeUs / SLOT_US);
    if (slot === this.#slot) return;
    if (this.#slot >= 0 && (!this.#isWatching || market.timeUs - this.#burst[FOUND]! < GROW_US)) this.#search(market);
    const before = this.#slot < 0 ? NaN : this.#mids[this.#slot % SLOTS]!;
    for (let at = Math.max(this.#slot + 1, slot - SLOTS + 1); at <= slot; at++) {
      this.#mids[at % SLOTS] = before;
      this.#bought[at % SLOTS] = this.#sold[at % SLOTS] = this.#takes[at % SLOTS] = 0;
      this.#sequences[at % SLOTS] = market.sequence;
    }
    this.#slot = slot;
  }

  /** Look for a burst that ends with this slot; one that is watched grows by it. */
  #search({ usual, timeUs }: MarketView): void {
    const { burstMs, volumeRatio, moveSigmas, burstShare, takerShare } = this.#options;
    const sigmaBps = this.#sigmaBps[(this.#second + 1) % LAG_SECONDS]!;
    const { spreadBps, tradeSize, tradesPerSecond } = usual;
    if (spreadBps === undefined || tradeSize === undefined || tradesPerSecond === undefined || !(sigmaBps > 0)) return;
    const usualPerSecond = Math.max(1, tradesPerSecond) * tradeSize;
    const mid = this.#mids[this.#slot % SLOTS]!;
    const slots = Math.min(SLOTS - 1, this.#slot, Math.round((burstMs * US_PER_MS) / SLOT_US));
    let [bought, sold, takes] = [0, 0, 0];
    for (let back = 0; back < slots; back++) {
      const at = (this.#slot - back) % SLOTS;
      bought += this.#bought[at]!;
      sold += this.#sold[at]!;
      takes += this.#takes[at]!;
      if (takes < TAKES_MIN) continue;
      const durationUs = (back + 1) * SLOT_US;
      const fromMid = this.#mids[(this.#slot - back - 1) % SLOTS]!;
      const moveBps = BPS_PER_ONE * Math.log(mid / fromMid);
      // A slot more: the move may have begun within the one before.
      const sigmas = Math.abs(moveBps) / (sigmaBps * Math.sqrt((durationUs + SLOT_US) / US_PER_SECOND));
      if (!(sigmas > moveSigmas) || Math.abs(moveBps) < SPREADS_MIN * spreadBps) continue;
      const size = moveBps > 0 ? bought : sold;
      const usualSize = usualPerSecond * (durationUs / US_PER_SECOND);
      if (!(size > ONE_HAND_VOLUME * volumeRatio * usualSize) || size < burstShare * (bought + sold)) continue;
      const taker = this.#takers.largestShare((this.#slot - back) * SLOT_US, Math.sign(moveBps));
      if (taker < takerShare || (!(taker === taker) && size <= volumeRatio * usualSize)) continue;
      const burst = this.#burst;
      if (!this.#isWatching) {
        burst.fill(0);
        burst[SINCE] = (this.#slot - back) * SLOT_US;
        burst[FOUND] = timeUs;
        burst[SEQUENCE] = this.#sequences[at]!;
        burst[FROM_MID] = fromMid;
        burst[EXTREME_MID] = mid;
      } else if (size <= burst[SIZE]! || Math.sign(moveBps) !== this.#up) continue;
      burst[SIGMAS] = Math.max(burst[SIGMAS]!, sigmas);
      burst[SIZE] = size;
      burst[USUAL_SIZE] = usualSize;
      burst[SHARE] = size / (bought + sold);
      burst[TAKES] = takes;
      burst[DURATION] = durationUs;
      burst[TAKER] = taker;
      burst[LEAD] = this.#leadOf(back, moveBps > 0 ? this.#bought : this.#sold);
      return;
    }
  }

  /** What was traded before half of the move was made, over all of it: of a burst that began so many slots ago. */
  #leadOf(back: number, sizes: Float64Array): number {
    const fromMid = this.#mids[(this.#slot - back - 1) % SLOTS]!;
    const move = this.#mids[this.#slot % SLOTS]! - fromMid;
    let [before, all, made] = [0, 0, 0];
    for (let k = back; k >= 0; k--) {
      const at = (this.#slot - k) % SLOTS;
      all += sizes[at]!;
      if (made >= 0.5) continue;
      const madeThen = (this.#mids[at]! - fromMid) / move;
      // Of what was traded in the slot that passes the half, as much as of its move.
      before += sizes[at]! * (madeThen > 0.5 ? (0.5 - made) / (madeThen - made) : 1);
      made = madeThen;
    }
    return before / all;
  }

  #follow({ timeUs, mid, sequence, sink }: MarketView): void {
    const burst = this.#burst;
    const { reversalShare, reversalS } = this.#options;
    const sinceUs = burst[SINCE]!;
    const elapsedUs = timeUs - sinceUs;
    if (elapsedUs > reversalS * US_PER_SECOND) {
      burst[SINCE] = 0;
      return;
    }
    const fromMid = burst[FROM_MID]!;
    const extremeMid = burst[EXTREME_MID]!;
    if (this.#up * (mid - extremeMid) > 0) {
      burst[EXTREME_MID] = mid;
      return;
    }
    const reversal = (extremeMid - mid) / (extremeMid - fromMid);
    if (!(reversal >= reversalShare) || timeUs - burst[FOUND]! < FOLLOW_US_MIN) return;
    burst[SINCE] = 0;
    const sigmas = burst[SIGMAS]!;
    const volumeRatio = burst[SIZE]! / burst[USUAL_SIZE]!;
    const taker = burst[TAKER]!;
    const strengthMin = taker === taker ? ONE_HAND_STRENGTH * STRENGTH_MIN : STRENGTH_MIN;
    if (sigmas * Math.sqrt(volumeRatio) < strengthMin || burst[WIDE]! > WIDE_US_MAX) return;
    if (!(burst[LEAD]! >= LEAD_SHARE_MIN)) return;
    if (burst[AGAINST]! / elapsedUs > (AGAINST_SHARE_MAX * burst[TAKES]!) / burst[DURATION]!) return;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: sinceUs,
      sequenceFirst: burst[SEQUENCE]!,
      score: 1 - sigmas ** -TAIL_POWER / volumeRatio,
      severity: sigmas > CRITICAL_SIGMAS ? "critical" : "warning",
      evidence: {
        burstSize: burst[SIZE]!,
        usualSize: burst[USUAL_SIZE]!,
        burstShare: burst[SHARE]!,
        moveBps: BPS_PER_ONE * Math.log(extremeMid / fromMid),
        moveSigmas: sigmas,
        reversalPct: 100 * reversal,
        ...(taker === taker && { takerShare: taker }),
      },
    }, sink);
  }

  onInterrupted(): void {
    this.#mids.fill(NaN);
    this.#burst[SINCE] = 0;
  }

  get #lists(): Float64Array[] {
    return [this.#burst, this.#sigmaBps, this.#mids, this.#bought, this.#sold, this.#takes, this.#sequences];
  }

  snapshot(): number[] {
    return [
      this.#second,
      this.#slot,
      this.#tookUs,
      this.#touchUs,
      Number(this.#isWide),
      ...this.#lists.flatMap((list) => [...list]),
      ...this.#takers.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#second, this.#slot, this.#tookUs, this.#touchUs] = state as [number, number, number, number];
    this.#isWide = state[4] === 1;
    let at = 5;
    for (const list of this.#lists) list.set(state.slice(at, at += list.length));
    this.#takers.restore(state.slice(at));
  }
}
