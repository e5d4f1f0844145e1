import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { EventFlag, EventKind, formatTimeUs, type Pair, parsePair, Side, StatusCode } from "../../contract/mod.ts";
import { readAll, streamOf } from "../../../tests/support/reader_support.ts";
import { DATA, zipLines } from "../../../tests/support/shared_data.ts";
import { withoutPartners } from "./mod.ts";

const pair = parsePair("EURUSD") as Pair;
const MESSAGES = "x/ABC_2012-06-21_34200000_57600000_message_2.csv";
const BOOK = "x/ABC_2012-06-21_34200000_57600000_orderbook_2.csv";
const EMPTY = "9999999999,0,-9999999999,0";

const ROWS: [message: string, book: string][] = [
  ["34200.017459617,1,1,10,1000000,1", `1010000,5,1000000,10,${EMPTY}`],
  ["34200.5,1,2,7,990000,1", "1010000,5,1000000,10,9999999999,0,990000,7"],
  ["34201,4,1,4,1000000,1", "1010000,5,1000000,6,9999999999,0,990000,7"],
  ["34202,5,0,3,1005000,-1", "1010000,5,1000000,6,9999999999,0,990000,7"],
  ["34203,3,1,6,1000000,1", `1010000,5,990000,7,${EMPTY}`],
  ["34204,7,0,0,-1,-1", `1010000,5,990000,7,${EMPTY}`],
];

async function read(messages: readonly string[], books: readonly string[], named = MESSAGES) {
  const files: Record<string, string> = { [MESSAGES]: messages.join("\n"), [BOOK]: books.join("\n") };
  const openFile = async (path: string) => {
    if (files[path] === undefined) throw new Error("there is no such file");
    const bytes = new TextEncoder().encode(files[path]);
    return { stream: streamOf(bytes, [37]), sizeBytes: bytes.length };
  };
  return await readAll(named, files[named]!, { pair, openFile });
}

const messages = ROWS.map(([message]) => message);
const books = ROWS.map(([, book]) => book);

Deno.test("lobster tells a snapshot, then trades and what changed in the book, whichever file is named", async () => {
  for (const named of [MESSAGES, BOOK]) {
    const { events, rows, format, notes } = await read(messages, books, named);
    assert.deepEqual([rows, format, notes], [6, "lobster", []]);
    const { snapshot, lastOfBatch, aggressorKnown } = EventFlag;
    const { clear, level, trade, status } = EventKind;
    assert.deepEqual(events.map(({ event }) => [event.kind, event.side, event.price, event.size, event.flags]), [
      [clear, Side.none, NaN, NaN, snapshot],
      [level, Side.bid, 100, 10, snapshot],
      [level, Side.ask, 101, 5, snapshot | lastOfBatch],
      [level, Side.bid, 99, 7, lastOfBatch],
      [trade, Side.sell, 100, 4, aggressorKnown],
      [level, Side.bid, 100, 6, lastOfBatch],
      [trade, Side.buy, 100.5, 3, aggressorKnown | lastOfBatch],
      [level, Side.bid, 100, 0, lastOfBatch],
      [status, StatusCode.marketClosed, NaN, NaN, lastOfBatch],
    ]);
    assert.equal(formatTimeUs(events[0]!.event.eventTimeUs), "2012-06-21T13:30:00.017459Z");
  }
});

Deno.test("lobster tells the first row that does not reconcile, counts all of them and goes on", async () => {
  const altered = messages.with(2, messages[2]!.replace(",4,1,4,", ",4,1,5,")).with(4, "34203,3,1,5,1000000,1");
  const { events, notes, refused } = await read(altered, books);
  assert.deepEqual(refused, []);
  assert.equal(events.length, 9);
  assert.deepEqual(notes, [
    "2 rows do not reconcile with the order book, the first in line 3: " +
    "after an execution of 5 at bid 100 there should be 5, there is 6",
  ]);
});

Deno.test("lobster names both files and their rows where one is longer", async () => {
  const message = (a: number, b: number, read: number) =>
    `Cannot read ${MESSAGES}: it has ${a} rows and ${BOOK} has ${b}; the first ${read} of both were read`;
  await assert.rejects(read(messages.slice(0, 4), books), { message: message(4, 6, 4) });
  await assert.rejects(read(messages, books.slice(0, 3)), { message: message(6, 3, 3) });
});

Deno.test("lobster refuses broken rows and leaves their neighbours alone", async () => {
  const { events, refused, notes } = await read(messages.with(1, "x,1,2,7,990000,1"), books.with(3, "1,2,3"));
  assert.deepEqual(refused.map(({ code, line }) => [code, line]), [["time-invalid", 2], ["line-malformed", 4]]);
  assert.match(refused[1]!.message, /its order book is no row of 8 whole numbers: "1,2,3"/);
  assert.deepEqual([events.length, notes], [8, []]);
});

Deno.test("lobster says what it needs", async () => {
  await assert.rejects(readAll(MESSAGES, messages[0]!, {}), /a stock is no currency pair; say with --pair/);
  await assert.rejects(
    readAll(MESSAGES, messages[0]!, { pair, openFile: () => Promise.reject(new Error("there is no such file")) }),
    /it needs x\/ABC_2012-06-21_34200000_57600000_orderbook_2\.csv too: there is no such file/,
  );
  assert.deepEqual(withoutPartners([BOOK, MESSAGES, "a.csv"]), [MESSAGES, "a.csv"]);
  assert.deepEqual(withoutPartners([BOOK]), [BOOK]);
});

const AMZN = `${DATA}/lob/lobster/LOBSTER_SampleFile_AMZN_2012-06-21_5.zip`;
const missing = !existsSync(AMZN);
Deno.test({
  name: `lobster finds the one row of AMZN that was altered${missing ? " (skipped: no ../shared/data)" : ""}`,
  ignore: missing,
  async fn() {
    const levels = "ABC_2012-06-21_34200000_57600000_message_5.csv";
    const [rows, book] = [zipLines(AMZN, /_message_/), zipLines(AMZN, /_orderbook_/)];
    // The first new order behind the middle of the session that is at the touch.
    const touch = (row: string) => [row.split(",")[0], row.split(",")[2]];
    const at = rows.findIndex((row, index) =>
      index > 78_000 && row.split(",")[1] === "1" && touch(book[index]!).includes(row.split(",")[4])
    );
    const columns = rows[at]!.split(",");
    columns[3] = String(Number(columns[3]) + 1);
    const altered = rows.with(at, columns.join(",")).join("\n");
    const bytes = new TextEncoder().encode(book.join("\n"));
    const openFile = async () => ({ stream: streamOf(bytes), sizeBytes: bytes.length });
    const { notes } = await readAll(levels, altered, { pair, openFile });
    assert.match(
      notes.join(),
      new RegExp(`^1 row does not reconcile with the order book, the first in line ${at + 1}: `),
    );
  },
});
