import assert from "node:assert/strict";
import { eventOf } from "../../tests/support/pair_fold.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";
import { MILLION, TradingMarket } from "../../tests/support/trading_market.ts";
import { EventFlag, EventKind, StatusCode } from "../contract/mod.ts";

const KIND = "jump";
const WARMUP_S = 70;
const BID_TICK = 110_000;

/** Ten quotes a second at one price. */
function stand(market: TradingMarket, tick: number, quotes: number): TradingMarket {
  for (let k = 0; k < quotes; k++) {
    market.bidTick = tick;
    market.quote((8 + k % 2) * MILLION).wait(100);
  }
  return market;
}

interface Move {
  moveTicks?: number;
  /** Quotes over which it goes, and of those behind it how many stand before so much of it is taken back. */
  quotes?: number;
  standing?: number;
  backTicks?: number;
}

function move(market: TradingMarket, options: Move = {}): TradingMarket {
  const { moveTicks = 14, quotes = 1, standing = 1, backTicks = 0 } = options;
  for (let k = 1; k <= quotes; k++) stand(market, BID_TICK + moveTicks * k / quotes, 1);
  stand(market, BID_TICK + moveTicks, standing - 1);
  return stand(market, BID_TICK + moveTicks - backTicks, 150);
}

function quiet({ seconds = WARMUP_S, spreadTicks = 6 } = {}): TradingMarket {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  market.spreadTicks = spreadTicks;
  return stand(market.run(seconds).wait(100), BID_TICK, 10);
}

Deno.test("`Jump` tells a step of the mid that stands, up and down: one case, a quarter of a second later", () => {
  for (const up of [1, -1]) {
    const market = quiet();
    const jumpUs = market.timeUs;
    const { opened, closed } = move(market, { moveTicks: 14 * up }).onlyCase(KIND);
    const { moveBps, statistic, critical } = opened.evidence;
    assertRoughly(moveBps, 1e4 * Math.log((110_003 + 14 * up) / 110_003), 1e-5);
    // A bid that is one of three ticks has a standard deviation of 1.15 ticks a second, give or take what a minute of it shows.
    assertRoughly(statistic, 14 / 1.15, 0.25);
    assert.equal(critical, 9);
    assert.deepEqual([opened.startUs, opened.endUs, opened.severity], [jumpUs, jumpUs + 300_000, "warning"]);
    assert(opened.score > 0.999);
    assert.match(opened.sentence, /^The mid jumped by -?1.27 bps within a second, \d+.\d standard deviations$/);
    assert.deepEqual(closed.evidence, opened.evidence);
  }
});

Deno.test("`Jump` counts what moves within a second, in one step or in several", () => {
  const { opened } = move(quiet(), { quotes: 5 }).onlyCase(KIND);
  assert(opened.evidence.moveBps! > 0.9);
});

Deno.test("`Jump` calls more than twenty standard deviations critical", () => {
  assert.equal(move(quiet(), { moveTicks: 30 }).onlyCase(KIND).opened.severity, "critical");
});

Deno.test("`Jump` leaves alone a move of which half is taken back, a small one and one that takes its time", () => {
  for (const options of [{ standing: 2, backTicks: 7 }, { moveTicks: 7 }, { quotes: 50 }]) {
    assert.deepEqual(move(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
});

Deno.test("`Jump` leaves alone a move within the spread", () => {
  assert.deepEqual(move(quiet({ spreadTicks: 12 })).openings(KIND), []);
});

Deno.test("`Jump` leaves alone a market in which such moves are usual", () => {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  for (let k = 0; k < 90; k++) stand(market, BID_TICK + 14 * (k % 2), 10);
  assert.deepEqual(move(market).openings(KIND), []);
});

Deno.test("`Jump` makes nothing of a picture, of what a gap hides, or of a market that is not known", () => {
  const picture = quiet();
  const from = picture.events.length;
  move(picture);
  picture.events[from]!.flags |= EventFlag.snapshot;
  assert.deepEqual(picture.openings(KIND), []);
  const gap = quiet();
  gap.events.push(eventOf(EventKind.status, gap.timeUs, { side: StatusCode.gap }));
  assert.deepEqual(move(gap).openings(KIND), []);
  assert.deepEqual(move(quiet({ seconds: 40 })).openings(KIND), []);
});

Deno.test("`Jump` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs - 1e6;
  move(market, { quotes: 3 }).assertRestorable(KIND, 12, sinceUs);
});

Deno.test("`Jump` does not take the way back from a moment's excursion for a jump the other way", () => {
  for (const standing of [1, 2, 3]) {
    assert.deepEqual(move(quiet(), { standing, backTicks: 14 }).openings(KIND), [], `${standing} quotes`);
  }
});
