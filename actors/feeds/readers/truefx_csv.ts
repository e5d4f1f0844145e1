/**
 * TrueFX: the archive's rows without a header, and the same ticks with one as other tools export them.
 *
 * ```text
 * EUR/USD,20130101 22:00:00.123,1.31962,1.31972
 *
 * timestamp,bid,ask
 * 2013-01-01 22:00:00.295000+00:00,86.655,86.728
 * ```
 *
 * Times are UTC. There are no sizes.
 *
 * @module
 */
import { columnParser } from "./columns.ts";
import { firstLine, type LineFormat } from "./format.ts";
import { parseCompactTime, parseIsoTime } from "./times.ts";

const ARCHIVE_ROW = /^\s*[A-Za-z]{3}\/[A-Za-z]{3},\d{8} \d{2}:\d{2}:\d{2}/;
const EXPORT_HEADER = /^timestamp,bid,ask$/i;
const EXPORT_ROW = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/;

export const truefxCsv: LineFormat = {
  name: "truefx_csv",
  title: "TrueFX ticks: EUR/USD,20130101 22:00:00.123,bid,ask or a header timestamp,bid,ask",
  sniff(lines) {
    const first = firstLine(lines);
    if (first === undefined) return false;
    if (ARCHIVE_ROW.test(first.text)) return true;
    const row = lines[first.lineCount];
    return EXPORT_HEADER.test(first.text.trim()) && (row === undefined || EXPORT_ROW.test(row));
  },
  open(head) {
    const first = firstLine(head.lines);
    if (first !== undefined && EXPORT_HEADER.test(first.text.trim())) {
      return columnParser(
        { delimiter: ",", names: ["timestamp", "bid", "ask"], time: 0, parseTime: parseIsoTime, bid: 1, ask: 2 },
        head,
        first.lineCount,
      );
    }
    return columnParser(
      {
        delimiter: ",",
        names: ["pair", "time", "bid", "ask"],
        pair: 0,
        time: 1,
        parseTime: parseCompactTime,
        bid: 2,
        ask: 3,
      },
      head,
      0,
    );
  },
};
