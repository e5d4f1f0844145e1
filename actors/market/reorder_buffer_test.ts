import assert from "node:assert/strict";
import { lcg } from "../../tests/support/frames.ts";
import { assertRestores } from "../../tests/support/market_fold.ts";
import { ReorderBuffer } from "./reorder_buffer.ts";

type Tick = readonly [pair: number, timeUs: number, bid: number, ask: number];

Deno.test("`ReorderBuffer` lets ticks out by time, then by pair, those of a pair as they came", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = lcg(seed);
    const buffer = new ReorderBuffer({ pairCountMax: 8, tickCountMax: 64 });
    const waiting: Tick[] = [];
    const newestUs = new Array<number>(8).fill(0);
    for (let k = 0; k < 500; k++) {
      if (!buffer.full && random() < 0.55) {
        const pair = Math.floor(random() * 8);
        newestUs[pair]! += Math.floor(random() * 4);
        const tick = [pair, newestUs[pair]!, k, -k] as const;
        buffer.push(...tick);
        waiting.push(tick);
      } else if (waiting.length > 0) {
        // A stable sort keeps the order within a pair.
        waiting.sort(([pairA, timeA], [pairB, timeB]) => timeA - timeB || pairA - pairB);
        assert.equal(buffer.oldestUs, waiting[0]![1]);
        buffer.pop();
        assert.deepEqual([buffer.pair, buffer.timeUs, buffer.bid, buffer.ask], waiting.shift());
      }
      assert.equal(buffer.count, waiting.length);
      assert.equal(buffer.full, waiting.length === 64);
    }
  }
});

Deno.test("`ReorderBuffer` refuses more than it can hold, and is empty after `clear()`", () => {
  const buffer = new ReorderBuffer({ pairCountMax: 1, tickCountMax: 2 });
  buffer.push(0, 1, 1, 1);
  buffer.push(0, 1, 2, 2);
  assert.throws(() => buffer.push(0, 1, 3, 3), RangeError);
  buffer.clear();
  assert.equal(buffer.oldestUs, Infinity);
  assert(!buffer.full);
});

Deno.test("`ReorderBuffer` restored at any cut continues bit for bit", () => {
  const random = lcg(21);
  let timeUs = 0;
  assertRestores<Tick | undefined>({
    make: () => new ReorderBuffer({ pairCountMax: 4, tickCountMax: 200 }),
    update(estimator, tick) {
      const buffer = estimator as ReorderBuffer;
      if (tick !== undefined) buffer.push(...tick);
      else if (buffer.count > 0) buffer.pop();
    },
    steps: Array.from({ length: 300 }, () => {
      timeUs += Math.floor(random() * 3);
      return random() < 0.6 ? [Math.floor(random() * 4), timeUs, random(), NaN] as const : undefined;
    }),
  });
});
