import assert from "node:assert/strict";
import { LevelMarket, MILLION } from "../../tests/support/level_market.ts";
import { TradingMarket } from "../../tests/support/trading_market.ts";
import { EventFlag } from "../contract/mod.ts";

const KIND = "quote-stuffing";
const WARMUP_S = 70;
const SIZE = 0.3 * MILLION;

interface Stuffing {
  perSecond?: number;
  seconds?: number;
  /** Of what comes, whether it goes: always by default. */
  goes?(k: number): boolean;
  /** What else happens behind each change. */
  each?(k: number): void;
  depth?: number;
}

/** A size comes to the bid and goes, one change after another. */
function stuff(market: LevelMarket, options: Stuffing = {}): LevelMarket {
  const { perSecond = 200, seconds = 3, goes = () => true, each, depth = 0 } = options;
  let comes = true;
  for (let k = 0; k < perSecond * seconds; k++) {
    market.change({ side: "bid", depth, by: comes ? SIZE : -SIZE });
    comes = !comes || !goes(k);
    each?.(k);
    market.wait(1_000 / perSecond);
  }
  return market.run(10);
}

const quiet = () => new LevelMarket().run(WARMUP_S);

Deno.test("`QuoteStuffing` tells a burst of changes that neither trades nor moves the price: one case", () => {
  const market = quiet();
  const firstUs = market.timeUs;
  const { opened, closed } = stuff(market).onlyCase(KIND);
  // Twenty changes a tenth of a second: with the fifth there are a hundred.
  const { usualPerSecond, ...evidence } = opened.evidence;
  assert.deepEqual(evidence, {
    peakPerSecond: 100,
    touchChangeCount: 100,
    cancelShare: 1,
    tradeCount: 0,
    netMoveBps: 0,
  });
  assert(usualPerSecond! < 1);
  assert.deepEqual([opened.endUs, opened.severity], [firstUs + 500_000, "critical"]);
  assert(opened.score > 0.99);
  assert.match(opened.sentence, /^Up to 100 changes a second at the touch.* consistent with quote stuffing$/);
  assert.deepEqual([closed.evidence.peakPerSecond, closed.evidence.touchChangeCount], [200, 600]);
  // Of the last second half is left half a second later.
  assert(closed.endUs >= firstUs + 3_400_000 && closed.endUs <= firstUs + 3_600_000);
});

Deno.test("`QuoteStuffing` tells it of quotes alone", () => {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  market.run(WARMUP_S);
  for (let k = 0; k < 600; k++) market.quote(k % 2 === 0 ? 9 * MILLION : 8 * MILLION, 8 * MILLION).wait(5);
  const { opened, closed } = market.run(10).onlyCase(KIND);
  assert(opened.evidence.peakPerSecond! >= 90 && closed.evidence.peakPerSecond! >= 200);
  assert.deepEqual([closed.evidence.tradeCount, closed.evidence.cancelShare], [0, 1]);
});

Deno.test("`QuoteStuffing` leaves alone what is slower, behind the touch, or stays", () => {
  const cases: Stuffing[] = [{ perSecond: 80, seconds: 5 }, { depth: 2 }, { goes: (k) => k % 4 < 2 }];
  for (const [k, options] of cases.entries()) assert.deepEqual(stuff(quiet(), options).openings(KIND), [], `case ${k}`);
});

Deno.test("`QuoteStuffing` leaves alone a market that trades", () => {
  const market = quiet();
  // A trade behind every tenth change; what it takes of the ask comes back.
  const each = (k: number) => {
    if (k % 10 === 0) market.trade({ sign: 1, size: SIZE }).change({ side: "ask", depth: 0, by: SIZE });
  };
  assert.deepEqual(stuff(market, { each }).openings(KIND), []);
});

Deno.test("`QuoteStuffing` leaves alone news: the price has moved by more than two spreads, not to and fro", () => {
  for (const [expected, stepTicks] of [[0, () => 2], [1, (k: number) => k % 20 < 10 ? 2 : -2]] as const) {
    const market = quiet();
    const each = (k: number) => {
      if (k % 10 === 5) market.shift(stepTicks(k));
    };
    assert.equal(stuff(market, { each, seconds: 1 }).openings(KIND).length, expected);
  }
});

Deno.test("`QuoteStuffing` leaves alone what is usual, and says nothing before it knows", () => {
  assert.deepEqual(stuff(new LevelMarket(), { perSecond: 100, seconds: 80 }).openings(KIND), []);
  assert.deepEqual(stuff(new LevelMarket().run(30)).openings(KIND), []);
});

Deno.test("`QuoteStuffing` makes nothing of pictures of the book, nor of a source that does not tell every change", () => {
  const pictures = quiet();
  for (let k = 0; k < 300; k++) {
    pictures.picture({ untold: [{ side: "bid", depth: 0, by: k % 2 === 0 ? SIZE : -SIZE }] }).wait(5);
  }
  assert.deepEqual(pictures.run(10).openings(KIND), []);
  const conflated = stuff(quiet());
  for (const event of conflated.events) event.flags |= EventFlag.conflated;
  assert.deepEqual(conflated.openings(KIND), []);
});

Deno.test("`QuoteStuffing` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs;
  stuff(market).assertRestorable(KIND, 8, sinceUs);
});
