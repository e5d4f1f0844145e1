/**
 * Wash trading, where counterparties are not told: equal opposite trades seconds apart, without a move of the mid, more than chance makes.
 *
 * Logic: a trade matches where one of the other sign and about the same size came in the seconds before while the mid has hardly moved.
 * How often chance does that follows from the trailing share q of trades of that size: 1 − (1 − q)^n with n opposite trades before. Over
 * the window, the matches of a size against the sum of their chances: Poisson. Round sizes are common, so they prove little.
 * The same is asked of the trades alone that took nothing: nothing went from the book at their price when they were told. Where a
 * share u of the trades is so, a match of two has the chance u·(1 − (1 − q·u)^n). On most venues u is small, and such a pair was arranged;
 * where it is not, this is not asked.
 * Input: trades with sides; sizes of the book, for what took nothing. Score: 1 − p. Warm-up: 50 trades. Cost: a walk over the trades of
 * ten seconds, 64 at most, and over 64 sizes, per trade.
 * Limits: venues that tell their trades and their book apart in time show nothing but trades that took nothing, u is near 1, and round
 * lots hide. A wash between two orders in the book takes from it, and is found by its size alone.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, Side, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import { poissonTail } from "./_poisson.ts";
import { Shares } from "./_shares.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

/** Trades that are looked back at. Overflow: the oldest is forgotten. */
const TRADES_MAX = 64;
const MATCH_US = 10 * US_PER_SECOND;
/** A trade took from the book where it shrank at its price this soon before or after. */
const TAKE_US = 5 * US_PER_MS;
/** Places where the book shrank of late. Overflow: the oldest is forgotten. */
const DROPS_MAX = 16;
const PRICE_TOLERANCE = 1e-9;
const SIZES = { valuesMax: 64, halfLifeCount: 350 };
const WARMUP_COUNT = 50;
/** The mid may have moved by this share of the spread. */
const STILL_SPREADS = 0.75;
const MATCHES_MIN = 3;
/** Of trades that took nothing. */
const UNTAKEN_MATCHES_MIN = 2;
/** They are no rarer than this: that none was seen does not say that there are none. */
const UNTAKEN_SHARE_MIN = 0.01;
/** Where more are, it is how the feed is. */
const UNTAKEN_SHARE_MAX = 0.25;
const UNTAKEN_KEPT = 0.998;

/** Numbers of a trade. What it matched: 1 found another, 2 was found by one. What it took: 0 nothing yet, 1 something. */
const [TIME, SIZE, SIGN, PRICE, MID, SEQUENCE, CHANCE, MATCHED, TOOK, UNTAKEN_CHANCE, UNTAKEN_MATCHED] = //
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const FIELDS = 11;

export class EqualTrades implements Estimator {
  readonly #options: DetectionOptions["washTrading"];
  readonly #case: Case<"wash-trading">;
  readonly #ring = new Float64Array(TRADES_MAX * FIELDS);
  readonly #sizes = new Shares(SIZES);
  readonly #dropPrices = new Float64Array(DROPS_MAX);
  readonly #dropSides = new Float64Array(DROPS_MAX);
  readonly #dropTimesUs = new Float64Array(DROPS_MAX);
  #drops = 0;
  /** Trades so far, and how many of them are settled: whether they took something is known. */
  #pushed = 0;
  #settled = 0;
  /** Fading counts of settled trades and of those that took nothing. */
  #all = 1;
  #untaken = 0.5;

  constructor(options: DetectionOptions["washTrading"], tells: Case<"wash-trading">) {
    this.#options = options;
    this.#case = tells;
  }

