import assert from "node:assert/strict";
import { eventOf } from "../../tests/support/pair_fold.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";
import { TradingMarket } from "../../tests/support/trading_market.ts";
import { EventKind, StatusCode } from "../contract/mod.ts";

const KIND = "bad-tick";
const WARMUP_S = 70;

/** Quotes ten times a second, the bid on one of three ticks in turn: their median is the one in the middle. */
function calm(market: TradingMarket, count = 70): TradingMarket {
  for (let k = 0; k < count; k++) {
    market.bidTick = 110_000 + k % 3 - 1;
    market.quote().wait(100);
  }
  return market;
}

interface Tick {
  offTicks?: number;
  /** Of that, where the next quotes are, and when they come. */
  nextTicks?: number;
  nextMs?: number;
}

/** One quote is so far off, the next ones are elsewhere. */
function badTick(market: TradingMarket, { offTicks = 40, nextTicks = 0, nextMs = 100 }: Tick = {}): TradingMarket {
  market.bidTick = 110_000 + offTicks;
  market.quote().wait(nextMs);
  for (let k = 0; k < 30; k++) {
    market.bidTick = 110_000 + nextTicks + k % 3 - 1;
    market.quote().wait(100);
  }
  return market;
}

function quiet(): TradingMarket {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  return calm(market.run(WARMUP_S).wait(100));
}

Deno.test("`BadTick` tells one quote far off that the next one takes back, up and down: one case, as a note", () => {
  for (const up of [1, -1]) {
    const market = quiet();
    const badUs = market.timeUs;
    const { opened, closed } = badTick(market, { offTicks: 40 * up }).onlyCase(KIND);
    const { mads, deviationBps, price, usualPrice } = opened.evidence;
    assert.deepEqual([price, usualPrice], [up > 0 ? 1.10043 : 1.09963, 1.10003]);
    assertRoughly(deviationBps, up * 4 / 1.10003, 1e-5);
    // A quarter of the usual spread of six ticks is more than half of what lies between the quartiles: two ticks.
    assertRoughly(mads, 40 / 1.5);
    assert.deepEqual([opened.startUs, opened.endUs, opened.severity], [badUs, badUs + 100_000, "info"]);
    assert(Math.abs(opened.score - (1 - mads! ** -2)) < 1e-6);
    assert.match(opened.sentence, /^One quote was -?3.6 bps off the local median, 2\d median absolute deviations/);
    assert.deepEqual(closed.evidence, opened.evidence);
  }
});

Deno.test("`BadTick` leaves alone a price that stays, comes back by half or late, and one that is within the range", () => {
  for (const options of [{ nextTicks: 40 }, { nextTicks: 20 }, { nextMs: 2_100 }, { offTicks: 15 }]) {
    assert.deepEqual(badTick(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
});

Deno.test("`BadTick` keeps such a quote from the other detectors", () => {
  const market = badTick(quiet(), { offTicks: 80 });
  assert.equal(market.openings(KIND).length, 1);
  for (const kind of ["jump", "liquidity-hole", "spread-blowout", "flash-crash"] as const) {
    assert.deepEqual(market.openings(kind), [], kind);
  }
});

Deno.test("`BadTick` begins anew behind a gap: of a few quotes nothing is known", () => {
  for (const [count, told] of [[30, 0], [70, 1]] as const) {
    const market = quiet();
    market.events.push(eventOf(EventKind.status, market.timeUs, { side: StatusCode.gap }));
    assert.equal(badTick(calm(market, count)).openings(KIND).length, told, `${count} quotes`);
  }
});

Deno.test("`BadTick` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs - 1e6;
  badTick(market).assertRestorable(KIND, 6, sinceUs);
});

Deno.test("`BadTick` takes a feed that goes between two prices for what it is, after some quotes", () => {
  const market = quiet();
  for (let k = 0; k < 1_200; k++) {
    market.bidTick = 110_000 + 40 * (k % 2);
    market.quote().wait(100);
  }
  const { opened, closed } = market.onlyCase(KIND);
  assert(closed.endUs - opened.startUs < 60_000_000);
});
