/**
 * Flash crash: a fast one-way move beyond local volatility, with a spread that opens and a book that empties.
 *
 * Logic: the mid on a grid of a quarter of a second, against its highest and lowest of the last half minute: a move of more than so many
 * standard deviations of so long a time. It is a drift: it took a second and a half at least, most of the way went one way, and no half
 * second made most of it, as a jump does. For half of the way at least the spread was a multiple of the usual one and, on books of levels,
 * the depth a part of it: news and volatile minutes have both for moments only. While the case is open the extreme moves on, and what is
 * taken back of it is added.
 * Input: quotes; levels sharpen it. Score: 1 − chance of so many standard deviations under a tail of power three.
 * Warm-up: a minute of a market. Cost: a walk over 120 mids and of the depth within 2 bps, four times a second.
 * Source: Christensen, Oomen, Renò (2022), The drift burst hypothesis, for what it is.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { depthWithin } from "./usual_market.ts";

const GRID_US = 250 * US_PER_MS;
const SLOTS_MAX = 240;
/** A case closes when its extreme has stood so long, or this share of the move is taken back. */
const QUIET_US = 15 * US_PER_SECOND;
const RETRACED_SHARE = 0.9;
const DEPTH_BPS = 2;
/** Tail of returns: P(|r| > k·σ) falls as k^−3. */
const TAIL_POWER = 3;
const CRITICAL_SIGMAS = 20;
/** Of the way that the mid went, the share that led somewhere; of the move, what half a second may make. */
const DRIFT_SHARE_MIN = 0.6;
const STEP_SHARE_MAX = 0.6;
/** A move that is over sooner is a jump, or news. */
const SLOTS_MIN = 6;
/** Volatility is that of so many seconds ago at the latest: a crash is not its own measure. */
const LAG_SECONDS = 12;
/** Share of the way on which the market is under stress. */
const STRESSED_SHARE = 0.5;

export class FlashCrash implements Detector {
  readonly cases: readonly [Case<"flash-crash">];
  readonly #options: DetectionOptions["flashCrash"];
  readonly #slots: number;
  readonly #mids = new Float64Array(SLOTS_MAX).fill(NaN);
  readonly #sequences = new Float64Array(SLOTS_MAX);
  /** Standard deviation of a second, bps: the larger of the fast and the slow one, each second. */
  readonly #sigmaBps = new Float64Array(LAG_SECONDS).fill(NaN);
  #second = 0;
  #slot = -1;
  /** Spread and mean depth of the two sides over the usual ones, each slot. */
  readonly #spreadRatios = new Float64Array(SLOTS_MAX).fill(NaN);
  readonly #depthRatios = new Float64Array(SLOTS_MAX).fill(NaN);
  /** Of the open case: where it began, its extreme, when each was, the stress at its worst. */
  #fromMid = NaN;
  #fromUs = 0;
  #extremeMid = NaN;
  #extremeUs = 0;
  #sigmas = 0;
  #worstSpread = 1;
  #leastDepth = 1;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.flashCrash;
    this.#slots = Math.min(SLOTS_MAX, Math.round((this.#options.windowS * US_PER_SECOND) / GRID_US));
    this.cases = [
      maker.case("flash-crash", {
        quietUs: QUIET_US,
        sentence: ({ moveBps = NaN, durationMs = NaN, sigmas = NaN, spreadRatio = NaN, retracePct = 0 }) =>
          `The price ${moveBps < 0 ? "fell" : "rose"} by ${Math.abs(moveBps).toFixed(1)} bps in ${
            (durationMs / 1_000).toFixed(1)
          } s, ${sigmas.toFixed(0)} standard deviations, with a spread ${spreadRatio.toFixed(1)} times the usual; ${
            retracePct.toFixed(0)
          } % of it was taken back`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    if (market.suspect || market.usual.spreadBps === undefined || !(market.mid === market.mid)) return;
    this.#look(market);
  }

  onSecond({ usual }: MarketView): void {
    this.#second = (this.#second + 1) % LAG_SECONDS;
    this.#sigmaBps[this.#second] = Math.max(
      usual.sigmaBps(US_PER_SECOND) ?? NaN,
      usual.fastSigmaBps(US_PER_SECOND) ?? NaN,
    );
  }

  /** Standard deviation of the mid over so long a time, by the volatility of before; NaN without. */
  #sigmaOver(durationUs: number): number {
    return this.#sigmaBps[(this.#second + 1) % LAG_SECONDS]! * Math.sqrt(durationUs / US_PER_SECOND);
  }

