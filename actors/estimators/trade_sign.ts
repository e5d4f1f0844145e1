/**
 * Which side took: the feed's flag where there is one, otherwise a rule.
 *
 * @module
 */
import type { SignRule } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";

/** A trade with its sign and the quote in force strictly before it. Reused: copy what must stay. */
export interface SignedTrade {
  timeUs: number;
  price: number;
  /** Base units. */
  size: number;
  /** 1 where a buyer took, −1 where a seller hit, 0 where nobody knows. */
  sign: -1 | 0 | 1;
  /** Best bid, best ask and mid strictly before the trade; NaN where there were none. */
  bid: number;
  ask: number;
  mid: number;
}

export interface TradeSignerOptions {
  rule?: SignRule;
  /** Prices are compared in whole numbers of it, quote currency. */
  tickSize: number;
}

export class TradeSigner implements Estimator {
  readonly #trade: SignedTrade = { timeUs: 0, price: 0, size: 0, sign: 0, bid: NaN, ask: NaN, mid: NaN };

  constructor(_options: TradeSignerOptions) {}

  /** The best quote from this time on. */
  quote(_timeUs: number, _bid: number, _ask: number): void {}

  /** Sign a trade. `flag` is the feed's own sign, 0 where it gives none. */
  trade(timeUs: number, price: number, size: number, flag: -1 | 0 | 1): SignedTrade {
    const trade = this.#trade;
    trade.timeUs = timeUs;
    trade.price = price;
    trade.size = size;
    trade.sign = flag;
    return trade;
  }

  advance(_timeUs: number): void {}

  /** Share of the flagged trades of the last minute whose side the rule finds too. */
  get agreement(): number | undefined {
    return undefined;
  }

  snapshot(): number[] {
    return [];
  }

  restore(_state: readonly number[]): void {}
}
