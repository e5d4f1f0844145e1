/**
 * How liquid the market is by its own standards of the last hour, 0 to 100, and the four ranks that make the score.
 *
 * Formula: score = mean of four trailing percentile ranks: tightness (narrow spread), depth (much within 2 bps), cost (cheap round trip of
 * one million) and resiliency (short half-life of the spread). Each rank: 100·(share of the window in which the measure was worse + half
 * of the share in which it was the same), so a market as always scores 50. A book that does not hold the million is dearer than
 * any that does: its cost rank is 0, and it stands so in the window.
 * Warm-up: 60 points of the window for each rank (5 min of an hour) and a present value. The score needs all four: with three, it
 * would be that of another market.
 * Cost: four binary searches and moves in 720 numbers per grid point of W/720, whole seconds (5 s for an hour); four binary searches per
 * value. State: 4·(W/grid + 1) numbers, 2,884 for an hour.
 * Pitfall: it compares the market with itself: 50 is usual, not good; two pairs are not compared by it. An hour that was uniformly bad
 * makes bad usual. Of a touch that stands still only the first 5 minutes count, or a closed market would fill the window.
 * Source: the four dimensions are those of Harris (1990), Liquidity, trading rules and electronic trading systems, and Kyle (1985).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const liquidity = new LiquidityScore({ windowS: 60 });
 * const usual = { spread: 2, depth: 5e6, cost: 3, resiliency: 200 };
 * liquidity.fold(60_000_000, 60, 60_000_000, usual);
 * assert.equal(liquidity.ranks(usual).score, 50);
 * const better = liquidity.ranks({ ...usual, spread: 1, depth: 6e6 });
 * assert.equal(better.tightness, 100);
 * assert.equal(better.score, 75);
 * ```
 *
 * @module
 */
import { US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { STANDSTILL_US_MAX } from "./resiliency.ts";
import { RollingQuantiles } from "./rolling_quantiles.ts";

export interface LiquidityScoreOptions {
  /** Trailing window of the ranks, seconds; 60 at least. */
  windowS: number;
}

/** What is ranked, in any unit that stays the same; NaN where it is absent. */
export interface LiquidityMeasures {
  spread: number;
  depth: number;
  /** Infinity where the book does not hold the size. */
  cost: number;
  resiliency: number;
}

/** Each 0 to 100, 100 the most liquid; `undefined` where the measure is absent or its window too short. */
export type LiquidityRanks = Record<"tightness" | "depth" | "cost" | "resiliency" | "score", number | undefined>;

const GRID_COUNT = 720;
/** Points of the window before a rank has a value. */
const POINTS_MIN = 60;
/** Stands in a window for a book that is too thin: dearer than any cost. */
const TOO_THIN = Number.MAX_VALUE;

export class LiquidityScore implements Estimator {
  readonly #gridUs: number;
  readonly #pointCount: number;
  readonly #spread: RollingQuantiles;
  readonly #depth: RollingQuantiles;
  readonly #cost: RollingQuantiles;
  readonly #resiliency: RollingQuantiles;

  constructor({ windowS }: LiquidityScoreOptions) {
    const gridS = Math.max(1, Math.round(windowS / GRID_COUNT));
    this.#gridUs = gridS * US_PER_SECOND;
    this.#pointCount = Math.max(POINTS_MIN, Math.ceil(windowS / gridS));
    this.#spread = new RollingQuantiles({ count: this.#pointCount });
    this.#depth = new RollingQuantiles({ count: this.#pointCount });
    this.#cost = new RollingQuantiles({ count: this.#pointCount });
    this.#resiliency = new RollingQuantiles({ count: this.#pointCount });
  }

  /**
   * The measures over the whole seconds that have passed.
   *
   * @param secondUs the newest of them
   * @param passed how many, 1 or more
   * @param touchedUs when the touch last changed
   */
  fold(secondUs: number, passed: number, touchedUs: number, measures: LiquidityMeasures): void {
    const beforeUs = secondUs - passed * US_PER_SECOND;
    const untilUs = Math.min(secondUs, touchedUs + STANDSTILL_US_MAX);
    const points = Math.floor(untilUs / this.#gridUs) - Math.floor(beforeUs / this.#gridUs);
    for (let k = Math.min(points, this.#pointCount); k > 0; k--) {
      this.#spread.push(measures.spread);
      this.#depth.push(measures.depth);
      this.#cost.push(measures.cost === Infinity ? TOO_THIN : measures.cost);
      this.#resiliency.push(measures.resiliency);
    }
  }

  /** The measures of now against the window. */
  ranks(measures: LiquidityMeasures): LiquidityRanks {
    const tightness = rankOf(this.#spread, measures.spread, true);
    const depth = rankOf(this.#depth, measures.depth, false);
    const cost = rankOf(this.#cost, measures.cost, true);
    const resiliency = rankOf(this.#resiliency, measures.resiliency, true);
    const complete = tightness !== undefined && depth !== undefined && cost !== undefined && resiliency !== undefined;
    return {
      tightness,
      depth,
      cost,
      resiliency,
      score: complete ? (tightness + depth + cost + resiliency) / 4 : undefined,
    };
  }

  snapshot(): number[] {
    return [this.#spread, this.#depth, this.#cost, this.#resiliency].flatMap((window) => window.snapshot());
  }

  restore(state: readonly number[]): void {
    const length = this.#pointCount + 1;
    [this.#spread, this.#depth, this.#cost, this.#resiliency].forEach((window, i) =>
      window.restore(state.slice(i * length, (i + 1) * length))
    );
  }
}

function rankOf(window: RollingQuantiles, value: number, highIsBad: boolean): number | undefined {
  if (window.count < POINTS_MIN) return undefined;
  const rank = window.rank(value);
  return rank === undefined ? undefined : 100 * (highIsBad ? 1 - rank : rank);
}
