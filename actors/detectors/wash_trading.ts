/**
 * Wash trading: the same owner on both sides, or a ring of owners among whom a size goes round; where owners are not told, equal opposite
 * trades (`_equal_trades.ts`).
 *
 * Logic: a trade whose buyer is its seller; or one that closes a ring, s → b with b → … → s among the trades before, of sizes that are the
 * same within a tolerance. Two of them are evidence where nearly all that these owners traded in the window was with each other, and
 * chance would not have it so: of the n trades that any of them was in, m were among them, where they are a share p of all sides that
 * trade otherwise; P(X ≥ m) with a mean of n·p, Poisson. A ring is not counted until it could have closed.
 * Input: trades with counterparties. Score: 1 − P. Warm-up: some dozens of trades of others. Cost: up to `ringOwners` walks over the
 * trades of the window, 128 at most, per trade.
 * Limits: a ring that is longer or slower than the options say is not seen; owners who act together under more names look like others;
 * numbers must be those of owners, not of orders. In a market of three everything goes round, and nothing is said.
 *
 * @module
 */
import { type DetectionOptions, US_PER_SECOND } from "../contract/mod.ts";
import { EqualTrades } from "./_equal_trades.ts";
import { poissonTail } from "./_poisson.ts";
import { Shares } from "./_shares.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

/** Trades that are looked back at. Overflow: the oldest is forgotten. */
const TRADES_MAX = 128;
/** Owners whose share of the trades is known, by the sides that they were on. */
const OWNERS = { valuesMax: 256, halfLifeCount: 2_000 };
/** Share of the owners' volume that was among themselves. */
const AMONG_SHARE = 0.8;
/** Self-trades, or closed rings, that are evidence. */
const CLOSINGS_MIN = 2;
const QUIET_US = 20 * US_PER_SECOND;
const CRITICAL_TRADES = 8;
const FIELDS = 7;
/** Numbers of a trade; whether it closed a ring, and whether its owners were learnt. */
const [TIME, BUYER, SELLER, SIZE, SEQUENCE, CLOSES, LEARNT] = [0, 1, 2, 3, 4, 5, 6] as const;

export class WashTrading implements Detector {
  readonly cases: readonly [Case<"wash-trading">];
  readonly #options: DetectionOptions["washTrading"];
  readonly #ring = new Float64Array(TRADES_MAX * FIELDS);
  readonly #owners = new Shares(OWNERS);
  readonly #equal: EqualTrades;
  #pushed = 0;
  /** Where the search has come to: owners that the size may have come from, and by which trade of the ring each was reached. */
  readonly #reached: number[] = [];
  readonly #reachedFrom: number[] = [];

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.washTrading;
    this.cases = [
      maker.case("wash-trading", {
        quietUs: QUIET_US,
        sentence: (
          { tradeCount = NaN, volumeSize = NaN, netSize = NaN, ownerCount, matchCount = NaN, expectedCount = NaN },
        ) =>
          ownerCount === undefined
            ? `${tradeCount} equal opposite trades of ${
              million(volumeSize)
            } M together without a move of the price: ${matchCount} matches, where chance makes ${
              expectedCount.toPrecision(2)
            }: consistent with wash trading`
            : ownerCount === 1
            ? `${tradeCount} trades of ${million(volumeSize)} M had the same owner on both sides`
            : `${tradeCount} trades of ${million(volumeSize)} M went round among ${ownerCount} owners and left ${
              million(netSize)
            } M with another one: consistent with wash trading`,
      }),
    ];
    this.#equal = new EqualTrades(this.#options, this.cases[0]);
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    const { buyer, seller, size } = trade;
    if (!(buyer === buyer) || !(seller === seller)) return this.#equal.trade(trade, market);
    const ring = this.#ring;
    const at = (this.#pushed++ % TRADES_MAX) * FIELDS;
    ring[at + TIME] = market.timeUs;
    ring[at + BUYER] = buyer;
    ring[at + SELLER] = seller;
    ring[at + SIZE] = size;
    ring[at + SEQUENCE] = market.sequence;
    const owners = buyer === seller ? [buyer] : this.#chain(buyer, seller, size);
    ring[at + CLOSES] = owners === undefined ? 0 : 1;
    ring[at + LEARNT] = 0;
    if (owners !== undefined) this.#judge(market, owners);
    if (this.cases[0].isOpen) return;
    ring[at + LEARNT] = 1;
    this.#owners.add(buyer);
    this.#owners.add(seller);
  }

