import assert from "node:assert/strict";
import { Int64Column, nativeBlock, NumberColumn, StringColumn } from "./native_block.ts";
import { BLOCK_ROWS_MAX, RowSet } from "./row_set.ts";

Deno.test("`nativeBlock()` writes names, types and values as the format states them", () => {
  const id = new NumberColumn("id", "UInt16", new Uint16Array(4));
  id.values.set([1, 258]);
  const text = new StringColumn("s", 4);
  text.append("é");
  text.append("é");
  const bytes = nativeBlock([id, text], 2);
  assert.deepEqual(
    [...bytes],
    [
      2,
      2,
      2,
      ...ascii("id"),
      6,
      ...ascii("UInt16"),
      1,
      0,
      2,
      1,
      1,
      ...ascii("s"),
      6,
      ...ascii("String"),
      2,
      0xc3,
      0xa9,
      2,
      0xc3,
      0xa9,
    ],
  );
});

Deno.test("`Int64Column` holds whole numbers to 2^53 and times to the nanosecond", () => {
  const column = new Int64Column("t", "Int64", 4);
  const times = [1, 1_700_000_000_123_456, 7_258_118_399_999_999];
  times.forEach((timeUs, row) => column.setMicrosAsNanos(row, timeUs));
  column.set(3, Number.MAX_SAFE_INTEGER);
  const view = new DataView(column.bytes(4).slice().buffer);
  times.forEach((timeUs, row) => assert.equal(view.getBigInt64(8 * row, true), BigInt(timeUs) * 1000n));
  assert.equal(view.getBigUint64(24, true), BigInt(Number.MAX_SAFE_INTEGER));
});

Deno.test("`StringColumn` grows past its first guess and is empty after a reset", () => {
  const column = new StringColumn("s", 1);
  const long = "x".repeat(300);
  column.append(long);
  column.append("");
  const bytes = column.bytes(2);
  assert.equal(bytes.length, 2 + 300 + 1);
  assert.deepEqual([bytes[0], bytes[1]], [0b1010_1100, 2]);
  column.reset();
  assert.equal(column.bytes(0).length, 0);
});

Deno.test("`RowSet` is full while another message might not fit", () => {
  const set = new RowSet("t");
  const origin = { epoch: 1, sequence: 1, index: 0 };
  while (!set.full) set.begin("EURUSD", origin);
  assert(set.rows <= BLOCK_ROWS_MAX - 4_095);
  assert.equal(set.columnNames, "pair, epoch, seq, idx");
  set.reset();
  assert(!set.full && set.rows === 0);
});

function ascii(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}
