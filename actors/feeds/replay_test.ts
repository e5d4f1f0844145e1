import assert from "node:assert/strict";
import { type Pair, parsePair } from "../contract/mod.ts";
import { FakeClock, MemoryOutlet } from "../../tests/support/feed_ports.ts";
import { streamOf } from "../../tests/support/reader_support.ts";
import { replay, type ReplayOptions, type ReplayProgress } from "./replay.ts";

const NOW_US = 1_700_000_000_000_000;
const EURUSD = parsePair("EURUSD") as Pair;

function setUp(files: Record<string, string>, options: Partial<ReplayOptions> = {}) {
  const clock = new FakeClock(NOW_US);
  const outlet = new MemoryOutlet();
  const openFile = async (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("there is no such file");
    const bytes = new TextEncoder().encode(text);
    return { stream: streamOf(bytes, [1000]), sizeBytes: bytes.length };
  };
  return { clock, outlet, options: { openFile, outlet, clock, runId: "run1", ...options } };
}

function quotes(count: number, stepMs: number, startMs = 1_549_238_400_000) {
  let text = "time,bid,ask\n";
  for (let i = 0; i < count; i++) text += `${startMs + i * stepMs},1.${1000 + i % 1000},1.3\n`;
  return text;
}

Deno.test("replay() publishes every row in order and says what it did", async () => {
  const { options, outlet } = setUp({ "a/EURUSD.csv": quotes(10_000, 1) });
  const summary = await replay(["a/EURUSD.csv"], options);
  assert.deepEqual([summary.rows, summary.published, summary.rejected.total], [10_000, 10_000, 0]);
  assert.equal(summary.frames, outlet.frames.length);
  assert.deepEqual([summary.firstTimeUs, summary.lastTimeUs], [1_549_238_400_000_000, 1_549_238_409_999_000]);
  assert.equal(summary.files[0]!.format, "csv");
  const times = outlet.events.map(({ eventTimeUs }) => eventTimeUs);
  assert.equal(times.length, 10_000);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  assert.equal(outlet.frames[0]!.messageId, "replay:EURUSD.csv:run1:1:1");
  assert.equal(outlet.frames[0]!.receiveTimeUs, NOW_US);
  assert.equal(outlet.drainCount, 1);
});

Deno.test("replay() at full speed makes the same frames in every run, however the file comes in", async () => {
  const text = quotes(9_000, 1);
  const one = setUp({ "EURUSD.csv": text });
  const other = setUp({}, {
    openFile: async () => ({ stream: streamOf(new TextEncoder().encode(text), [37, 70_000]), sizeBytes: 0 }),
  });
  await replay(["EURUSD.csv"], one.options);
  await replay(["EURUSD.csv"], other.options);
  assert.deepEqual(one.outlet.frames.map(({ bytes }) => bytes), other.outlet.frames.map(({ bytes }) => bytes));
});

Deno.test("replay() counts bad rows with their lines and publishes their neighbours", async () => {
  const { options } = setUp({
    "EURUSD.csv":
      "time,bid,ask\n1,1,1\n1549238400000,1,1\nx\n1549238400001,0,1\n1549238399999,1,1\n1549238400002,2,1\n",
  });
  const { rows, published, rejected } = await replay(["EURUSD.csv"], options);
  assert.deepEqual([rows, published, rejected.total], [6, 3, 3]);
  assert.deepEqual(
    Object.entries(rejected.byCode).map(([code, { examples }]) => [code, examples.map(({ line }) => line)]),
    [["column-missing", [4]], ["price-not-positive", [5]], ["time-back", [6]]],
  );
});

Deno.test("replay() goes on with the next file where one cannot be read", async () => {
  const { options } = setUp({ "EURUSD.csv": quotes(3, 1), "empty.csv": "", "odd.csv": "what,is,this\n" });
  const summary = await replay(["missing.csv", "empty.csv", "odd.csv", "EURUSD.csv", "EURUSD.csv"], options);
  assert.deepEqual(summary.files.map(({ error }) => error?.split(": ")[1]?.slice(0, 20)), [
    "there is no such fil",
    "the file is empty",
    "its format is not kn",
    undefined,
    undefined,
  ]);
  assert.equal(summary.published, 6);
});

Deno.test("replay() gives each file and each run message ids of its own", async () => {
  const { options, outlet } = setUp({ "a/EURUSD.csv": quotes(3, 1), "b/EURUSD.csv": quotes(3, 1) });
  await replay(["a/EURUSD.csv", "b/EURUSD.csv"], options);
  await replay(["a/EURUSD.csv"], { ...options, runId: "run2" });
  assert.equal(new Set(outlet.frames.map(({ messageId }) => messageId)).size, outlet.frames.length);
});

Deno.test("replay() keeps the distances of event time, divided by the speed", async () => {
  for (const speed of [1, 10]) {
    const { options, clock, outlet } = setUp({ "EURUSD.csv": quotes(20, 1500) }, { speed });
    await replay(["EURUSD.csv"], options);
    const lengthUs = 19 * 1_500_000 / speed;
    assert(Math.abs(clock.timeUs - NOW_US - lengthUs) < 20 * 1000, `${clock.timeUs - NOW_US} µs`);
    assert.equal(outlet.events.length, 20);
    for (const { events, receiveTimeUs } of outlet.frames) {
      const dueUs = NOW_US + (events[0]!.eventTimeUs - 1_549_238_400_000_000) / speed;
      assert(Math.abs(receiveTimeUs - dueUs) < 2000);
    }
  }
});

Deno.test("replay() stops where it is told to, with what was sent stored", async () => {
  const abort = new AbortController();
  const { options, clock, outlet } = setUp({ "EURUSD.csv": quotes(1000, 1000) }, { speed: 1, signal: abort.signal });
  clock.onSleep = () => {
    if (clock.sleptMs.length === 10) abort.abort();
  };
  const summary = await replay(["EURUSD.csv", "EURUSD.csv"], options);
  assert.equal(summary.published, 10);
  assert.equal(outlet.events.length, 10);
  assert.equal(outlet.drainCount, 1);
  assert.equal(summary.files.length, 1);
});

Deno.test("replay() reports progress up to the whole file", async () => {
  const seen: ReplayProgress[] = [];
  const text = quotes(100, 1000);
  const { options } = setUp({ "EURUSD.csv": text }, { speed: 1, onProgress: (progress) => void seen.push(progress) });
  await replay(["EURUSD.csv"], options);
  const last = seen.at(-1)!;
  assert.deepEqual([last.rows, last.bytesRead, last.sizeBytes, last.secondsLeft], [100, text.length, text.length, 0]);
  assert(seen.length > 10);
});

Deno.test("replay() takes the pair it is told", async () => {
  const { options, outlet } = setUp({ "ticks.csv": quotes(1, 1) }, { pair: EURUSD });
  await replay(["ticks.csv"], options);
  assert.equal(outlet.frames[0]!.pair, EURUSD);
});
