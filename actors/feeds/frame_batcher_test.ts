import assert from "node:assert/strict";
import { emptyEvent, EventKind, FRAME_ENTRIES_MAX, FRAME_SPAN_US_MAX, type Pair, parsePair } from "../contract/mod.ts";
import { MemoryOutlet } from "../../tests/support/feed_ports.ts";
import { FrameBatcher, FRAMES_PENDING_MAX, FRAMES_SPAN_US_MAX } from "./frame_batcher.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const START_US = 1_549_238_400_000_000;
const quote = (offsetUs: number) => ({
  ...emptyEvent(),
  kind: EventKind.quote,
  eventTimeUs: START_US + offsetUs,
  price: 1.1,
  price2: 1.2,
});

function batcherOn(outlet: MemoryOutlet) {
  return new FrameBatcher({ outlet, sourceName: "test:1", receiveTimeUs: () => START_US + 7 });
}

Deno.test("FrameBatcher.flush() makes one frame per pair of what was added in one turn", async () => {
  const outlet = new MemoryOutlet();
  const batcher = batcherOn(outlet);
  for (let i = 0; i < 3; i++) {
    batcher.add(EURUSD, quote(i));
    batcher.add(USDJPY, quote(i));
  }
  await batcher.flush();
  await batcher.flush();
  assert.deepEqual(outlet.frames.map(({ pair, messageId, events }) => [pair, messageId, events.length]), [
    [EURUSD, "test:1:1", 3],
    [USDJPY, "test:1:2", 3],
  ]);
  assert.equal(outlet.frames[0]!.receiveTimeUs, START_US + 7);
  assert.equal(batcher.frameCount, 2);
});

Deno.test("FrameBatcher.flush() joins a flush under way and takes what was added in between", async () => {
  const outlet = new MemoryOutlet();
  const batcher = batcherOn(outlet);
  batcher.add(EURUSD, quote(0));
  const first = batcher.flush();
  batcher.add(EURUSD, quote(1));
  await Promise.all([first, batcher.flush()]);
  assert.deepEqual(outlet.frames.map(({ events }) => events.length), [2]);
});

Deno.test("FrameBatcher.add() ends a frame that is full, or whose events lie too far apart", async () => {
  const outlet = new MemoryOutlet();
  const batcher = batcherOn(outlet);
  for (let i = 0; i <= FRAME_ENTRIES_MAX; i++) batcher.add(EURUSD, quote(0));
  batcher.add(EURUSD, quote(FRAME_SPAN_US_MAX + 1));
  await batcher.flush();
  assert.deepEqual(outlet.frames.map(({ events }) => events.length), [FRAME_ENTRIES_MAX, 1, 1]);
  assert.deepEqual(outlet.frames.map(({ sourceSequence }) => sourceSequence), [1, 2, 3]);
});

Deno.test("FrameBatcher tells when to flush, and throws where that is ignored", async () => {
  const outlet = new MemoryOutlet();
  const batcher = batcherOn(outlet);
  let added = 0;
  while (!batcher.wantsFlush) batcher.add(EURUSD, quote(added++ * (FRAME_SPAN_US_MAX + 1)));
  assert.equal(added, FRAMES_PENDING_MAX + 1);
  assert.throws(() => {
    for (;;) batcher.add(EURUSD, quote(added++ * (FRAME_SPAN_US_MAX + 1)));
  }, RangeError);
  await batcher.flush();
  assert(!batcher.wantsFlush);
});

Deno.test("FrameBatcher.flush() keeps what the outlet did not take, under the same id", async () => {
  const outlet = new MemoryOutlet();
  const batcher = batcherOn(outlet);
  batcher.add(EURUSD, quote(0));
  batcher.add(USDJPY, quote(0));
  outlet.failure = new Error("away");
  await assert.rejects(batcher.flush(), /away/);
  batcher.add(EURUSD, quote(1));
  await batcher.flush();
  assert.deepEqual(outlet.frames.map(({ messageId }) => messageId), ["test:1:1", "test:1:2", "test:1:3"]);
});

Deno.test("FrameBatcher.add() ends the frames of several pairs before they cover too much time together", async () => {
  const outlet = new MemoryOutlet();
  const batcher = batcherOn(outlet);
  for (let i = 0; i < 40; i++) batcher.add(i % 2 === 0 ? EURUSD : USDJPY, quote((i * FRAMES_SPAN_US_MAX) / 10));
  await batcher.flush();
  const spans = outlet.frames.map(({ events }) => events.map(({ eventTimeUs }) => eventTimeUs - START_US));
  assert.equal(spans.flat().length, 40);
  // Each frame ends no later than the bound behind the beginning of any that comes after it.
  let begunUs = Infinity;
  for (const times of spans.toReversed()) {
    begunUs = Math.min(begunUs, times[0]!);
    assert(times.at(-1)! - begunUs <= FRAMES_SPAN_US_MAX, JSON.stringify(spans));
  }
});
