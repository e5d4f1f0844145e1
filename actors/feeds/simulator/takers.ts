/**
 * Takers: large orders worked in pieces, which give the signs of trades their long memory, and noise.
 *
 * Several parents are worked at once; the number of a parent's pieces has a Pareto tail with exponent α, so that the autocorrelation of
 * signs falls as a power of the lag, about lag^−(α − 1). Some who look at the book first go with its heavier side.
 *
 * Source: Lillo, Mike, Farmer (2005), Theory for long memory in supply and demand.
 *
 * @module
 */
import { type Random, Side } from "../../contract/mod.ts";

/** Parents that are worked at once. */
const PARENTS = 3;
const ALPHA = 1.4;
const PIECES_MAX = 2_000;
/** Shares of trades that are of nobody's parent, and of those who follow the book. */
const NOISE_SHARE = 0.2;
const FOLLOWER_SHARE = 0.15;
/** Sizes of trades, millions of base currency, and their shares. */
const SIZES_MILLION = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10];
const SHARES = [10, 8, 16, 34, 14, 7, 8, 3];
/** Some do not trade in round lots. */
const ODD_SHARE = 0.15;
const LOT = 100_000;

export interface Wanted {
  aggressor: number;
  size: number;
  owner: number;
}

interface Parent {
  aggressor: number;
  owner: number;
  pieces: number;
  size: number;
}

export class Takers {
  readonly #random: Random;
  readonly #owners: readonly number[];
  readonly #parents: Parent[];
  readonly #cumulative: Float64Array;

  constructor({ random, owners }: { random: Random; owners: readonly number[] }) {
    this.#random = random;
    this.#owners = owners;
    let sum = 0;
    this.#cumulative = Float64Array.from(SHARES, (share) => sum += share);
    this.#parents = Array.from({ length: PARENTS }, () => this.#parent());
  }

  /** Mean size of a trade. */
  static get meanSize(): number {
    const total = SHARES.reduce((sum, share) => sum + share, 0);
    return SIZES_MILLION.reduce((sum, size, i) => sum + size * 1e6 * SHARES[i]! / total, 0);
  }

  /** Median size of a trade. */
  static readonly medianSize = 1e6;

  /** Who trades next, what, and on which side. @param imbalance of the book near the touch, −1 to 1 */
  next(imbalance: number): Wanted {
    const random = this.#random;
    const who = random.uniform();
    if (who < NOISE_SHARE) return { aggressor: this.#side(0.5), size: this.#size(), owner: this.#owner() };
    if (who < NOISE_SHARE + FOLLOWER_SHARE) {
      return { aggressor: this.#side(0.5 + imbalance / 2), size: this.#size(), owner: this.#owner() };
    }
    const at = random.below(PARENTS);
    const parent = this.#parents[at]!;
    if (--parent.pieces <= 0) this.#parents[at] = this.#parent();
    const size = random.uniform() < 0.7 ? parent.size : this.#size();
    return { aggressor: parent.aggressor, size, owner: parent.owner };
  }

  #parent(): Parent {
    const pieces = Math.min(PIECES_MAX, Math.ceil((1 - this.#random.uniform()) ** (-1 / ALPHA)));
    return { aggressor: this.#side(0.5), owner: this.#owner(), pieces, size: this.#size() };
  }

  #side(buys: number): number {
    return this.#random.uniform() < buys ? Side.buy : Side.sell;
  }

  #owner(): number {
    return this.#owners[this.#random.below(this.#owners.length)]!;
  }

  #size(): number {
    const random = this.#random;
    const round = SIZES_MILLION[random.pick(this.#cumulative)]! * 1e6;
    return random.uniform() < ODD_SHARE
      ? Math.max(LOT, LOT * Math.round(round * (0.4 + 1.2 * random.uniform()) / LOT))
      : round;
  }
}
