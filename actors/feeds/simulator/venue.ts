/**
 * What anybody can do on a simulated market, and what can happen to its feed.
 *
 * Scenarios act through this and through nothing else: their orders wait in the same queues, are matched by the same engine and
 * are answered by the same participants as everybody's. Prices are whole ticks of a tenth of a pip, sizes base units.
 *
 * @module
 */
import type { Pair, Side } from "../../contract/mod.ts";

export type BookSideName = typeof Side.bid | typeof Side.ask;
export type AggressorSide = typeof Side.buy | typeof Side.sell;

/** What is usual on this market at this hour. */
export interface UsualMarket {
  /** Displayed size of a level near the touch. */
  readonly levelSize: number;
  readonly tradeSize: number;
  readonly spreadTicks: number;
  /** Book changes and trades per second. */
  readonly updatesPerSecond: number;
  readonly tradesPerSecond: number;
  /** Standard deviation of the mid over one second, ticks. */
  readonly sigmaTicks: number;
}

/** Scales on what the ordinary participants do; 1 is as ever. */
export interface Mood {
  /** Spread that makers keep. */
  spread: number;
  /** Sizes that they show. */
  size: number;
  /** Pace of changes of the book, and of trades. */
  pace: number;
  trades: number;
  /** Volatility of the efficient price of this pair. */
  volatility: number;
}

export interface Venue {
  readonly pair: Pair;
  /** Event time now, microseconds. */
  readonly timeUs: number;
  readonly usual: UsualMarket;
  readonly mood: Mood;
  /** Best tick of a side; `undefined` where it is empty. */
  best(side: BookSideName): number | undefined;
  sizeAt(side: BookSideName, tick: number): number;
  /** Total size of the best levels. */
  depth(side: BookSideName, levels: number): number;
  /**
   * Leave an order. One that would cross waits at the best tick that does not.
   *
   * @param owner who stands behind it; see `newOwner`
   * @returns its id
   */
  place(order: { side: BookSideName; tick: number; size: number; owner: number }): number;
  /** Take an order back; answers how much was left of it, 0 where it is gone. */
  cancel(id: number): number;
  /** How much is left of an order. */
  sizeOf(id: number): number;
  /** Take from the book, as far as a limit and what is there; own orders are taken back unless `selfTrade`. Answers the size that was filled. */
  take(order: { side: AggressorSide; size: number; owner: number; limitTick?: number; selfTrade?: boolean }): number;
  /** A trade between two that does not meet the book, at a tick of theirs. */
  print(trade: { tick: number; size: number; buyer: number; seller: number; aggressor: AggressorSide }): void;
  /** Somebody who was not there before. */
  newOwner(): number;
  /** One of those who are always there. */
  someOwner(): number;
  /** Move the efficient price by so many ticks; correlated pairs follow through their currencies. */
  push(ticks: number): void;
  /** Move it for this pair alone, decaying with a half-life: other pairs do not follow. */
  dislocate(ticks: number, halfLifeUs: number): void;
  /** Makers take all back and quote anew, in one go. */
  requote(): void;
  /** Everything that ordinary participants have in the book goes, on one side or both. */
  pull(side?: BookSideName): void;
  /** Do something later; scenarios are chains of these. */
  after(delayUs: number, action: () => void): void;
  /** What happens to the feed, not to the market. */
  readonly feed: VenueFeed;
}

export interface VenueFeed {
  /** Disconnect, and after so long connect again and tell the whole book anew. */
  reconnect(silenceUs: number): void;
  /** Tell the whole book anew, as venues do now and then. */
  resend(): void;
  /** Tell nothing for so long, without saying so; then go on with the book as it is. */
  stall(silenceUs: number): void;
  /** Tell a touch for one event that is not there: so many ticks away, on both sides. */
  badTick(ticks: number): void;
  /** Tell crossed or locked quotes for so long: the bid so many ticks at or above the ask. */
  cross(ticks: number, durationUs: number): void;
  /** Tell the next trades twice. */
  repeatTrades(count: number): void;
}
