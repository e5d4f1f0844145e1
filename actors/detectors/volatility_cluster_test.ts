import assert from "node:assert/strict";
import { TradingMarket } from "../../tests/support/trading_market.ts";

const KIND = "volatility-cluster";
const WARMUP_S = 400;
const BID_TICK = 110_000;
/** Standard deviation of a second of a bid that is one of three ticks, in bps: √(4/3) ticks of 1.10003. */
const SIGMA_BPS = 0.1 * Math.sqrt(4 / 3) / 1.10003;

/** A quote each second, its bid where it is told to be. */
function quotes(market: TradingMarket, seconds: number, tickOf: (k: number) => number): TradingMarket {
  for (let k = 0; k < seconds; k++) {
    market.bidTick = tickOf(k);
    market.quote().wait(1_000);
  }
  return market;
}

const calm = (market: TradingMarket, seconds = 100, tick = BID_TICK) =>
  quotes(market, seconds, () => tick + market.random.below(3) - 1);

interface Cluster {
  /** Moves of so many ticks, to and fro, one every so many seconds. */
  moves?: number;
  moveTicks?: number;
  everyS?: number;
}

function cluster(market: TradingMarket, { moves = 11, moveTicks = 9, everyS = 1 }: Cluster = {}): TradingMarket {
  let tick = BID_TICK;
  quotes(market, moves * everyS, (k) => k % everyS === 0 ? tick = 2 * BID_TICK + moveTicks - tick : tick);
  return calm(market, 100, tick);
}

/** It ends on the tick in the middle. */
const quiet = (seconds = WARMUP_S) => quotes(calm(new TradingMarket(), seconds), 1, () => BID_TICK);

Deno.test("`VolatilityCluster` tells eleven large moves of seconds in half a minute: one case, from the first of them", () => {
  const market = quiet();
  const firstUs = market.timeUs;
  const { opened, closed } = cluster(market).onlyCase(KIND);
  assert.deepEqual([opened.startUs, opened.endUs], [firstUs, firstUs + 11e6]);
  const { ratio, fastPct } = opened.evidence;
  // Nine ticks are 7.8 standard deviations, less and less as those grow with what has come; eleven of thirty seconds.
  assert(ratio! > 0.6 * 7.8 * Math.sqrt(11 / 30) && ratio! < 7.8 * Math.sqrt(12 / 30));
  // Percent a year of so many seconds; standard deviations have grown by up to a third.
  const usualPct = SIGMA_BPS * Math.sqrt(24 * 3_600 * 5 * 52) / 100;
  assert(fastPct! > 0.9 * ratio! * usualPct && fastPct! < 1.35 * ratio! * usualPct);
  assert(opened.score > 0.99);
  assert.equal(opened.severity, "warning");
  assert.match(opened.sentence, /^Volatility was [3-5].\d times that of the ten minutes before, \d+ % a year/);
  // The eleven leave the window half a minute behind the first.
  assert.equal(closed.endUs, firstUs + 30e6);
});

Deno.test("`VolatilityCluster` calls more than six times critical", () => {
  assert.equal(cluster(quiet(), { moves: 25, moveTicks: 14 }).onlyCase(KIND).closed.severity, "critical");
});

Deno.test("`VolatilityCluster` leaves alone ten moves, small ones, those far apart, and one that is very large", () => {
  const cases: Cluster[] = [{ moves: 10 }, { moveTicks: 4 }, { moves: 20, everyS: 3 }, { moves: 1, moveTicks: 300 }];
  for (const options of cases) assert.deepEqual(cluster(quiet(), options).openings(KIND), [], JSON.stringify(options));
});

Deno.test("`VolatilityCluster` leaves alone a market that always moves so, or that is not known", () => {
  const wild = quotes(new TradingMarket(), WARMUP_S, (k) => BID_TICK + 9 * (k % 2));
  assert.deepEqual(cluster(wild).openings(KIND), []);
  assert.deepEqual(cluster(quiet(40)).openings(KIND), []);
});

Deno.test("`VolatilityCluster` begins anew behind a pause", () => {
  const market = quiet();
  cluster(market, { moves: 12 });
  const pauseUs = 10e6;
  // Behind the sixth of the moves nobody quotes for ten seconds.
  for (const event of market.events.slice(WARMUP_S + 1 + 6)) event.eventTimeUs += pauseUs;
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`VolatilityCluster` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs - 10e6;
  cluster(market).assertRestorable(KIND, 6, sinceUs);
});
