/**
 * Every format end to end on real recordings, where they are there: counts, first and last event, and the book that is left.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { crc32 } from "node:zlib";
import { Book } from "../book/mod.ts";
import { formatTimeUs, type MarketEvent, type Pair, parsePair } from "../contract/mod.ts";
import { openFile } from "../adapters/files.ts";
import { FakeClock } from "../../tests/support/feed_ports.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { replay, type ReplayOptions } from "./replay.ts";

const NOW_US = 1_700_000_000_000_000;

/** Play files and fold their book; events are told as texts, a number that is not there as "–". */
async function play(paths: readonly string[], options: Partial<ReplayOptions> = {}) {
  const book = new Book();
  const told: { first?: string; last?: string } = {};
  let lastEvent: MarketEvent | undefined;
  const text = ({ kind, side, flags, eventTimeUs, price, size, price2, size2 }: MarketEvent) =>
    [formatTimeUs(eventTimeUs), kind, side, flags, price, size, price2, size2]
      .map((value) => Number.isNaN(value) ? "–" : value).join(" ");
  const summary = await replay(paths, {
    openFile,
    outlet: { publish: () => Promise.resolve(), drain: () => Promise.resolve() },
    clock: new FakeClock(NOW_US),
    runId: "test",
    onEvent: (_pair, event) => {
      told.first ??= text(event);
      Object.assign(lastEvent ??= { ...event }, event);
      book.apply(event);
    },
    ...options,
  });
  if (lastEvent !== undefined) told.last = text(lastEvent);
  return { summary, ...told, bookCrc: crc32(JSON.stringify(book.snapshot())).toString(16) };
}

interface Recording {
  file: string;
  format: string;
  rows: number;
  events: number;
  first: string;
  last: string;
  bookCrc: string;
  options?: Partial<ReplayOptions>;
}

const told = { pair: parsePair("EURUSD") as Pair };

const RECORDINGS: Recording[] = [
  {
    file: "lob/lobster/LOBSTER_SampleFile_AMZN_2012-06-21_5.zip",
    format: "lobster",
    rows: 155_935,
    events: 234_146,
    first: "2012-06-21T13:30:00.017459Z 4 0 1 – – – –",
    last: "2012-06-21T19:59:59.959359Z 2 2 2 220.74 800 – –",
    bookCrc: "1790c7fc",
    options: told,
  },
  {
    file: "lob/lobster/LOBSTER_SampleFile_AAPL_2012-06-21_1.zip",
    format: "lobster",
    rows: 118_497,
    events: 206_507,
    first: "2012-06-21T13:30:00.004241Z 4 0 1 – – – –",
    last: "2012-06-21T19:59:59.913117Z 3 1 6 577.635 52 – –",
    bookCrc: "940dc8c4",
    options: told,
  },
  {
    file: "fx/dukascopy_bi5/GBPJPY/2012/11/03/12h_ticks.bi5",
    format: "dukascopy_bi5",
    rows: 4_413,
    events: 4_413,
    first: "2012-12-03T12:00:00.778000Z 1 0 2 131.866 1350000 131.884 1730000",
    last: "2012-12-03T12:59:58.829000Z 1 0 2 132.258 1130000 132.279 1650000",
    bookCrc: "3794b974",
  },
  {
    file: "fx/dukascopy_gbpjpy/GBPJPY_20121203.csv.gz",
    format: "dukascopy_csv",
    rows: 58_953,
    events: 58_953,
    first: "2012-12-03T00:00:01.883000Z 1 0 2 132.141 1130000 132.158 1500000",
    last: "2012-12-03T23:59:59.629000Z 1 0 2 132.227 1730000 132.253 1500000",
    bookCrc: "cf17160d",
  },
  {
    file: "fx/truefx_usdjpy_nautilus/usdjpy-ticks.csv",
    format: "truefx_csv",
    rows: 1_000,
    events: 1_000,
    first: "2013-01-01T22:00:00.295000Z 1 0 2 86.655 – 86.728 –",
    last: "2013-01-01T22:35:13.494000Z 1 0 2 86.836 – 86.854 –",
    bookCrc: "31f9d205",
  },
  {
    file: "fx/nautilus_quote_tick_data.csv",
    format: "histdata_ascii",
    rows: 9_500,
    events: 9_500,
    first: "2020-01-01T22:00:00.065000Z 1 0 2 1.1212 – 1.12172 –",
    last: "2020-01-02T04:00:52.125000Z 1 0 2 1.1213 – 1.12132 –",
    bookCrc: "3cde69f9",
    options: told,
  },
  {
    file: "fx/darwinex_eurusd/EURUSD_darwinex_20210907.csv.gz",
    format: "csv",
    rows: 112_232,
    events: 112_232,
    first: "2021-09-07T00:00:00.007000Z 1 0 2 – – 1.18735 10000000",
    last: "2021-09-07T23:59:58.775000Z 1 0 2 1.18429 2000000 1.1843299999999999 1000000",
    bookCrc: "fa5c4f38",
  },
  {
    file: "fx/lean_2014-05/fxcm_eurusd_tick/20140508_quote.zip",
    format: "lean_ticks",
    rows: 167_466,
    events: 167_466,
    first: "2014-05-08T05:00:17.007000Z 1 0 2 1.39147 – 1.39148 –",
    last: "2014-05-09T04:59:59.235000Z 1 0 2 1.38371 – 1.38374 –",
    bookCrc: "3c702bf",
    options: { zone: "-05:00" },
  },
  {
    file: "fx/lean_2014-05/oanda_eurusd_tick/20140508_quote.zip",
    format: "lean_ticks",
    rows: 87_833,
    events: 87_833,
    first: "2014-05-08T00:00:08.715000Z 1 0 2 1.39101 – 1.39114 –",
    last: "2014-05-08T23:59:49.008000Z 1 0 2 1.38422 – 1.38431 –",
    bookCrc: "7e38f696",
  },
  {
    file: "fx/lean_2014-05/oanda_nzdusd_tick/20140508_quote.zip",
    format: "lean_ticks",
    rows: 49_874,
    events: 49_874,
    first: "2014-05-08T00:00:00.036000Z 1 0 2 0.86478 – 0.86503 –",
    last: "2014-05-08T23:59:58.220000Z 1 0 2 0.86446 – 0.86467 –",
    bookCrc: "85957c98",
  },
  {
    file: "lob/nautilus_tardis/bitmex_trades_XBTUSD.csv",
    format: "tardis_csv",
    rows: 10,
    events: 10,
    first: "2020-03-01T00:00:03.145000Z 3 2 6 8531.5 2152 – –",
    last: "2020-03-01T00:00:03.276000Z 3 2 6 8531.5 1 – –",
    bookCrc: "3715a8bd",
    options: told,
  },
  {
    file: "lob/nautilus_tardis/huobi-dm-swap_quotes_BTC-USD.csv",
    format: "tardis_csv",
    rows: 10,
    events: 10,
    first: "2020-05-01T00:00:01.099000Z 1 0 2 8629.2 806 8629.3 5494",
    last: "2020-05-01T00:00:01.814000Z 1 0 2 8629.2 847 8629.3 5411",
    bookCrc: "a578ef09",
    options: told,
  },
  {
    file: "lob/nautilus_tardis/deribit_incremental_book_L2_BTC-PERPETUAL.csv",
    format: "tardis_csv",
    rows: 15,
    events: 16,
    first: "2020-04-01T00:00:00.245000Z 4 0 1 – – – –",
    last: "2020-04-01T00:00:00.245000Z 2 2 3 6428.5 39950 – –",
    bookCrc: "293a99a3",
    options: told,
  },
  {
    file: "lob/nautilus_tardis/binance-futures_book_snapshot_5_BTCUSDT.csv",
    format: "tardis_csv",
    rows: 10,
    events: 26,
    first: "2020-09-01T00:00:03.696000Z 4 0 1 – – – –",
    last: "2020-09-01T00:00:04.284000Z 2 2 2 11657.08 1.393 – –",
    bookCrc: "3cfdda83",
    options: told,
  },
  {
    file: "lob/nautilus_tardis/binance-futures_book_snapshot_25_BTCUSDT.csv",
    format: "tardis_csv",
    rows: 10,
    events: 64,
    first: "2020-09-01T00:00:03.696000Z 4 0 1 – – – –",
    last: "2020-09-01T00:00:04.005000Z 2 2 2 11659.34 0 – –",
    bookCrc: "366eaadf",
    options: told,
  },
];

