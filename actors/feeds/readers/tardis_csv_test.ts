import assert from "node:assert/strict";
import { EventFlag, EventKind, type Pair, parsePair, Side } from "../../contract/mod.ts";
import { readAll } from "../../../tests/support/reader_support.ts";

const pair = parsePair("EURUSD") as Pair;
const FRONT = "exchange,symbol,timestamp,local_timestamp";
const LEVELS = `${FRONT},is_snapshot,side,price,amount`;
const level = (symbol: string, us: number, local: number, rest: string) =>
  `x,${symbol},${1_585_699_200_000_000 + us},${1_585_699_200_000_000 + local},${rest}`;

Deno.test("tardis_csv clears the book before a snapshot and ends a batch with its local time", async () => {
  const text = [
    LEVELS,
    level("BTC-PERP", 1, 5, "true,ask,6421.5,10"),
    level("BTC-PERP", 1, 5, "true,bid,6421,20"),
    level("BTC-PERP", 6, 9, "false,bid,6421,0"),
    level("ETH-PERP", 7, 9, "false,bid,1,1"),
    level("BTC-PERP", 8, 9, "false,bid,6420,7"),
    level("BTC-PERP", 10, 12, "true,bid,6400,1"),
  ].join("\n");
  const { events, refused, rows, format } = await readAll("book.csv", text, { pair, chunkBytes: [50] });
  const { snapshot, lastOfBatch } = EventFlag;
  assert.deepEqual(events.map(({ event }) => [event.kind, event.side, event.price, event.size, event.flags]), [
    [EventKind.clear, Side.none, NaN, NaN, snapshot],
    [EventKind.level, Side.ask, 6421.5, 10, snapshot],
    [EventKind.level, Side.bid, 6421, 20, snapshot | lastOfBatch],
    [EventKind.level, Side.bid, 6421, 0, 0],
    [EventKind.level, Side.bid, 6420, 7, lastOfBatch],
    [EventKind.clear, Side.none, NaN, NaN, snapshot],
    [EventKind.level, Side.bid, 6400, 1, snapshot | lastOfBatch],
  ]);
  assert.deepEqual([rows, format, refused.map(({ code, line }) => [code, line])], [6, "tardis_csv", [[
    "pair-other",
    5,
  ]]]);
});

Deno.test("tardis_csv tells books as what changed between rows", async () => {
  const columns = [0, 1].map((i) => `asks[${i}].price,asks[${i}].amount,bids[${i}].price,bids[${i}].amount`);
  const text = [
    `${FRONT},${columns.join(",")}`,
    level("EURUSD", 1, 2, "1.2,5,1.1,6,1.3,1,1.0,2"),
    level("EURUSD", 3, 4, "1.2,5,1.15,9,1.3,2,1.1,6"),
    level("EURUSD", 5, 6, "1.2,5,1.15,9,,,1.1,6"),
  ].join("\n");
  const { events, refused } = await readAll("book.csv", text);
  assert.deepEqual(refused, []);
  assert.deepEqual(events.slice(5).map(({ event }) => [event.side, event.price, event.size]), [
    [Side.bid, 1.15, 9],
    [Side.bid, 1.0, 0],
    [Side.ask, 1.3, 2],
    [Side.ask, 1.3, 0],
  ]);
});

Deno.test("tardis_csv reads trades whose side is not known, and says when the pair must be told", async () => {
  const text = `${FRONT},id,side,price,amount\n${level("BTCUSDT", 1, 2, "a,unknown,1.1,5")}\n`;
  const { events } = await readAll("trades.csv", text, { pair });
  assert.deepEqual([events[0]!.event.side, events[0]!.event.flags], [Side.none, EventFlag.lastOfBatch]);
  const { refused } = await readAll("trades.csv", text);
  assert.deepEqual(refused.map(({ code }) => code), ["pair-unknown"]);
  await assert.rejects(
    readAll("x.csv", `${FRONT},what\n`),
    /as tardis_csv: the header is "exchange,symbol.*expected one of/,
  );
});

Deno.test("openReader() takes a zone only for formats that have none", async () => {
  await assert.rejects(
    readAll("EURUSD.csv", "time,bid,ask\n", { zone: "UTC" }),
    /csv knows the zone of its times; --zone is for lean_ticks/,
  );
  const { events } = await readAll("EURUSD/20140508_tick_quote.csv", "17007,1.39147,1.39148\n", {
    pair,
    zone: "-05:00",
  });
  assert.equal(events[0]!.event.eventTimeUs, Date.UTC(2014, 4, 8, 5, 0, 17, 7) * 1000);
});
