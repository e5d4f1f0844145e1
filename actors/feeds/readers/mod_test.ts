import assert from "node:assert/strict";
import fc from "fast-check";
import { type Pair, parsePair, parseTimeUs, Side } from "../../contract/mod.ts";
import { SourceError } from "../source_error.ts";
import { gzip, readAll } from "../../../tests/support/reader_support.ts";
import { FORMAT_NAMES, guessFormat, pairOfFileName, READERS } from "./mod.ts";

const us = (iso: string) => parseTimeUs(iso)!;
const EURUSD = parsePair("EURUSD") as Pair;

/** Three rows of every dialect that say the same: bid 1.1, ask 1.2, at 2019-02-04T00:00:00.123Z. */
const DIALECTS: { format: string; header: string; row: string; sizes?: [number, number] }[] = [
  { format: "truefx_csv", header: "", row: "EUR/USD,20190204 00:00:00.123,1.1,1.2" },
  { format: "truefx_csv", header: "timestamp,bid,ask", row: "2019-02-04 00:00:00.123000+00:00,1.1,1.2" },
  { format: "histdata_ascii", header: "", row: "20190203 190000123,1.100000,1.200000,0" },
  {
    format: "dukascopy_csv",
    header: "ts_utc_ms,bid,ask,bid_vol_m,ask_vol_m",
    row: "1549238400123,1.1,1.2,2.06,0.75",
    sizes: [2_060_000, 750_000],
  },
  {
    format: "dukascopy_csv",
    header: "timestamp,askPrice,bidPrice,askVolume,bidVolume",
    row: "1549238400123,1.2,1.1,0.75,2.06",
    sizes: [2_060_000, 750_000],
  },
  {
    format: "dukascopy_csv",
    header: "Gmt time,Ask,Bid,AskVolume,BidVolume",
    row: "04.02.2019 00:00:00.123,1.2,1.1,0.75,2.06",
    sizes: [2_060_000, 750_000],
  },
  { format: "csv", header: "ts_utc_ms,bid,ask", row: "1549238400123,1.1,1.2" },
  {
    format: "csv",
    header: 'Symbol;"Ask Size";ASK;other;Bid;bid_size;DateTime',
    row: 'eur/usd;750000;"1.2";?;1.1;2060000;2019-02-04T00:00:00.123Z',
    sizes: [2_060_000, 750_000],
  },
  {
    format: "ndjson",
    header: "",
    row: '{"kind":"quote","pair":"EURUSD","time":"2019-02-04T00:00:00.123Z","bid":1.1,"ask":1.2}',
  },
];