  #look(market: MarketView): void {
    const { timeUs, mid, book, usual, sequence } = market;
    const slot = Math.floor(timeUs / GRID_US);
    if (slot === this.#slot) return;
    const before = this.#slot % this.#slots;
    if (this.#slot < 0 || slot - this.#slot >= this.#slots) this.#mids.fill(NaN);
    else for (let between = this.#slot + 1; between < slot; between++) this.#hold(before, between % this.#slots);
    const at = slot % this.#slots;
    this.#slot = slot;
    this.#mids[at] = mid;
    this.#sequences[at] = sequence;
    this.#spreadRatios[at] = market.spreadBps / usual.spreadBps!;
    const depth = market.hasLevels
      ? (depthWithin(book.bids, mid, DEPTH_BPS) + depthWithin(book.asks, mid, DEPTH_BPS)) / 2
      : NaN;
    this.#depthRatios[at] = depth / (usual.depthSize ?? NaN);
    if (this.cases[0].isOpen) this.#follow(market);
    else this.#search(market);
  }

  /** A slot in which nothing changed. */
  #hold(from: number, to: number): void {
    for (const ring of [this.#mids, this.#sequences, this.#spreadRatios, this.#depthRatios]) ring[to] = ring[from]!;
  }

  #search(market: MarketView): void {
    const { timeUs, mid } = market;
    const { sigmas, moveBpsMin } = this.#options;
    if (!this.#isStressed(this.#slot % this.#slots)) return;
    let largest = 0;
    let fromSlot = -1;
    for (let back = SLOTS_MIN; back < this.#slots; back++) {
      const from = this.#mids[(this.#slot - back) % this.#slots]!;
      if (this.#slot - back < 0 || !(from === from)) break;
      const moveBps = BPS_PER_ONE * Math.log(mid / from);
      if (Math.abs(moveBps) < moveBpsMin) continue;
      const size = Math.abs(moveBps) / this.#sigmaOver(back * GRID_US + US_PER_SECOND);
      if (size > largest) {
        largest = size;
        fromSlot = this.#slot - back;
      }
    }
    if (!(largest > sigmas) || !this.#isDrift(fromSlot) || !this.#wasStressed(fromSlot)) return;
    this.#fromMid = this.#mids[fromSlot % this.#slots]!;
    this.#fromUs = fromSlot * GRID_US;
    this.#extremeMid = mid;
    this.#extremeUs = timeUs;
    this.#sigmas = largest;
    this.#worstSpread = 0;
    this.#leastDepth = Infinity;
    for (let slot = fromSlot + 1; slot <= this.#slot; slot++) this.#worsen(slot % this.#slots);
    this.#tell(market, this.#sequences[fromSlot % this.#slots]!);
  }

  /** Where no depth is told, the spread alone says it. */
  #isStressed(at: number): boolean {
    const depthRatio = this.#depthRatios[at]!;
    return this.#spreadRatios[at]! >= this.#options.spreadRatio && !(depthRatio > this.#options.depthRatio);
  }

  #wasStressed(fromSlot: number): boolean {
    let stressed = 0;
    for (let slot = fromSlot + 1; slot <= this.#slot; slot++) stressed += this.#isStressed(slot % this.#slots) ? 1 : 0;
    return stressed >= STRESSED_SHARE * (this.#slot - fromSlot);
  }

  #worsen(at: number): void {
    this.#worstSpread = Math.max(this.#worstSpread, this.#spreadRatios[at]!);
    if (this.#depthRatios[at]! < this.#leastDepth) this.#leastDepth = this.#depthRatios[at]!;
  }

  /** Whether the way from a slot to now was a drift, and not one step or to and fro. */
  #isDrift(fromSlot: number): boolean {
    const midAt = (slot: number) => this.#mids[slot % this.#slots]!;
    const move = Math.abs(midAt(this.#slot) - midAt(fromSlot));
    let way = 0;
    let step = 0;
    for (let slot = fromSlot + 1; slot <= this.#slot; slot++) {
      way += Math.abs(midAt(slot) - midAt(slot - 1));
      step = Math.max(step, Math.abs(midAt(slot) - midAt(Math.max(fromSlot, slot - 2))));
    }
    return move >= DRIFT_SHARE_MIN * way && step <= STEP_SHARE_MAX * move;
  }

  /** The extreme moves on, or is taken back. */
  #follow(market: MarketView): void {
    const { timeUs, mid, sink } = market;
    const up = Math.sign(this.#extremeMid - this.#fromMid);
    if (timeUs - this.#extremeUs > this.#options.retraceS * US_PER_SECOND) return this.cases[0].close(timeUs, sink);
    if (up * (mid - this.#extremeMid) > 0 && timeUs - this.#fromUs < 2 * this.#options.windowS * US_PER_SECOND) {
      this.#extremeMid = mid;
      this.#extremeUs = timeUs;
      const moveBps = BPS_PER_ONE * Math.log(mid / this.#fromMid);
      this.#sigmas = Math.max(this.#sigmas, Math.abs(moveBps) / this.#sigmaOver(timeUs - this.#fromUs + US_PER_SECOND));
    }
    this.#worsen(this.#slot % this.#slots);
    const retraced = (this.#extremeMid - mid) / (this.#extremeMid - this.#fromMid);
    this.#tell(market, market.sequence, retraced);
    if (retraced > RETRACED_SHARE) this.cases[0].close(timeUs, sink);
  }

  #tell(market: MarketView, sequenceFirst: number, retraced = 0): void {
    this.cases[0].tell({
      timeUs: market.timeUs,
      sequence: market.sequence,
      startUs: this.#fromUs,
      sequenceFirst,
      score: 1 - this.#sigmas ** -TAIL_POWER,
      severity: this.#sigmas > CRITICAL_SIGMAS ? "critical" : "warning",
      evidence: {
        moveBps: BPS_PER_ONE * Math.log(this.#extremeMid / this.#fromMid),
        sigmas: this.#sigmas,
        durationMs: (this.#extremeUs - this.#fromUs) / US_PER_MS,
        spreadRatio: this.#worstSpread,
        ...(this.#leastDepth < Infinity && { depthRatio: this.#leastDepth }),
        retracePct: 100 * Math.max(0, retraced),
      },
    }, market.sink);
  }

  onInterrupted(): void {
    this.#mids.fill(NaN);
    this.#slot = -1;
  }

  snapshot(): number[] {
    return [
      this.#slot,
      this.#fromMid,
      this.#fromUs,
      this.#extremeMid,
      this.#extremeUs,
      this.#sigmas,
      this.#worstSpread,
      this.#leastDepth,
      this.#second,
      ...this.#sigmaBps,
      ...this.#mids,
      ...this.#sequences,
      ...this.#spreadRatios,
      ...this.#depthRatios,
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#slot,
      this.#fromMid,
      this.#fromUs,
      this.#extremeMid,
      this.#extremeUs,
      this.#sigmas,
      this.#worstSpread,
      this.#leastDepth,
      this.#second,
    ] = state as [number, number, number, number, number, number, number, number, number];
    this.#sigmaBps.set(state.slice(9, 9 + LAG_SECONDS));
    [this.#mids, this.#sequences, this.#spreadRatios, this.#depthRatios].forEach((ring, k) => {
      const from = 9 + LAG_SECONDS + k * SLOTS_MAX;
      ring.set(state.slice(from, from + SLOTS_MAX));
    });
  }
}
