/**
 * When things happen on a market: a self-exciting point process with two exponential kernels.
 *
 * λ(t) = μ + Σ_k n_k·β_k·Σ_{t_i < t} e^{−β_k(t − t_i)}, n_k the children of an event through kernel k. The mean rate is μ/(1 − Σ n_k); the
 * base rate μ is set so that the mean is what is asked for. Drawn by thinning (Ogata 1981); an event costs a few exponentials.
 *
 * Source: Bacry, Mastromatteo, Muzy (2015), Hawkes processes in finance.
 *
 * @module
 */
import { type Random, US_PER_SECOND } from "../../contract/mod.ts";

/** Children of an event, and the mean time after which they come, seconds: of a moment, and of seconds. */
const KERNELS = [{ children: 0.35, meanS: 0.05 }, { children: 0.25, meanS: 2 }] as const;
const BRANCHING = KERNELS.reduce((sum, { children }) => sum + children, 0);

export class Arrivals {
  readonly #random: Random;
  /** Excess rate of each kernel, events a second. */
  readonly #excess = new Float64Array(KERNELS.length);
  #timeUs: number;

  constructor(random: Random, timeUs: number) {
    this.#random = random;
    this.#timeUs = timeUs;
  }

  /** Time of the next event, at a mean rate of so many a second; Infinity where it is at or behind a limit. */
  next(meanPerSecond: number, limitUs: number): number {
    const base = meanPerSecond * (1 - BRANCHING);
    for (;;) {
      const bound = base + this.#sum();
      const waitUs = this.#random.exponential(US_PER_SECOND / bound);
      if (this.#timeUs + waitUs >= limitUs) {
        this.#decay(limitUs - this.#timeUs);
        this.#timeUs = limitUs;
        return Infinity;
      }
      this.#decay(waitUs);
      this.#timeUs += waitUs;
      if (this.#random.uniform() * bound > base + this.#sum()) continue;
      KERNELS.forEach(({ children, meanS }, k) => this.#excess[k]! += children / meanS);
      return this.#timeUs;
    }
  }

  /** Nothing has happened up to a time. */
  skip(timeUs: number): void {
    this.#excess.fill(0);
    this.#timeUs = timeUs;
  }

  #sum(): number {
    return this.#excess[0]! + this.#excess[1]!;
  }

  #decay(us: number): void {
    this.#excess[0]! *= Math.exp(-us / US_PER_SECOND / KERNELS[0].meanS);
    this.#excess[1]! *= Math.exp(-us / US_PER_SECOND / KERNELS[1].meanS);
  }
}
