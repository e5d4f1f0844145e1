import assert from "node:assert/strict";
import { ConfigError, formatTimeUs, Side } from "../../contract/mod.ts";
import { readAll } from "../../../tests/support/reader_support.ts";
import { readColumnMap } from "./mod.ts";

const quotes = {
  delimiter: ";",
  columns: { time: "Date Time", bid: "Bid", ask: "Ask", bidSize: "BV" },
  timeFormat: "DD.MM.YYYY HH:MM:SS.sss",
  zone: "America/New_York",
  sizeUnit: 1_000_000,
  priceFactor: 0.00001,
};
const mapOf = (value: unknown) => readColumnMap(JSON.stringify(value), "map.json");

Deno.test("mapped_csv reads columns by name, with their zone and units", async () => {
  const text =
    'Date Time;x;Ask;Bid;BV\n05.02.2019 09:30:00.5;?;"114554";114551;2.06\n05.07.2019 09:30:00;?;114554;;1\n';
  const { events, refused, format } = await readAll("EURUSD.txt", text, { map: mapOf(quotes) });
  assert.deepEqual([refused, format], [[], "mapped_csv"]);
  assert.deepEqual(
    events.map(({ event }) => [formatTimeUs(event.eventTimeUs), event.price, event.price2, event.size]),
    [
      ["2019-02-05T14:30:00.500000Z", 1.14551, 1.14554, 2_060_000],
      ["2019-07-05T13:30:00.000000Z", NaN, 1.14554, 1_000_000],
    ],
  );
});

Deno.test("mapped_csv reads columns by number, trades, and pairs of rows", async () => {
  const map = mapOf({
    header: false,
    columns: { time: 1, pair: 0, price: 2, size: 3, side: 4 },
    timeFormat: "iso",
    zone: "-05:00",
    sizeUnit: 3,
  });
  const text = "EUR/USD,2019-02-04 00:00:00,1.1,2,buy\nusdjpy,2019-02-04T00:00:00Z,110,1,S\n";
  const { events } = await readAll("trades", text, { map });
  assert.deepEqual(
    events.map(({ pair, event }) => [pair, formatTimeUs(event.eventTimeUs), event.price, event.size, event.side]),
    [["EURUSD", "2019-02-04T05:00:00.000000Z", 1.1, 6, Side.buy], [
      "USDJPY",
      "2019-02-04T00:00:00.000000Z",
      110,
      3,
      Side.sell,
    ]],
  );
});

Deno.test("mapped_csv names the columns that are not there, and those that are", async () => {
  await assert.rejects(readAll("EURUSD.csv", "Date Time;Ask;bid\n", { map: mapOf(quotes) }), {
    message: "Cannot read EURUSD.csv: the map names columns that are not there: " +
      'bid "Bid", bidSize "BV"; found "Date Time", "Ask", "bid"',
  });
  await assert.rejects(readAll("EURUSD.csv", "a\n", { format: "mapped_csv" }), /say with --map what its columns mean/);
});

Deno.test("readColumnMap() tells every field that is wrong", () => {
  const wrong: [unknown, RegExp][] = [
    [{ ...quotes, zone: undefined }, /map\.json: zone: /],
    [{ ...quotes, zone: "Mars/Base" }, /zone: expected UTC, -05:00 or America\/New_York/],
    [{ ...quotes, timeFormat: "HH:MM" }, /timeFormat: expected iso, epoch or a pattern/],
    [{ ...quotes, columns: { time: 0, bid: 1 } }, /columns: expected bid and ask for quotes, or price and size/],
    [{ ...quotes, header: false }, /columns: without a header, columns are numbers/],
    [{ ...quotes, sizeUnit: 0 }, /sizeUnit: /],
    [{ ...quotes, colour: "red" }, /colour/],
  ];
  for (const [value, message] of wrong) {
    assert.throws(
      () => mapOf(value),
      (error: Error) => error instanceof ConfigError && message.test(error.message),
      String(message),
    );
  }
  assert.throws(() => readColumnMap("{", "--map"), /--map: .*JSON/);
});
