import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { OrderFlowImbalance, touchFlow } from "./order_flow_imbalance.ts";

const START_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;
type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];

function imbalanceOf(previous: Quote, current: Quote): number | undefined {
  const ofi = new OrderFlowImbalance();
  ofi.update(START_US, ...previous);
  ofi.update(START_US + 1, ...current);
  return ofi.sum1s;
}

Deno.test("`OrderFlowImbalance` gives the worked examples of eq. 1 to 3 (Cont, Kukanov, Stoikov 2014)", () => {
  // Both sides moved up: the new bid's 3 arrived, the old ask's 7 were taken.
  assert.equal(imbalanceOf([100, 5, 101, 7], [100.5, 3, 101.5, 2]), 10);
  // Both moved down: the old bid's 5 were hit, the new ask's 4 arrived.
  assert.equal(imbalanceOf([100, 5, 101, 7], [99.5, 9, 100.5, 4]), -9);
  // Prices stand: what was added on the bid, less what was added on the ask.
  assert.equal(imbalanceOf([100, 5, 101, 7], [100, 8, 101, 6]), 4);
});

Deno.test("`OrderFlowImbalance` gives what the tests of the Rust package wickra-core 0.6 expect of its own", () => {
  const [first, second, third]: Quote[] = [[100, 5, 101, 4], [100.5, 6, 101, 4], [101, 2, 101.5, 4]];
  assert.equal(imbalanceOf(first!, second!), 6);
  assert.equal(imbalanceOf(first!, [99.5, 3, 101, 4]), -5);
  const ofi = new OrderFlowImbalance();
  [first, second, third].forEach((quote, i) => ofi.update(START_US + i, ...quote!));
  assert.equal(ofi.sum10s, 12);
});

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
const VECTORS = `${DATA}/reference/ofi_vectors.json`;

Deno.test({
  name: "`OrderFlowImbalance` gives every reference vector (skipped without reference/ofi_vectors.json)",
  ignore: !existsSync(VECTORS),
  fn() {
    const { vectors } = JSON.parse(Deno.readTextFileSync(VECTORS)) as {
      vectors: { prev: Quote; cur: Quote; e: number }[];
    };
    assert(vectors.length > 0);
    for (const { prev, cur, e } of vectors) {
      assert.equal(imbalanceOf(prev, cur), e, JSON.stringify({ prev, cur }));
      assert.equal(touchFlow(...prev, ...cur), e);
    }
  },
});

const AMAZON = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

/**
 * What the paper sums in its section 2 before it comes to quotes: orders that join the best bid or improve on it, less what is
 * cancelled there and hit, and the same of the ask with the sign turned. From the messages: the book is asked only where the touch is.
 */
Deno.test({
  name:
    `\`OrderFlowImbalance\` is the net of all orders at the touch, message by message (skipped without lob/lobster)`,
  ignore: AMAZON.absent,
  fn() {
    const { rowCount, timeUs, type, size, price, direction, book } = readLobster(AMAZON.path);
    const ofi = new OrderFlowImbalance();
    const flowTimesUs: number[] = [];
    const flows: number[] = [];
    let compared = 0;
    for (let row = 0; row < rowCount; row++) {
      const at = 20 * row;
      ofi.update(timeUs[row]!, book[at + 2]!, book[at + 3]!, book[at]!, book[at + 1]!);
      if (row === 0) continue;
      // A submission is seen where it is afterwards, what goes is seen where it was.
      const best = (type[row] === 1 ? at : at - 20) + (direction[row] === 1 ? 2 : 0);
      const known = type[row]! >= 1 && type[row]! <= 4;
      const atTouch = known && price[row] === book[best];
      flowTimesUs.push(timeUs[row]!);
      flows.push(atTouch ? direction[row]! * size[row]! * (type[row] === 1 ? 1 : -1) : 0);
      if (row % 50 !== 0) continue;
      const startUs = (Math.floor(timeUs[row]! / 50_000) - 200) * 50_000;
      let total = 0;
      for (let i = flows.length - 1; i >= 0 && flowTimesUs[i]! >= startUs; i--) total += flows[i]!;
      assert.equal(ofi.sum10s, total, `row ${row}`);
      compared++;
    }
    assert(compared > 3_000);
  },
});

Deno.test("`OrderFlowImbalance.restart()` keeps flow from being derived over a new picture of the book", () => {
  const ofi = new OrderFlowImbalance();
  ofi.update(START_US, 100, 5, 101, 7);
  ofi.restart();
  ofi.update(START_US + 1, 200, 5, 201, 7);
  assert.equal(ofi.sum1s, undefined);
  ofi.update(START_US + 2, 200, 6, 201, 7);
  assert.equal(ofi.sum1s, 1);
});

Deno.test("`OrderFlowImbalance.update()` derives no flow over a closed market", () => {
  for (const [gapUs, expected] of [[HOUR_US, 3], [HOUR_US + 1, undefined], [48 * HOUR_US, undefined]] as const) {
    const ofi = new OrderFlowImbalance();
    ofi.update(START_US, 100, 5, 101, 7);
    ofi.update(START_US + gapUs, 100, 8, 101, 7);
    assert.equal(ofi.sum10s, expected, `${gapUs} µs`);
    ofi.update(START_US + gapUs + 1, 100, 9, 101, 7);
    assert.equal(ofi.sum10s, (expected ?? 0) + 1);
  }
});

Deno.test("`touchFlow()` has no value where a number is absent, whichever it is", () => {
  const numbers = [100, 5, 101, 7, 100, 6, 101, 7] as const;
  assert.equal(touchFlow(...numbers), 1);
  numbers.forEach((_, absent) => {
    const some = numbers.map((number, i) => i === absent ? NaN : number) as unknown as typeof numbers;
    assert(Number.isNaN(touchFlow(...some)), `number ${absent}`);
  });
});

Deno.test("`OrderFlowImbalance` is in base units at any price, and turns its sign with the sides", () => {
  for (const [price, pip] of [[1.1, 0.0001], [150, 0.01]] as const) {
    assert.equal(imbalanceOf([price, 1e6, price + pip, 2e6], [price + pip, 3e6, price + 2 * pip, 1e6]), 5e6);
    assert.equal(imbalanceOf([price, 2e6, price + pip, 1e6], [price - pip, 1e6, price, 3e6]), -5e6);
  }
});

Deno.test("`OrderFlowImbalance` forgets what is older than its windows, and nothing of equal times", () => {
  const ofi = new OrderFlowImbalance();
  for (let size = 1; size <= 5; size++) ofi.update(START_US, 100, size, 101, 1);
  assert.equal(ofi.sum1s, 4);
  ofi.advance(START_US + 1_049_999);
  assert.equal(ofi.sum1s, 4);
  ofi.advance(START_US + 1_050_000);
  assert.equal(ofi.sum1s, 0);
  assert.equal(ofi.sum10s, 4);
  assert.equal(ofi.normalised10s, 4 / ((1.5 + 2 + 2.5 + 3) / 4));
  ofi.advance(START_US + 10_050_000);
  assert.equal(ofi.sum10s, undefined);
});
