/**
 * Quote stuffing: a burst of changes at the touch that neither trades nor moves the price.
 *
 * Logic: changes at or inside the touch over the last second, against their trailing median and a floor; nearly all that was added was
 * withdrawn, hardly anything traded, and the mid is where it was. Makers who quote anew change all levels, news trades and moves: neither
 * passes. Changes of a picture of the book do not count.
 * Input: quotes, or levels, every change of them. Score: 1 − tail probability of the changes in a second.
 * Warm-up: a minute of a market. Cost: O(1) per change, a walk over 50 slots ten times a second.
 * Source: Egginton, Van Ness, Van Ness (2016), Quote stuffing.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const SLOT_US = 100 * US_PER_MS;
const SLOTS = 50;
const SLOTS_OF_SECOND = 10;
/** What stands so near the touch counts as at it, bps. */
const TOUCH_BPS = 0.02;
const QUIET_US = 3 * US_PER_SECOND;
/** Seconds that are known before one of them is unusual. */
const WARMUP_COUNT = 60;
const CRITICAL_RATIO = 20;
const FIELDS = 5;
const [CHANGES, ADDED, WITHDRAWN, TRADES, MID] = [0, 1, 2, 3, 4] as const;

export class QuoteStuffing implements Detector {
  readonly cases: readonly [Case<"quote-stuffing">];
  readonly #options: DetectionOptions["quoteStuffing"];
  readonly #slots = new Float64Array(SLOTS * FIELDS);
  readonly #perSecond = new TrailingDistribution({ min: 0.5, max: 1e5, halfLifeUs: 20 * US_PER_MINUTE, perDecade: 16 });
  #slot = -1;
  #secondCount = 0;
  #peak = 0;
  #caseTrades = 0;
  #caseChanges = 0;
  #fromMid = NaN;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.quoteStuffing;
    this.cases = [
      maker.case("quote-stuffing", {
        quietUs: QUIET_US,
        sentence: (
          { peakPerSecond = NaN, usualPerSecond = NaN, cancelShare = NaN, tradeCount = NaN, netMoveBps = NaN },
        ) =>
          `Up to ${peakPerSecond.toFixed(0)} changes a second at the touch, where ${
            usualPerSecond.toFixed(0)
          } are usual; ${(100 * cancelShare).toFixed(0)} % withdrawn, ${tradeCount} trades, the price moved by ${
            netMoveBps.toFixed(2)
          } bps: consistent with quote stuffing`,
      }),
    ];
  }

  onLevel({ distanceBps, added, withdrawn }: LevelChange, market: MarketView): void {
    this.#advance(market);
    if (!(distanceBps <= TOUCH_BPS)) return;
    const at = (this.#slot % SLOTS) * FIELDS;
    this.#slots[at + CHANGES]!++;
    this.#slots[at + ADDED]! += added;
    this.#slots[at + WITHDRAWN]! += withdrawn;
    this.#secondCount++;
    this.#caseChanges++;
  }

  onTrade(_trade: TapeTrade, market: MarketView): void {
    this.#advance(market);
    this.#slots[(this.#slot % SLOTS) * FIELDS + TRADES]!++;
    this.#caseTrades++;
  }

  onSecond({ timeUs }: MarketView): void {
    if (!this.cases[0].isOpen) this.#perSecond.add(timeUs, this.#secondCount);
    this.#secondCount = 0;
  }

  #advance(market: MarketView): void {
    const slot = Math.floor(market.timeUs / SLOT_US);
    if (slot === this.#slot) return;
    if (this.#slot >= 0 && slot - this.#slot < SLOTS_OF_SECOND) this.#judge(market);
    for (let at = Math.max(this.#slot + 1, slot - SLOTS + 1); at <= slot; at++) {
      const first = (at % SLOTS) * FIELDS;
      this.#slots.fill(0, first, first + FIELDS);
      this.#slots[first + MID] = market.mid;
    }
    this.#slot = slot;
  }

  #judge(market: MarketView): void {
    const { usual, timeUs, sequence } = market;
    if (usual.spreadBps === undefined || this.#perSecond.weight < WARMUP_COUNT) return;
    let [changes, added, withdrawn, trades] = [0, 0, 0, 0];
    for (let back = 0; back < SLOTS_OF_SECOND; back++) {
      const at = ((this.#slot - back + SLOTS) % SLOTS) * FIELDS;
      changes += this.#slots[at + CHANGES]!;
      added += this.#slots[at + ADDED]!;
      withdrawn += this.#slots[at + WITHDRAWN]!;
      trades += this.#slots[at + TRADES]!;
    }
    const { perSecondMin, rateRatio, cancelShare, orderToTrade, netMoveSpreads } = this.#options;
    const usualPerSecond = this.#perSecond.quantile(0.5)!;
    const [one] = this.cases;
    if (changes < perSecondMin || changes < rateRatio * usualPerSecond || withdrawn < cancelShare * added) return;
    if (changes < orderToTrade * trades) return;
    const before = this.#slots[((this.#slot - SLOTS_OF_SECOND + 1 + SLOTS) % SLOTS) * FIELDS + MID]!;
    const fromMid = one.isOpen ? this.#fromMid : before;
    const netMoveBps = BPS_PER_ONE * Math.log(market.mid / fromMid);
    if (!one.isOpen) {
      if (Math.abs(netMoveBps) > netMoveSpreads * usual.spreadBps) return;
      this.#fromMid = fromMid;
      this.#peak = 0;
      this.#caseTrades = trades;
      this.#caseChanges = changes;
    }
    this.#peak = Math.max(this.#peak, changes);
    one.tell({
      timeUs,
      sequence,
      startUs: timeUs - US_PER_SECOND,
      score: 1 - this.#perSecond.tail(this.#peak)!,
      severity: this.#peak > CRITICAL_RATIO * usualPerSecond ? "critical" : "warning",
      evidence: {
        peakPerSecond: this.#peak,
        usualPerSecond,
        touchChangeCount: this.#caseChanges,
        cancelShare: Math.min(1, withdrawn / added),
        tradeCount: this.#caseTrades,
        netMoveBps: Number.isFinite(netMoveBps) ? netMoveBps : 0,
      },
    }, market.sink);
  }

  onInterrupted(): void {
    this.#slots.fill(0);
    this.#slot = -1;
  }

  snapshot(): number[] {
    return [
      this.#slot,
      this.#secondCount,
      this.#peak,
      this.#caseTrades,
      this.#caseChanges,
      this.#fromMid,
      ...this.#slots,
      ...joined([this.#perSecond]),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#slot, this.#secondCount, this.#peak, this.#caseTrades, this.#caseChanges, this.#fromMid] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.#slots.set(state.slice(6, 6 + this.#slots.length));
    separated([this.#perSecond], state, 6 + this.#slots.length);
  }
}
