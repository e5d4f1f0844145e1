import assert from "node:assert/strict";
import { MILLION, TradingMarket } from "../../tests/support/trading_market.ts";

const KIND = "momentum-ignition";

interface Ignition {
  /** Trades with the burst, and against it, for each tenth of a second of it. */
  with?: number;
  against?: number;
  moveTicks?: number;
  backTicks?: number;
  /** Over how long it comes back, seconds. */
  backS?: number;
  /** Ticks that the price moves before anybody trades. */
  aheadTicks?: number;
}

/** A burst of a second and a half with a move, a moment, and the way back. */
function ignite(market: TradingMarket, options: Ignition = {}): TradingMarket {
  const { with: withMove = 1, against = 0, moveTicks = 40, backTicks = 32, backS = 5, aheadTicks = 0 } = options;
  const up = Math.sign(moveTicks) as 1 | -1;
  market.run(0.2, { moveTicks: aheadTicks });
  market.run(1.5, {
    moveTicks: moveTicks - aheadTicks,
    each() {
      for (let k = 0; k < withMove; k++) market.trade({ sign: up, size: 2 * MILLION });
      for (let k = 0; k < against; k++) market.trade({ sign: -up as 1 | -1, size: 2 * MILLION });
    },
  });
  return market.run(1).run(backS, { moveTicks: -backTicks }).run(30);
}

const quiet = () => new TradingMarket().run(150);

Deno.test("`MomentumIgnition` finds a burst one way, its move and the reversal, up and down: one case each", () => {
  for (const up of [1, -1]) {
    const market = ignite(quiet(), { moveTicks: 40 * up, backTicks: 32 * up });
    const [found, ...more] = market.openings(KIND);
    assert(found !== undefined && more.length === 0);
    const { burstShare, burstSize, usualSize, moveBps, moveSigmas, reversalPct } = found.evidence;
    assert(burstShare! > 0.9 && burstSize! > 9 * usualSize!);
    assert(up * moveBps! > 3 && up * moveBps! < 4.5 && moveSigmas! > 4);
    assert(reversalPct! >= 40 && reversalPct! < 60);
    assert(found.score > 0.99 && found.endUs - found.startUs < 8e6);
    assert.match(
      found.sentence,
      new RegExp(`${up > 0 ? "bought" : "sold"} at once.*consistent with momentum ignition$`),
    );
  }
});

Deno.test("`MomentumIgnition` leaves alone a move that stays, or comes back too late", () => {
  assert.deepEqual(ignite(quiet(), { backTicks: 8 }).openings(KIND), []);
  assert.deepEqual(ignite(quiet(), { backS: 120 }).openings(KIND), []);
});

Deno.test("`MomentumIgnition` leaves alone a move in which trades are two-sided, few, or one large order", () => {
  assert.deepEqual(ignite(quiet(), { against: 1 }).openings(KIND), []);
  assert.deepEqual(ignite(quiet(), { with: 0 }).openings(KIND), []);
  const large = quiet();
  large.trade({ sign: 1, size: 7 * MILLION }).run(0.3, { moveTicks: 40 }).run(1).run(5, { moveTicks: -32 }).run(20);
  assert.deepEqual(large.openings(KIND), []);
});

Deno.test("`MomentumIgnition` leaves alone news: the price is there before the trades", () => {
  assert.deepEqual(ignite(quiet(), { aheadTicks: 32 }).openings(KIND), []);
});

Deno.test("`MomentumIgnition` leaves alone a burst without a move, and a move within the spread", () => {
  assert.deepEqual(ignite(quiet(), { moveTicks: 1, backTicks: 1 }).openings(KIND), []);
  assert.deepEqual(ignite(quiet(), { moveTicks: 12, backTicks: 10 }).openings(KIND), []);
});

Deno.test("`MomentumIgnition` leaves a crash to others: the spread is wide", () => {
  const market = quiet();
  const usual = market.spreadTicks;
  market.spreadTicks = 4 * usual;
  const burst = () => market.trade({ sign: 1, size: 2 * MILLION });
  market.run(2, { moveTicks: 40, each: burst });
  market.run(5, { moveTicks: -32 });
  market.spreadTicks = usual;
  assert.deepEqual(market.run(30).openings(KIND), []);
});

Deno.test("`MomentumIgnition` says nothing before the market is known, and on trades whose side nobody knows", () => {
  assert.deepEqual(ignite(new TradingMarket().run(20)).openings(KIND), []);
  const market = ignite(quiet());
  for (const event of market.events) if (event.kind === 3) event.price = NaN;
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`MomentumIgnition` restored anywhere goes on as if nothing had been", () => {
  ignite(ignite(quiet()).run(60), { moveTicks: -50, backTicks: -45 }).assertRestorable(KIND, 12);
});
