/**
 * A still market of levels, for tests of detectors that look at a book: ten levels a side, two ticks apart, of a million each; ten times a
 * second one behind the third is changed. Whatever a test shows stands on top of that.
 *
 * @module
 */
import { EventFlag, EventKind, Side } from "../../actors/contract/mod.ts";
import { eventOf, level, START_US } from "./pair_fold.ts";
import { ToldMarket } from "./told_market.ts";

export const MILLION = 1e6;
export const LEVELS = 10;
/** Levels behind the touch, itself among them, that stay as they are. */
const STILL_LEVELS = 3;
const STEP_US = 100_000;
const LEVEL_TICKS = 2;
const BID_TICK = 110_000;
const SPREAD_TICKS = 6;

export type BookSide = "bid" | "ask";

/** What a level is given, or loses: 0 is the touch. */
export interface LevelStep {
  side: BookSide;
  depth: number;
  by: number;
}

const sides = (size: number): Record<BookSide, number[]> => ({
  bid: Array.from({ length: LEVELS }, () => size),
  ask: Array.from({ length: LEVELS }, () => size),
});

export class LevelMarket extends ToldMarket {
  /** Where the book stands, in ticks from where it stood first. */
  moveTicks = 0;
  readonly #sizes = sides(MILLION);
  /** What of them is of the changes that go on all the time. */
  readonly #changed = sides(0);

  constructor({ startUs = START_US } = {}) {
    super({ startUs });
    this.picture();
  }

  price(side: BookSide, depth: number): number {
    const up = side === "bid" ? -1 : 1;
    const tick = BID_TICK + this.moveTicks + (side === "bid" ? 0 : SPREAD_TICKS) + up * LEVEL_TICKS * depth;
    return Math.round(tick) / 1e5;
  }

  size(side: BookSide, depth: number): number {
    return this.#sizes[side][depth]!;
  }

  /** Levels change, in one batch. */
  change(...steps: readonly LevelStep[]): this {
    steps.forEach((step, k) => {
      const { side, depth } = step;
      const size = this.#apply(step);
      const flags = k === steps.length - 1 ? EventFlag.lastOfBatch : 0;
      this.events.push(level(this.timeUs, side, this.price(side, depth), size, flags));
    });
    return this;
  }

  #apply({ side, depth, by }: LevelStep): number {
    return this.#sizes[side][depth] = Math.max(0, this.#sizes[side][depth]! + by);
  }

  /** Everybody quotes so many ticks further, in one batch. */
  shift(ticks: number): this {
    const told = (size?: number) =>
      (["bid", "ask"] as const).flatMap((side) =>
        this.#sizes[side].map((known, depth) => level(this.timeUs, side, this.price(side, depth), size ?? known, 0))
      );
    const before = told(0);
    this.moveTicks += ticks;
    const after = told();
    after.at(-1)!.flags = EventFlag.lastOfBatch;
    this.events.push(...before, ...after);
    return this;
  }

  /** Tell the whole book anew, as it is or so many ticks further, with levels that have changed untold. */
  picture({ moveTicks = 0, untold = [] }: { moveTicks?: number; untold?: readonly LevelStep[] } = {}): this {
    this.moveTicks += moveTicks;
    for (const step of untold) this.#apply(step);
    this.events.push(eventOf(EventKind.clear, this.timeUs, { flags: EventFlag.snapshot }));
    for (const side of ["bid", "ask"] as const) {
      this.#sizes[side].forEach((size, depth) => {
        const last = side === "ask" && depth === LEVELS - 1 ? EventFlag.lastOfBatch : 0;
        this.events.push(level(this.timeUs, side, this.price(side, depth), size, EventFlag.snapshot | last));
      });
    }
    return this;
  }

  /** Somebody buys of the ask, or sells to the bid, of one level: a trade, and unless it `takes` nothing what it leaves. */
  trade(
    { sign, size, depth = 0, takes = true }: { sign: 1 | -1; size: number; depth?: number; takes?: boolean },
  ): this {
    const side = sign > 0 ? "ask" : "bid";
    this.events.push(eventOf(EventKind.trade, this.timeUs, {
      price: this.price(side, depth),
      size,
      side: sign > 0 ? Side.buy : Side.sell,
      flags: EventFlag.aggressorKnown | (takes ? 0 : EventFlag.lastOfBatch),
    }));
    return takes ? this.change({ side, depth, by: -size }) : this;
  }

  /** Let time pass. */
  run(seconds: number, { each }: { each?: (step: number) => void } = {}): this {
    const steps = Math.round((seconds * 1e6) / STEP_US);
    for (let step = 0; step < steps; step++) {
      this.timeUs += STEP_US;
      const side = this.random.uniform() < 0.5 ? "bid" : "ask";
      const depth = STILL_LEVELS + this.random.below(LEVELS - STILL_LEVELS);
      const changed = this.#changed[side];
      const before = changed[depth]!;
      changed[depth] = Math.round(0.8 * MILLION * (this.random.uniform() - 0.5));
      this.change({ side, depth, by: changed[depth] - before });
      each?.(step);
    }
    return this;
  }
}
