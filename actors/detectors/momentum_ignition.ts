/**
 * Momentum ignition: out of a quiet market a burst of aggressive trades one way, a fast move with them, and then its reversal.
 *
 * Logic: over the last seconds of a burst, the volume one way against what is usual of so long a time, its share of all volume, and the
 * move in standard deviations of before. A burst that passes all three is watched: its extreme moves on, and when a share of the move is
 * taken back in time, it is evidence. Spreads that open tell of a crash, not of this.
 * Input: quotes, trades with sides. Score: 1 − k^−3 of the move in standard deviations k, the tail of returns.
 * Warm-up: a minute of a market. Cost: O(1) per trade, a walk over 16 slots per slot of a quarter of a second.
 * Limits: news moves the price by itself and hardly reverses; one that does looks like this where its trades were one-sided too.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

const SLOT_US = 250 * US_PER_MS;
const SLOTS = 16;
/** Volatility is that of so many seconds ago: the burst is not its own measure. */
const LAG_SECONDS = 6;
/** The burst goes on for so long behind its discovery. */
const GROW_US = 4 * US_PER_SECOND;
const SPREAD_RATIO_MAX = 2.5;
const QUIET_US = 5 * US_PER_SECOND;
const CRITICAL_SIGMAS = 12;
const TAIL_POWER = 3;
/** A move is wider than so many usual spreads. */
const SPREADS_MIN = 3;
/** A burst has so many takings: one large order is none. */
const TAKES_MIN = 5;

