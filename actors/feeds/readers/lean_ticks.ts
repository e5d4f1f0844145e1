/**
 * Ticks of currencies as LEAN keeps them: `17007,1.39147,1.39148`, milliseconds of the day, bid and ask, the date in the name of
 * the file or of the member of its archive: `20140508_quote.zip`, `20140508_eurusd_tick_quote.csv`.
 *
 * The day is in the zone that is told, UTC where none is.
 *
 * @module
 */
import { US_PER_DAY } from "../../contract/mod.ts";
import { SourceError } from "../source_error.ts";
import { columnParser } from "./columns.ts";
import { firstLine, type LineFormat } from "./format.ts";
import { parseDecimal } from "./numbers.ts";
import { dateUs } from "./times.ts";
import { zoneOf } from "./zones.ts";

const ROW = /^\d{1,8}(\.\d+)?,\d+(\.\d+)?,\d+(\.\d+)?$/;
const DATE = /(?:^|[/\\])(\d{4})(\d{2})(\d{2})_[^/\\]*$/;

export const leanTicks: LineFormat = {
  name: "lean_ticks",
  title: "LEAN's ticks of currencies: 17007,bid,ask with the date in the name, 20140508_eurusd_tick_quote.csv",
  takesZone: true,
  sniff: (lines, name) => ROW.test(firstLine(lines)?.text ?? "") && DATE.test(name),
  open(head) {
    const { path, name, options } = head;
    const date = DATE.exec(name) ?? DATE.exec(path);
    const dayUs = date === null ? NaN : dateUs(Number(date[1]), Number(date[2]), Number(date[3]));
    if (!(dayUs > 0)) {
      throw new SourceError(path, "as lean_ticks: its name tells no date; expected 20140508_eurusd_tick_quote.csv");
    }
    const toUtc = zoneOf(options.zone ?? "UTC");
    if (toUtc === undefined) throw new SourceError(path, `"${options.zone}" is no zone; expected UTC, -05:00, …`);
    const parseTime = (bytes: Uint8Array, start: number, end: number): number => {
      const ofDayUs = Math.floor(parseDecimal(bytes, start, end, 3));
      return ofDayUs < US_PER_DAY ? toUtc(dayUs + ofDayUs) : NaN;
    };
    return columnParser(
      { delimiter: ",", names: ["ms_of_day", "bid", "ask"], time: 0, parseTime, bid: 1, ask: 2 },
      head,
      0,
    );
  },
};
