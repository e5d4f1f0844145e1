import assert from "node:assert/strict";
import { LevelMarket, MILLION } from "../../tests/support/level_market.ts";

const KIND = "ghost-liquidity";
const TAKEN = 0.5 * MILLION;
/** Half of the time between two takings, of one side and the other in turn, seconds. */
const HALF_GAP_S = 0.6;
/** Pairs of takings that nothing follows, until it is known what is usual: a minute, and thirty of each side. */
const WARMUP_PAIRS = 90;

/** What happens behind a taking, to a level of its side; taken back before the next one. */
interface Follow {
  afterMs: number;
  depth: number;
  by: number;
  /** Whether it goes in a trade. */
  traded?: boolean;
}

/** Of the 2.5 M that stand on three levels after a taking 0.9 M go within a millisecond, 0.6 M a little later. */
const GHOSTS: readonly Follow[] = [
  { afterMs: 1, depth: 1, by: -0.9 * MILLION },
  { afterMs: 100, depth: 2, by: -0.6 * MILLION },
];

function take(market: LevelMarket, sign: 1 | -1, follows: readonly Follow[] = []): LevelMarket {
  const side = sign > 0 ? "ask" : "bid";
  const takenUs = market.timeUs;
  market.trade({ sign, size: TAKEN });
  for (const { afterMs, depth, by, traded = false } of follows) {
    market.timeUs = takenUs + 1_000 * afterMs;
    if (traded) market.trade({ sign, size: -by, depth });
    else market.change({ side, depth, by });
  }
  market.run(HALF_GAP_S);
  market.change({ side, depth: 0, by: TAKEN }, ...follows.map(({ depth, by }) => ({ side, depth, by: -by } as const)));
  return market.run(HALF_GAP_S);
}

interface Takings {
  count?: number;
  pairs?: number;
  sign?: 1 | -1;
  follows?: readonly Follow[];
  moveTicks?: number;
}

/** Pairs of takings; the first so many of one side have something that follows. */
function takings(
  market: LevelMarket,
  { count = 6, pairs = count + 6, sign = 1, follows = GHOSTS, moveTicks = 0 }: Takings,
) {
  for (let k = 0; k < pairs; k++) {
    take(market, sign, k < count ? follows : []);
    take(market, -sign as 1 | -1);
    if (moveTicks !== 0 && k < count) market.shift(moveTicks);
  }
  return market;
}

const quiet = (sign: 1 | -1 = 1) => takings(new LevelMarket(), { sign, count: 0, pairs: WARMUP_PAIRS });

Deno.test("`GhostLiquidity` tells that what stood behind takings went at once, on either side: one case", () => {
  for (const sign of [1, -1] as const) {
    const market = quiet(sign);
    const firstUs = market.timeUs;
    const { opened, closed } = takings(market, { sign }).onlyCase(KIND);
    // Of six takings the oldest has nothing that follows, of the others 1.5 M of 2.5 M go, three fifths of it at once.
    const { usualShare, ...evidence } = opened.evidence;
    assert.deepEqual(evidence, {
      withdrawnShare: 5 * 0.6 / 6,
      withdrawnSize: 5 * 1.5 * MILLION,
      tradeCount: 6,
      within1msShare: 5 * 0.6 / 6,
    });
    assert(usualShare! > 0 && usualShare! < 0.1);
    assert.deepEqual([opened.startUs, opened.severity], [firstUs - 4e6 * HALF_GAP_S, "warning"]);
    assert(opened.score > 0.99);
    assert.match(opened.sentence, /^After 6 trades 50 % of what stood behind them was withdrawn at once/);
    // The fifth is followed by two more at most before that of six but one is not so.
    assert.equal(closed.evidence.withdrawnShare, 0.5);
    assert(closed.endUs > firstUs + 5 * 4e6 * HALF_GAP_S && closed.endUs < firstUs + 7 * 4e6 * HALF_GAP_S);
  }
});

Deno.test("`GhostLiquidity` calls it critical where nearly all goes", () => {
  const follows = [{ afterMs: 1, depth: 0, by: -0.45 * MILLION }, { afterMs: 1, depth: 1, by: -0.9 * MILLION }, {
    afterMs: 1,
    depth: 2,
    by: -0.9 * MILLION,
  }];
  const { opened, closed } = takings(quiet(), { follows, count: 8 }).onlyCase(KIND);
  assert.deepEqual([opened.evidence.withdrawnShare, opened.severity, closed.severity], [0.75, "critical", "critical"]);
});

Deno.test("`GhostLiquidity` leaves alone what is put back at once, goes late, goes in trades, or is little", () => {
  const late = GHOSTS.map((one) => ({ ...one, afterMs: one.afterMs + 200 }));
  const back = GHOSTS.flatMap((one) => [one, { ...one, by: -one.by }]);
  const traded = GHOSTS.map((one) => ({ ...one, traded: true }));
  const little = GHOSTS.map((one) => ({ ...one, by: one.by / 3 }));
  for (const [name, follows] of Object.entries({ late, back, traded, little })) {
    assert.deepEqual(takings(quiet(), { follows }).openings(KIND), [], name);
  }
});

Deno.test("`GhostLiquidity` needs five of six takings, and others before them", () => {
  assert.deepEqual(takings(quiet(), { count: 4 }).openings(KIND), []);
  assert.deepEqual(takings(takings(new LevelMarket().run(60), { count: 0, pairs: 8 }), {}).openings(KIND), []);
});

Deno.test("`GhostLiquidity` leaves alone liquidity that flees from a price that moves", () => {
  assert.deepEqual(takings(quiet(), { count: 8, moveTicks: 5 }).openings(KIND), []);
  assert.equal(takings(quiet(), { count: 8, moveTicks: 1 }).openings(KIND).length, 1);
});

Deno.test("`GhostLiquidity` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs;
  takings(market, { pairs: 6 }).assertRestorable(KIND, 20, sinceUs);
});

Deno.test("`GhostLiquidity` takes what goes behind every taking from the first minute on for usual", () => {
  assert.deepEqual(takings(new LevelMarket(), { count: 150 }).openings(KIND), []);
});

Deno.test("`GhostLiquidity` takes what has gone on for long for usual: its case ends", () => {
  const { closed } = takings(quiet(), { count: 600, pairs: 600 }).onlyCase(KIND);
  assert(closed.endUs - closed.startUs > 300_000_000 && closed.endUs - closed.startUs < 700_000_000);
});
