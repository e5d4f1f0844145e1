import assert from "node:assert/strict";
import { LevelMarket, MILLION } from "../../tests/support/level_market.ts";

const KIND = "flickering";
const WARMUP_S = 70;
const SIZE = 0.3 * MILLION;

interface Flicker {
  perSecond?: number;
  seconds?: number;
  lifeMs?: number;
  /** Of the level on which they come, the touch being 0. */
  depth?: number;
  /** How each goes: withdrawn by default. */
  go?: "withdrawn" | "traded" | "half" | "same batch" | "stays";
}

/** A size comes, lives for a moment and goes, so many times a second. */
function flicker(market: LevelMarket, options: Flicker = {}): LevelMarket {
  const { perSecond = 10, seconds = 10, lifeMs = 30, depth = 0, go = "withdrawn" } = options;
  const side = "bid";
  const gapMs = 1_000 / perSecond;
  for (let k = 0; k < perSecond * seconds; k++) {
    const [come, leave] = [{ side, depth, by: SIZE }, { side, depth, by: -SIZE }] as const;
    if (go === "same batch") market.change(come, leave).wait(gapMs);
    else {
      market.change(come).wait(lifeMs);
      if (go === "withdrawn") market.change(leave);
      else if (go === "half") market.change({ ...leave, by: -SIZE / 2 }).change({ ...leave, by: -SIZE / 2 });
      else if (go === "traded") market.trade({ sign: -1, size: SIZE, depth });
      market.wait(gapMs - lifeMs);
    }
  }
  return market.run(10);
}

const quiet = () => new LevelMarket().run(WARMUP_S);

Deno.test("`Flickering` tells that sizes come and go at the touch, how often and for how long: one case", () => {
  const market = quiet();
  const firstUs = market.timeUs;
  const { opened, closed } = flicker(market).onlyCase(KIND);
  // Six a second over five seconds are thirty: three seconds of them.
  const { usualPerSecond, ...evidence } = opened.evidence;
  assert.deepEqual(evidence, { flickerCount: 30, flickerPerSecond: 6, medianLifeMs: 30 });
  assert(usualPerSecond! < 0.2);
  assert.deepEqual([opened.endUs, opened.startUs, opened.severity], [firstUs + 3e6, firstUs - 2e6, "warning"]);
  assert(opened.score > 0.99);
  assert.match(opened.sentence, /^30 sizes came and went at the touch, 6.0 a second .* half of them within 30 ms$/);
  // The window empties as it filled: it is told until two seconds behind the last of a hundred.
  assert.deepEqual([closed.evidence.flickerCount, closed.evidence.flickerPerSecond], [100, 6]);
  assert.equal(closed.endUs, firstUs + 12e6);
});

Deno.test("`Flickering` leaves alone sizes that trade, stay, live for long or go in parts, and those behind the touch", () => {
  const go = ["traded", "half", "same batch", "stays"] as const;
  for (const options of [...go.map((go) => ({ go })), { depth: 1 }, { perSecond: 1, seconds: 40, lifeMs: 600 }]) {
    assert.deepEqual(flicker(quiet(), options).openings(KIND), [], JSON.stringify(options));
  }
});

Deno.test("`Flickering` leaves alone few of them, and so many that they are quote stuffing", () => {
  assert.deepEqual(flicker(quiet(), { perSecond: 5 }).openings(KIND), []);
  const stuffing = flicker(quiet(), { perSecond: 100, seconds: 5, lifeMs: 5 });
  for (const { evidence } of stuffing.messages(KIND)) assert(evidence.flickerPerSecond! <= 42);
});

Deno.test("`Flickering` leaves alone news: as many sizes come and stay as come and go", () => {
  const market = quiet();
  for (let k = 0; k < 100; k++) {
    market.change({ side: "bid", depth: 0, by: SIZE }).wait(30).change({ side: "bid", depth: 0, by: -SIZE }).wait(20);
    market.change({ side: "ask", depth: 0, by: SIZE }).wait(50).trade({ sign: 1, size: SIZE });
  }
  assert.deepEqual(market.run(10).openings(KIND), []);
});

Deno.test("`Flickering` leaves alone what is as it was all the time", () => {
  assert.deepEqual(flicker(new LevelMarket(), { seconds: 150 }).openings(KIND), []);
});

Deno.test("`Flickering` makes nothing of a book that is told anew again and again", () => {
  const market = quiet();
  for (let k = 0; k < 50; k++) {
    market.picture({ untold: [{ side: "bid", depth: 0, by: SIZE }] }).wait(30);
    market.picture({ untold: [{ side: "bid", depth: 0, by: -SIZE }] }).wait(70);
  }
  assert.deepEqual(market.run(10).openings(KIND), []);
});

Deno.test("`Flickering` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs;
  flicker(market).assertRestorable(KIND, 8, sinceUs);
});
