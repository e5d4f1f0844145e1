/**
 * Which side took: the feed's flag where there is one, otherwise a rule on the quote in force strictly before the trade.
 *
 * Formula: D = 1 where a buyer took, −1 where a seller hit, 0 where nobody knows. b, a, m: bid, ask and mid of the last touch at a time before
 * the trade's own (a touch of the same time may be what the trade left behind); p: its price. The tick test is the sign of p less the last trade
 * price that differs from it. lee-ready: sign of p − m, at m the tick test. quote: sign of p − m, at m 0. tick: the tick test. emo: 1 at a,
 * −1 at b, elsewhere the tick test. clnv: 1 in (a − 0.3·(a − b), a], −1 in [b, b + 0.3·(a − b)), elsewhere the tick test.
 * Prices are compared as whole numbers of ticks, 2·p against b + a: in floating point, rounding would decide about trades at the mid.
 * A touch that is crossed, one-sided, or older than an hour says nothing of sides: lee-ready, emo and clnv take the tick test, quote gives 0.
 * Where it is locked (a = b), lee-ready and quote compare with that one price, emo and clnv take the tick test. The trade carries the
 * mid of a crossed or locked touch all the same. The tick test forgets a price after an hour without trades.
 * For `agreement` the rule is run beside the flag: of the flagged trades in [⌊t/1 s⌋·1 s − 60 s, t], the share to which the rule gives the same
 * sign. A rule that does not decide does not agree: it is the share that the rule would have got right.
 * Warm-up: the tick test needs two prices that differ, the quote a touch of an earlier time; until then the sign is 0. `agreement` is
 * `undefined` while the window holds no flagged trade.
 * Cost: O(1) per touch and trade, nothing allocated; `agreement` adds up 61 slots. State: 133 numbers.
 * Pitfall: where quotes are stamped before the trade that moved them, the rule reads the quote after the move; its agreement shows it.
 * Source: Lee, Ready (1991), Inferring trade direction from intraday data; Ellis, Michaely, O'Hara (2000), The accuracy of trade
 * classification rules; Chakrabarty, Li, Nguyen, Van Ness (2007), Trade classification algorithms for electronic communications network
 * trades. Checked against the vectors of tclf and the trades of the R package highfrequency.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const signer = new TradeSigner({ tickSize: 0.00001 });
 * signer.quote(1_000, 1.1000, 1.1002);
 * signer.quote(2_000, 1.1004, 1.1006); // as the trade left it: not before it
 * assert.equal(signer.trade(2_000, 1.1002, 1e6, 0).sign, 1);
 * assert.equal(signer.trade(3_000, 1.1005, 1e6, 0).sign, 1); // at the mid, above 1.1002
 * assert.equal(signer.trade(4_000, 1.1005, 1e6, -1).sign, -1); // the feed says so, the rule does not
 * assert.equal(signer.agreement, 0);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, type SignRule, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

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
  /** @default {"lee-ready"} */
  rule?: SignRule;
  /** Prices are compared in whole numbers of it, quote currency. */
  tickSize: number;
}

const FLAGGED = 0;
const AGREED = 1;
const WINDOW_S = 60;
/** Numbers of the state before those of the window. */
const OWN_STATE_LENGTH = 9;

export class TradeSigner implements Estimator {
  readonly #rule: SignRule;
  readonly #tickSize: number;
  readonly #window = new SlottedWindow({ slotUs: US_PER_SECOND, slotCount: WINDOW_S, channelCount: 2 });
  readonly #trade: SignedTrade = { timeUs: 0, price: 0, size: 0, sign: 0, bid: NaN, ask: NaN, mid: NaN };
  /** The newest touch. */
  #touchUs = -1;
  #bid = NaN;
  #ask = NaN;
  /** The last touch of another time. */
  #earlierUs = -1;
  #earlierBid = NaN;
  #earlierAsk = NaN;
  /** The last trade, in ticks, and the tick test's answer for its price. */
  #tradeUs = -1;
  #tradeTicks = NaN;
  #tickSign: -1 | 0 | 1 = 0;

  constructor({ rule = "lee-ready", tickSize }: TradeSignerOptions) {
    this.#rule = rule;
    this.#tickSize = tickSize;
  }

