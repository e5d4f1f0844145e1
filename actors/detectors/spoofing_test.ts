import assert from "node:assert/strict";
import { type BookSide, LevelMarket, type LevelStep, MILLION } from "../../tests/support/level_market.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";

const WARMUP_S = 70;
/** Time in which a case is judged, and closed. */
const AFTER_S = 25;

interface Show {
  side?: BookSide;
  /** Levels that grow, the touch being 0, and by how much each. */
  depths?: readonly number[];
  size?: number;
  /** Of the level that is given to the other side in the same moment; none by default. */
  otherSize?: number;
  /** From showing to the trade, and from it to going, seconds; no trade without the first. */
  tradeS?: number | undefined;
  restS?: number;
  /** The side that the trade takes from: the other one by default. */
  taken?: BookSide;
  /** How it goes: withdrawn at once by default. */
  go?(market: LevelMarket, gone: readonly LevelStep[]): void;
}

/** Sizes are shown, somebody trades, and they go. */
function show(market: LevelMarket, options: Show = {}): LevelMarket {
  const { side = "bid", depths = [1], size = 12 * MILLION, tradeS = 1, restS = 0.5 } = options;
  const other = side === "bid" ? "ask" : "bid";
  const { otherSize = 0, taken = other, go = (market, gone) => market.change(...gone) } = options;
  const levels = (by: number) => depths.map((depth): LevelStep => ({ side, depth, by }));
  market.change(...levels(size));
  if (otherSize > 0) market.change(...depths.map((depth) => ({ side: other, depth, by: otherSize } as const)));
  if ("tradeS" in options && options.tradeS === undefined) market.run(1);
  else market.run(tradeS).trade({ sign: taken === "ask" ? 1 : -1, size: 0.5 * MILLION });
  market.run(restS);
  go(market, levels(-size));
  return market.run(AFTER_S);
}

const quiet = () => new LevelMarket().run(WARMUP_S);

Deno.test("`Spoofing` tells a large size that goes unfilled after a trade on the other side: one case, on either side", () => {
  for (const side of ["bid", "ask"] as const) {
    const market = quiet();
    const shownUs = market.timeUs;
    const { opened, closed } = show(market, { side }).onlyCase("spoofing");
    const { usualSize, sizeRatio, distanceBps, ...evidence } = opened.evidence;
    assert.deepEqual(evidence, {
      displayedSize: 12 * MILLION,
      withdrawnSize: 12 * MILLION,
      filledSize: 0,
      oppositeSize: 0.5 * MILLION,
      restingMs: 1_500,
      afterTradeMs: 500,
      repeatCount: 1,
      bidSide: side === "bid" ? 1 : 0,
    });
    // Levels are of a million, give or take what a bin of the median is wide; two ticks of 1.10003 are 0.1818 bps.
    assertRoughly(usualSize, MILLION);
    assertRoughly(sizeRatio! * usualSize!, 12 * MILLION, 1e-5);
    assertRoughly(distanceBps, 0.2 / 1.10003, 1e-5);
    assert.deepEqual([opened.startUs, opened.severity], [shownUs, "critical"]);
    // It is judged half a second after it went, when no trade explains it any more.
    assert.equal(opened.endUs, shownUs + 2_000_000);
    assert(opened.score > 0.99);
    assert.match(opened.sentence, /^12.0 M stood on the (bid|ask), .* for 1.5 s .* consistent with spoofing$/);
    assert.deepEqual(closed.evidence, opened.evidence);
  }
});

Deno.test("`Spoofing` counts what is shown again and again within a case, and calls it critical", () => {
  const market = quiet();
  for (let k = 0; k < 3; k++) {
    market.change({ side: "ask", depth: 1, by: 9 * MILLION }).run(1).trade({ sign: -1, size: 0.2 * MILLION }).run(0.5)
      .change({ side: "ask", depth: 1, by: -9 * MILLION }).run(3);
  }
  const { opened, closed } = market.run(AFTER_S).onlyCase("spoofing");
  assert.deepEqual([opened.evidence.repeatCount, opened.severity], [1, "warning"]);
  assert.deepEqual([closed.evidence.repeatCount, closed.severity], [3, "critical"]);
});

Deno.test("`Spoofing` leaves alone a size that is traded, though the trade is told after the level", () => {
  const filled = quiet();
  show(filled, { go: (market) => market.trade({ sign: -1, size: 12 * MILLION, depth: 1 }) });
  assert.deepEqual(filled.openings("spoofing"), []);
  const late = quiet();
  const go: Show["go"] = (market, gone) =>
    market.change(...gone).run(0.3).trade({ sign: -1, size: 12 * MILLION, depth: 1, takes: false });
  assert.deepEqual(show(late, { go }).openings("spoofing"), []);
});

Deno.test("`Spoofing` leaves alone a size that nobody gains by: no trade, one of its own side, or one long before", () => {
  for (const options of [{ tradeS: undefined }, { taken: "bid" }, { restS: 4.5 }] as const) {
    assert.deepEqual(show(quiet(), options).openings("spoofing"), [], JSON.stringify(options));
  }
});

