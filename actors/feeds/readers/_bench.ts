/**
 * Rows per second of every reader on one core, from memory, beside a plain pass that only splits lines; then of packed text, of
 * the formats that are not one file of lines, and of files that are merged.
 *
 * Run: `deno run --no-lock actors/feeds/readers/_bench.ts [rows]`
 *
 * @module
 */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { zipSync } from "fflate";
import { compress } from "lzma1";
import { type Pair, parsePair } from "../../contract/mod.ts";
import { MergedReader, MergeInput } from "../merged_reader.ts";
import { Normaliser } from "../normaliser.ts";
import { LineSource } from "./lines.ts";
import { type FileReader, openReader, readColumnMap, type ReaderOptions } from "./mod.ts";

const CHUNK_BYTES = 64 * 1024;
const START_MS = 1_549_238_400_000;

/** A fixed row per number: prices that move, sizes that vary, the same in every run. */
interface Format {
  header: string;
  row: (i: number, bid: string, ask: string) => string;
  /** @default "EURUSD.bench" */
  path?: string;
  options?: ReaderOptions;
  /** Events of a row where they are not one, on the whole. */
  isBook?: boolean;
}

const TARDIS = "exchange,symbol,timestamp,local_timestamp";
const FORMATS: Record<string, Format> = {
  truefx_csv: {
    header: "",
    row: (i, bid, ask) =>
      `EUR/USD,${
        new Date(START_MS + i * 7).toISOString().replaceAll("-", "").replace("T", " ").slice(0, 21)
      },${bid},${ask}`,
  },
  histdata_ascii: {
    header: "",
    row: (i, bid, ask) =>
      `${
        new Date(START_MS + i * 7).toISOString().replaceAll(/[-:.]/g, "").replace("T", " ").slice(0, 18)
      },${bid},${ask},0`,
  },
  dukascopy_csv: {
    header: "ts_utc_ms,bid,ask,bid_vol_m,ask_vol_m\n",
    row: (i, bid, ask) => `${START_MS + i * 7},${bid},${ask},${1 + i % 7}.${10 + i % 83},${1 + i % 5}.00`,
  },
  csv: {
    header: "time,pair,bid,ask,bid_size,ask_size\n",
    row: (i, bid, ask) => `${new Date(START_MS + i * 7).toISOString()},EURUSD,${bid},${ask},${1 + i % 9}000000,2500000`,
  },
  lean_ticks: {
    path: "EURUSD/20190204_eurusd_tick_quote.csv",
    header: "",
    row: (i, bid, ask) => `${Math.floor(i / 20)},${bid},${ask}`,
  },
  tardis_csv: {
    header: `${TARDIS},ask_amount,ask_price,bid_price,bid_amount\n`,
    row: (i, bid, ask) =>
      `x,EURUSD,${(START_MS + i * 7) * 1000},${(START_MS + i * 7) * 1000 + 99},${i % 90},${ask},${bid},5`,
  },
  "tardis_csv L2": {
    isBook: true,
    header: `${TARDIS},is_snapshot,side,price,amount\n`,
    row: (i, bid) =>
      `x,EURUSD,${(START_MS + i * 7) * 1000},${(START_MS + i * 7) * 1000 + 99},false,bid,${bid},${i % 90}`,
  },
  mapped_csv: {
    header: "When|Bid|Ask\n",
    row: (i, bid, ask) =>
      `${new Date(START_MS + i * 7).toISOString().replaceAll("-", "").replace("T", " ").slice(0, 21)}|${bid}|${ask}`,
    options: {
      map: readColumnMap(
        JSON.stringify({
          delimiter: "|",
          columns: { time: "When", bid: "Bid", ask: "Ask" },
          timeFormat: "YYYYMMDD HH:MM:SS.sss",
          zone: "America/New_York",
        }),
        "bench",
      ),
    },
  },
  ndjson: {
    header: "",
    row: (i, bid, ask) =>
      `{"kind":"quote","pair":"EURUSD","timeUs":${
        (START_MS + i * 7) * 1000
      },"bid":${bid},"ask":${ask},"bidSize":1000000}`,
  },
};

function chunksOf(text: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return chunks;
}

const streamOf = (chunks: readonly Uint8Array[]) => ReadableStream.from(chunks);

