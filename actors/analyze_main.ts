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
import { openFile } from "./adapters/files.ts";
import { StandardOutput } from "./adapters/standard_output.ts";
import { HoursTable } from "./analysis/mod.ts";
import {
  DEFAULT_METRIC_OPTIONS,
  EventKind,
  type MarketEvent,
  marketSubject,
  type Pair,
  pairLabel,
  pairSpec,
  readMetricOptions,
} from "./contract/mod.ts";
import {
  FORMAT_NAMES,
  type FrameOutlet,
  grouped,
  progressLine,
  recordingArgs,
  replay,
  summaryText,
} from "./feeds/mod.ts";
import { createMarketActor } from "./market/mod.ts";
import { createPairActor, type PairState } from "./pair/mod.ts";
import type { Actor, LogEntry } from "./runtime/mod.ts";

const HELP = `Fold recorded market data without a server: metrics and anomalies as JSON lines on standard output.

Usage: deno task analyze [options] FILE…

  --pair PAIR      the pair of files whose rows do not name one; otherwise the one in the file name
  --format NAME    ${FORMAT_NAMES.join(", ")}; guessed from the content when left out
  --options FILE   what the metrics are computed with, as JSON; what it leaves out has its default
  --hours          in place of the samples: a table of their means by pair and hour, as Markdown
  --no-progress    no progress on standard error
  --help           this text

Files may be gzipped.`;

type Write = (payload: string) => void;

/** An actor with its state, and how much it has said. */
class Fold<State> {
  readonly #actor: Actor<State>;
  readonly #state: State;
  readonly #write: Write;
  emitted = 0;

  constructor(actor: Actor<State>, write: Write) {
    this.#actor = actor;
    this.#state = actor.initial();
    this.#write = write;
  }

  receive(entry: LogEntry): void {
    this.#actor.receive(this.#state, entry, (_subject, payload) => {
      this.emitted++;
      this.#write(payload);
    });
  }
}

/** The fold of one pair, and its newest quote. */
class PairFold extends Fold<PairState> {
  readonly last = { bid: NaN, ask: NaN };

  see(event: MarketEvent): void {
    if (event.kind !== EventKind.quote) return;
    this.last.bid = event.price;
    this.last.ask = event.price2;
  }
}

await runCommand(HELP, async (command) => {
  const args = recordingArgs(command.args, { forAnalysis: true });
  const options = args.options === undefined
    ? DEFAULT_METRIC_OPTIONS
    : readMetricOptions(await readText(args.options), args.options);
  const output = new StandardOutput();
  const hours = args.hours ? new HoursTable() : undefined;
  const write: Write = hours === undefined ? (line) => output.writeLine(line) : (line) => hours.take(JSON.parse(line));
  const folds = new Map<Pair, PairFold>();
  const foldOf = (pair: Pair): PairFold => {
    let fold = folds.get(pair);
    if (fold === undefined) folds.set(pair, fold = new PairFold(createPairActor(pair, options), write));
    return fold;
  };
  const market = new Fold(createMarketActor(), write);
  let sequence = 0;
  const outlet: FrameOutlet = {
    publish: async (pair, frame) => {
      const entry: LogEntry = { sequence: ++sequence, subject: marketSubject(pair), data: frame };
      foldOf(pair).receive(entry);
      market.receive(entry);
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
    outlet,
    clock: systemClock,
    runId: "analyze",
    format: args.format,
    pair: args.pair,
    receiveTimeUs: () => startUs,
    onProgress: progress.show,
    onEvent: (pair, event) => foldOf(pair).see(event),
    signal: AbortSignal.any([command.signal, closed.signal]),
  });
  progress.end();
  if (hours !== undefined) {
    output.writeLine(hours.toMarkdown().trimEnd());
    await output.flush();
  }

  const lines = [...folds].map(([pair, { emitted, last }]) => {
    const decimals = pairSpec(pair).priceDecimals;
    const price = (value: number, more = 0) => Number.isNaN(value) ? "–" : value.toFixed(decimals + more);
    return `${pairLabel(pair)}: ${grouped(emitted)} samples and anomalies, last bid ${price(last.bid)} ask ${
      price(last.ask)
    } ` +
      `mid ${price((last.bid + last.ask) / 2, 1)}`;
  });
  if (folds.size > 1) lines.push(`All pairs together: ${grouped(market.emitted)} samples`);
  console.error([summaryText(summary), ...lines].join("\n"));
  return summary.published > 0 && summary.files.every((file) => file.error === undefined) ? 0 : 1;
});