for (const { format, header, row, sizes = [NaN, NaN] } of DIALECTS) {
  const name = `openReader() reads ${format} ${header === "" ? "without a header" : `with ${header}`}`;
  const head = header === "" ? "" : `${header}\n`;
  const columns = row.split(format === "csv" && header.includes(";") ? ";" : ",");

  Deno.test(`${name}`, async () => {
    for (
      const text of [
        `${head}${row}\n${row}\n`,
        `\ufeff${head}${row}\n\n  \n${row}`,
        `${head}${row}\n${row}`.replaceAll("\n", "\r\n"),
      ]
    ) {
      for (const content of [text, await gzip(new TextEncoder().encode(text))]) {
        const result = await readAll("EURUSD.csv", content, { chunkBytes: [13] });
        assert.equal(result.format, format);
        assert.deepEqual(result.refused, []);
        assert.equal(result.rows, 2);
        const { pair, event } = result.events[1]!;
        assert.equal(pair, EURUSD);
        assert.equal(event.eventTimeUs, us("2019-02-04T00:00:00.123Z"));
        assert.deepEqual([event.price, event.price2, event.size, event.size2], [1.1, 1.2, ...sizes]);
      }
    }
  });

  Deno.test(`${name} and leaves the neighbours of a broken line alone`, async () => {
    const cut = row.slice(0, row.length / 2 | 0);
    const wrong = [cut, "garbage", "\u0000\u0001", "x".repeat(20_000), `${row},1,2`, columns.map(() => "x").join(",")];
    const { events, refused, rows } = await readAll(
      "EURUSD.csv",
      [...(header === "" ? [] : [header]), row, ...wrong, row].join("\n"),
    );
    assert.equal(events.length, 2);
    assert.equal(rows, 2 + wrong.length);
    const first = header === "" ? 2 : 3;
    assert.deepEqual(refused.map(({ line }) => line), wrong.map((_, index) => first + index));
    assert.equal(refused[3]!.code, "line-too-long");
    for (const { message } of refused) assert(message.length > 0 && message.length < 400, message);
  });

  Deno.test(`${name} and never throws on random lines`, async () => {
    const field = fc.oneof(fc.constantFrom(...columns, "", "NaN", "-1", "1e999", '"'), fc.string({ maxLength: 12 }));
    const line = fc.oneof(
      fc.array(field, { maxLength: 8 }).map((fields) => fields.join(",")),
      fc.string(),
      fc.constant(row),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 10 }), async (lines) => {
        const { events, refused, rows } = await readAll("EURUSD.csv", [header, row, ...lines].join("\n"), { format });
        assert.equal(events.length + refused.length, rows);
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("openReader() neither hangs nor throws another error on random bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(undefined, ...FORMAT_NAMES),
      async (bytes, format) => {
        try {
          await readAll("EURUSD.bin", bytes, { format, chunkBytes: [11] });
        } catch (error) {
          assert(error instanceof SourceError, String(error));
        }
      },
    ),
  );
});

