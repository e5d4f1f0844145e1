import { assertRoughly } from "../../tests/support/told_market.ts";
import assert from "node:assert/strict";
import { TradingMarket } from "../../tests/support/trading_market.ts";
import { EventFlag } from "../contract/mod.ts";

const KIND = "spread-blowout";
const WARMUP_S = 70;
/** A case closes when nothing has come for half a minute. */
const AFTER_S = 35;
/** In the middle of a day of the market. */
const NOON_US = Date.UTC(2023, 10, 14, 12) * 1_000;
/** Ten in the evening of London in winter: 17:00 in New York. */
const ROLL_US = Date.UTC(2023, 10, 14, 22) * 1_000;

/** The spread is wide for so long, with so many quotes a second. */
function widen(market: TradingMarket, { spreadTicks = 30, seconds = 2, quotesPerSecond = 10 } = {}): TradingMarket {
  const usual = market.spreadTicks;
  market.spreadTicks = spreadTicks;
  const quotes = Math.round(seconds * quotesPerSecond);
  for (let k = 0; k < quotes; k++) {
    market.bidTick = 110_000 + k % 2;
    market.quote().wait(1_000 / quotesPerSecond);
  }
  market.spreadTicks = usual;
  market.bidTick = 110_000;
  return market.run(AFTER_S);
}

function quiet({ startUs = NOON_US } = {}): TradingMarket {
  const market = new TradingMarket({ startUs });
  market.tradesPerStep = 0;
  return market.run(WARMUP_S).wait(100);
}

/** Bps of a spread of so many ticks on a bid of 1.1 and a tick more. */
const bpsOf = (ticks: number, bidTick = 110_000) => (1e4 * ticks) / (bidTick + ticks / 2);

Deno.test("`SpreadBlowout` tells a spread five times the usual one, once it has stood for a moment: one case", () => {
  const market = quiet();
  const firstUs = market.timeUs;
  const { opened, closed } = widen(market).onlyCase(KIND);
  const { spreadBps, usualBps, z, quoteCount } = opened.evidence;
  // Quotes come ten times a second: a quarter of one, and no more than one.
  assert(quoteCount! >= 4 && quoteCount! <= 10);
  assert.deepEqual([opened.startUs, opened.endUs], [firstUs, firstUs + 100_000 * (quoteCount! - 1)]);
  assertRoughly(spreadBps, bpsOf(30), 1e-4);
  assertRoughly(usualBps, bpsOf(6));
  // With a spread that stands still the logarithm varies by 0.15, or what a bin is wide.
  assert(z! > Math.log(5) / 0.2 && z! < Math.log(5.5) / 0.15);
  assert(opened.score > 0.99);
  assert.match(opened.sentence, /^The spread was 2.73 bps, (4.[6-9]|5.[0-4]) times its usual/);
  assert.deepEqual(closed.evidence.quoteCount, 20);
});

Deno.test("`SpreadBlowout` calls more than five times critical, less a warning", () => {
  for (const [spreadTicks, severity] of [[24, "warning"], [40, "critical"]] as const) {
    assert.equal(widen(quiet(), { spreadTicks }).onlyCase(KIND).closed.severity, severity);
  }
});

Deno.test("`SpreadBlowout` leaves alone a spread that is wide for a moment, over few quotes, or not wide enough", () => {
  for (const options of [{ seconds: 0.2 }, { spreadTicks: 15 }, { seconds: 0.14, quotesPerSecond: 50 }]) {
    assert.deepEqual(widen(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
});

Deno.test("`SpreadBlowout` takes one that comes again within half a minute for the same", () => {
  const market = quiet();
  const { spreadTicks } = market;
  for (let k = 0; k < 3; k++) {
    market.spreadTicks = 30;
    market.run(1);
    market.spreadTicks = spreadTicks;
    market.run(10);
  }
  market.run(AFTER_S).onlyCase(KIND);
});

Deno.test("`SpreadBlowout` leaves alone a market whose spreads vary so, or that is not known", () => {
  const varied = new TradingMarket();
  varied.tradesPerStep = 0;
  const each = (step: number) => void (varied.spreadTicks = step % 40 < 10 ? 30 : 6);
  assert.deepEqual(varied.run(150, { each }).openings(KIND), []);
  // Twice as wide for a third of the time makes the logarithm vary by ln 2: nearly seven times is 2.7 of that.
  const uneven = new TradingMarket();
  uneven.tradesPerStep = 0;
  uneven.run(WARMUP_S, { each: (step) => void (uneven.spreadTicks = step % 30 < 10 ? 12 : 6) });
  assert.deepEqual(widen(uneven, { spreadTicks: 40 }).openings(KIND), []);
  assert.deepEqual(widen(new TradingMarket().run(30)).openings(KIND), []);
});

Deno.test("`SpreadBlowout` says it of the roll of the day, before it and behind, as a note", () => {
  for (const leadS of [60, 150]) {
    const market = quiet({ startUs: ROLL_US - leadS * 1e6 });
    assert.equal(widen(market, { spreadTicks: 40 }).onlyCase(KIND).closed.severity, "info");
  }
});

Deno.test("`SpreadBlowout` begins anew where the book is told anew", () => {
  const market = quiet();
  market.spreadTicks = 30;
  for (let k = 0; k < 20; k++) {
    market.bidTick = 110_000 + k % 2;
    market.quote().wait(100);
    if (k % 2 === 0) market.events.at(-1)!.flags |= EventFlag.snapshot;
  }
  market.spreadTicks = 6;
  assert.deepEqual(market.run(AFTER_S).openings(KIND), []);
});

Deno.test("`SpreadBlowout` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs - 1e6;
  widen(market).assertRestorable(KIND, 10, sinceUs);
});

Deno.test("`SpreadBlowout` takes a spread that stays wide for how it is: its case ends", () => {
  const { opened, closed } = widen(quiet(), { seconds: 900 }).onlyCase(KIND);
  assert(closed.endUs - opened.startUs > 290_000_000 && closed.endUs - opened.startUs < 800_000_000);
});
