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
import { progressLineOf, runCommand } from "./adapters/command.ts";
import { openFile } from "./adapters/files.ts";
import { StandardOutput } from "./adapters/standard_output.ts";
import { EventKind, type MarketEvent, type Pair, pairLabel, pairSpec } from "./contract/mod.ts";
import {
  FORMAT_NAMES,
  type FrameOutlet,
  grouped,
  progressLine,
  recordingArgs,
  replay,
  summaryText,
} from "./feeds/mod.ts";
import { createPairActor } from "./pair/mod.ts";

const HELP = `Fold recorded market data without a server: metrics and anomalies as JSON lines on standard output.

Usage: deno task analyze [options] FILE…

  --pair PAIR      the pair of files whose rows do not name one; otherwise the one in the file name
  --format NAME    ${FORMAT_NAMES.join(", ")}; guessed from the content when left out
  --no-progress    no progress on standard error
  --help           this text

Files may be gzipped.`;

/** One pair's actor with its state and what it has said. */
class Fold {
  readonly #actor;
  readonly #state;
  readonly #emit: (subject: string, payload: string) => void;
  readonly last = { bid: NaN, ask: NaN };
  emitted = 0;

  constructor(pair: Pair, write: (line: string) => void) {
    this.#actor = createPairActor(pair);
    this.#state = this.#actor.initial();
    this.#emit = (_subject, payload) => {
      this.emitted++;
      write(payload);
    };
  }

  receive(sequence: number, data: Uint8Array): void {
    this.#actor.receive(this.#state, { sequence, data }, this.#emit);
  }

  see(event: MarketEvent): void {
    if (event.kind !== EventKind.quote) return;
    this.last.bid = event.price;
    this.last.ask = event.price2;
  }
}

await runCommand(HELP, async (command) => {
  const args = recordingArgs(command.args, { takesSpeed: false });
  const output = new StandardOutput();
  const folds = new Map<Pair, Fold>();
  const foldOf = (pair: Pair): Fold => {
    let fold = folds.get(pair);
    if (fold === undefined) folds.set(pair, fold = new Fold(pair, (line) => output.writeLine(line)));
    return fold;
  };
  let sequence = 0;
  const outlet: FrameOutlet = {
    publish: async (pair, frame) => {
      foldOf(pair).receive(++sequence, frame);
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

  const lines = [...folds].map(([pair, { emitted, last }]) => {
    const decimals = pairSpec(pair).priceDecimals;
    const price = (value: number, more = 0) => Number.isNaN(value) ? "–" : value.toFixed(decimals + more);
    return `${pairLabel(pair)}: ${grouped(emitted)} samples and anomalies, last bid ${price(last.bid)} ask ${
      price(last.ask)
    } ` +
      `mid ${price((last.bid + last.ask) / 2, 1)}`;
  });
  console.error([summaryText(summary), ...lines].join("\n"));
  return summary.published > 0 && summary.files.every((file) => file.error === undefined) ? 0 : 1;
});
