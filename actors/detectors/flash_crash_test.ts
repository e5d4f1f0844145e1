import assert from "node:assert/strict";
import { LevelMarket, MILLION } from "../../tests/support/level_market.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";
import { TradingMarket } from "../../tests/support/trading_market.ts";

const KIND = "flash-crash";
const WARMUP_S = 70;
/** Where the mid is, in ticks, and the usual spread. */
const MID_TICK = 110_003;
const SPREAD_TICKS = 6;

interface Crash {
  /** How far the mid goes, over how long, and how much of it comes back over how long. */
  moveTicks?: number;
  seconds?: number;
  backTicks?: number;
  backS?: number;
  /** The spread while it goes. */
  spreadTicks?: number;
}

/** Ten quotes a second whose mid goes so far, in equal steps. */
function go(market: TradingMarket, from: number, { ticks, seconds, spreadTicks = SPREAD_TICKS }: {
  ticks: number;
  seconds: number;
  spreadTicks?: number;
}): number {
  const steps = Math.max(1, 10 * seconds);
  market.spreadTicks = spreadTicks;
  for (let k = 1; k <= steps; k++) {
    market.bidTick = from + ticks * k / steps - spreadTicks / 2;
    market.quote((8 + k % 2) * MILLION).wait(100);
  }
  market.spreadTicks = SPREAD_TICKS;
  market.bidTick = from + ticks - SPREAD_TICKS / 2;
  return from + ticks;
}

/** The price goes one way with a wide spread, and comes back with the usual one. */
function crash(market: TradingMarket, options: Crash = {}): TradingMarket {
  const { moveTicks = -60, seconds = 3, backTicks = -moveTicks, backS = 10, spreadTicks = 3 * SPREAD_TICKS } = options;
  const low = go(market, MID_TICK, { ticks: moveTicks, seconds, spreadTicks });
  const stays = go(market, low, { ticks: 0, seconds: 2 });
  go(market, stays, { ticks: backTicks, seconds: backS });
  return market.run(20);
}

function quiet(): TradingMarket {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  market.run(WARMUP_S - 1).wait(100);
  go(market, MID_TICK, { ticks: 0, seconds: 1 });
  return market;
}

Deno.test("`FlashCrash` tells a fast way one way with a wide spread, and how much is taken back: one case, down and up", () => {
  for (const up of [-1, 1]) {
    const market = quiet();
    const firstUs = market.timeUs;
    const { opened, closed } = crash(market, { moveTicks: 60 * up }).onlyCase(KIND);
    // The quarter of a second before the first step is where it began.
    assert.equal(opened.startUs, firstUs - 100_000);
    assert(opened.endUs <= firstUs + 3_000_000);
    assert.deepEqual([opened.evidence.retracePct, opened.severity], [0, "critical"]);
    assert(up * opened.evidence.moveBps! >= 4 && opened.evidence.sigmas! > 9);
    const { moveBps, durationMs, spreadRatio, retracePct, depthRatio } = closed.evidence;
    // Sixty ticks of 1.10003, thirty quotes further than the last that was still.
    assertRoughly(moveBps, 1e4 * Math.log((MID_TICK + 60 * up) / MID_TICK), 1e-5);
    assert.equal(durationMs, 3_000);
    assertRoughly(spreadRatio, 3);
    assert.equal(depthRatio, undefined);
    // It is over when nine tenths are taken back: a step of the way back is a quarter of a second, 2.5 %.
    assert(retracePct! >= 90 && retracePct! <= 93.5);
    assert(closed.score > 0.999);
    assert.match(closed.sentence, new RegExp(`^The price ${up < 0 ? "fell" : "rose"} by 5.\\d bps in .* taken back$`));
  }
});

Deno.test("`FlashCrash` tells one that is not taken back too, and closes it in the end", () => {
  const { closed } = crash(quiet(), { backTicks: 0, backS: 130 }).onlyCase(KIND);
  assert(closed.evidence.retracePct! < 10);
  const { closed: half } = crash(quiet(), { backTicks: 30, backS: 130 }).onlyCase(KIND);
  assert(half.evidence.retracePct! > 40 && half.evidence.retracePct! < 60);
});

Deno.test("`FlashCrash` leaves alone a move with the usual spread, a step, a slow one, a small one, and none", () => {
  const cases: Crash[] = [
    { spreadTicks: SPREAD_TICKS },
    { seconds: 0.1 },
    { seconds: 60 },
    { moveTicks: -36 },
    { moveTicks: 0 },
  ];
  for (const options of cases) assert.deepEqual(crash(quiet(), options).openings(KIND), [], JSON.stringify(options));
});

Deno.test("`FlashCrash` leaves alone a price that goes to and fro", () => {
  const market = quiet();
  const wide = 3 * SPREAD_TICKS;
  let at = MID_TICK;
  for (const ticks of [-50, 45, -50, 45, -50]) at = go(market, at, { ticks, seconds: 0.5, spreadTicks: wide });
  assert.deepEqual(market.run(20).openings(KIND), []);
});

Deno.test("`FlashCrash` says nothing before the market is known", () => {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  assert.deepEqual(crash(market.run(40)).openings(KIND), []);
});

/** A book of levels falls while its first levels on either side are empty. */
function fall(emptyLevels: number): LevelMarket {
  const market = new LevelMarket();
  for (let k = 0; k < WARMUP_S; k++) market.wait(1_000).shift(k % 2 === 0 ? 2 : -2);
  const gone = Array.from(
    { length: emptyLevels },
    (_, depth) => (["bid", "ask"] as const).map((side) => ({ side, depth, by: -MILLION })),
  ).flat();
  market.change(...gone);
  for (let k = 0; k < 30; k++) market.shift(-2).wait(100);
  return market.change(...gone.map((one) => ({ ...one, by: MILLION }))).run(40);
}

Deno.test("`FlashCrash` on a book of levels wants them gone, not only the spread wide", () => {
  const { depthRatio, spreadRatio } = fall(8).onlyCase(KIND).closed.evidence;
  // Of ten levels two are left, and four ticks more of spread for each that is gone.
  assertRoughly(depthRatio, 0.2);
  assertRoughly(spreadRatio, 38 / 6);
  // With two that are gone the spread is more than twice the usual, the depth four fifths.
  assert.deepEqual(fall(2).openings(KIND), []);
});

Deno.test("`FlashCrash` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs;
  crash(market).assertRestorable(KIND, 8, sinceUs);
});