const rowCount = Number(Deno.args[0] ?? 1_000_000);
for (const [name, { header, row, path = "EURUSD.bench", options, isBook = false }] of Object.entries(FORMATS)) {
  const rows = name === "ndjson" ? Math.ceil(rowCount / 10) : rowCount;
  let text = header;
  for (let i = 0; i < rows; i++) {
    const pips = (i * 2_654_435_761 % 97) / 1e5;
    text += `${row(i, (1.145 + pips).toFixed(5), (1.14503 + pips).toFixed(5))}\n`;
  }
  const chunks = chunksOf(text);
  const megabytes = text.length / 1e6;
  let best = Infinity;
  let bestPlain = Infinity;
  for (let round = 0; round < 4; round++) {
    const plain = new LineSource("bench", streamOf(chunks));
    let startMs = performance.now();
    let lines = 0;
    do while (plain.next()) lines++; while (await plain.fill());
    bestPlain = Math.min(bestPlain, performance.now() - startMs);

    const reader = await openReader(path, { stream: streamOf(chunks), sizeBytes: 0 }, {
      format: name.split(" ")[0],
      ...options,
    });
    let events = 0;
    let sum = 0;
    const sink = {
      event: (_pair: string, event: { price: number }) => {
        events++;
        sum += event.price;
      },
      refuse: (code: string, line: number, describe: () => string) => {
        throw new Error(`line ${line} refused: ${code}, ${describe()}`);
      },
    };
    startMs = performance.now();
    do while (reader.next(sink)); while (await reader.fill());
    best = Math.min(best, performance.now() - startMs);
    if ((events !== rows && !isBook) || lines < rows || !(sum > rows)) {
      throw new Error(`${events} events from ${rows} rows`);
    }
  }
  const figure = (ms: number) =>
    `${(rows / ms / 1000).toFixed(2)} M rows/s, ${(ms * 1e6 / rows).toFixed(0)} ns/row, ${
      (megabytes / ms * 1000).toFixed(0)
    } MB/s`;
  console.log(`${name.padEnd(15)} ${figure(best)}   lines only: ${figure(bestPlain)}`);
}

/** Rows per second of whatever reads, the best of three. */
async function measure(name: string, open: () => Promise<FileReader>): Promise<void> {
  let best = Infinity;
  let rows = 0;
  for (let round = 0; round < 3; round++) {
    const startMs = performance.now();
    const reader = await open();
    const sink = {
      event: () => {},
      refuse: (code: string) => {
        throw new Error(`a row is refused: ${code}`);
      },
    };
    do while (reader.next(sink)); while (await reader.fill());
    best = Math.min(best, performance.now() - startMs);
    rows = reader.rowCount;
  }
  console.log(
    `${name.padEnd(15)} ${(rows / best / 1000).toFixed(2)} M rows/s, ${(best * 1e6 / rows).toFixed(0)} ns/row`,
  );
}

const quotes = FORMATS.dukascopy_csv!;
let plain = quotes.header;
for (let i = 0; i < rowCount; i++) plain += `${quotes.row(i, `1.14${500 + i % 97}`, `1.14${600 + i % 97}`)}\n`;
const bytes = new TextEncoder().encode(plain);
const fileOf = (packed: Uint8Array) => ({
  stream: ReadableStream.from(function* () {
    for (let at = 0; at < packed.length; at += CHUNK_BYTES) yield packed.subarray(at, at + CHUNK_BYTES);
  }()),
  sizeBytes: packed.length,
});
const packings = {
  gzip: gzipSync(bytes),
  zstd: zstdCompressSync(bytes),
  zip: zipSync({ "EURUSD.csv": bytes }, { level: 6 }),
};
for (const [name, packed] of Object.entries(packings)) {
  await measure(`CSV in ${name}`, () => openReader("EURUSD.csv", fileOf(packed)));
}
for (const fileCount of [2, 24]) {
  await measure(`CSV, ${fileCount} merged`, async () => {
    const inputs: MergeInput[] = [];
    for (let i = 0; i < fileCount; i++) {
      const part = bytes.subarray(0, Math.floor(bytes.length / fileCount));
      inputs.push(
        new MergeInput(
          await openReader("EURUSD.csv", fileOf(part.subarray(0, part.lastIndexOf(10) + 1))),
          new Normaliser(),
        ),
      );
    }
    return new MergedReader(inputs);
  });
}

const hour = new Uint8Array(20 * 20_000);
for (let i = 0; i < 20_000; i++) {
  const view = new DataView(hour.buffer, 20 * i);
  [i * 150, 114_554 + (i * 7919) % 97, 114_551 + (i * 7919) % 97].forEach((value, at) => view.setUint32(4 * at, value));
  [1 + i % 7, 1 + i % 5].forEach((value, at) => view.setFloat32(12 + 4 * at, value));
}
const bi5 = compress(hour);
await measure("dukascopy_bi5", () => openReader("EURUSD/2019/01/04/07h_ticks.bi5", fileOf(bi5)));

const LOBSTER = "ABC_2012-06-21_34200000_57600000_message_5.csv";
let messages = "";
let books = "";
const lobsterRows = Math.ceil(rowCount / 4);
for (let i = 0; i < lobsterRows; i++) {
  messages += `${34_200 + i / 100},${i === 0 ? 1 : i % 2 === 1 ? 1 : 3},${i},100,2239500,1\n`;
  const size = 100 + 100 * (i % 2);
  books +=
    `2239900,100,2239500,${size},2239950,20,2238100,21,2240000,220,2238000,20,2240100,10,2237900,5,2240200,30,2237800,9\n`;
}
const [messageBytes, bookBytes] = [messages, books].map((text) => new TextEncoder().encode(text)) as [
  Uint8Array,
  Uint8Array,
];
await measure(
  "lobster, 5 levels",
  () =>
    openReader(LOBSTER, fileOf(messageBytes), {
      pair: parsePair("EURUSD") as Pair,
      openFile: async () => fileOf(bookBytes),
    }),
);
