import assert from "node:assert/strict";
import { type BookSide, LevelMarket, LEVELS, type LevelStep, MILLION } from "../../tests/support/level_market.ts";
import { assertRoughly } from "../../tests/support/told_market.ts";

const KIND = "depth-depletion";
/** Long enough for the two seconds of which nobody knows yet what they are to be few. */
const WARMUP_S = 150;
const AFTER_S = 25;

interface Drain {
  sides?: readonly BookSide[];
  /** What every level is left with. */
  left?: number;
  seconds?: number;
  afterS?: number;
}

/** Every level of a side is small for so long, and then as it was. */
function drain(market: LevelMarket, options: Drain = {}): LevelMarket {
  const { sides = ["bid"], left = 0.06 * MILLION, seconds = 5, afterS = AFTER_S } = options;
  const gone = sides.flatMap((side) =>
    Array.from({ length: LEVELS }, (_, depth): LevelStep => ({ side, depth, by: left - market.size(side, depth) }))
  );
  market.change(...gone);
  for (let k = 0; k < 10 * seconds; k++) market.wait(100).change({ side: "bid", depth: 0, by: k % 2 === 0 ? 1 : -1 });
  return market.change(...gone.map((one) => ({ ...one, by: -one.by }))).run(afterS);
}

/** A market of one change a second. */
function quiet(seconds = WARMUP_S): LevelMarket {
  const market = new LevelMarket();
  for (let k = 0; k < seconds; k++) market.wait(1_000).change({ side: "ask", depth: 5, by: k % 2 === 0 ? 1e5 : -1e5 });
  return market.wait(100);
}

Deno.test("`DepthDepletion` tells that hardly anything lies near the mid, on which side: one case, once it lasts", () => {
  for (const sides of [["bid"], ["ask"], ["bid", "ask"]] as const) {
    const market = quiet();
    const firstUs = market.timeUs;
    const { opened, closed } = drain(market, { sides }).onlyCase(KIND);
    const { depthSize, usualSize, ...evidence } = opened.evidence;
    const [bid, ask] = [sides[0] === "bid" ? 1 : 0, sides.at(-1) === "ask" ? 1 : 0];
    assert.deepEqual(evidence, { sideCount: bid + ask, bid, ask });
    // All ten levels lie within 2 bps, with sixty thousand each; of a million each before.
    assert.equal(depthSize, 0.6 * MILLION);
    assertRoughly(usualSize, 10 * MILLION);
    assert.deepEqual([opened.startUs, opened.severity], [firstUs, "critical"]);
    assert(opened.endUs >= firstUs + 1_000_000 && opened.endUs <= firstUs + 2_000_000);
    assert(opened.score > 0.99);
    const where = sides.length === 2 ? "both sides" : `the ${sides[0]}`;
    assert.match(opened.sentence, new RegExp(`^Depth within 2 bps fell to 0.600 M on ${where}, [5-7] % of its usual`));
    assert.equal(closed.endUs, firstUs + 5_000_000);
  }
});

Deno.test("`DepthDepletion` calls what is more than a tenth of the usual a warning", () => {
  assert.equal(drain(quiet(400), { left: 0.12 * MILLION, seconds: 10 }).onlyCase(KIND).closed.severity, "warning");
});

Deno.test("`DepthDepletion` leaves alone a book that is thin for a moment, or half as deep, and one that has moved", () => {
  for (const options of [{ seconds: 0.8 }, { left: 0.5 * MILLION }]) {
    assert.deepEqual(drain(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
  assert.deepEqual(quiet().shift(100).run(AFTER_S).openings(KIND), []);
});

Deno.test("`DepthDepletion` takes one that comes again soon for the same", () => {
  const market = quiet();
  const firstUs = market.timeUs;
  const { opened, closed } = drain(drain(market, { afterS: 10 })).onlyCase(KIND);
  assert.deepEqual([opened.startUs, closed.endUs], [firstUs, firstUs + 20_000_000]);
});

Deno.test("`DepthDepletion` says nothing before the market is known", () => {
  assert.deepEqual(drain(quiet(30)).openings(KIND), []);
});

Deno.test("`DepthDepletion` begins anew where the book is told anew", () => {
  const market = quiet();
  const untold = Array.from({ length: LEVELS }, (_, depth): LevelStep => ({ side: "bid", depth, by: -0.94 * MILLION }));
  market.picture({ untold }).wait(900);
  for (let k = 0; k < 3; k++) market.picture().wait(900);
  market.picture({ untold: untold.map((one) => ({ ...one, by: -one.by })) }).run(AFTER_S);
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`DepthDepletion` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs - 1e6;
  drain(market).assertRestorable(KIND, 8, sinceUs);
});

Deno.test("`DepthDepletion` is not misled by a depletion that is so much of a short past that it is usual", () => {
  for (const sides of [["bid"], ["bid", "ask"]] as const) {
    drain(quiet(70), { sides, left: 0.12 * MILLION, seconds: 20 }).onlyCase(KIND);
  }
});

Deno.test("`DepthDepletion` takes a book that stays thin for how it is: its case ends", () => {
  const { opened, closed } = drain(quiet(), { sides: ["bid", "ask"], seconds: 720 }).onlyCase(KIND);
  const lastedUs = closed.endUs - opened.startUs;
  assert(lastedUs > 290_000_000 && lastedUs < 420_000_000, `${lastedUs / 1e6} s`);
});
