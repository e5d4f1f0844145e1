/**
 * What trades paid: effective spread, and what is left of it once the mid has moved, the realized spread; the rest is price impact.
 *
 * Formula: with D the trade's sign, p its price, m the mid strictly before it, m(t+h) the last mid at or before t + h: effective = 2·D·(p − m)/m,
 * realized = 2·D·(p − m(t+h))/m, impact = 2·D·(m(t+h) − m)/m; effective = realized + impact for each trade. In bps; size-weighted means over
 * [⌊t/Δ⌋·Δ − W, t], Δ = W/60. A trade counts in the effective spread at its own time t, in realized spread and impact at t + h: the window
 * of horizon h holds the trades whose horizon ended within it, so the identity holds for the means of the same trades, not for those
 * that a sample shows side by side.
 * Trades of sign 0 and those without a mid are left out: none is guessed. A trade leaves a horizon without a value where
 * there is no mid at t + h, or where that mid is older than an hour, of a closed market.
 *
 * Warm-up: one trade; at a horizon, one trade and the horizon, and time beyond t + h: until then another mid may still be that of t + h.
 * Cost: O(1) amortised per quote and trade, a comparison for most quotes. State: at most 6 numbers for each pending trade time, of
 * which there are {@linkcode PENDING_MAX} at most, and 61 slots of 3 numbers for each horizon. Trades of one time wait as one: they have the same
 * mids. Where the queue is full, trade times within 1/256 of the next horizon that they wait for wait as one too, from the first of them on:
 * their horizons end early by that much at most. `merged` counts them; no trade is left out.
 * Pitfall: a horizon is time, never a count of trades or quotes.
 * Source: Huang, Stoll (1996), Dealer versus auction markets; Bessembinder, Kaufman (1997), A cross-exchange comparison of execution costs.
 * Checked against the published means of the R package highfrequency.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spreads = new TradeSpreads({ windowUs: 60_000_000, horizonsUs: [1_000_000] });
 * spreads.quote(0, 1);
 * spreads.trade({ timeUs: 1_000, price: 1.0002, size: 1e6, sign: 1, bid: 0.9998, ask: 1.0002, mid: 1 });
 * spreads.quote(500_000, 1.0001);
 * spreads.advance(1_001_001); // past the horizon
 * assert.equal(spreads.effectiveBps!.toFixed(6), "4.000000");
 * assert.equal(spreads.realizedBps(1_000_000)!.toFixed(6), "2.000000");
 * assert.equal(spreads.impactBps(1_000_000)!.toFixed(6), "2.000000");
 * ```
 *
 * @module
 */
import { type AbsentReason, BPS_PER_ONE, CLOSED_MARKET_US } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";
import type { SignedTrade } from "./trade_sign.ts";

export interface TradeSpreadsOptions {
  /** Window of the means, microseconds. */
  windowUs: number;
  /** Horizons, microseconds. */
  horizonsUs: readonly number[];
}

/** Times of trades that wait for a horizon, at most: up to 13 a second for the longest horizon of 300 s wait each for itself. */
export const PENDING_MAX = 4_096;
/** Entries become one where they lie within such a part of the horizon: of 300 s, 1.2 s. */
const MERGED_PARTS = 256;
const SLOT_COUNT = 60;

/** Channels of the window of trades; the sums count trades, the last two are weighted by size. */
const TRADES = 0;
const SIGNED = 1;
const SIZE = 2;
const EFFECTIVE = 3;

/** Channels of the window of a horizon. */
const ENDED_SIZE = 0;
const REALIZED = 1;
const IMPACT = 2;

/** Numbers of a pending trade time: when, the mid before it, Σv, ΣD·v, Σv·effective, and what of the impact is known already. */
const TIME_US = 0;
const MID = 1;
const PENDING_SIZE = 2;
const SIGNED_SIZE = 3;
const PENDING_EFFECTIVE = 4;
const KNOWN_IMPACT = 5;
const STRIDE = 6;

export class TradeSpreads implements Estimator {
  readonly #horizonsUs: readonly number[];
  readonly #trades: SlottedWindow;
  readonly #ended: readonly SlottedWindow[];
  readonly #ring = new Float64Array(PENDING_MAX * STRIDE);
  /** Trade times ever queued; entry k stands at k % PENDING_MAX. */
  #queued = 0;
  /** For each horizon, the first entry that still waits for it. */
  readonly #next: Float64Array;
  /** When the first of them all is due: nothing happens before. */
  #dueUs = Infinity;
  #mid = NaN;
  #midUs = -1;
  #merged = 0;

  constructor({ windowUs, horizonsUs }: TradeSpreadsOptions) {
    const slots = { slotUs: windowUs / SLOT_COUNT, slotCount: SLOT_COUNT };
    this.#horizonsUs = horizonsUs;
    this.#trades = new SlottedWindow({ ...slots, channelCount: 4 });
    this.#ended = horizonsUs.map(() => new SlottedWindow({ ...slots, channelCount: 3 }));
    this.#next = new Float64Array(horizonsUs.length);
  }

