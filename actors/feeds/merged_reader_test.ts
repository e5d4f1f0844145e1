import assert from "node:assert/strict";
import { type Pair, parsePair } from "../contract/mod.ts";
import { FakeClock, MemoryOutlet } from "../../tests/support/feed_ports.ts";
import { streamOf } from "../../tests/support/reader_support.ts";
import { MERGE_FILES_MAX } from "./merged_reader.ts";
import { replay, type ReplayOptions, type ReplayProgress } from "./replay.ts";

const START_MS = 1_549_238_400_000;
/** Growth of resident memory while more than 200 MB pass, in a process whose heap is held small. */
const RSS_GROWTH_BYTES_MAX = 32 * 1024 * 1024;
/** A heap that cannot hold a file, and a collector that takes no room beyond it. */
const SMALL_HEAP = "--v8-flags=--max-old-space-size=40,--max-semi-space-size=4";

function setUp(files: Record<string, string>, options: Partial<ReplayOptions> = {}) {
  const outlet = new MemoryOutlet();
  const openFile = async (path: string) => {
    if (files[path] === undefined) throw new Error("there is no such file");
    const bytes = new TextEncoder().encode(files[path]);
    return { stream: streamOf(bytes, [1000]), sizeBytes: bytes.length };
  };
  const sizeOf = async (path: string) => files[path]!.length;
  const clock = new FakeClock(1_700_000_000_000_000);
  return { outlet, clock, options: { openFile, sizeOf, outlet, clock, runId: "r", merge: true, ...options } };
}

/** Quotes at these milliseconds; the ask names the file. */
const quotes = (ask: number, timesMs: readonly number[]) =>
  `time,bid,ask\n${timesMs.map((ms) => `${START_MS + ms},1,${ask}`).join("\n")}\n`;
const every = (count: number, stepMs: number, fromMs: number) =>
  Array.from({ length: count }, (_, i) => fromMs + i * stepMs);

Deno.test("replay() merges overlapping files by time, and equal times in the order named", async () => {
  const { options, outlet } = setUp({
    "b/EURUSD.csv": quotes(2, [0, 5, 5, 6]),
    "a/EURUSD.csv": quotes(3, [1, 5, 7]),
  });
  const summary = await replay(["b/EURUSD.csv", "a/EURUSD.csv"], options);
  assert.deepEqual(
    outlet.events.map(({ eventTimeUs, price2 }) => [eventTimeUs / 1000 - START_MS, price2]),
    [[0, 2], [1, 3], [5, 2], [5, 2], [5, 3], [6, 2], [7, 3]],
  );
  assert.deepEqual(summary.files.map(({ rows, published, notes }) => [rows, published, notes]), [[4, 4, []], [
    3,
    3,
    [],
  ]]);
  assert.deepEqual([summary.rows, summary.published, summary.rejected.total], [7, 7, 0]);
});

Deno.test("replay() merges long files into one order, whatever is refused within them", async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 7; i++) files[`${i}/EURUSD.csv`] = quotes(2 + i, every(3000, 7 + i, i)) + "broken\n";
  const { options, outlet } = setUp(files);
  const summary = await replay(Object.keys(files), options);
  const times = outlet.events.map(({ eventTimeUs }) => eventTimeUs);
  assert.equal(times.length, 21_000);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  for (const file of summary.files) {
    assert.deepEqual([file.rows, file.published, file.rejected.total], [3001, 3000, 1]);
    assert.equal(file.rejected.byCode["column-missing"]!.examples[0]!.line, 3002);
  }
});

Deno.test("replay() merges what there is of files that cannot be read", async () => {
  const { options, outlet } = setUp({ "EURUSD.csv": quotes(2, every(10, 1, 0)), "odd.csv": "what\n" });
  const summary = await replay(["none.csv", "EURUSD.csv", "odd.csv"], options);
  assert.deepEqual(summary.files.map(({ error }) => error === undefined), [false, true, false]);
  assert.equal(outlet.events.length, 10);
  await assert.rejects(
    replay(Array(MERGE_FILES_MAX + 1).fill("EURUSD.csv"), options),
    /Cannot merge 257 files, at most 256/,
  );
});

Deno.test("replay() paces merged files by their common time", async () => {
  const { options, clock, outlet } = setUp({
    "EURUSD.csv": quotes(2, [0, 4000]),
    "USDJPY.csv": quotes(3, [2000, 6000]),
  }, { speed: 2 });
  await replay(["EURUSD.csv", "USDJPY.csv"], options);
  assert.deepEqual(outlet.frames.map(({ pair }) => pair as string), ["EURUSD", "USDJPY", "EURUSD", "USDJPY"]);
  assert(Math.abs(clock.timeUs - 1_700_000_000_000_000 - 3_000_000) < 10_000);
});

Deno.test("replay() tells progress over the bytes of all files, merged or not", async () => {
  for (const merge of [true, false]) {
    const files = {
      "a/EURUSD.csv": quotes(2, every(100, 1000, 0)),
      "b/EURUSD.csv": quotes(2, every(300, 1000, 100_000)),
    };
    const seen: ReplayProgress[] = [];
    const { options } = setUp(files, { merge, speed: 1, onProgress: (progress) => void seen.push(progress) });
    await replay(Object.keys(files), options);
    const sizeBytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    assert(seen.every((progress) => progress.sizeBytes === sizeBytes));
    const last = seen.at(-1)!;
    assert.deepEqual([last.bytesRead, last.rows, last.secondsLeft], [sizeBytes, 400, 0]);
  }
});

Deno.test("replay() says which files overlap and which hold several pairs", async () => {
  const mixed = "time,pair,bid,ask\n" + `${START_MS},EURUSD,1,2\n${START_MS},USDJPY,1,2\n`;
  const { options } = setUp({
    "a/EURUSD.csv": quotes(2, [0, 9]),
    "b/EURUSD.csv": quotes(2, [5, 20]),
    "c/EURUSD.csv": quotes(2, [20, 30]),
    "mixed.csv": mixed,
  }, { merge: false });
  const { files } = await replay(["a/EURUSD.csv", "b/EURUSD.csv", "c/EURUSD.csv"], options);
  assert.deepEqual(files.map(({ notes }) => notes), [
    [],
    [
      "EURUSD begins at 2019-02-04T00:00:00.005000Z, before a/EURUSD.csv ends at 2019-02-04T00:00:00.009000Z: " +
      "time goes back between the files; --merge plays them in order",
    ],
    [],
  ]);
  const two = await replay(["mixed.csv"], options);
  assert.deepEqual(two.files[0]!.notes, ["it holds 2 pairs: EURUSD, USDJPY; --pair takes one of them"]);
  const one = await replay(["mixed.csv"], { ...options, pair: parsePair("USDJPY") as Pair });
  assert.deepEqual([one.published, one.rejected.byCode["pair-other"]?.count], [1, 1]);
  assert.deepEqual(one.rejected.byCode["pair-other"]!.examples[0]!.message, 'pair "EURUSD", asked for USDJPY');
});

Deno.test("replay() reads 200 MB in a heap of 40 MB that does not grow, one file or two merged", async () => {
  const program = new URL("../../tests/support/generated_rows.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", SMALL_HEAP, program],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { readBytes, grownBytes } = JSON.parse(new TextDecoder().decode(stdout));
  assert(readBytes > 200e6, `${readBytes} bytes`);
  assert(grownBytes < RSS_GROWTH_BYTES_MAX, `${grownBytes} bytes more for ${readBytes}`);
});