  /**
   * Owners of the shortest chain from one to another through trades of about this size in the window, the ends among them; `undefined`
   * without one that is short enough. Breadth first: each owner is reached once.
   */
  #chain(from: number, to: number, size: number): number[] | undefined {
    const { windowS, sizeTolerance, ringOwners } = this.#options;
    const ring = this.#ring;
    const reached = this.#reached;
    reached.length = this.#reachedFrom.length = 0;
    reached.push(from);
    this.#reachedFrom.push(-1);
    const fromUs = ring[this.#at(0) + TIME]! - windowS * US_PER_SECOND;
    for (let owners = 1, first = 0; owners < ringOwners && first < reached.length; owners++) {
      const end = reached.length;
      for (let k = 1; k < this.#count; k++) {
        const at = this.#at(k);
        if (ring[at + TIME]! < fromUs) break;
        if (Math.abs(ring[at + SIZE]! / size - 1) > sizeTolerance) continue;
        const by = reached.indexOf(ring[at + SELLER]!);
        const next = ring[at + BUYER]!;
        if (by < first || by >= end || reached.includes(next)) continue;
        reached.push(next);
        this.#reachedFrom.push(by);
        if (next === to) return this.#chainTo(reached.length - 1);
      }
      first = end;
    }
    return undefined;
  }

  #chainTo(last: number): number[] {
    const owners: number[] = [];
    for (let at = last; at >= 0; at = this.#reachedFrom[at]!) owners.push(this.#reached[at]!);
    return owners;
  }

  #judge(market: MarketView, owners: readonly number[]): void {
    const { timeUs, sequence } = market;
    const fromUs = timeUs - this.#options.windowS * US_PER_SECOND;
    const ring = this.#ring;
    const net = new Map<number, number>(owners.map((owner) => [owner, 0]));
    let [among, beside, count, besideCount, closings, firstUs, firstSequence] = [0, 0, 0, 0, 0, timeUs, sequence];
    let [learnt, learntOfOwners] = [0, 0];
    for (let k = 0; k < this.#count; k++) {
      const at = this.#at(k);
      if (ring[at + TIME]! < fromUs) break;
      const buyer = ring[at + BUYER]!;
      const seller = ring[at + SELLER]!;
      const size = ring[at + SIZE]!;
      const ofOwners = Number(net.has(buyer)) + Number(net.has(seller));
      learnt += 2 * ring[at + LEARNT]!;
      learntOfOwners += ofOwners * ring[at + LEARNT]!;
      if (ofOwners === 1) {
        beside += size;
        besideCount++;
      }
      if (ofOwners < 2) continue;
      among += size;
      count++;
      closings += ring[at + CLOSES]!;
      net.set(buyer, net.get(buyer)! + size);
      net.set(seller, net.get(seller)! - size);
      firstUs = ring[at + TIME]!;
      firstSequence = ring[at + SEQUENCE]!;
    }
    if (closings < CLOSINGS_MIN || among < AMONG_SHARE * (among + beside)) return;
    const usual = owners.reduce((sum, owner) => sum + this.#owners.of(owner), 0) - learntOfOwners;
    const share = (Math.max(0, usual) + owners.length / 2) / (Math.max(0, this.#owners.total - learnt) + 1);
    // The first trades of a ring are what made it one.
    const given = owners.length - 1;
    const pValue = poissonTail(count - given, (count + besideCount - given) * Math.min(1, share));
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: firstUs,
      sequenceFirst: firstSequence,
      score: 1 - pValue,
      severity: count >= CRITICAL_TRADES || owners.length === 1 ? "critical" : "warning",
      evidence: {
        tradeCount: count,
        volumeSize: among,
        netSize: Math.max(...[...net.values()].map(Math.abs)),
        ownerCount: owners.length,
        pValue,
      },
    }, market.sink);
  }

  onLevel(change: LevelChange, { timeUs }: MarketView): void {
    this.#equal.change(change, timeUs);
  }

  onSettled(market: MarketView): void {
    this.#equal.settle(market);
  }

  onInterrupted(): void {
    this.#equal.interrupt();
  }

  get #count(): number {
    return Math.min(this.#pushed, TRADES_MAX);
  }

  /** Where the k-th newest trade stands. */
  #at(k: number): number {
    return ((this.#pushed - 1 - k) % TRADES_MAX) * FIELDS;
  }

  snapshot(): number[] {
    return [this.#pushed, ...this.#ring, ...joined([this.#owners, this.#equal])];
  }

  restore(state: readonly number[]): void {
    this.#pushed = state[0]!;
    this.#ring.set(state.slice(1, 1 + this.#ring.length));
    separated([this.#owners, this.#equal], state, 1 + this.#ring.length);
  }
}

const million = (size: number): string => (size / 1e6).toPrecision(3);
