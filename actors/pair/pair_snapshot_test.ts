import assert from "node:assert/strict";
import { EURUSD } from "../../tests/support/pair_fold.ts";
import { emptyEvent } from "../contract/mod.ts";
import { decodePairSnapshot, encodePairSnapshot, PAIR_SNAPSHOT_VERSION, type PairSnapshot } from "./pair_snapshot.ts";

const SNAPSHOT: PairSnapshot = {
  pair: EURUSD,
  options: "{}",
  numbers: [1, 2, 3],
  counts: { quotes: 1, levels: 2, trades: 3, gaps: 1, rejected: { "time-back": 4 } },
  lastTrade: { ...emptyEvent(), price: 1.1, size: NaN },
  book: { touch: [1.1, NaN, -0, Infinity], bids: [], asks: [0, 1.2, 5e-324] },
  detection: { own: [1, NaN, -0], "case.jump": [] },
  metrics: { one: [], two: [NaN, 1.7e308, -1] },
};

Deno.test("a pair's snapshot comes back bit for bit, whatever its numbers", () => {
  const bytes = encodePairSnapshot(SNAPSHOT);
  assert.deepEqual(decodePairSnapshot(bytes, PAIR_SNAPSHOT_VERSION), SNAPSHOT);
  // At any place in memory.
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  assert.deepEqual(decodePairSnapshot(moved.subarray(3), PAIR_SNAPSHOT_VERSION), SNAPSHOT);
});

Deno.test("a snapshot that is cut off, longer, or of an unknown version is refused", () => {
  const bytes = encodePairSnapshot(SNAPSHOT);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodePairSnapshot(bytes.subarray(0, length), PAIR_SNAPSHOT_VERSION), `${length} bytes`);
  }
  assert.throws(() => decodePairSnapshot(new Uint8Array([...bytes, 0]), PAIR_SNAPSHOT_VERSION), RangeError);
  for (const version of [undefined, 1, PAIR_SNAPSHOT_VERSION + 1]) {
    assert.throws(() => decodePairSnapshot(bytes, version), RangeError);
  }
});
