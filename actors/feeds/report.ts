/**
 * What a replay tells people: a line of progress, and a summary with what was refused and why.
 *
 * @module
 */
import { formatTimeUs } from "../contract/mod.ts";
import type { RejectCounts } from "./normaliser.ts";
import type { ReplayProgress, ReplaySummary } from "./replay.ts";

/** Cells of the progress bar. */
const BAR_CELLS = 24;

/** One line of progress without a newline, at most `columns` characters. */
export function progressLine(progress: ReplayProgress, columns = 120): string {
  const { path, fileNumber, fileCount, rows, bytesRead, sizeBytes, rowsPerSecond, secondsLeft } = progress;
  const share = sizeBytes > 0 ? Math.min(1, bytesRead / sizeBytes) : undefined;
  const full = Math.round((share ?? 0) * BAR_CELLS);
  const parts = [
    share === undefined
      ? `${(bytesRead / 1e6).toFixed(1)} MB`
      : `[${"#".repeat(full)}${".".repeat(BAR_CELLS - full)}] ${Math.floor(share * 100)} %`,
    `${grouped(rows)} rows`,
    `${grouped(Math.round(rowsPerSecond))}/s`,
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
    `${fileCount > 1 ? `${fileNumber}/${fileCount} ` : ""}${path.slice(path.lastIndexOf("/") + 1)}`,
  ];
  return parts.join("  ").slice(0, columns);
}

/** Lines of text: rows, time range, what was refused with examples, files that could not be read. */
export function summaryText(summary: ReplaySummary): string {
  const { rows, published, frames, rejected, firstTimeUs, lastTimeUs, elapsedSeconds, files } = summary;
  const rate = elapsedSeconds > 0 ? `, ${grouped(Math.round(rows / elapsedSeconds))} rows/s` : "";
  const lines = [
    `${grouped(rows)} rows, ${grouped(published)} events in ${grouped(frames)} frames, ${
      elapsedSeconds.toFixed(2)
    } s${rate}`,
  ];
  if (firstTimeUs !== undefined && lastTimeUs !== undefined) {
    lines.push(`from ${formatTimeUs(firstTimeUs)} to ${formatTimeUs(lastTimeUs)}`);
  }
  for (const file of files) {
    lines.push(
      `${file.path}: ${file.format ?? "not read"}, ${grouped(file.rows)} rows, ${grouped(file.published)} events`,
    );
    if (file.format !== undefined) lines.push(...rejectLines(file.rejected));
    lines.push(...file.notes.map((note) => `  ${note}`));
    if (file.error !== undefined) lines.push(`  ${file.error}`);
  }
  if (files.length > 1) lines.push(`${grouped(rejected.total)} rows refused`);
  return lines.join("\n");
}

function rejectLines({ total, byCode }: RejectCounts): string[] {
  if (total === 0) return ["  nothing refused"];
  const lines = [`  ${grouped(total)} refused:`];
  for (const [code, { count, examples }] of Object.entries(byCode)) {
    const shown = examples.map(({ line, message }) => `line ${line}: ${message}`).join("; ");
    lines.push(`  ${grouped(count)} ${code} (${shown}${count > examples.length ? "; …" : ""})`);
  }
  return lines;
}

/** `1,234,567`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `1h 02m`, `3m 05s`, `12s`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole >= 3600) return `${Math.floor(whole / 3600)}h ${two(Math.floor(whole % 3600 / 60))}m`;
  return whole >= 60 ? `${Math.floor(whole / 60)}m ${two(whole % 60)}s` : `${whole}s`;
}
