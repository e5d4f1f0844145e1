/**
 * What one action changed: trades, levels and orders, to be told together.
 *
 * @module
 */

/** Levels, orders and trades of one batch. Overflow: throws, a defect of the market's rules. */
const LEVELS_MAX = 512;
const ORDERS_MAX = 8_192;
const TRADES_MAX = 4_096;

export class Batch {
  readonly levelSides = new Uint8Array(LEVELS_MAX);
  readonly levelTicks = new Int32Array(LEVELS_MAX);
  readonly levelSizes = new Float64Array(LEVELS_MAX);
  levelCount = 0;

  readonly orderIds = new Float64Array(ORDERS_MAX);
  readonly orderSides = new Uint8Array(ORDERS_MAX);
  readonly orderTicks = new Int32Array(ORDERS_MAX);
  readonly orderSizes = new Float64Array(ORDERS_MAX);
  orderCount = 0;

  readonly tradeTicks = new Int32Array(TRADES_MAX);
  readonly tradeSizes = new Float64Array(TRADES_MAX);
  readonly tradeSides = new Uint8Array(TRADES_MAX);
  readonly buyers = new Float64Array(TRADES_MAX);
  readonly sellers = new Float64Array(TRADES_MAX);
  tradeCount = 0;

  /** A level's total is now this; a level that changes again in the batch is told once. */
  level(side: number, tick: number, size: number): void {
    for (let i = this.levelCount - 1; i >= 0; i--) {
      if (this.levelTicks[i] !== tick || this.levelSides[i] !== side) continue;
      this.levelSizes[i] = size;
      return;
    }
    if (this.levelCount === LEVELS_MAX) throw new RangeError(`Cannot change more than ${LEVELS_MAX} levels in a batch`);
    this.levelSides[this.levelCount] = side;
    this.levelTicks[this.levelCount] = tick;
    this.levelSizes[this.levelCount++] = size;
  }

  order(id: number, side: number, tick: number, size: number): void {
    if (this.orderCount === ORDERS_MAX) throw new RangeError(`Cannot change more than ${ORDERS_MAX} orders in a batch`);
    this.orderIds[this.orderCount] = id;
    this.orderSides[this.orderCount] = side;
    this.orderTicks[this.orderCount] = tick;
    this.orderSizes[this.orderCount++] = size;
  }

  trade(tick: number, size: number, side: number, buyer: number, seller: number): void {
    if (this.tradeCount === TRADES_MAX) throw new RangeError(`Cannot trade more than ${TRADES_MAX} times in a batch`);
    this.tradeTicks[this.tradeCount] = tick;
    this.tradeSizes[this.tradeCount] = size;
    this.tradeSides[this.tradeCount] = side;
    this.buyers[this.tradeCount] = buyer;
    this.sellers[this.tradeCount++] = seller;
  }

  clear(): void {
    this.levelCount = this.orderCount = this.tradeCount = 0;
  }
}