  /** Trade times that wait or waited as one with the next. */
  get merged(): number {
    return this.#merged;
  }

  /** The mid from this time on; NaN where there is none. */
  quote(timeUs: number, mid: number): void {
    if (timeUs > this.#dueUs) this.#end(timeUs);
    this.#mid = mid;
    this.#midUs = timeUs;
  }

  /** Take a trade, signed and with the mid before it. */
  trade({ timeUs, price, size, sign, mid }: SignedTrade): void {
    if (timeUs > this.#dueUs) this.#end(timeUs);
    const trades = this.#trades;
    trades.advance(timeUs);
    trades.add(TRADES, 1);
    if (sign === 0) return;
    trades.add(SIGNED, 1);
    const effective = (2 * sign * size * (price - mid)) / mid;
    if (!Number.isFinite(effective)) return;
    trades.add(SIZE, size);
    trades.add(EFFECTIVE, effective);
    this.#queue(timeUs, mid, size, sign * size, effective);
  }

  /** Bring the windows to a time, and end the horizons before it. */
  advance(timeUs: number): void {
    if (timeUs > this.#dueUs) this.#end(timeUs);
    this.#trades.advance(timeUs);
    for (const window of this.#ended) window.advance(timeUs);
  }

  /** Size-weighted mean effective spread, bps. */
  get effectiveBps(): number | undefined {
    return finite((BPS_PER_ONE * this.#trades.sum(EFFECTIVE)) / this.#trades.sum(SIZE));
  }

  /** Size-weighted mean realized spread at a horizon, bps; `undefined` also where it is none of the options'. */
  realizedBps(horizonUs: number): number | undefined {
    return this.#meanBps(horizonUs, REALIZED);
  }

  /** Size-weighted mean price impact at a horizon, bps. */
  impactBps(horizonUs: number): number | undefined {
    return this.#meanBps(horizonUs, IMPACT);
  }

  /** Why a mean is absent: the effective spread's, or what belongs to a horizon. */
  absence(horizonUs?: number): AbsentReason {
    if (horizonUs !== undefined) {
      const horizon = this.#horizonsUs.indexOf(horizonUs);
      if (horizon < 0) return "off";
      if (this.#next[horizon]! < this.#queued) return "warming";
      if (this.#ended[horizon]!.sum(ENDED_SIZE) > 0) return "undefined";
    }
    if (this.#trades.sum(TRADES) === 0) return "no-trades";
    if (this.#trades.sum(SIGNED) === 0) return "no-signs";
    return this.#trades.sum(SIZE) === 0 ? "no-quotes" : "undefined";
  }

  #meanBps(horizonUs: number, channel: number): number | undefined {
    const window = this.#ended[this.#horizonsUs.indexOf(horizonUs)];
    return window && finite((BPS_PER_ONE * window.sum(channel)) / window.sum(ENDED_SIZE));
  }

  #queue(timeUs: number, mid: number, size: number, signedSize: number, effective: number): void {
    const ring = this.#ring;
    const next = this.#next;
    if (next.length === 0) return;
    const newest = ((this.#queued - 1) % PENDING_MAX) * STRIDE;
    if (this.#queued > 0 && ring[newest + TIME_US] === timeUs && ring[newest + MID] === mid) {
      ring[newest + PENDING_SIZE]! += size;
      ring[newest + SIGNED_SIZE]! += signedSize;
      ring[newest + PENDING_EFFECTIVE]! += effective;
      return;
    }
    if (this.#queued - this.#oldest === PENDING_MAX) this.#merge();
    const at = (this.#queued % PENDING_MAX) * STRIDE;
    ring[at + TIME_US] = timeUs;
    ring[at + MID] = mid;
    ring[at + PENDING_SIZE] = size;
    ring[at + SIGNED_SIZE] = signedSize;
    ring[at + PENDING_EFFECTIVE] = effective;
    ring[at + KNOWN_IMPACT] = 0;
    this.#queued++;
    this.#setDue();
  }

  /**
   * Make room: entries within a small part of the next horizon that they wait for become one. To let the oldest go instead would leave the
   * longest horizon without any trade for as long as the market is busy. What is left begins further apart than that, two by two: no more
   * than 2·256 entries for each of the horizons, and none that grows each time that room is made.
   */
  #merge(): void {
    const ring = this.#ring;
    const next = this.#next;
    const end = this.#queued;
    const timeOf = (entry: number) => ring[(entry % PENDING_MAX) * STRIDE + TIME_US]!;
    let kept = this.#oldest;
    for (let k = kept; k < end; kept++) {
      const to = (kept % PENDING_MAX) * STRIDE;
      const from = (k % PENDING_MAX) * STRIDE;
      for (let h = 0; h < next.length; h++) if (next[h] === k) next[h] = kept;
      ring.copyWithin(to, from, from + STRIDE);
      let untilUs = Infinity;
      for (let h = 0; h < next.length; h++) {
        if (next[h]! <= kept) untilUs = Math.min(untilUs, ring[to + TIME_US]! + this.#horizonsUs[h]! / MERGED_PARTS);
      }
      // Where a horizon waits for the second only, the first has ended there.
      for (k++; k < end && timeOf(k) <= untilUs && !next.includes(k); k++) {
        this.#addTo(to, (k % PENDING_MAX) * STRIDE);
        this.#merged++;
      }
    }
    for (let h = 0; h < next.length; h++) if (next[h] === end) next[h] = kept;
    this.#queued = kept;
  }

  /** Add a later entry to another, whose time and mid it takes: 2·s·(M − m)/m = 2·s′·(M − m₀)/m₀ + 2·(s′ − s) with s′ = s·m₀/m. */
  #addTo(to: number, from: number): void {
    const ring = this.#ring;
    const signedSize = ring[from + SIGNED_SIZE]!;
    const scaled = signedSize * (ring[to + MID]! / ring[from + MID]!);
    ring[to + PENDING_SIZE]! += ring[from + PENDING_SIZE]!;
    ring[to + SIGNED_SIZE]! += scaled;
    ring[to + PENDING_EFFECTIVE]! += ring[from + PENDING_EFFECTIVE]!;
    ring[to + KNOWN_IMPACT]! += ring[from + KNOWN_IMPACT]! + 2 * (scaled - signedSize);
  }

  /** The first entry that any horizon waits for. */
  get #oldest(): number {
    let oldest = this.#queued;
    for (const next of this.#next) oldest = Math.min(oldest, next);
    return oldest;
  }

  /** End every horizon that was due before a time; the mid has not changed since. */
  #end(timeUs: number): void {
    for (let k = 0; k < this.#next.length; k++) {
      const horizonUs = this.#horizonsUs[k]!;
      let next = this.#next[k]!;
      for (; next < this.#queued; next++) {
        const at = (next % PENDING_MAX) * STRIDE;
        const dueUs = this.#ring[at + TIME_US]! + horizonUs;
        if (dueUs >= timeUs) break;
        this.#take(this.#ended[k]!, at, dueUs);
      }
      this.#next[k] = next;
    }
    this.#setDue();
  }

  #take(window: SlottedWindow, at: number, dueUs: number): void {
    if (dueUs - this.#midUs > CLOSED_MARKET_US) return;
    const ring = this.#ring;
    const mid = ring[at + MID]!;
    const impact = (2 * ring[at + SIGNED_SIZE]! * (this.#mid - mid)) / mid + ring[at + KNOWN_IMPACT]!;
    if (!Number.isFinite(impact)) return;
    window.advance(dueUs);
    window.add(ENDED_SIZE, ring[at + PENDING_SIZE]!);
    window.add(REALIZED, ring[at + PENDING_EFFECTIVE]! - impact);
    window.add(IMPACT, impact);
  }

  #setDue(): void {
    let dueUs = Infinity;
    for (let k = 0; k < this.#next.length; k++) {
      const next = this.#next[k]!;
      if (next === this.#queued) continue;
      dueUs = Math.min(dueUs, this.#ring[(next % PENDING_MAX) * STRIDE + TIME_US]! + this.#horizonsUs[k]!);
    }
    this.#dueUs = dueUs;
  }

  /** Entries are numbered from the oldest that is waited for, and only those that are waited for are written. */
  snapshot(): number[] {
    const oldest = this.#oldest;
    const state = [this.#mid, this.#midUs, this.#merged, this.#queued - oldest];
    for (const next of this.#next) state.push(next - oldest);
    for (const window of [this.#trades, ...this.#ended]) state.push(...window.snapshot());
    for (let k = oldest; k < this.#queued; k++) {
      const at = (k % PENDING_MAX) * STRIDE;
      for (let n = 0; n < STRIDE; n++) state.push(this.#ring[at + n]!);
    }
    return state;
  }

  restore(state: readonly number[]): void {
    const [mid, midUs, merged, queued] = state as [number, number, number, number];
    let at = 4;
    const next = state.slice(at, at += this.#next.length);
    const windows = [this.#trades, ...this.#ended];
    const lengths = windows.map((window) => window.snapshot().length);
    const length = at + lengths.reduce((total, length) => total + length, 0) + queued * STRIDE;
    if (state.length !== length || queued > PENDING_MAX) {
      throw new RangeError(`Cannot restore trade spreads of ${length} numbers from ${state.length}`);
    }
    windows.forEach((window, k) => window.restore(state.slice(at, at += lengths[k]!)));
    this.#next.set(next);
    this.#ring.fill(0);
    this.#ring.set(state.slice(at));
    [this.#mid, this.#midUs, this.#merged, this.#queued] = [mid, midUs, merged, queued];
    this.#setDue();
  }
}
