/**
 * Delimited columns of any kind, by a mapping that says what they mean.
 *
 * @module
 */
import { SourceError } from "../source_error.ts";
import { columnParser } from "./columns.ts";
import { COLUMNS_MAX } from "./fields.ts";
import { firstLine, type LineFormat } from "./format.ts";
import { patternParser } from "./time_pattern.ts";
import { parseEpochTime, parseIsoTime, type ParseTime } from "./times.ts";
import { zoneOf } from "./zones.ts";

export const mappedCsv: LineFormat = {
  name: "mapped_csv",
  title: "any delimited columns, by a mapping: --map",
  sniff: () => false,
  open(head) {
    const { path, lines, options: { map } } = head;
    if (map === undefined) throw new SourceError(path, "as mapped_csv: say with --map what its columns mean");
    const first = firstLine(lines);
    const cells = (first?.text ?? "").split(map.delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    const names = map.header ? cells : cells.map((_, index) => String(index));
    if (names.length > COLUMNS_MAX) throw new SourceError(path, `more than ${COLUMNS_MAX} columns`);
    const missing: string[] = [];
    const columns: Record<string, number> = {};
    for (const [role, name] of Object.entries(map.columns)) {
      if (name === undefined) continue;
      const index = typeof name === "number" ? name : names.indexOf(name);
      if (index < 0 || index >= names.length) missing.push(`${role} ${JSON.stringify(name)}`);
      columns[role] = index;
    }
    if (missing.length > 0) {
      const found = names.slice(0, 20).map((name) => JSON.stringify(name.slice(0, 40))).join(", ");
      throw new SourceError(path, `the map names columns that are not there: ${missing.join(", ")}; found ${found}`);
    }
    return columnParser(
      {
        delimiter: map.delimiter,
        names,
        ...columns,
        time: columns.time!,
        parseTime: timeOf(map.timeFormat, map.zone),
        sidesMayBeEmpty: true,
        ...scaled("price", map.priceFactor),
        ...scaled("size", map.sizeUnit),
      },
      head,
      map.header ? first?.lineCount ?? 0 : 0,
    );
  },
};

/** A power of ten moves the decimal point, which is exact; other units multiply. */
function scaled(what: "price" | "size", factor: number): Record<string, number> {
  const shift = Math.round(Math.log10(factor));
  return Number(`1e${shift}`) === factor ? { [`${what}Shift`]: shift } : { [`${what}Factor`]: factor };
}

/** ISO times that say their zone keep it; times since the epoch have none. */
function timeOf(format: string, zone: string): ParseTime {
  if (format === "epoch") return parseEpochTime;
  const toUtc = zoneOf(zone)!;
  if (format === "iso") {
    return (bytes, start, end) => {
      const timeUs = parseIsoTime(bytes, start, end);
      return saysZone(bytes, start, end) ? timeUs : toUtc(timeUs);
    };
  }
  const parse = patternParser(format);
  return (bytes, start, end) => toUtc(parse(bytes, start, end));
}

/** Whether a Z, + or - stands behind the seconds. */
function saysZone(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 19; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x5a || byte === 0x2b || byte === 0x2d) return true;
  }
  return false;
}
