/**
 * The readers on real recordings, where they are there: `../shared/data` beside the repository, or FXMM_SHARED_DATA.
 */
import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { Readable } from "node:stream";
import { formatTimeUs, type Pair, parsePair } from "../contract/mod.ts";
import { MemoryOutlet } from "../../tests/support/feed_ports.ts";
import { replay } from "./replay.ts";

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;

interface Recording {
  file: string;
  format: string;
  rows: number;
  /** Event time, bid, ask, bid size, ask size. */
  first: [string, number, number, number, number];
  last: [string, number, number, number, number];
  pair: string;
}

const RECORDINGS: Recording[] = [
  {
    file: "truefx_usdjpy_nautilus/usdjpy-ticks.csv",
    format: "truefx_csv",
    rows: 1_000,
    first: ["2013-01-01T22:00:00.295000Z", 86.655, 86.728, NaN, NaN],
    last: ["2013-01-01T22:35:13.494000Z", 86.836, 86.854, NaN, NaN],
    pair: "USDJPY",
  },
  {
    file: "nautilus_quote_tick_data.csv",
    format: "histdata_ascii",
    rows: 9_500,
    first: ["2020-01-01T22:00:00.065000Z", 1.1212, 1.12172, NaN, NaN],
    last: ["2020-01-02T04:00:52.125000Z", 1.1213, 1.12132, NaN, NaN],
    pair: "EURUSD",
  },
  {
    file: "histdata_2012-01-04/EURUSD_20120104T2200Z_24h.csv.gz",
    format: "csv",
    rows: 73_622,
    first: ["2012-01-04T22:00:00.290000Z", 1.29414, 1.29431, NaN, NaN],
    last: ["2012-01-05T21:59:57.067000Z", 1.27876, 1.27893, NaN, NaN],
    pair: "EURUSD",
  },
  {
    file: "histdata_2012-01-04/USDJPY_20120104T2200Z_24h.csv.gz",
    format: "csv",
    rows: 22_087,
    first: ["2012-01-04T22:00:00.290000Z", 76.707, 76.727, NaN, NaN],
    last: ["2012-01-05T21:59:58.097000Z", 77.11, 77.13, NaN, NaN],
    pair: "USDJPY",
  },
  {
    file: "dukascopy_eurusd/EURUSD_20190204.csv.gz",
    format: "dukascopy_csv",
    rows: 136_741,
    first: ["2019-02-04T00:00:00.994000Z", 1.14543, 1.14545, 2_060_000, 1_000_000],
    last: ["2019-02-04T23:59:57.992000Z", 1.14349, 1.14355, 2_100_000, 4_440_000],
    pair: "EURUSD",
  },
  {
    file: "dukascopy_gbpjpy/GBPJPY_20121203.csv.gz",
    format: "dukascopy_csv",
    rows: 58_953,
    first: ["2012-12-03T00:00:01.883000Z", 132.141, 132.158, 1_130_000, 1_500_000],
    last: ["2012-12-03T23:59:59.629000Z", 132.227, 132.253, 1_730_000, 1_500_000],
    pair: "GBPJPY",
  },
  {
    file: "dukascopy_gbpjpy/GBPJPY_20121207.csv.gz",
    format: "dukascopy_csv",
    rows: 59_691,
    first: ["2012-12-07T00:00:02.527000Z", 132.307, 132.327, 1_500_000, 1_130_000],
    last: ["2012-12-07T21:59:59.988000Z", 132.266, 132.349, 750_000, 750_000],
    pair: "GBPJPY",
  },
  {
    file: "dukascopy_eurchf_2015-01-15_0919-0959_SNB.csv",
    format: "dukascopy_csv",
    rows: 656,
    first: ["2015-01-15T09:19:45.778000Z", 1.20094, 1.20098, 1_000_000, 1_000_000],
    last: ["2015-01-15T09:59:11.782000Z", 1.02542, 1.02857, 7_180_000, 1_030_000],
    pair: "EURCHF",
  },
  {
    file: "darwinex_eurusd/EURUSD_darwinex_20210906.csv.gz",
    format: "csv",
    rows: 56_464,
    first: ["2021-09-06T00:00:00.036000Z", 1.1885299999999999, NaN, 250_000, NaN],
    last: ["2021-09-06T23:59:54.773000Z", 1.18731, 1.18736, 2_100_000, 10_000_000],
    pair: "EURUSD",
  },
];

for (const { file, format, rows, first, last, pair } of RECORDINGS) {
  const path = `${DATA}/fx/${file}`;
  const missing = !existsSync(path);
  Deno.test({
    name: `replay() reads all of ${file}${missing ? " (skipped: no ../shared/data)" : ""}`,
    ignore: missing,
    async fn() {
      const outlet = new MemoryOutlet();
      const summary = await replay([path], {
        openFile: async () => ({
          stream: Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>,
          sizeBytes: 0,
        }),
        outlet,
        clock: {
          nowUs: () => 1_700_000_000_000_000,
          sleep: () => Promise.reject(new Error("a replay at full speed does not wait")),
        },
        runId: "test",
        pair: parsePair(pair) as Pair,
      });
      assert.deepEqual(summary.rejected, { total: 0, byCode: {} });
      assert.deepEqual([summary.rows, summary.published, summary.files[0]!.format], [rows, rows, format]);
      const events = outlet.events;
      for (const [event, [time, ...numbers]] of [[events[0]!, first], [events.at(-1)!, last]] as const) {
        assert.equal(formatTimeUs(event.eventTimeUs), time);
        assert.deepEqual([event.price, event.price2, event.size, event.size2], numbers);
      }
      assert(outlet.frames.every((frame) => frame.pair === pair));
    },
  });
}
