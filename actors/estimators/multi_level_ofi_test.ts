import assert from "node:assert/strict";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { Ladder } from "../book/mod.ts";
import { type LadderSide, MultiLevelOfi } from "./multi_level_ofi.ts";

const START_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;
type Level = readonly [price: number, size: number];

function ladderOf(side: "bid" | "ask", levels: readonly Level[]): Ladder {
  const ladder = new Ladder(side);
  for (const [price, size] of levels) ladder.set(price, size);
  return ladder;
}

const sums = (ofi: MultiLevelOfi) => Array.from({ length: ofi.levels }, (_, k) => ofi.sum(k + 1));

const BIDS: Level[] = [[100, 5], [99, 8], [98, 3]];
const ASKS: Level[] = [[101, 7], [102, 9], [103, 2]];

/** What one change of a book of three levels does to each, by hand from the definition (Xu, Gould, Howison 2019). */
const CHANGES: [what: string, side: "bid" | "ask", changes: Level[], flows: number[]][] = [
  ["a bid of 4 joins the touch", "bid", [[100, 9]], [4, 0, 0]],
  ["half a second bid is cancelled", "bid", [[99, 4]], [0, -4, 0]],
  ["asks join the third level", "ask", [[103, 5]], [0, 0, -3]],
  // Every bid is one level further down: the touch gains the new one, each level behind it what stood before it.
  ["a bid betters the touch", "bid", [[100.5, 6]], [6, 5, 8]],
  // The asks come nearer by one level; no fourth is there to take the third one's place.
  ["the best ask is bought up", "ask", [[101, 0]], [7, 9, 0]],
  ["the touch is hit and bids flee", "bid", [[100, 0], [97, 1]], [-5, -8, -3]],
];

Deno.test("`MultiLevelOfi` gives the flow of each level for one change of a book", () => {
  for (const [what, side, changes, flows] of CHANGES) {
    const [bids, asks] = [ladderOf("bid", BIDS), ladderOf("ask", ASKS)];
    const ofi = new MultiLevelOfi({ levels: 3 });
    assert(!ofi.update(START_US, bids, asks));
    assert.deepEqual(sums(ofi), [undefined, undefined, undefined]);
    for (const [price, size] of changes) (side === "bid" ? bids : asks).set(price, size);
    assert(ofi.update(START_US + 1, bids, asks));
    assert.deepEqual([...ofi.flows], flows, what);
    const lost = asks.count < 3;
    assert.deepEqual(sums(ofi), lost ? [...flows.slice(0, 2), undefined] : flows, what);
  }
});

Deno.test("`MultiLevelOfi.depthSize` is the mean size of a level over both sides", () => {
  const ofi = new MultiLevelOfi({ levels: 5 });
  assert(Number.isNaN(ofi.depthSize));
  const [bids, asks] = [ladderOf("bid", BIDS), ladderOf("ask", ASKS.slice(0, 2))];
  ofi.update(START_US, bids, asks);
  ofi.update(START_US + 1, bids, asks);
  assert.equal(ofi.depthSize, (5 + 8 + 7 + 9) / 4);
});

Deno.test("`MultiLevelOfi` has no flow for a level that comes or goes, and goes on with it afterwards", () => {
  const [bids, asks] = [ladderOf("bid", BIDS.slice(0, 2)), ladderOf("ask", ASKS)];
  const ofi = new MultiLevelOfi({ levels: 4 });
  const told: (number | undefined)[][] = [];
  const step = (price: number, size: number) => {
    bids.set(price, size);
    ofi.update(START_US + told.length, bids, asks);
    told.push([...ofi.flows]);
  };
  step(100, 5);
  step(98, 3);
  step(98, 4);
  step(98, 0);
  step(98, 9);
  step(98, 8);
  assert.deepEqual(told, [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, -1, 0]]);
  assert.deepEqual(sums(ofi), [0, 0, 0, undefined]);
});

Deno.test("`MultiLevelOfi` on a book without levels has nothing to say", () => {
  const ofi = new MultiLevelOfi();
  for (let i = 0; i < 3; i++) assert(!ofi.update(START_US + i, new Ladder("bid"), new Ladder("ask")));
  assert.deepEqual(sums(ofi), Array(10).fill(undefined));
  const oneSided = ladderOf("bid", BIDS);
  for (let i = 3; i < 6; i++) assert(!ofi.update(START_US + i, oneSided, new Ladder("ask")));
  assert.deepEqual(sums(ofi), Array(10).fill(undefined));
});

