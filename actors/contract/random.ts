/**
 * Random numbers that are the same on every machine for the same seed: sfc32 (Chris Doty-Humphrey's small fast counter).
 *
 * 128 bits of state, a period of at least 2^32 for every seed and about 2^127 on average; passes PractRand. Nothing here is
 * fit for secrets.
 *
 * @module
 */

/** Mean above which a Poisson number is drawn as a sum of smaller ones: e^−mean must stay far from underflow. */
const POISSON_STEP_MEAN = 16;

export class Random {
  readonly #state = new Int32Array(4);
  #spareNormal = NaN;

  /** The same seed and stream give the same numbers; different streams of one seed are independent. */
  constructor(seed: number, stream = 0) {
    const state = this.#state;
    state[0] = seed;
    state[1] = Math.floor(seed / 4_294_967_296);
    state[2] = stream;
    state[3] = 1;
    for (let i = 0; i < 16; i++) this.nextUint32();
  }

  /** Five numbers from which `restore` goes on. */
  snapshot(): number[] {
    return [...this.#state, this.#spareNormal];
  }

  restore(state: readonly number[]): void {
    this.#state.set(state.slice(0, 4));
    this.#spareNormal = state[4]!;
  }

  nextUint32(): number {
    const state = this.#state;
    const b = state[1]!;
    const c = state[2]!;
    const sum = (state[0]! + b + state[3]!) | 0;
    state[3] = state[3]! + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.nextUint32() / 4_294_967_296;
  }

  /** A whole number from 0 to `count − 1`, uniform up to a bias of count / 2^32. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Normal with mean 0 and variance 1: Marsaglia's polar method, two numbers for each pair of draws. */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare === spare) {
      this.#spareNormal = NaN;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt(-2 * Math.log(square) / square);
      this.#spareNormal = v * scale;
      return u * scale;
    }
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Poisson with the given mean; costs time in proportion to the mean. */
  poisson(mean: number): number {
    let count = 0;
    let rest = mean;
    while (rest > 0) {
      const part = Math.min(rest, POISSON_STEP_MEAN);
      rest -= part;
      const limit = Math.exp(-part);
      for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    }
    return count;
  }

  /** Number of failures before the first success, mean (1 − p) / p. */
  geometric(p: number): number {
    return Math.floor(Math.log(1 - this.uniform()) / Math.log(1 - p));
  }

  /** An index, each with its share of the weights; `cumulative` rises and ends at their sum. */
  pick(cumulative: ArrayLike<number>): number {
    const at = this.uniform() * cumulative[cumulative.length - 1]!;
    let index = 0;
    while (index < cumulative.length - 1 && at >= cumulative[index]!) index++;
    return index;
  }
}
