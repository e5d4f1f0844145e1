/**
 * Dukascopy ticks as the common tools write them, volumes in millions of base currency:
 *
 * ```text
 * ts_utc_ms,bid,ask,bid_vol_m,ask_vol_m                        decoded from bi5
 * timestamp,askPrice,bidPrice,askVolume,bidVolume              dukascopy-node
 * Gmt time,Ask,Bid,AskVolume,BidVolume                         JForex, 31.12.2019 22:00:00.123
 * ```
 *
 * @module
 */
import { SourceError } from "../source_error.ts";
import { columnParser } from "./columns.ts";
import { firstLine, type LineFormat } from "./format.ts";
import { parseDottedTime, parseEpochTime } from "./times.ts";

/** A million. */
const VOLUME_SHIFT = 6;

const DIALECTS = [
  {
    header: "ts_utc_ms,bid,ask,bid_vol_m,ask_vol_m",
    columns: { time: 0, parseTime: parseEpochTime, bid: 1, ask: 2, bidSize: 3, askSize: 4 },
  },
  {
    header: "timestamp,askPrice,bidPrice,askVolume,bidVolume",
    columns: { time: 0, parseTime: parseEpochTime, ask: 1, bid: 2, askSize: 3, bidSize: 4 },
  },
  {
    header: "Gmt time,Ask,Bid,AskVolume,BidVolume",
    columns: { time: 0, parseTime: parseDottedTime, ask: 1, bid: 2, askSize: 3, bidSize: 4 },
  },
] as const;

const plain = (header: string): string => header.toLowerCase().replaceAll(/[" ]/g, "");

const dialectOf = (header: string | undefined) =>
  DIALECTS.find((dialect) => header !== undefined && plain(dialect.header) === plain(header));

export const dukascopyCsv: LineFormat = {
  name: "dukascopy_csv",
  title: `Dukascopy ticks with volumes in millions: ${DIALECTS[0].header}`,
  sniff: (lines) => dialectOf(firstLine(lines)?.text) !== undefined,
  open(head) {
    const { path, lines } = head;
    const first = firstLine(lines);
    const dialect = dialectOf(first?.text);
    if (dialect === undefined) {
      const expected = DIALECTS.map((one) => one.header).join(" or ");
      throw new SourceError(
        path,
        `as dukascopy_csv: the header is "${first?.text.slice(0, 200)}"; expected ${expected}`,
      );
    }
    return columnParser(
      {
        delimiter: ",",
        names: dialect.header.split(","),
        sizeShift: VOLUME_SHIFT,
        sidesMayBeEmpty: true,
        ...dialect.columns,
      },
      head,
      first!.lineCount,
    );
  },
};