Deno.test("`MultiLevelOfi.restart()` keeps flow from being derived over a new picture of the book", () => {
  const ofi = new MultiLevelOfi({ levels: 2 });
  ofi.update(START_US, ladderOf("bid", BIDS), ladderOf("ask", ASKS));
  ofi.restart();
  const bids = ladderOf("bid", [[90, 1], [89, 1]]);
  assert(!ofi.update(START_US + 1, bids, ladderOf("ask", ASKS)));
  assert.deepEqual(sums(ofi), [undefined, undefined]);
  bids.set(89, 2);
  assert(ofi.update(START_US + 2, bids, ladderOf("ask", ASKS)));
  assert.deepEqual(sums(ofi), [0, 1]);
});

Deno.test("`MultiLevelOfi.update()` derives no flow over a closed market", () => {
  for (const [gapUs, expected] of [[HOUR_US, 3], [HOUR_US + 1, undefined]] as const) {
    const ofi = new MultiLevelOfi({ levels: 1 });
    ofi.update(START_US, ladderOf("bid", BIDS), ladderOf("ask", ASKS));
    ofi.update(START_US + gapUs, ladderOf("bid", [[100, 8]]), ladderOf("ask", ASKS));
    assert.equal(ofi.sum(1), expected);
  }
});

Deno.test("`MultiLevelOfi` forgets what is older than its window", () => {
  const ofi = new MultiLevelOfi({ levels: 1, windowUs: 4_000_000 });
  ofi.update(START_US, ladderOf("bid", BIDS), ladderOf("ask", ASKS));
  ofi.update(START_US, ladderOf("bid", [[100, 6]]), ladderOf("ask", ASKS));
  ofi.update(START_US + 2_000_000, ladderOf("bid", [[100, 8]]), ladderOf("ask", ASKS));
  assert.equal(ofi.sum(1), 3);
  ofi.advance(START_US + 4_100_000);
  assert.equal(ofi.sum(1), 2);
  ofi.advance(START_US + 6_100_000);
  assert.equal(ofi.sum(1), undefined);
});

const AMAZON = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name: "`MultiLevelOfi` is the definition over a session of shares, level by level (skipped without lob/lobster)",
  ignore: AMAZON.absent,
  fn() {
    const { rowCount, levels, timeUs, book } = readLobster(AMAZON.path);
    let row = 0;
    const side = (offset: number): LadderSide => ({
      count: levels,
      price: (depth) => book[20 * row + 4 * depth + offset]!,
      size: (depth) => book[20 * row + 4 * depth + offset + 1]!,
    });
    const [asks, bids] = [side(0), side(2)];
    const ofi = new MultiLevelOfi({ levels });
    // Running totals of the flow of each level, so that a window is a difference of two of them: shares are whole numbers.
    const totals = Array.from({ length: levels }, () => new Float64Array(rowCount));
    let oldest = 0;
    let compared = 0;
    for (; row < rowCount; row++) {
      ofi.update(timeUs[row]!, bids, asks);
      if (row === 0) continue;
      for (let k = 0; k < levels; k++) {
        const [a, qa, b, qb] = book.subarray(20 * row + 4 * k);
        const [a0, qa0, b0, qb0] = book.subarray(20 * (row - 1) + 4 * k);
        const e = (b! >= b0! ? qb! : 0) - (b! <= b0! ? qb0! : 0) - (a! <= a0! ? qa! : 0) + (a! >= a0! ? qa0! : 0);
        totals[k]![row] = totals[k]![row - 1]! + e;
      }
      const startUs = (Math.floor(timeUs[row]! / 250_000) - 40) * 250_000;
      while (timeUs[oldest]! < startUs) oldest++;
      if (row % 20 !== 0) continue;
      const expected = totals.map((total) => total[row]! - total[Math.max(0, oldest - 1)]!);
      assert.deepEqual(sums(ofi), expected, `row ${row}`);
      compared++;
    }
    assert(compared > 7_000);
  },
});
