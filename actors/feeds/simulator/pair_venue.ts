/**
 * The venue of a simulated pair: what `venue.ts` promises, on a {@linkcode PairMarket}.
 *
 * @module
 */
import { Side } from "../../contract/mod.ts";
import type { PairMarket } from "./pair_market.ts";
import type { Venue, VenueFeed } from "./venue.ts";

export function venueOf(market: PairMarket): Venue {
  const { book, tap, schedule } = market;
  const after = (delayUs: number, action: () => void) =>
    schedule.add(market.timeUs + Math.max(0, Math.floor(delayUs)), action);
  const acted = <T>(answer: T): T => {
    market.tell();
    return answer;
  };
  const best = (side: number) => book.of(side).count > 0 ? book.of(side).bestTick : undefined;
  const feed: VenueFeed = {
    reconnect(silenceUs) {
      tap.disconnect(market.timeUs);
      after(silenceUs, () => tap.connect(market.timeUs));
    },
    resend: () => tap.picture(market.timeUs),
    stall(silenceUs) {
      tap.stall();
      after(silenceUs, () => tap.goOn(market.timeUs));
    },
    badTick: (ticks) => tap.badTick(ticks, market.timeUs),
    cross(ticks, durationUs) {
      tap.cross(ticks, market.timeUs);
      after(durationUs, () => tap.cross(undefined, market.timeUs));
    },
    repeatTrades: (count) => tap.repeatTrades(count),
  };
  return {
    pair: market.pair,
    get timeUs() {
      return market.timeUs;
    },
    get usual() {
      return market.usual;
    },
    mood: market.mood,
    best,
    sizeAt: (side, tick) => book.of(side).sizeAt(tick),
    depth: (side, levels) => book.of(side).depth(levels),
    place: ({ side, tick, size, owner }) => acted(book.place(side, tick, size, owner)),
    cancel: (id) => acted(book.cancel(id)),
    sizeOf: (id) => book.sizeOf(id),
    take: ({ side, size, owner, limitTick, selfTrade }) =>
      acted(market.take(side, size, { owner, limitTick, selfTrade })),
    print: ({ tick, size, buyer, seller, aggressor }) => market.print(tick, size, aggressor, buyer, seller),
    newOwner: () => market.newOwner(),
    someOwner: () => market.someOwner(),
    push: (ticks) => market.push(ticks),
    dislocate: (ticks, halfLifeUs) => market.dislocate(ticks, halfLifeUs),
    requote: () => market.requote(),
    pull: (side) => market.pull(side),
    after,
    feed,
  };
}

/** The side that an aggressor takes from. */
export const passiveSide = (aggressor: number): number => aggressor === Side.buy ? Side.ask : Side.bid;