Deno.test("openReader() says which columns it found and which it expects", async () => {
  await assert.rejects(readAll("EURUSD.csv", "foo,bar\n1,2\n", { format: "csv" }), (error: Error) => {
    assert.match(
      error.message,
      /^Cannot read EURUSD\.csv: as csv: columns found: foo, bar; expected a time \(timestamp, .*bid and ask/,
    );
    return error instanceof SourceError;
  });
  await assert.rejects(
    readAll("EURUSD.csv", "a,b\n", { format: "dukascopy_csv" }),
    /the header is "a,b"; expected ts_utc_ms,bid,ask/,
  );
  await assert.rejects(
    readAll("EURUSD.csv", "foo,bar\n1,2\n"),
    /its format is not known from the first line "foo,bar"/,
  );
  await assert.rejects(
    readAll("EURUSD.csv", "x", { format: "xml" }),
    /no format is named "xml"; formats: dukascopy_bi5, lobster, ndjson/,
  );
});

Deno.test("openReader() refuses an empty file and a file without a pair", async () => {
  await assert.rejects(readAll("EURUSD.csv", ""), /Cannot read EURUSD\.csv: the file is empty/);
  await assert.rejects(readAll("EURUSD.csv", "\n\r\n"), /the file is empty/);
  await assert.rejects(readAll("ticks.csv", "time,bid,ask\n"), /no column names the pair.*--pair EURUSD/);
  assert.equal((await readAll("ticks.csv", "time,bid,ask\n", { pair: EURUSD })).rows, 0);
});

Deno.test("openReader() names what is wrong with a row", async () => {
  const text = [
    "time,symbol,bid,ask,bid_size",
    "2019-02-04T00:00:00Z,EURUSD,1.1",
    "2019-02-30T00:00:00Z,EURUSD,1.1,1.2,1",
    "2019-02-04T00:00:00Z,ABCDEF,1.1,1.2,1",
    "2019-02-04T00:00:00Z,EURUSD,1.1,inf,1",
    "2019-02-04T00:00:00Z,EURUSD,1.1,1.2,nan",
    "2019-02-04T00:00:00Z,EURUSD,1.1,1.2x,1",
    "2019-02-04T00:00:00Z,EURUSD,1.1,1.2,1,9",
  ].join("\n");
  const { refused } = await readAll("x.csv", text);
  assert.deepEqual(refused.map(({ code, line }) => `${line} ${code}`), [
    "2 column-missing",
    "3 time-invalid",
    "4 pair-unknown",
    "5 price-not-finite",
    "6 size-not-finite",
    "7 line-malformed",
    "8 line-malformed",
  ]);
  assert.match(refused[0]!.message, /3 columns, expected 5: time,symbol,bid,ask,bid_size/);
  assert.match(refused[5]!.message, /cannot read ask from "1\.2x"/);
});

Deno.test("openReader() takes an empty side of a quote as absent, in csv", async () => {
  const { events } = await readAll("EURUSD.csv", "ts_ms,bid,bid_size,ask,ask_size\n1630972800007,,,1.18735,1e7\n");
  assert.deepEqual([events[0]!.event.price, events[0]!.event.price2, events[0]!.event.size2], [NaN, 1.18735, 1e7]);
});

Deno.test("openReader() reads trades with and without a side", async () => {
  const text =
    "time,price,size,side\n1549238400,1.1,1000000,BUY\n1549238400,1.1,5e5,s\n1549238400,1.1,1,\n1549238400,1.1,1,up\n";
  const { events, refused } = await readAll("EURUSD.csv", text);
  assert.deepEqual(events.map(({ event }) => [event.side, event.size]), [[Side.buy, 1e6], [Side.sell, 5e5], [
    Side.none,
    1,
  ]]);
  assert.deepEqual(refused.map(({ code }) => code), ["side-unknown"]);
});

Deno.test("openReader() keeps the pairs of one file apart", async () => {
  const { events, refused } = await readAll(
    "x.csv",
    "EUR/USD,20190204 00:00:00.123,1.1,1.2\nusd/jpy,20190204 00:00:00.123,110,111\nEURxUSD,20190204 00:00:00.123,1,1\n",
  );
  assert.deepEqual(events.map(({ pair }) => pair as string), ["EURUSD", "USDJPY"]);
  assert.equal(refused[0]!.code, "pair-unknown");
});

Deno.test("pairOfFileName() finds the one pair of a name", () => {
  for (
    const name of [
      "USDJPY.csv",
      "a/DAT_ASCII_USDJPY_T_2020.csv",
      "usd-jpy_2019.csv.gz",
      "usdjpy-ticks.csv",
      "C:\\x\\USD_JPY.csv",
    ]
  ) {
    assert.equal(pairOfFileName(name), "USDJPY", name);
  }
  for (const name of ["ticks.csv", "USDJPY/ticks.csv", "gbpusd_usdjpy.csv", "XUSDJPYX.csv", ""]) {
    assert.equal(pairOfFileName(name), undefined, name);
  }
});

Deno.test("pairOfFileName() finds pairs outside of the usual ones where their letters leave no doubt", () => {
  const names: Record<string, string | undefined> = {
    "DAT_ASCII_XAUUSD_T_2020.csv": "XAUUSD",
    "EURTRY.csv": "EURTRY",
    "nok_sek.csv": "NOKSEK",
    "mxn-jpy.csv": "MXNJPY",
    // The usual ones come first.
    "EURUSD_madtry.csv": "EURUSD",
    "noksek.csv": undefined,
    "MADTRY.csv": undefined,
    "BTCUSD.csv": undefined,
    "market.csv": undefined,
    "EUR_TRY_MAD.csv": undefined,
    "EUREUR.csv": undefined,
  };
  for (const [name, pair] of Object.entries(names)) assert.equal(pairOfFileName(name), pair, name);
});

Deno.test("guessFormat() lets every reader know its own files only", () => {
  for (const { format, header, row } of DIALECTS) {
    assert.equal(guessFormat([...(header === "" ? [] : [header]), row], "x")?.name, format, row);
  }
  assert.equal(guessFormat(["hello"], "x.csv"), undefined);
  assert.equal(guessFormat(["broken"], "x.ndjson.gz")?.name, "ndjson");
  assert.equal(new Set(FORMAT_NAMES).size, READERS.length);
});
