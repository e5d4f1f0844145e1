/**
 * Orders of those who wait: most for a moment, some for minutes, a few of them large. Nearly all are taken back in the end.
 *
 * @module
 */
import { Side, US_PER_SECOND } from "../../contract/mod.ts";
import type { MakersView } from "./makers.ts";
import type { PairMarket } from "./pair_market.ts";

/** Lives: a third for a moment, most for seconds, the rest for minutes; means in seconds. */
const LIVES = [{ share: 0.35, meanS: 0.7 }, { share: 0.5, meanS: 8 }, { share: 0.15, meanS: 90 }] as const;
/** One in so many is large: so many times a usual one, for so long. */
const LARGE_SHARE = 0.002;
const LARGE_TIMES = 4;
const LARGE_TIMES_MORE = 6;
const LARGE_MEAN_S = 90;
/** A large one that is not filled goes in pieces. */
const LARGE_PIECES = 3;
/** How near to the touch they wait: probability to stop at each level. */
const NEAR_TOUCH = 0.25;
/** How often one improves the touch. */
const IMPROVE_SHARE = 0.06;

interface Waiting {
  readonly id: number;
  readonly side: number;
}

export class PatientOrders {
  readonly #market: PairMarket;
  readonly #owners: readonly number[];
  readonly #sizeOf: (depth: number, scale: number) => number;
  readonly #waiting = new Map<number, Waiting>();

  constructor({ market, owners, sizeOf }: {
    market: PairMarket;
    owners: readonly number[];
    sizeOf: (depth: number, scale: number) => number;
  }) {
    this.#market = market;
    this.#owners = owners;
    this.#sizeOf = sizeOf;
  }

  /** One more waits, near the touch. */
  arrive(view: MakersView): void {
    const { random, book } = this.#market;
    const side = random.below(2) === 0 ? Side.bid : Side.ask;
    const sign = side === Side.bid ? 1 : -1;
    const ladder = book.of(side);
    const depth = random.geometric(NEAR_TOUCH);
    const best = ladder.count > 0 ? ladder.bestTick : Math.round(view.fairTick - sign * view.halfTicks);
    const improves = random.uniform() < IMPROVE_SHARE ? 1 : 0;
    const tick = best + sign * improves - sign * Math.round(depth * (1 + view.gapTicks));
    const owner = this.#owners[random.below(this.#owners.length)]!;
    const isLarge = random.uniform() < LARGE_SHARE;
    const size = this.#sizeOf(Math.min(depth, 4), view.size) *
      (isLarge ? LARGE_TIMES + random.below(LARGE_TIMES_MORE) : 1);
    const id = book.place(side, tick, size, owner);
    if (id === 0) return;
    this.#waiting.set(id, { id, side });
    if (isLarge) this.#leaveSlowly(id, side, tick, owner);
    else this.#after(random.exponential(this.#meanS()), () => this.#cancel(id));
  }

  #meanS(): number {
    let at = this.#market.random.uniform();
    for (const { share, meanS } of LIVES) if ((at -= share) < 0) return meanS;
    return LIVES[0].meanS;
  }

  /** Waits long, then goes piece by piece. */
  #leaveSlowly(id: number, side: number, tick: number, owner: number): void {
    const { random, book } = this.#market;
    this.#after(20 + random.exponential(LARGE_MEAN_S), () => {
      let left = book.cancel(id);
      this.#waiting.delete(id);
      const piece = Math.ceil(left / LARGE_PIECES / 100_000) * 100_000;
      const step = (current: number) => {
        left -= piece;
        book.cancel(current);
        this.#waiting.delete(current);
        if (left <= 0) return;
        const next = book.place(side, tick, left, owner);
        this.#waiting.set(next, { id: next, side });
        this.#after(2 + random.exponential(5), () => step(next));
      };
      step(id);
    });
  }

  #cancel(id: number): void {
    this.#market.book.cancel(id);
    this.#waiting.delete(id);
  }

  #after(seconds: number, action: () => void): void {
    const market = this.#market;
    market.schedule.add(market.timeUs + Math.max(1, Math.floor(seconds * US_PER_SECOND)), () => {
      action();
      market.tell();
    });
  }

  /** All of one side, or of both, go. */
  pull(side?: number): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (side === undefined || waiting.side === side) this.#cancel(waiting.id);
    }
  }
}