Deno.test("`Spoofing` leaves alone a size that is usual, far from the touch, there for long or for a moment", () => {
  const brief = { tradeS: 0.1, restS: 0.1 };
  for (const options of [{ size: 4 * MILLION }, { depths: [8] }, { tradeS: 17, restS: 2 }, brief]) {
    assert.deepEqual(show(quiet(), options).openings("spoofing"), [], JSON.stringify(options));
  }
});

Deno.test("`Spoofing` leaves alone who quotes both sides, quotes anew, turns round, or goes piece by piece", () => {
  assert.deepEqual(show(quiet(), { otherSize: 12 * MILLION }).openings("spoofing"), []);
  const ways: Show["go"][] = [
    (market, gone) => market.change(...gone, { side: "bid", depth: 6, by: 12 * MILLION }),
    (market, gone) => market.change(...gone).wait(200).change({ side: "ask", depth: 1, by: 12 * MILLION }),
    (market) => {
      for (let k = 0; k < 5; k++) market.change({ side: "bid", depth: 1, by: -2.4 * MILLION }).run(0.4);
    },
  ];
  for (const [k, go] of ways.entries()) {
    if (go !== undefined) assert.deepEqual(show(quiet(), { go }).openings("spoofing"), [], `way ${k}`);
  }
});

Deno.test("`Spoofing` makes nothing of a book that is told anew without the size", () => {
  const market = quiet();
  market.change({ side: "bid", depth: 1, by: 12 * MILLION }).run(1).trade({ sign: 1, size: 0.5 * MILLION }).run(0.5);
  market.picture({ untold: [{ side: "bid", depth: 1, by: -12 * MILLION }] }).run(AFTER_S);
  assert.deepEqual(market.openings("spoofing"), []);
});

Deno.test("`Spoofing` says nothing before the market is known", () => {
  assert.deepEqual(show(new LevelMarket().run(20)).openings("spoofing"), []);
});

Deno.test("`Spoofing` tells three levels that grow and go together as layering, not as spoofing", () => {
  const market = quiet();
  const shownUs = market.timeUs;
  show(market, { side: "ask", depths: [1, 2, 3], size: 3 * MILLION });
  const { opened, closed } = market.onlyCase("layering");
  const { usualSize, ...evidence } = opened.evidence;
  assert.deepEqual(evidence, {
    levelCount: 3,
    displayedSize: 9 * MILLION,
    withdrawnSize: 9 * MILLION,
    oppositeSize: 0.5 * MILLION,
    restingMs: 1_500,
    afterTradeMs: 500,
    bidSide: 0,
  });
  assertRoughly(usualSize, MILLION);
  assert.deepEqual([opened.startUs, opened.severity], [shownUs, "warning"]);
  assert.match(opened.sentence, /^3 levels of the ask grew together by 9.00 M.* consistent with layering$/);
  assert.deepEqual(closed.evidence, opened.evidence);
  assert.deepEqual(market.openings("spoofing"), []);
});

Deno.test("`Spoofing` calls five layers critical", () => {
  const { closed } = show(quiet(), { depths: [1, 2, 3, 4, 5], size: 3 * MILLION }).onlyCase("layering");
  assert.deepEqual([closed.evidence.levelCount, closed.severity], [5, "critical"]);
});

Deno.test("`Spoofing` leaves alone two layers, small ones, those of both sides, without a trade, or that are traded", () => {
  const layers = { depths: [1, 2, 3], size: 3 * MILLION };
  const traded: Show["go"] = (market, gone) => {
    for (const { depth, by } of gone) market.trade({ sign: -1, size: -by, depth });
  };
  const cases: [string, Show][] = [
    ["two", { ...layers, depths: [1, 2] }],
    ["small", { ...layers, size: 1.2 * MILLION }],
    ["both sides", { ...layers, otherSize: 3 * MILLION }],
    ["no trade", { ...layers, tradeS: undefined }],
    ["traded", { ...layers, go: traded }],
  ];
  for (const [name, options] of cases) {
    assert.deepEqual(show(quiet(), options).openings("layering"), [], name);
  }
});

Deno.test("`Spoofing` leaves alone layers that are quoted anew further away", () => {
  const go: Show["go"] = (market, gone) =>
    market.change(...gone, ...gone.map((one) => ({ ...one, depth: one.depth + 3, by: -one.by })));
  assert.deepEqual(show(quiet(), { depths: [1, 2, 3], size: 3 * MILLION, go }).openings("layering"), []);
});

Deno.test("`Spoofing` restored anywhere goes on as if nothing had been", () => {
  const one = quiet();
  const sinceUs = one.timeUs;
  show(one).assertRestorable("spoofing", 8, sinceUs);
  const many = quiet();
  show(many, { depths: [1, 2, 3], size: 3 * MILLION }).assertRestorable("layering", 8, sinceUs);
});
