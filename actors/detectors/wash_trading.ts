/**
 * Wash trading: the same owner on both sides, or a ring of owners among whom a size goes round; where owners are not told, equal opposite
 * trades (`_equal_trades.ts`).
 *
 * Logic: a trade whose buyer is its seller; or one that closes a ring, s → b with b → … → s among the trades before, of sizes that are the
 * same within a tolerance. What chance makes of makers, who trade with everybody, is left out by asking that nearly all that these
 * owners traded in the window was with each other. Two self-trades, or two closed rings of the same owners, are evidence.
 * Input: trades with counterparties. Score: 1 − (1/N)^(m − 1) for m trades among owners of whom N were seen: the chance that each found
 * the same others. Cost: a walk over the trades of the window, 128 at most, per trade; more only where sizes repeat.
 * Limits: a ring that is longer or slower than the options say is not seen; owners who act together under more names look like others.
 *
 * @module
 */
import { type DetectionOptions, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./_state.ts";
import { EqualTrades } from "./_equal_trades.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

/** Trades that are looked back at. Overflow: the oldest is forgotten. */
const TRADES_MAX = 128;
/** Share of the owners' volume that was among themselves. */
const AMONG_SHARE = 0.8;
/** Self-trades, or closed rings, that are evidence. */
const CLOSINGS_MIN = 2;
const QUIET_US = 20 * US_PER_SECOND;
const FIELDS = 6;
/** Numbers of a trade: time, buyer, seller, size, sequence, whether it closed a ring. */
const BUYER = 1;
const SELLER = 2;
const SIZE = 3;
const SEQUENCE = 4;
const CLOSES = 5;
const CRITICAL_TRADES = 8;

export class WashTrading implements Detector {
  readonly cases: readonly [Case<"wash-trading">];
  readonly #options: DetectionOptions["washTrading"];
  readonly #ring = new Float64Array(TRADES_MAX * FIELDS);
  readonly #equal: EqualTrades;
  #pushed = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.washTrading;
    this.cases = [
      maker.case("wash-trading", {
        quietUs: QUIET_US,
        sentence: (
          { tradeCount = NaN, volumeSize = NaN, netSize = NaN, ownerCount, matchCount = NaN, expectedCount = NaN },
        ) =>
          ownerCount === undefined
            ? `${matchCount} equal opposite trades of ${
              million(volumeSize)
            } M together without a move of the price, where chance makes ${
              expectedCount.toFixed(1)
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
    const { timeUs, sequence } = market;
    const at = (this.#pushed++ % TRADES_MAX) * FIELDS;
    this.#ring.set([timeUs, buyer, seller, size, sequence, 0], at);
    if (buyer === seller) {
      this.#ring[at + CLOSES] = 1;
      this.#judge(market, [buyer]);
      return;
    }
    const owners = this.#closes(buyer, seller, size, [buyer], 1);
    if (owners === undefined) return;
    this.#ring[at + CLOSES] = 1;
    this.#judge(market, owners);
  }

  /** Owners of a chain from `from` to `to` through trades of about this size, newest first; `undefined` without one. */
  #closes(from: number, to: number, size: number, chain: readonly number[], back: number): number[] | undefined {
    if (chain.length > this.#options.ringOwners) return undefined;
    for (let k = back; k < this.#count; k++) {
      const at = this.#at(k);
      const ring = this.#ring;
      if (ring[at + SELLER] !== from || Math.abs(ring[at + SIZE]! / size - 1) > this.#options.sizeTolerance) continue;
      const next = ring[at + BUYER]!;
      if (next === to) return [...chain, to];
      if (chain.includes(next)) continue;
      const owners = this.#closes(next, to, size, [...chain, next], 1);
      if (owners !== undefined) return owners;
    }
    return undefined;
  }

  #judge(market: MarketView, owners: readonly number[]): void {
    const { timeUs, sequence } = market;
    const fromUs = timeUs - this.#options.windowS * US_PER_SECOND;
    const net = new Map<number, number>(owners.map((owner) => [owner, 0]));
    const seen = new Set<number>();
    let [among, beside, count, closings, firstUs, firstSequence] = [0, 0, 0, 0, timeUs, sequence];
    for (let k = 0; k < this.#count; k++) {
      const at = this.#at(k);
      const [time, buyer, seller, size] = this.#ring.subarray(at, at + FIELDS) as unknown as [
        number,
        number,
        number,
        number,
      ];
      seen.add(buyer).add(seller);
      if (time < fromUs) continue;
      const inside = net.has(buyer) && net.has(seller);
      if (!inside) {
        if (net.has(buyer) || net.has(seller)) beside += size;
        continue;
      }
      among += size;
      count++;
      closings += this.#ring[at + CLOSES]!;
      net.set(buyer, net.get(buyer)! + size);
      net.set(seller, net.get(seller)! - size);
      firstUs = time;
      firstSequence = this.#ring[at + SEQUENCE]!;
    }
    if (closings < CLOSINGS_MIN || among < AMONG_SHARE * (among + beside)) return;
    const pValue = (1 / Math.max(2, seen.size)) ** (count - 1);
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

  get #count(): number {
    return Math.min(this.#pushed, TRADES_MAX);
  }

  /** Where the k-th newest trade stands. */
  #at(k: number): number {
    return ((this.#pushed - 1 - k) % TRADES_MAX) * FIELDS;
  }

  snapshot(): number[] {
    return [this.#pushed, ...this.#ring, ...joined([this.#equal])];
  }

  restore(state: readonly number[]): void {
    this.#pushed = state[0]!;
    this.#ring.set(state.slice(1, 1 + this.#ring.length));
    separated([this.#equal], state, 1 + this.#ring.length);
  }
}

const million = (size: number): string => (size / 1e6).toPrecision(3);
