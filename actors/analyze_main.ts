/**
 * Folds recorded files in this process, without a server: what the actors would publish goes to standard output, one JSON
 * object per line, and a summary to standard error.
 *
 * The frames are those of a replay at full speed and the actors are those of the live system, so the numbers are the same.
 * Status: 0 all files were read, 1 one could not be or held no event, 2 wrong usage.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import { progressLineOf, readText, runCommand } from "./adapters/command.ts";
import { openFile, sizeOfFile } from "./adapters/files.ts";
import { StandardOutput } from "./adapters/standard_output.ts";
import { HoursTable, PairHours } from "./analysis/mod.ts";
import { DEFAULT_METRIC_OPTIONS, type MetricOptions, pairLabel, pairSpec, readMetricOptions } from "./contract/mod.ts";
import { CaseCollector, compare, comparisonText, RecordingFold } from "./evaluation/mod.ts";
import {
  FORMAT_NAMES,
  type FrameOutlet,
  grouped,
  progressLine,
  readMap,
  recordingArgs,
  replay,
  summaryText,
} from "./feeds/mod.ts";

const HELP = `Fold recorded market data without a server: metrics and anomalies as JSON lines on standard output.

Usage: deno task analyze [options] FILE…

  --pair PAIR      the pair of files whose rows do not name one, otherwise the one in the file name;
                   where rows name one, those of another are refused
  --format NAME    ${FORMAT_NAMES.join(", ")}; guessed from the content when left out
  --options FILE   what the metrics are computed with, as JSON; what it leaves out has its default
  --against FILE   in place of the samples: cases that these options would gain, lose and change, and alerts a day
  --hours          in place of the samples: a table of their means by pair and hour, as Markdown
  --merge          all files as one, in order of event time; otherwise one after another
  --map MAP        what the columns of a file mean, as JSON or a file of it (docs/FEEDS.md)
  --zone ZONE      zone of times that do not say it, of lean_ticks: UTC (default), -05:00, America/New_York
  --no-progress    no progress on standard error
  --help           this text

Files may be packed with gzip or zstd, or be the one recording of a zip archive.`;

/** The same recording with other options, and what it is compared with. */
class Against {
  readonly ours = new CaseCollector();
  readonly pairHours = new PairHours();
  readonly fold: RecordingFold;
  readonly #theirs = new CaseCollector();

  constructor(options: MetricOptions) {
    this.fold = new RecordingFold(options, this.#theirs.emit);
  }

  /** @throws {ConfigError} where the file cannot be read or does not hold options. */
  static async read(path: string): Promise<Against> {
    return new Against(readMetricOptions(await readText(path), path));
  }

  get text(): string {
    return comparisonText(compare(this.ours.found, this.#theirs.found), this.pairHours.hours);
  }
}

await runCommand(HELP, async (command) => {
  const args = recordingArgs(command.args, { forAnalysis: true });
  const map = args.map === undefined ? undefined : await readMap(args.map, readText);
  const options = args.options === undefined
    ? DEFAULT_METRIC_OPTIONS
    : readMetricOptions(await readText(args.options), args.options);
  const output = new StandardOutput();
  const hours = args.hours ? new HoursTable() : undefined;
  const against = args.against === undefined ? undefined : await Against.read(args.against);
  const fold = new RecordingFold(options, (subject, payload) => {
    if (against !== undefined) against.ours.emit(subject, payload);
    else if (hours !== undefined) hours.take(JSON.parse(payload));
    else output.writeLine(payload);
  });
  const outlet: FrameOutlet = {
    publish: async (pair, frame) => {
      fold.receive(pair, frame);
      against?.fold.receive(pair, frame);
      if (output.wantsFlush) await output.flush();
    },
    drain: () => output.flush(),
  };

  const closed = new AbortController();
  output.onClosed = () => closed.abort();
  const startUs = systemClock.nowUs();
  const progress = progressLineOf(progressLine, { wanted: args.progress });
  const summary = await replay(args.files, {
    openFile,
    sizeOf: sizeOfFile,
    outlet,
    clock: systemClock,
    runId: "analyze",
    format: args.format,
    pair: args.pair,
    zone: args.zone,
    map,
    merge: args.merge,
    receiveTimeUs: () => startUs,
    onProgress: progress.show,
    onEvent: (pair, event) => against?.pairHours.see(pair, event.eventTimeUs),
    signal: AbortSignal.any([command.signal, closed.signal]),
  });
  progress.end();
  if (hours !== undefined) output.writeLine(hours.toMarkdown().trimEnd());
  if (against !== undefined) output.writeLine(against.text);
  await output.flush();

  const lines = fold.pairs.map(({ pair, emitted, bid, ask }) => {
    const decimals = pairSpec(pair).priceDecimals;
    const price = (value: number, more = 0) => Number.isNaN(value) ? "–" : value.toFixed(decimals + more);
    return `${pairLabel(pair)}: ${grouped(emitted)} samples and anomalies, last bid ${price(bid)} ask ${price(ask)} ` +
      `mid ${price((bid + ask) / 2, 1)}`;
  });
  if (lines.length > 1) lines.push(`All pairs together: ${grouped(fold.emittedAcross)} samples and anomalies`);
  console.error([summaryText(summary), ...lines].join("\n"));
  return summary.published > 0 && summary.files.every((file) => file.error === undefined) ? 0 : 1;
});
