/**
 * A small market of quotes and trades, for tests of detectors that look at trades: ten quotes a second, a trade every other second, and
 * whatever a test does in between.
 *
 * @module
 */
import { EventFlag, EventKind, Side } from "../../actors/contract/mod.ts";
import { eventOf, quote, START_US } from "./pair_fold.ts";
import { ToldMarket } from "./told_market.ts";

export const TICK = 1e-5;
export const MILLION = 1e6;
const STEP_US = 100_000;
/** Sizes of ordinary trades, millions; round ones are the rule. */
const SIZES = [0.25, 0.5, 1, 1, 1, 2, 3];
const TOUCH_SIZE = 8 * MILLION;
const SPREAD_TICKS = 6;
/** Of ordinary trades: makers 1 to 4, takers 11 to 30. */
const MAKERS = 4;
const TAKERS = 20;

export interface TradeOptions {
  sign: 1 | -1;
  size: number;
  buyer?: number;
  seller?: number;
  /** Whether the book shrinks by it. @default {true} */
  takes?: boolean;
}

export class TradingMarket extends ToldMarket {
  /** Bid in ticks; need not be a whole number. */
  bidTick = 110_000;
  spreadTicks = SPREAD_TICKS;
  /** Trades of the ordinary market. */
  tradesPerStep = 0.05;
  readonly #named: boolean;

  constructor({ named = false, startUs = START_US } = {}) {
    super({ startUs });
    this.#named = named;
  }

  get bid(): number {
    return Math.round(this.bidTick) * TICK;
  }

  get ask(): number {
    return (Math.round(this.bidTick) + this.spreadTicks) * TICK;
  }

  quote(size = TOUCH_SIZE, askSize = size): this {
    this.events.push({ ...quote(this.timeUs, this.bid, this.ask, size), size2: askSize });
    return this;
  }

  trade({ sign, size, buyer, seller, takes = true }: TradeOptions): this {
    const { timeUs, bid, ask } = this;
    const named = this.#named && buyer !== undefined && seller !== undefined;
    this.events.push(eventOf(EventKind.trade, timeUs, {
      price: sign > 0 ? ask : bid,
      size,
      side: sign > 0 ? Side.buy : Side.sell,
      flags: EventFlag.aggressorKnown | (takes ? 0 : EventFlag.lastOfBatch),
      ...(named && { price2: buyer, size2: seller }),
    }));
    if (takes) {
      const left = Math.max(100_000, TOUCH_SIZE - size);
      const event = quote(timeUs, bid, ask, TOUCH_SIZE);
      if (sign > 0) event.size2 = left;
      else event.size = left;
      this.events.push(event);
    }
    return this;
  }

  /** A trade of somebody with somebody. */
  ordinaryTrade(): this {
    const { random } = this;
    const sign = random.uniform() < 0.5 ? 1 : -1;
    const taker = 11 + random.below(TAKERS);
    const maker = 1 + random.below(MAKERS);
    return this.trade({
      sign,
      size: SIZES[random.below(SIZES.length)]! * MILLION,
      buyer: sign > 0 ? taker : maker,
      seller: sign > 0 ? maker : taker,
    });
  }

  /** Let time pass, with quotes about a price that goes from where it is to so many ticks further. */
  run(seconds: number, { moveTicks = 0, each }: { moveTicks?: number; each?: (step: number) => void } = {}): this {
    const steps = Math.round((seconds * 1e6) / STEP_US);
    const from = this.bidTick;
    for (let step = 0; step < steps; step++) {
      this.timeUs += STEP_US;
      this.bidTick = from + (moveTicks * (step + 1)) / steps + (this.random.below(3) - 1);
      this.quote();
      each?.(step);
      if (this.random.uniform() < this.tradesPerStep) this.ordinaryTrade();
    }
    this.bidTick = from + moveTicks;
    return this;
  }
}