  /** The best quote from this time on; NaN where a side is empty. */
  quote(timeUs: number, bid: number, ask: number): void {
    if (timeUs !== this.#touchUs) {
      this.#earlierUs = this.#touchUs;
      this.#earlierBid = this.#bid;
      this.#earlierAsk = this.#ask;
      this.#touchUs = timeUs;
    }
    this.#bid = bid;
    this.#ask = ask;
  }

  /** Sign a trade. `flag` is the feed's own sign, 0 where it gives none. */
  trade(timeUs: number, price: number, size: number, flag: -1 | 0 | 1): SignedTrade {
    const trade = this.#trade;
    const before = this.#touchUs < timeUs;
    const current = timeUs - (before ? this.#touchUs : this.#earlierUs) <= CLOSED_MARKET_US;
    const bid = !current ? NaN : before ? this.#bid : this.#earlierBid;
    const ask = !current ? NaN : before ? this.#ask : this.#earlierAsk;
    const ticks = this.#ticks(price);
    this.#testTick(timeUs, ticks);
    const found = this.#sign(ticks, this.#ticks(bid), this.#ticks(ask));
    if (flag !== 0) {
      this.#window.advance(timeUs);
      this.#window.add(FLAGGED, 1);
      if (found === flag) this.#window.add(AGREED, 1);
    }
    trade.timeUs = timeUs;
    trade.price = price;
    trade.size = size;
    trade.sign = flag !== 0 ? flag : found;
    trade.bid = bid;
    trade.ask = ask;
    trade.mid = (bid + ask) / 2;
    return trade;
  }

  /** Bring the window of `agreement` to a time without a trade. */
  advance(timeUs: number): void {
    this.#window.advance(timeUs);
  }

  /** Share of the flagged trades of the last minute whose side the rule finds too, 0 to 1. */
  get agreement(): number | undefined {
    return finite(this.#window.sum(AGREED) / this.#window.sum(FLAGGED));
  }

  #ticks(price: number): number {
    return Math.round(price / this.#tickSize);
  }

  #testTick(timeUs: number, ticks: number): void {
    if (timeUs - this.#tradeUs > CLOSED_MARKET_US) this.#tickSign = 0;
    // The last price that differs is the one before the run of equal prices: its sign holds through the run.
    else if (ticks > this.#tradeTicks) this.#tickSign = 1;
    else if (ticks < this.#tradeTicks) this.#tickSign = -1;
    this.#tradeUs = timeUs;
    this.#tradeTicks = ticks;
  }

  /** What the rule says of a price and the quote before it, all in ticks. */
  #sign(price: number, bid: number, ask: number): -1 | 0 | 1 {
    const tick = this.#tickSign;
    if (this.#rule === "tick") return tick;
    // False too where a side is NaN.
    if (!(bid <= ask)) return this.#rule === "quote" ? 0 : tick;
    switch (this.#rule) {
      case "emo":
        if (bid === ask) return tick;
        return price === ask ? 1 : price === bid ? -1 : tick;
      case "clnv":
        if (price <= ask && 10 * (ask - price) < 3 * (ask - bid)) return 1;
        return price >= bid && 10 * (price - bid) < 3 * (ask - bid) ? -1 : tick;
      default: {
        const aboveMid = 2 * price - (bid + ask);
        return aboveMid > 0 ? 1 : aboveMid < 0 ? -1 : this.#rule === "quote" ? 0 : tick;
      }
    }
  }

  snapshot(): number[] {
    return [
      this.#touchUs,
      this.#bid,
      this.#ask,
      this.#earlierUs,
      this.#earlierBid,
      this.#earlierAsk,
      this.#tradeUs,
      this.#tradeTicks,
      this.#tickSign,
      ...this.#window.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    this.#window.restore(state.slice(OWN_STATE_LENGTH));
    [
      this.#touchUs,
      this.#bid,
      this.#ask,
      this.#earlierUs,
      this.#earlierBid,
      this.#earlierAsk,
      this.#tradeUs,
      this.#tradeTicks,
    ] = state as [number, number, number, number, number, number, number, number];
    this.#tickSign = state[8] as -1 | 0 | 1;
  }
}