export class MomentumIgnition implements Detector {
  readonly cases: readonly [Case<"momentum-ignition">];
  readonly #options: DetectionOptions["momentumIgnition"];
  readonly #mids = new Float64Array(SLOTS).fill(NaN);
  readonly #bought = new Float64Array(SLOTS);
  readonly #sold = new Float64Array(SLOTS);
  /** Times at which somebody took, by slot. */
  readonly #takes = new Float64Array(SLOTS);
  readonly #sequences = new Float64Array(SLOTS);
  readonly #sigmaBps = new Float64Array(LAG_SECONDS).fill(NaN);
  #second = 0;
  #slot = -1;
  #tookUs = 0;
  // The burst that is watched; `#sinceUs` is 0 without one.
  #sinceUs = 0;
  #foundUs = 0;
  #sequenceFirst = 0;
  #fromMid = NaN;
  #extremeMid = NaN;
  #sigmas = 0;
  #burstSize = 0;
  #usualSize = 0;
  #share = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.momentumIgnition;
    this.cases = [
      maker.case("momentum-ignition", {
        quietUs: QUIET_US,
        sentence: ({ burstSize = NaN, burstShare = NaN, moveBps = NaN, reversalPct = NaN }) =>
          `${(burstSize / 1e6).toPrecision(3)} M were ${moveBps > 0 ? "bought" : "sold"} at once, ${
            (100 * burstShare).toFixed(0)
          } % of the volume; the price went ${moveBps.toFixed(2)} bps and took ${
            reversalPct.toFixed(0)
          } % of it back: consistent with momentum ignition`,
      }),
    ];
  }

  onTrade({ sign, size }: TapeTrade, market: MarketView): void {
    this.#advance(market);
    if (market.timeUs !== this.#tookUs) this.#takes[this.#slot % SLOTS]!++;
    this.#tookUs = market.timeUs;
    if (sign > 0) this.#bought[this.#slot % SLOTS]! += size;
    else if (sign < 0) this.#sold[this.#slot % SLOTS]! += size;
  }

  onTouch(market: MarketView): void {
    const { mid, timeUs, usual } = market;
    if (market.suspect || !(mid === mid) || usual.spreadBps === undefined) return;
    if (
      market.spreadBps > SPREAD_RATIO_MAX * usual.spreadBps && this.#sinceUs > 0 && timeUs - this.#foundUs < GROW_US
    ) {
      this.#sinceUs = 0;
    }
    this.#advance(market);
    this.#mids[this.#slot % SLOTS] = mid;
    if (this.#sinceUs > 0) this.#follow(market);
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
    if (this.#slot >= 0 && this.#sinceUs === 0) this.#search(market);
    const before = this.#slot < 0 ? NaN : this.#mids[this.#slot % SLOTS]!;
    for (let at = Math.max(this.#slot + 1, slot - SLOTS + 1); at <= slot; at++) {
      this.#mids[at % SLOTS] = before;
      this.#bought[at % SLOTS] = this.#sold[at % SLOTS] = this.#takes[at % SLOTS] = 0;
      this.#sequences[at % SLOTS] = market.sequence;
    }
    this.#slot = slot;
  }

  #search(market: MarketView): void {
    const { usual } = market;
    const { burstMs, volumeRatio, moveSigmas, burstShare } = this.#options;
    const sigmaBps = this.#sigmaBps[(this.#second + 1) % LAG_SECONDS]!;
    const usualPerSecond = (usual.tradesPerSecond ?? NaN) * (usual.tradeSize ?? NaN);
    const spreadBps = usual.spreadBps;
    if (spreadBps === undefined || !(sigmaBps > 0) || market.spreadBps > SPREAD_RATIO_MAX * spreadBps) return;
    const mid = this.#mids[this.#slot % SLOTS]!;
    let [bought, sold, takes] = [0, 0, 0];
    for (let back = 0; back < Math.min(SLOTS - 1, Math.round((burstMs * US_PER_MS) / SLOT_US)); back++) {
      const at = (this.#slot - back) % SLOTS;
      bought += this.#bought[at]!;
      sold += this.#sold[at]!;
      takes += this.#takes[at]!;
      const durationUs = (back + 1) * SLOT_US;
      const from = this.#mids[(this.#slot - back - 1) % SLOTS]!;
      const moveBps = BPS_PER_ONE * Math.log(mid / from);
      const oneWay = moveBps > 0 ? bought : sold;
      const usualSize = Math.max(usualPerSecond, usual.tradeSize ?? NaN) * (durationUs / US_PER_SECOND);
      const sigmas = Math.abs(moveBps) / (sigmaBps * Math.sqrt((durationUs + SLOT_US) / US_PER_SECOND));
      if (takes < TAKES_MIN || !(sigmas > moveSigmas) || Math.abs(moveBps) < SPREADS_MIN * spreadBps) continue;
      if (!(oneWay > volumeRatio * usualSize) || oneWay < burstShare * (bought + sold)) continue;
      this.#sinceUs = (this.#slot - back) * SLOT_US;
      this.#foundUs = market.timeUs;
      this.#sequenceFirst = this.#sequences[at]!;
      this.#fromMid = from;
      this.#extremeMid = mid;
      this.#sigmas = sigmas;
      this.#burstSize = oneWay;
      this.#usualSize = usualSize;
      this.#share = oneWay / (bought + sold);
      return;
    }
  }

  #follow(market: MarketView): void {
    const { timeUs, mid, sequence } = market;
    const { reversalShare, reversalS } = this.#options;
    const up = Math.sign(this.#extremeMid - this.#fromMid);
    if (timeUs - this.#sinceUs > reversalS * US_PER_SECOND) {
      this.#sinceUs = 0;
      return;
    }
    if (up * (mid - this.#extremeMid) > 0) {
      this.#extremeMid = mid;
      return;
    }
    const reversal = (this.#extremeMid - mid) / (this.#extremeMid - this.#fromMid);
    if (reversal < reversalShare || timeUs - this.#foundUs < US_PER_SECOND) return;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: this.#sinceUs,
      sequenceFirst: this.#sequenceFirst,
      score: 1 - this.#sigmas ** -TAIL_POWER,
      severity: this.#sigmas > CRITICAL_SIGMAS ? "critical" : "warning",
      evidence: {
        burstSize: this.#burstSize,
        usualSize: this.#usualSize,
        burstShare: this.#share,
        moveBps: BPS_PER_ONE * Math.log(this.#extremeMid / this.#fromMid),
        moveSigmas: this.#sigmas,
        reversalPct: 100 * reversal,
      },
    }, market.sink);
    this.#sinceUs = 0;
  }

  onInterrupted(): void {
    this.#mids.fill(NaN);
    this.#sinceUs = 0;
  }

  snapshot(): number[] {
    return [
      this.#second,
      this.#slot,
      this.#tookUs,
      this.#sinceUs,
      this.#foundUs,
      this.#sequenceFirst,
      this.#fromMid,
      this.#extremeMid,
      this.#sigmas,
      this.#burstSize,
      this.#usualSize,
      this.#share,
      ...this.#sigmaBps,
      ...this.#mids,
      ...this.#bought,
      ...this.#sold,
      ...this.#takes,
      ...this.#sequences,
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#second,
      this.#slot,
      this.#tookUs,
      this.#sinceUs,
      this.#foundUs,
      this.#sequenceFirst,
      this.#fromMid,
      this.#extremeMid,
      this.#sigmas,
      this.#burstSize,
      this.#usualSize,
      this.#share,
    ] = state as [number, number, number, number, number, number, number, number, number, number, number, number];
    let at = 12;
    for (const list of [this.#sigmaBps, this.#mids, this.#bought, this.#sold, this.#takes, this.#sequences]) {
      list.set(state.slice(at, at += list.length));
    }
  }
}
