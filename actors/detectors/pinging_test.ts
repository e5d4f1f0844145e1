import assert from "node:assert/strict";
import { MILLION, TradingMarket } from "../../tests/support/trading_market.ts";

const KIND = "pinging";
const TINY = 0.1 * MILLION;

interface Run {
  count?: number;
  gapS?: number;
  sign?: 1 | -1;
  /** Taker of each ping; of the large one. */
  pinger?: number;
  taker?: number;
  large?: number;
  largeSign?: 1 | -1;
  waitS?: number;
}

function ping(market: TradingMarket, options: Run = {}): TradingMarket {
  const { count = 10, gapS = 0.3, sign = 1, large = 7 * MILLION, largeSign = sign, waitS = 0.3 } = options;
  const { pinger = 900, taker = pinger } = options;
  const take = (side: 1 | -1, size: number, owner: number) =>
    market.trade({ sign: side, size, buyer: side > 0 ? owner : 1, seller: side > 0 ? 1 : owner });
  for (let k = 0; k < count; k++) {
    market.run(gapS);
    take(sign, TINY, pinger);
  }
  market.run(waitS);
  take(largeSign, large, taker);
  return market.run(20);
}

const quiet = (named = false) => new TradingMarket({ named }).run(200);

Deno.test("`Pinging` finds a run of tiny trades and the large one behind it, at once and once, on either side", () => {
  for (const sign of [1, -1] as const) {
    const market = ping(quiet(), { sign });
    const [found, ...more] = market.openings(KIND);
    assert(found !== undefined && more.length === 0);
    const { pingCount, pingSize, largeSize, usualSize, runMs, expectedCount } = found.evidence;
    assert.deepEqual([pingCount, pingSize, largeSize], [10, TINY, 7 * MILLION]);
    assert(usualSize! > 0.5 * MILLION && usualSize! < 2 * MILLION);
    assert(runMs! > 2_900 && runMs! < 3_100 && expectedCount! < 1);
    assert.match(found.sentence, /^10 tiny trades one way in 3.0 s, then one of 7.00 M.*consistent with pinging$/);
  }
});

Deno.test("`Pinging` leaves alone runs that are short or slow, and large trades that are late, small or the other way", () => {
  for (
    const options of [
      { count: 5 },
      { gapS: 2 },
      { waitS: 6 },
      { large: 2 * MILLION },
      { largeSign: -1 },
    ] as const
  ) {
    assert.deepEqual(ping(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
});

Deno.test("`Pinging` leaves alone a market in which tiny trades are usual", () => {
  const market = new TradingMarket();
  const each = () => {
    if (market.random.uniform() < 0.2) market.trade({ sign: market.random.uniform() < 0.5 ? 1 : -1, size: TINY });
  };
  market.tradesPerStep = 0.4;
  market.run(300, { each });
  for (let k = 0; k < 10; k++) market.run(3, { each }).trade({ sign: 1, size: 7 * MILLION });
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`Pinging` without names leaves alone tiny trades among as many larger ones; with names it looks at one owner", () => {
  const busy = (named: boolean, owner: number) => {
    const market = quiet(named);
    for (let k = 0; k < 10; k++) {
      market.run(0.3).trade({ sign: 1, size: TINY, buyer: 900, seller: 1 });
      market.run(0.1).trade({ sign: 1, size: MILLION, buyer: 15, seller: 1 });
    }
    return market.run(0.3).trade({ sign: 1, size: 7 * MILLION, buyer: owner, seller: 1 }).run(5).openings(KIND).length;
  };
  assert.equal(busy(false, 900), 0);
  assert.equal(busy(true, 900), 1);
  assert.equal(busy(true, 15), 0);
});

Deno.test("`Pinging` with names is not of two owners", () => {
  assert.deepEqual(ping(quiet(true), { pinger: 900, taker: 901 }).openings(KIND), []);
  assert.equal(ping(quiet(true)).openings(KIND).length, 1);
});

Deno.test("`Pinging` puts the fills of one taking together, and says nothing before a trade is usual", () => {
  const market = quiet();
  for (let k = 0; k < 10; k++) market.run(0.3).trade({ sign: 1, size: TINY });
  market.run(0.3);
  for (const size of [1, 2, 1, 2, 1]) market.trade({ sign: 1, size: size * MILLION, takes: false });
  assert.equal(market.run(5).openings(KIND)[0]?.evidence.largeSize, 7 * MILLION);
  assert.deepEqual(ping(new TradingMarket()).openings(KIND), []);
});

Deno.test("`Pinging` restored anywhere goes on as if nothing had been", () => {
  ping(ping(quiet()).run(30), { sign: -1 }).assertRestorable(KIND, 12);
  ping(ping(quiet(true)).run(30), { sign: -1 }).assertRestorable(KIND, 5);
});
