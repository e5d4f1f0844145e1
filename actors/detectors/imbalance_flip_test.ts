import assert from "node:assert/strict";
import { assertRoughly } from "../../tests/support/told_market.ts";
import { MILLION, TradingMarket } from "../../tests/support/trading_market.ts";
import { EventFlag } from "../contract/mod.ts";

const KIND = "imbalance-flip";
const WARMUP_S = 70;

interface Flip {
  /** 1 where the bid is heavy first. */
  from?: 1 | -1;
  /** The heavy side; the usual touch is of 8 M. */
  heavy?: number;
  light?: number;
  apartMs?: number;
  /** Ticks that the price follows by, the lighter side's way; of a spread of six. */
  followTicks?: number;
  followMs?: number;
  afterS?: number;
}

/** The touch is heavy on one side, then on the other, and the price follows. */
function flip(market: TradingMarket, options: Flip = {}): TradingMarket {
  const { from = 1, heavy = 40 * MILLION, light = 4 * MILLION, apartMs = 300 } = options;
  const { followTicks = 5, followMs = 500, afterS = 15 } = options;
  const quote = (way: number) => way > 0 ? market.quote(heavy, light) : market.quote(light, heavy);
  market.bidTick = 110_000;
  quote(from).wait(apartMs);
  quote(-from).wait(followMs);
  market.bidTick -= from * followTicks;
  return market.quote().run(afterS);
}

function quiet(): TradingMarket {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  return market.run(WARMUP_S);
}

Deno.test("`ImbalanceFlip` tells a touch that turns from one heavy side to the other before the price follows: one case", () => {
  for (const from of [1, -1] as const) {
    const market = quiet();
    const firstUs = market.timeUs;
    const { opened, closed } = flip(market, { from }).onlyCase(KIND);
    const { moveBps, ...evidence } = opened.evidence;
    // 40 M against 4 M are 36 / 44.
    const imbalance = from * 0.818182;
    assert.deepEqual(evidence, { fromImbalance: imbalance, toImbalance: -imbalance, flipMs: 300, flipCount: 1 });
    // From a mid of 1.10003 by five ticks.
    assertRoughly(moveBps, -from * 0.5 / 1.10003, 1e-3);
    assert.deepEqual([opened.startUs, opened.endUs, opened.severity], [firstUs, firstUs + 800_000, "info"]);
    assert(opened.score > 0.99);
    assert.match(opened.sentence, /^The touch turned from -?82 % to -?82 % bid-heavy within 300 ms/);
    assert.deepEqual(closed.evidence, opened.evidence);
  }
});

Deno.test("`ImbalanceFlip` counts flips within a case, and takes the second for more", () => {
  const market = quiet();
  flip(market, { afterS: 4 });
  const { opened, closed } = flip(market).onlyCase(KIND);
  assert.deepEqual([opened.evidence.flipCount, opened.severity], [1, "info"]);
  assert.deepEqual([closed.evidence.flipCount, closed.severity], [2, "warning"]);
});

Deno.test("`ImbalanceFlip` leaves alone sides that are not heavy, turn late, or are not followed by the price in time", () => {
  const cases: Flip[] = [
    { heavy: 20 * MILLION, light: 2 * MILLION },
    { light: 8 * MILLION },
    { apartMs: 700 },
    { followTicks: 1 },
    { followTicks: -5 },
    { followMs: 2_100 },
  ];
  for (const options of cases) assert.deepEqual(flip(quiet(), options).openings(KIND), [], JSON.stringify(options));
});

Deno.test("`ImbalanceFlip` takes sides that are heavy by far for a flip, though they lie further apart", () => {
  const options = { heavy: 60 * MILLION, light: 4 * MILLION, apartMs: 2_000 };
  assert.equal(flip(quiet(), options).openings(KIND).length, 1);
  assert.deepEqual(flip(quiet(), { ...options, apartMs: 3_100 }).openings(KIND), []);
});

Deno.test("`ImbalanceFlip` makes nothing of a picture, or of a market that is not known", () => {
  const pictures = flip(quiet());
  for (const event of pictures.events) if (event.size2 === 40 * MILLION) event.flags |= EventFlag.snapshot;
  assert.deepEqual(pictures.openings(KIND), []);
  const early = new TradingMarket();
  early.tradesPerStep = 0;
  assert.deepEqual(flip(early.run(30)).openings(KIND), []);
});

Deno.test("`ImbalanceFlip` restored anywhere goes on as if nothing had been", () => {
  const market = quiet();
  const sinceUs = market.timeUs;
  market.run(0.2);
  flip(market).assertRestorable(KIND, 8, sinceUs);
});
