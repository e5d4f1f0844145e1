/**
 * HistData, "Generic ASCII", tick data: `20200101 170014123,1.121200,1.121920,0`.
 *
 * The clock is New York's winter time all year (UTC−5). The last column is named volume and always 0: not known, not a size.
 *
 * @module
 */
import { columnParser } from "./columns.ts";
import { firstLine, type LineFormat } from "./format.ts";
import { parseHistdataTime } from "./times.ts";

const ROW = /^\d{8} \d{9},/;

export const histdataAscii: LineFormat = {
  name: "histdata_ascii",
  title: "HistData ticks: 20200101 170014123,bid,ask,volume on a UTC−5 clock",
  sniff: (lines) => ROW.test(firstLine(lines)?.text ?? ""),
  open: (head) =>
    columnParser(
      {
        delimiter: ",",
        names: ["time", "bid", "ask", "volume"],
        time: 0,
        parseTime: parseHistdataTime,
        bid: 1,
        ask: 2,
      },
      head,
      0,
    ),
};