for (const { file, options, ...expected } of RECORDINGS) {
  const path = `${DATA}/${file}`;
  const missing = !existsSync(path);
  Deno.test({
    name: `replay() leaves the book of ${file}${missing ? " (skipped: no ../shared/data)" : ""}`,
    ignore: missing,
    async fn() {
      const { summary, first, last, bookCrc } = await play([path], options);
      assert.deepEqual(summary.rejected, { total: 0, byCode: {} });
      const [{ format, rows, published: events, notes, error }] = summary.files as [typeof summary.files[0]];
      assert.deepEqual({ format, rows, events, first, last, bookCrc }, expected);
      assert.deepEqual([notes, error], [[], undefined]);
    },
  });
}

const BI5 = `${DATA}/fx/dukascopy_bi5/GBPJPY/2012/11/03`;
const noBi5 = !existsSync(BI5);
Deno.test({
  name: `dukascopy_bi5 says what the CSV of the same hours says${noBi5 ? " (skipped: no ../shared/data)" : ""}`,
  ignore: noBi5,
  async fn() {
    const rows: string[] = [];
    const paths = [12, 13, 14].map((hour) => `${BI5}/${hour}h_ticks.bi5`);
    await play(paths, {
      onEvent: (pair, { eventTimeUs, price, price2, size, size2 }) =>
        void rows.push([pair, eventTimeUs / 1000, price, price2, size, size2].join()),
    });
    const [from, to] = [Date.UTC(2012, 11, 3, 12), Date.UTC(2012, 11, 3, 15)];
    const expected = gzipLines(`${DATA}/fx/dukascopy_gbpjpy/GBPJPY_20121203.csv.gz`).slice(1)
      .map((line) => line.split(",").map(Number) as [number, number, number, number, number])
      .filter(([ms]) => ms >= from && ms < to)
      .map(([ms, bid, ask, bidM, askM]) =>
        ["GBPJPY", ms, bid, ask, Math.round(bidM * 1e6), Math.round(askM * 1e6)].join()
      );
    assert.equal(rows.length, 11_932);
    assert.deepEqual(rows, expected);
  },
});
