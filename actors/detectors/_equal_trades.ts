/**
 * Wash trading, where counterparties are not told: equal opposite trades seconds apart, without a move of the touch, more than chance makes.
 *
 * Logic: a trade matches where one of the other sign and of the same size came in the seconds before while the mid has hardly moved. How
 * often chance does that follows from the trailing share q of trades with that size: 1 − (1 − q)^n with n opposite trades before. Over
 * the window, the matches of a size against the sum of their chances: Poisson. Round sizes are common, so they prove little.
 * Input: trades with sides. Score: 1 − p. Warm-up: 50 trades. Cost: a walk over the trades of ten seconds, 64 at most, per trade.
 *
 * @module
 */
import { type DetectionOptions, US_PER_SECOND } from "../contract/mod.ts";
import { poissonTail } from "./_poisson.ts";
import type { Case } from "./case.ts";
import type { Estimator } from "../estimators/mod.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

const TRADES_MAX = 64;
const MATCH_US = 10 * US_PER_SECOND;
const FIELDS = 7;
const [TIME, SIZE, SIGN, MID, CHANCE, MATCHED, SEQUENCE] = [0, 1, 2, 3, 4, 5, 6] as const;
/** Sizes whose share is known. Overflow: the rarest is forgotten. */
const SIZES_MAX = 64;
const SIZE_KEPT = 0.998;
const WARMUP_COUNT = 50;
/** The mid may have moved by this share of the spread. */
const STILL_SPREADS = 0.75;
const MATCHES_MIN = 3;

export class EqualTrades implements Estimator {
  readonly #options: DetectionOptions["washTrading"];
  readonly #case: Case<"wash-trading">;
  readonly #ring = new Float64Array(TRADES_MAX * FIELDS);
  #pushed = 0;
  /** Fading counts of trades by size, and of all. */
  readonly #sizes = new Map<number, number>();
  #total = 0;

  constructor(options: DetectionOptions["washTrading"], tells: Case<"wash-trading">) {
    this.#options = options;
    this.#case = tells;
  }

  /** A trade whose owners are not told. */
  trade({ size, sign, mid }: TapeTrade, market: MarketView): void {
    const { timeUs, sequence } = market;
    const share = this.#shareOf(size);
    let opposite = 0;
    let matched = 0;
    const still = (STILL_SPREADS * (market.usual.spreadBps ?? 0)) / 1e4;
    for (let k = 0; k < this.#count; k++) {
      const at = this.#at(k);
      const ring = this.#ring;
      if (timeUs - ring[at + TIME]! > MATCH_US) break;
      if (ring[at + SIGN] !== -sign || sign === 0 || ring[at + MATCHED] !== 0) continue;
      opposite++;
      if (matched === 1 || ring[at + SIZE] !== size || Math.abs(ring[at + MID]! / mid - 1) > still) continue;
      matched = 1;
      ring[at + MATCHED] = 2;
    }
    const chance = share === share ? 1 - (1 - Math.min(1, share)) ** opposite : 1;
    this.#ring.set([timeUs, size, sign, mid, chance, matched, sequence], (this.#pushed++ % TRADES_MAX) * FIELDS);
    this.#learn(size);
    if (matched === 1) this.#judge(size, market);
  }

  /** Share of the trades before those that are looked back at that have a size; NaN until enough are known. */
  #shareOf(size: number): number {
    let recent = 0;
    for (let k = 0; k < this.#count; k++) if (this.#ring[this.#at(k) + SIZE] === size) recent++;
    if (this.#total < WARMUP_COUNT) return NaN;
    return (Math.max(0, (this.#sizes.get(size) ?? 0) - recent) + 0.5) / this.#total;
  }

  #judge(size: number, market: MarketView): void {
    const { timeUs, sequence } = market;
    const fromUs = timeUs - this.#options.windowS * US_PER_SECOND;
    let [matches, expected, volume, firstUs, firstSequence] = [0, 0, 0, timeUs, sequence];
    for (let k = 0; k < this.#count; k++) {
      const at = this.#at(k);
      const ring = this.#ring;
      if (ring[at + TIME]! < fromUs) break;
      if (ring[at + SIZE] !== size) continue;
      expected += ring[at + CHANCE]!;
      if (ring[at + MATCHED] === 0) continue;
      volume += ring[at + SIZE]!;
      firstUs = ring[at + TIME]!;
      firstSequence = ring[at + SEQUENCE]!;
      if (ring[at + MATCHED] === 1) matches++;
    }
    if (matches < MATCHES_MIN) return;
    const pValue = poissonTail(matches, expected);
    if (pValue > this.#options.pValue) return;
    this.#case.tell({
      timeUs,
      sequence,
      startUs: firstUs,
      sequenceFirst: firstSequence,
      score: 1 - pValue,
      severity: "warning",
      evidence: { volumeSize: volume, matchCount: matches, expectedCount: expected, pValue },
    }, market.sink);
  }

  #learn(size: number): void {
    this.#total = this.#total * SIZE_KEPT + 1;
    for (const [known, count] of this.#sizes) this.#sizes.set(known, count * SIZE_KEPT);
    this.#sizes.set(size, (this.#sizes.get(size) ?? 0) + 1);
    if (this.#sizes.size <= SIZES_MAX) return;
    let rarest = size;
    for (const [known, count] of this.#sizes) {
      if (known !== size && (rarest === size || count < this.#sizes.get(rarest)!)) rarest = known;
    }
    this.#sizes.delete(rarest);
  }

  get #count(): number {
    return Math.min(this.#pushed, TRADES_MAX);
  }

  #at(k: number): number {
    return ((this.#pushed - 1 - k) % TRADES_MAX) * FIELDS;
  }

  snapshot(): number[] {
    return [this.#pushed, this.#total, ...this.#ring, ...[...this.#sizes].flat()];
  }

  restore(state: readonly number[]): void {
    [this.#pushed, this.#total] = state as [number, number];
    this.#ring.set(state.slice(2, 2 + this.#ring.length));
    this.#sizes.clear();
    for (let at = 2 + this.#ring.length; at + 1 < state.length; at += 2) this.#sizes.set(state[at]!, state[at + 1]!);
  }
}
