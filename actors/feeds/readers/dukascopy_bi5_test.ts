import assert from "node:assert/strict";
import { compress } from "lzma1";
import { formatTimeUs, type Pair, parsePair } from "../../contract/mod.ts";
import { readAll, type ReadResult } from "../../../tests/support/reader_support.ts";
import { openReader } from "./mod.ts";
import { streamOf } from "../../../tests/support/reader_support.ts";

const PATH = "data/EURUSD/2019/01/04/07h_ticks.bi5";

function rows(count: number): Uint8Array {
  const bytes = new Uint8Array(20 * count);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const point = 114_500 + (i * 7919) % 97;
    view.setUint32(20 * i, i * 5);
    view.setUint32(20 * i + 4, point + 3);
    view.setUint32(20 * i + 8, point);
    view.setFloat32(20 * i + 12, 0.75);
    view.setFloat32(20 * i + 16, 2.06);
  }
  return bytes;
}

/** Rows that were served, and how the file ended. */
async function serve(bytes: Uint8Array): Promise<{ served: number; error: string | undefined }> {
  const reader = await openReader(PATH, { stream: streamOf(bytes), sizeBytes: bytes.length });
  const sink = { event: () => {}, refuse: () => assert.fail("a row is refused") };
  let error: string | undefined;
  try {
    do while (reader.next(sink)); while (await reader.fill());
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  return { served: reader.rowCount, error };
}

Deno.test("dukascopy_bi5 takes pair and hour from the path, and points by the pair", async () => {
  const { events, format }: ReadResult = await readAll(PATH, compress(rows(3)));
  assert.equal(format, "dukascopy_bi5");
  const { pair, event } = events[1]!;
  // Months count from zero: this is February.
  assert.deepEqual([pair, formatTimeUs(event.eventTimeUs)], ["EURUSD", "2019-02-04T07:00:00.005000Z"]);
  assert.deepEqual([event.price, event.price2, event.size, event.size2], [1.14562, 1.14565, 2_060_000, 750_000]);
  const jpy = await readAll(PATH.replace("EURUSD", "USDJPY"), compress(rows(1)));
  assert.equal(jpy.events[0]!.event.price, 114.5);
});

Deno.test("dukascopy_bi5 takes an empty file for an hour without ticks", async () => {
  assert.deepEqual((await readAll(PATH, new Uint8Array(0))).rows, 0);
});

Deno.test("dukascopy_bi5 serves the rows before the data is cut off, and says how many they are", async () => {
  const plain = rows(2000);
  const whole = compress(plain);
  assert.deepEqual(await serve(whole), { served: 2000, error: undefined });
  let last = -1;
  for (const share of [0, 0.02, 0.3, 0.5, 0.9]) {
    const { served, error } = await serve(whole.subarray(0, Math.max(1, Math.floor(whole.length * share))));
    assert.equal(
      error,
      `Cannot read ${PATH}: its LZMA data is truncated or corrupt: ${served} rows are good and are served`,
    );
    assert(served >= last && served < 2000, `${served} rows at ${share}`);
    last = served;
  }
  assert(last > 1000, `${last} rows`);
  // Every row that is served is one that was written.
  const { events } = await readAll(PATH, whole);
  const half = await openReader(PATH, { stream: streamOf(whole.subarray(0, whole.length / 2)), sizeBytes: 1 });
  const sink = {
    event: (_: Pair, event: { price: number }) => assert.equal(event.price, events[at++]!.event.price),
    refuse: () => {},
  };
  let at = 0;
  while (half.next(sink));
  assert(at > 100);
});

Deno.test("dukascopy_bi5 refuses a length that is no whole number of rows, and what is no hour", async () => {
  const { served, error } = await serve(compress(rows(10).subarray(0, 190)));
  assert.deepEqual([served, error], [
    9,
    `Cannot read ${PATH}: its 190 bytes are no multiple of 20: 9 rows are good and are served`,
  ]);
  const huge = compress(rows(1));
  new DataView(huge.buffer, huge.byteOffset).setUint32(5, 0x7fff_ffff, true);
  await assert.rejects(readAll(PATH, huge), /it claims 2147483647 bytes of ticks, at most 36000000 are an hour/);
  await assert.rejects(readAll("ticks.bi5", huge), /its path does not tell pair and hour; expected GBPJPY\/2012/);
  await assert.rejects(readAll(PATH.replace("/01/04", "/01/30"), huge), /its path names no real hour/);
  await assert.rejects(
    readAll(PATH, huge, { pair: parsePair("USDJPY") as Pair }),
    /its path names EURUSD, asked for USDJPY/,
  );
});
