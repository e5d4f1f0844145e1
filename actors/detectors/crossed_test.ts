import assert from "node:assert/strict";
import { LevelMarket, MILLION } from "../../tests/support/level_market.ts";
import { eventOf, quote } from "../../tests/support/pair_fold.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";
import { TradingMarket } from "../../tests/support/trading_market.ts";
import { EventKind, StatusCode } from "../contract/mod.ts";

const HOLD_MS = 200;

/** For so long the ask is so many ticks above the bid, quoted ten times a second. */
function narrow(market: TradingMarket, { spreadTicks = -4, ms = 1_000 } = {}): TradingMarket {
  const usual = market.spreadTicks;
  market.bidTick = 110_000;
  market.spreadTicks = spreadTicks;
  for (let k = 0; k < ms / 100; k++) market.quote((8 + k % 2) * MILLION).wait(100);
  market.spreadTicks = usual;
  return market.quote().run(5);
}

function quiet(): TradingMarket {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  return market.run(5).wait(100);
}

Deno.test("`Crossed` tells a bid above the ask once it has lasted, how far and how long: one case, not a locked one", () => {
  const market = quiet();
  const firstUs = market.timeUs;
  const { opened, closed } = narrow(market).onlyCase("crossed");
  // Four ticks of a mid of 1.09998.
  const overlapBps = 0.363643;
  assert.deepEqual(opened.evidence, { overlapBps, durationMs: HOLD_MS, brokenBook: 0 });
  assert.deepEqual([opened.startUs, opened.endUs], [firstUs, firstUs + 1_000 * HOLD_MS]);
  assert.deepEqual([opened.score, opened.severity], [0.99, "warning"]);
  assert.equal(opened.sentence, "The bid was up to 0.36 bps above the ask for 0.2 s");
  // The tenth quote is the last that is crossed.
  assert.deepEqual(closed.evidence, { overlapBps, durationMs: 900, brokenBook: 0 });
  assert(Math.abs(closed.score - (1 - 0.01 * HOLD_MS / 900)) < 1e-9);
  assert.deepEqual(market.messages("locked"), []);
});

Deno.test("`Crossed` tells a bid that is the ask as locked, not as crossed", () => {
  const market = narrow(quiet(), { spreadTicks: 0 });
  const { opened, closed } = market.onlyCase("locked");
  assert.deepEqual(opened.evidence, { durationMs: HOLD_MS, brokenBook: 0 });
  assert.deepEqual(closed.evidence, { durationMs: 900, brokenBook: 0 });
  assert.equal(closed.sentence, "Bid and ask were the same for 0.9 s");
  assert.deepEqual(market.messages("crossed"), []);
});

Deno.test("`Crossed` calls more than five seconds critical", () => {
  for (const [kind, spreadTicks] of [["crossed", -4], ["locked", 0]] as const) {
    const { opened, closed } = narrow(quiet(), { spreadTicks, ms: 6_000 }).onlyCase(kind);
    assert.deepEqual([opened.severity, closed.severity], ["warning", "critical"]);
  }
});

Deno.test("`Crossed` leaves alone a spread that is narrow, and what is over in a moment", () => {
  for (const options of [{ spreadTicks: 1 }, { ms: 100 }, { ms: 200 }, { spreadTicks: 0, ms: 200 }]) {
    const market = narrow(quiet(), options);
    assert.deepEqual([...market.messages("crossed"), ...market.messages("locked")], [], JSON.stringify(options));
  }
});

Deno.test("`Crossed` says that the book is broken where the feed told of a gap just before, as a note", () => {
  for (const [status, brokenBook] of [[StatusCode.gap, 1], [StatusCode.connected, 1], [StatusCode.marketOpen, 0]]) {
    const market = quiet();
    market.events.push(eventOf(EventKind.status, market.timeUs, { side: status! }));
    const { closed } = narrow(market).onlyCase("crossed");
    assert.deepEqual([closed.evidence.brokenBook, closed.severity], [
      brokenBook,
      brokenBook === 1 ? "info" : "warning",
    ]);
    assert.equal(closed.sentence.endsWith("the book is broken"), brokenBook === 1);
  }
  const long = quiet();
  long.events.push(eventOf(EventKind.status, long.timeUs, { side: StatusCode.gap }));
  assert.equal(narrow(long.run(3)).onlyCase("crossed").closed.evidence.brokenBook, 0);
});

Deno.test("`Crossed` says that the book is broken where its levels do not cross and its quotes do", () => {
  const market = new LevelMarket().run(5);
  const told = (bidTicks: number) => {
    const bid = market.price("bid", 0) + bidTicks / 1e5;
    market.events.push(quote(market.timeUs, bid, market.price("ask", 0), MILLION));
    market.run(0.5);
  };
  told(0);
  told(10);
  told(0);
  const { closed } = market.run(5).onlyCase("crossed");
  assert.deepEqual([closed.evidence.brokenBook, closed.severity], [1, "info"]);
  // Ten ticks up from a spread of six.
  assertRoughly(closed.evidence.overlapBps, 0.4 / 1.10008, 1e-5);
});

Deno.test("`Crossed` tells one that stands while nobody quotes", () => {
  const market = quiet();
  market.spreadTicks = -4;
  market.quote().wait(3_500);
  market.spreadTicks = 6;
  const { opened } = market.quote().run(5).onlyCase("crossed");
  assert(opened.evidence.durationMs! > 2_500 && opened.evidence.durationMs! <= 3_500);
});

Deno.test("`Crossed` takes locks for usual where there are many, and tells the longest alone", () => {
  const market = quiet();
  for (let k = 0; k < 30; k++) narrow(market, { spreadTicks: 0, ms: 400 });
  const usual = market.messages("locked").filter(({ phase }) => phase === "open").length;
  assert(usual >= 10 && usual <= 12, `${usual}`);
  assert.equal(narrow(market, { spreadTicks: 0, ms: 20_000 }).openings("locked").length, usual + 1);
});

Deno.test("`Crossed` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  // Most of the overlap is in the first of the quotes.
  market.spreadTicks = -8;
  market.quote().wait(100).spreadTicks = 6;
  narrow(narrow(market, { ms: 2_000 }), { spreadTicks: 0, ms: 2_000 });
  market.assertRestorable("crossed");
  market.assertRestorable("locked");
});
