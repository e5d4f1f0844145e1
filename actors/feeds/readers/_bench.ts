/**
 * Rows per second of every reader on one core, from memory, beside a plain pass that only splits lines.
 *
 * Run: `deno run --no-lock actors/feeds/readers/_bench.ts [rows]`
 *
 * @module
 */
import { LineSource } from "./lines.ts";
import { openReader } from "./mod.ts";

const CHUNK_BYTES = 64 * 1024;
const START_MS = 1_549_238_400_000;

/** A fixed row per number: prices that move, sizes that vary, the same in every run. */
const FORMATS: Record<string, { header: string; row: (i: number, bid: string, ask: string) => string }> = {
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
for (const [format, { header, row }] of Object.entries(FORMATS)) {
  const rows = format === "ndjson" ? Math.ceil(rowCount / 10) : rowCount;
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

    const reader = await openReader("EURUSD.bench", { stream: streamOf(chunks), sizeBytes: 0 }, { format });
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
    if (events !== rows || lines < rows || !(sum > rows)) throw new Error(`${events} events from ${rows} rows`);
  }
  const figure = (ms: number) =>
    `${(rows / ms / 1000).toFixed(2)} M rows/s, ${(ms * 1e6 / rows).toFixed(0)} ns/row, ${
      (megabytes / ms * 1000).toFixed(0)
    } MB/s`;
  console.log(`${format.padEnd(15)} ${figure(best)}   lines only: ${figure(bestPlain)}`);
}
