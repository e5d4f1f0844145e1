import assert from "node:assert/strict";
import { ladderOf, lobsterBooks } from "../../tests/support/ladders.ts";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { Ladder, LADDER_LEVELS_MAX } from "../book/mod.ts";
import { depthImbalance, depthOverLevels, depthWithinBps } from "./depth.ts";

Deno.test("depth over levels and within distances is that of a book added up by hand", () => {
  const bids = ladderOf("bid", [[1.0999, 1e6], [1.0998, 2e6], [1.0995, 3e6], [1.0980, 4e6]]);
  const asks = ladderOf("ask", [[1.1001, 2e6], [1.1003, 2e6], [1.1012, 5e6]]);
  assert.deepEqual([1, 2, 3, 10].map((levels) => depthOverLevels(bids, levels)), [1e6, 3e6, 6e6, 10e6]);
  // Distances of the bids: 0.91, 1.82, 4.55 and 18.2 bps; of the asks: 0.91, 2.73 and 10.9 bps.
  assert.deepEqual([0.5, 1, 2, 5, 10, 20].map((x) => depthWithinBps(bids, 1.1, x)), [0, 1e6, 3e6, 6e6, 6e6, 10e6]);
  assert.deepEqual([1, 2, 5, 10, 11].map((x) => depthWithinBps(asks, 1.1, x)), [2e6, 2e6, 4e6, 4e6, 9e6]);
  assert.equal(depthImbalance(depthWithinBps(bids, 1.1, 5), depthWithinBps(asks, 1.1, 5)), 0.2);
});

Deno.test("`depthWithinBps()` counts a level right at the distance, at any price", () => {
  for (const [mid, decimals] of [[1.1, 6], [150, 4], [0.006_5, 9], [2_000, 2]] as const) {
    for (const distanceBps of [1, 2, 5, 10]) {
      for (const side of ["bid", "ask"] as const) {
        const sign = side === "bid" ? -1 : 1;
        const price = Number((mid * (1 + (sign * distanceBps) / 1e4)).toFixed(decimals + 3));
        const further = price * (1 + sign * 1e-10);
        assert.equal(
          depthWithinBps(ladderOf(side, [[price, 7]]), mid, distanceBps),
          7,
          `${side} ${distanceBps} ${mid}`,
        );
        assert.equal(depthWithinBps(ladderOf(side, [[further, 7]]), mid, distanceBps), 0);
      }
    }
  }
});

Deno.test("depth of an empty ladder, or from no mid, is `undefined`; a level on the wrong side of the mid counts", () => {
  const bids = ladderOf("bid", [[1.2, 5]]);
  assert.equal(depthOverLevels(new Ladder("bid"), 10), undefined);
  assert.equal(depthWithinBps(new Ladder("bid"), 1.1, 10), undefined);
  assert.equal(depthWithinBps(bids, NaN, 10), undefined);
  assert.equal(depthWithinBps(bids, 1.1, 1), 5);
  assert.equal(depthImbalance(undefined, 5), undefined);
  assert.equal(depthImbalance(0, 0), undefined);
  assert.equal(depthImbalance(0, 5), -1);
});

Deno.test("`depthWithinBps()` of a full ladder says nothing beyond its last level", () => {
  for (const side of ["bid", "ask"] as const) {
    const sign = side === "bid" ? -1 : 1;
    const levels = Array.from({ length: LADDER_LEVELS_MAX }, (_, i) => [100 + sign * (i + 1) * 1e-5, 1] as const);
    const full = ladderOf(side, levels); // reaches 1 bps and no further
    assert.equal(depthWithinBps(full, 100, 0.5), LADDER_LEVELS_MAX / 2);
    assert.equal(depthWithinBps(full, 100, 2), undefined);
    full.set(levels[3]![0], 0);
    assert.equal(depthWithinBps(full, 100, 2), LADDER_LEVELS_MAX - 1);
  }
});

const AMZN = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name: "depth of every hundredth book of Amazon is that of its rows (skipped without lob/lobster)",
  ignore: AMZN.absent,
  fn() {
    let rows = 0;
    for (const { bids, asks } of lobsterBooks(readLobster(AMZN.path), 100)) {
      const mid = (bids[0]![0] + asks[0]![0]) / 2;
      const [bidLadder, askLadder] = [ladderOf("bid", bids), ladderOf("ask", asks)];
      for (const distanceBps of [1, 2, 5, 10]) {
        const within = (levels: typeof bids) =>
          levels.filter(([price]) => (Math.abs(price - mid) / mid) * 1e4 <= distanceBps + 1e-9)
            .reduce((total, [, size]) => total + size, 0);
        const [bid, ask] = [within(bids), within(asks)];
        assert.equal(depthWithinBps(bidLadder, mid, distanceBps), bid);
        assert.equal(depthWithinBps(askLadder, mid, distanceBps), ask);
        assert.equal(depthImbalance(bid, ask), bid + ask === 0 ? undefined : (bid - ask) / (bid + ask));
      }
      for (const levels of [1, 3, 5]) {
        const expected = bids.slice(0, levels).reduce((total, [, size]) => total + size, 0);
        assert.equal(depthOverLevels(bidLadder, levels), expected);
      }
      rows++;
    }
    assert.equal(rows, 1_560);
  },
});
