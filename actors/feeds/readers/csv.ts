/**
 * CSV with a header that says what the columns are, in any order: quotes where there is a bid or ask, trades where there is a
 * price and a size.
 *
 * Names are compared without case, spaces, dashes and underscores; columns with other names are passed over. The delimiter is
 * the comma, semicolon or tab that the header holds most of. The time is ISO 8601 or a number since the epoch, its unit told
 * by its size. An empty bid or ask is a side that is not there; sizes are in base currency units.
 *
 * @module
 */
import { SourceError } from "../source_error.ts";
import { type ColumnLayout, columnParser } from "./columns.ts";
import { COLUMNS_MAX } from "./fields.ts";
import { firstLine, type LineFormat } from "./format.ts";
import { parseAnyTime } from "./times.ts";

/** What each column may be called; the first is how messages name it. */
const COLUMN_NAMES = {
  time: [
    "timestamp",
    "time",
    "datetime",
    "date",
    "ts",
    "ts_utc",
    "ts_utc_ms",
    "ts_s",
    "ts_ms",
    "ts_us",
    "ts_ns",
    "ts_event",
    "time_ms",
    "time_us",
    "time_ns",
    "timestamp_ms",
    "timestamp_us",
    "timestamp_ns",
    "event_time",
    "event_time_us",
    "epoch",
    "epoch_ms",
    "unix_time",
    "gmt_time",
    "utc",
  ],
  bid: ["bid", "bid_price", "best_bid", "best_bid_price", "bid_px"],
  ask: ["ask", "ask_price", "best_ask", "best_ask_price", "ask_px", "offer", "offer_price", "ofr"],
  bidSize: ["bid_size", "bid_volume", "bid_vol", "bid_qty", "bid_quantity", "bid_amount", "best_bid_size"],
  askSize: [
    "ask_size",
    "ask_volume",
    "ask_vol",
    "ask_qty",
    "ask_quantity",
    "ask_amount",
    "best_ask_size",
    "offer_size",
    "ofr_size",
  ],
  price: ["price", "trade_price", "px", "last", "rate"],
  size: ["size", "trade_size", "qty", "quantity", "amount", "volume"],
  side: ["side", "aggressor", "aggressor_side", "taker_side", "direction"],
  pair: ["symbol", "pair", "instrument", "ccy_pair", "currency_pair", "ticker"],
} as const;
type Role = keyof typeof COLUMN_NAMES;

const plain = (name: string): string => name.trim().replace(/^"(.*)"$/, "$1").toLowerCase().replaceAll(/[ _-]/g, "");

const ROLE_OF = new Map<string, Role>(
  Object.entries(COLUMN_NAMES).flatMap(([role, names]) => names.map((name) => [plain(name), role as Role])),
);

interface Header {
  delimiter: "," | ";" | "\t";
  names: string[];
  roles: Partial<Record<Role, number>>;
  lineCount: number;
}

function readHeader(lines: readonly string[]): Header | undefined {
  const first = firstLine(lines);
  if (first === undefined) return undefined;
  let delimiter: Header["delimiter"] = ",";
  for (const candidate of [";", "\t"] as const) {
    if (first.text.split(candidate).length > first.text.split(delimiter).length) delimiter = candidate;
  }
  const names = first.text.split(delimiter).map((name) => name.trim());
  const roles: Header["roles"] = {};
  names.forEach((name, column) => {
    const role = ROLE_OF.get(plain(name));
    if (role !== undefined) roles[role] ??= column;
  });
  return { delimiter, names, roles, lineCount: first.lineCount };
}

const hasQuotes = ({ roles }: Header): boolean => roles.bid !== undefined && roles.ask !== undefined;
const hasTrades = ({ roles }: Header): boolean => roles.price !== undefined && roles.size !== undefined;

export const csv: LineFormat = {
  name: "csv",
  title: "CSV with a header: a time, bid and ask with or without sizes, or price, size and side; pair or symbol",
  sniff(lines) {
    const header = readHeader(lines);
    return header !== undefined && header.roles.time !== undefined && (hasQuotes(header) || hasTrades(header));
  },
  open(head) {
    const { path, lines } = head;
    const header = readHeader(lines);
    if (header === undefined) throw new SourceError(path, "as csv: there is no header");
    const { delimiter, names, roles, lineCount } = header;
    const quotes = hasQuotes(header);
    if (roles.time === undefined || !(quotes || hasTrades(header)) || names.length > COLUMNS_MAX) {
      const found = names.slice(0, 20).map((name) => name.slice(0, 40)).join(", ");
      throw new SourceError(path, `as csv: columns found: ${found}; expected ${expectedColumns()}`);
    }
    const layout: ColumnLayout = { delimiter, names, time: roles.time, parseTime: parseAnyTime, pair: roles.pair };
    const wanted: readonly (Exclude<Role, "time" | "pair">)[] = quotes
      ? ["bid", "ask", "bidSize", "askSize"]
      : ["price", "size", "side"];
    for (const role of wanted) layout[role] = roles[role];
    return columnParser({ ...layout, sidesMayBeEmpty: true }, head, lineCount);
  },
};

function expectedColumns(): string {
  const some = COLUMN_NAMES.time.slice(0, 4).join(", ");
  return `a time (${some}, …) with bid and ask, and bid_size and ask_size where known, for quotes; ` +
    `a time with price and size, and side where known, for trades; symbol or pair where the file holds several`;
}