  /** A trade whose owners are not told. */
  trade({ size, sign, mid, price, passiveSide }: TapeTrade, market: MarketView): void {
    this.settle(market);
    const { timeUs, sequence } = market;
    const ring = this.#ring;
    const at = (this.#pushed++ % TRADES_MAX) * FIELDS;
    this.#settled = Math.max(this.#settled, this.#pushed - TRADES_MAX);
    ring.fill(0, at, at + FIELDS);
    ring[at + TIME] = timeUs;
    ring[at + SIZE] = size;
    ring[at + SIGN] = sign;
    ring[at + PRICE] = price;
    ring[at + MID] = mid;
    ring[at + SEQUENCE] = sequence;
    ring[at + TOOK] = Number(
      this.#isBeyondTouch(price, passiveSide, market) || this.#hasDropped(timeUs, price, passiveSide),
    );
    const share = this.#shareOf(size);
    const untakenShare = this.#untakenShare;
    let [opposite, unmatched] = [0, 0];
    for (let k = 1; k < this.#count; k++) {
      const other = this.#at(k);
      if (timeUs - ring[other + TIME]! > MATCH_US) break;
      if (sign === 0 || ring[other + SIGN] !== -sign) continue;
      opposite++;
      if (ring[other + MATCHED] === 0) unmatched++;
      if (ring[at + MATCHED] !== 0 || ring[other + MATCHED] !== 0 || !this.#equals(at, other, market)) continue;
      ring[at + MATCHED] = 1;
      ring[other + MATCHED] = 2;
    }
    ring[at + CHANCE] = 1 - (1 - share) ** unmatched;
    ring[at + UNTAKEN_CHANCE] = untakenShare * (1 - (1 - share * untakenShare) ** opposite);
    this.#sizes.add(size);
    if (ring[at + MATCHED] === 1) this.#judge(size, market, false);
  }

  /** The book has changed: trades at that price just now took from it. */
  change({ side, price, removed }: LevelChange, timeUs: number): void {
    if (removed === 0) return;
    const drop = this.#drops++ % DROPS_MAX;
    this.#dropPrices[drop] = price;
    this.#dropSides[drop] = side;
    this.#dropTimesUs[drop] = timeUs;
    const ring = this.#ring;
    for (let k = 0; k < this.#pushed - this.#settled; k++) {
      const at = this.#at(k);
      // A buyer takes from the ask.
      if (ring[at + SIGN] === (side === Side.bid ? 1 : -1)) continue;
      if (isSame(ring[at + PRICE]!, price) && timeUs - ring[at + TIME]! <= TAKE_US) ring[at + TOOK] = 1;
    }
  }

  /** Whether the book shrank at a price just before. */
  #hasDropped(timeUs: number, price: number, side: number): boolean {
    for (let k = 0; k < DROPS_MAX; k++) {
      if (timeUs - this.#dropTimesUs[k]! > TAKE_US || !isSame(this.#dropPrices[k]!, price)) continue;
      if (side === Side.none || this.#dropSides[k] === side) return true;
    }
    return false;
  }

  /** Of a trade behind the touch, a book of one level does not tell what it took; nor does one without sizes. */
  #isBeyondTouch(price: number, side: number, { book, hasLevels }: MarketView): boolean {
    if (hasLevels) return false;
    return side === Side.bid
      ? !(isSame(book.bid, price) && book.bidSize > 0)
      : !(isSame(book.ask, price) && book.askSize > 0);
  }

  /** Event time has come to this point: of trades before, it is known whether they took something. */
  settle(market: MarketView): void {
    const ring = this.#ring;
    while (this.#settled < this.#pushed) {
      const at = (this.#settled % TRADES_MAX) * FIELDS;
      if (market.timeUs - ring[at + TIME]! <= TAKE_US) return;
      const back = this.#pushed - 1 - this.#settled;
      this.#settled++;
      const took = ring[at + TOOK] === 1;
      this.#all = this.#all * UNTAKEN_KEPT + 1;
      this.#untaken = this.#untaken * UNTAKEN_KEPT + (took ? 0 : 1);
      if (!took && this.#untakenShare < UNTAKEN_SHARE_MAX) this.#matchUntaken(at, back, market);
    }
  }

  #matchUntaken(at: number, back: number, market: MarketView): void {
    const ring = this.#ring;
    for (let k = back + 1; k < this.#count; k++) {
      const other = this.#at(k);
      if (ring[at + TIME]! - ring[other + TIME]! > MATCH_US) return;
      if (ring[at + SIGN] === 0 || ring[other + SIGN] !== -ring[at + SIGN]! || ring[other + TOOK] === 1) continue;
      if (!this.#equals(at, other, market)) continue;
      ring[at + UNTAKEN_MATCHED] = 1;
      if (ring[other + UNTAKEN_MATCHED] === 0) ring[other + UNTAKEN_MATCHED] = 2;
      this.#judge(ring[at + SIZE]!, market, true);
      return;
    }
  }

  /** Whether two trades are of about the same size, at about the same mid. */
  #equals(at: number, other: number, market: MarketView): boolean {
    const ring = this.#ring;
    const still = (STILL_SPREADS * (market.usual.spreadBps ?? 0)) / BPS_PER_ONE;
    return Math.abs(ring[other + SIZE]! / ring[at + SIZE]! - 1) <= this.#options.sizeTolerance &&
      Math.abs(ring[other + MID]! / ring[at + MID]! - 1) <= still;
  }

  /** Share of the trades before those that are looked back at that have about a size; 1 until enough are known. */
  #shareOf(size: number): number {
    const { total } = this.#sizes;
    if (total < WARMUP_COUNT) return 1;
    let recent = 0;
    const { sizeTolerance } = this.#options;
    for (let k = 1; k < this.#count; k++) {
      if (Math.abs(this.#ring[this.#at(k) + SIZE]! / size - 1) <= sizeTolerance) recent++;
    }
    return Math.min(1, (Math.max(0, this.#sizes.near(size, sizeTolerance) - recent) + 0.5) / total);
  }

  get #untakenShare(): number {
    return Math.max(UNTAKEN_SHARE_MIN, this.#untaken / this.#all);
  }

  #judge(size: number, market: MarketView, untaken: boolean): void {
    const { timeUs, sequence, sink } = market;
    const { windowS, sizeTolerance } = this.#options;
    const ring = this.#ring;
    const [chance, matched] = untaken ? [UNTAKEN_CHANCE, UNTAKEN_MATCHED] : [CHANCE, MATCHED];
    let [matches, expected, count, volume, net, firstUs, firstSequence] = [0, 0, 0, 0, 0, timeUs, sequence];
    for (let k = 0; k < this.#count; k++) {
      const at = this.#at(k);
      if (timeUs - ring[at + TIME]! > windowS * US_PER_SECOND) break;
      if (Math.abs(ring[at + SIZE]! / size - 1) > sizeTolerance) continue;
      expected += ring[at + chance]!;
      if (ring[at + matched] === 0) continue;
      count++;
      volume += ring[at + SIZE]!;
      net += ring[at + SIGN]! * ring[at + SIZE]!;
      firstUs = ring[at + TIME]!;
      firstSequence = ring[at + SEQUENCE]!;
      if (ring[at + matched] === 1) matches++;
    }
    if (matches < (untaken ? UNTAKEN_MATCHES_MIN : MATCHES_MIN)) return;
    const pValue = poissonTail(matches, expected);
    if (pValue > this.#options.pValue) return;
    this.#case.tell({
      timeUs,
      sequence,
      startUs: firstUs,
      sequenceFirst: firstSequence,
      score: 1 - pValue,
      severity: "warning",
      evidence: {
        tradeCount: count,
        volumeSize: volume,
        netSize: Math.abs(net),
        matchCount: matches,
        expectedCount: expected,
        pValue,
      },
    }, sink);
  }

  get #count(): number {
    return Math.min(this.#pushed, TRADES_MAX);
  }

  /** Where the k-th newest trade stands. */
  #at(k: number): number {
    return ((this.#pushed - 1 - k) % TRADES_MAX) * FIELDS;
  }

  /** Flow under way is void: what trades just before took, nobody has seen. */
  interrupt(): void {
    for (; this.#settled < this.#pushed; this.#settled++) this.#ring[(this.#settled % TRADES_MAX) * FIELDS + TOOK] = 1;
  }

  get #lists(): Float64Array[] {
    return [this.#ring, this.#dropPrices, this.#dropSides, this.#dropTimesUs];
  }

  snapshot(): number[] {
    return [
      this.#pushed,
      this.#settled,
      this.#all,
      this.#untaken,
      this.#drops,
      ...this.#lists.flatMap((list) => [...list]),
      ...joined([this.#sizes]),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#pushed, this.#settled, this.#all, this.#untaken, this.#drops] = state as [
      number,
      number,
      number,
      number,
      number,
    ];
    let at = 5;
    for (const list of this.#lists) list.set(state.slice(at, at += list.length));
    separated([this.#sizes], state, at);
  }
}

const isSame = (price: number, other: number): boolean => Math.abs(price - other) <= PRICE_TOLERANCE * price;
