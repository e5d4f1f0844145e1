/**
 * Tables as CSV (RFC 4180).
 *
 * @module
 */

type Row = readonly (string | number)[];

/** A head and rows. */
export function csvText(head: readonly string[], rows: readonly Row[]): string {
  return csvLines([head, ...rows]);
}

/** Rows alone, for what follows a head. */
export function csvLines(rows: readonly Row[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

/** A cell; one that a spreadsheet would take for a formula begins with a quote. */
function csvCell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
