import assert from "node:assert/strict";
import { eventOf } from "../../tests/support/pair_fold.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";
import { TradingMarket } from "../../tests/support/trading_market.ts";
import { EventKind, StatusCode } from "../contract/mod.ts";

const KIND = "liquidity-hole";
const WARMUP_S = 70;

interface Hole {
  silenceMs?: number;
  moveTicks?: number;
  /** How long after the silence the price is there. */
  lateMs?: number;
  /** What is told of the feed meanwhile. */
  status?: number;
}

/** Nobody quotes for so long, and then the price is elsewhere; of a spread of six ticks. */
function hole(market: TradingMarket, options: Hole = {}): TradingMarket {
  const { silenceMs = 3_000, moveTicks = 14, lateMs = 0, status } = options;
  market.bidTick = 110_000;
  market.quote().wait(silenceMs);
  if (status !== undefined) market.events.push(eventOf(EventKind.status, market.timeUs, { side: status }));
  if (lateMs > 0) {
    for (let ms = 0; ms < lateMs; ms += 100) {
      market.bidTick = 110_000 + (ms / 100) % 2;
      market.quote().wait(100);
    }
  }
  market.bidTick = 110_000 + moveTicks;
  return market.quote().run(10);
}

function quiet(seconds = WARMUP_S, spreadTicks = 6): TradingMarket {
  const market = new TradingMarket();
  market.spreadTicks = spreadTicks;
  market.tradesPerStep = 0;
  return market.run(seconds).wait(100);
}

Deno.test("`LiquidityHole` tells three seconds without a quote and a price elsewhere, up and down: one case", () => {
  for (const up of [1, -1]) {
    const market = quiet();
    const lastUs = market.timeUs;
    const { opened, closed } = hole(market, { moveTicks: 14 * up }).onlyCase(KIND);
    const { silenceMs, gapBps, gapSigmas } = opened.evidence;
    assert.deepEqual([silenceMs, opened.startUs, opened.endUs], [3_000, lastUs, lastUs + 3_000_000]);
    // A mid of 1.10003 moves by fourteen ticks.
    assertRoughly(gapBps, 1e4 * Math.log((110_003 + 14 * up) / 110_003), 1e-5);
    // A bid that is one of three ticks has a standard deviation of 1.15 ticks a second, 2 in three seconds.
    assert(gapSigmas! > 5 && gapSigmas! < 9.5);
    assert(opened.evidence.p999Ms! < 300, "quotes came ten times a second before");
    assert.equal(opened.severity, "warning");
    assert(opened.score > 0.99);
    assert.match(opened.sentence, /^No quote for 3.0 s, where 99.9 % of pauses are shorter .* was -?1.27 bps away$/);
    assert.deepEqual(closed.evidence, opened.evidence);
  }
});

Deno.test("`LiquidityHole` calls more than ten standard deviations critical", () => {
  const market = hole(quiet(), { silenceMs: 1_000, moveTicks: 16 });
  assert.equal(market.onlyCase(KIND).opened.severity, "critical");
});

Deno.test("`LiquidityHole` waits a moment for the price, not longer", () => {
  assert.equal(hole(quiet(), { lateMs: 200 }).openings(KIND).length, 1);
  assert.deepEqual(hole(quiet(), { lateMs: 500 }).openings(KIND), []);
});

Deno.test("`LiquidityHole` leaves alone a silence that is short, or of a closed market, and a price that is where it was", () => {
  const closed = { silenceMs: 3_700_000, moveTicks: 400 };
  for (const options of [{ silenceMs: 900 }, { moveTicks: 3 }, { silenceMs: 60_000 }, closed]) {
    assert.deepEqual(hole(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
  assert.equal(hole(quiet(), { ...closed, silenceMs: 3_500_000 }).openings(KIND).length, 1);
});

Deno.test("`LiquidityHole` leaves alone a move within the spread", () => {
  assert.deepEqual(hole(quiet(WARMUP_S, 20)).openings(KIND), []);
});

Deno.test("`LiquidityHole` leaves alone a pause that the feed tells", () => {
  for (const status of [StatusCode.gap, StatusCode.connected, StatusCode.disconnected]) {
    assert.deepEqual(hole(quiet(), { status }).openings(KIND), [], `${status}`);
  }
});

Deno.test("`LiquidityHole` leaves alone pauses that are usual, and says nothing before it knows", () => {
  assert.deepEqual(hole(quiet(25)).openings(KIND), []);
  const slow = quiet(0);
  for (let k = 0; k < 400; k++) {
    slow.bidTick = 110_000 + k % 3;
    slow.quote().wait(1_000 + 500 * (k % 7));
  }
  assert.deepEqual(hole(slow, { moveTicks: 30 }).openings(KIND), []);
});

Deno.test("`LiquidityHole` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs - 2e6;
  hole(market, { lateMs: 200 }).assertRestorable(KIND, 10, sinceUs);
});
