/**
 * What commands have as processes: help, exit status, progress on standard error.
 *
 * @module
 */
import { ConfigError } from "../contract/mod.ts";

/** Exit status of wrong usage or configuration. */
const EXIT_USAGE = 2;
/** Exit status of a command that a signal stopped half-way. */
const EXIT_UNFINISHED = 1;
/** Time between two lines of progress where there is no terminal to draw on. */
const PROGRESS_LINE_MS = 3_000;

export interface Command {
  readonly args: readonly string[];
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Run a command and exit with the status that it answers; `--help` prints the help instead. */
export async function runCommand(help: string, main: (command: Command) => Promise<number>): Promise<never> {
  if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
    console.log(help);
    Deno.exit(0);
  }
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => abort.abort());
  try {
    const status = await main({ args: Deno.args, signal: abort.signal });
    Deno.exit(abort.signal.aborted && status === 0 ? EXIT_UNFINISHED : status);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(error instanceof ConfigError ? EXIT_USAGE : 1);
  }
}

/** Progress on standard error. */
export interface ProgressLine<T> {
  /** `undefined` where no progress is wanted. */
  show: ((progress: T) => void) | undefined;
  /** Clear what was drawn. */
  end(): void;
}

/** A line that is drawn over where there is a terminal, otherwise one now and then. */
export function progressLineOf<T>(
  render: (progress: T, columns?: number) => string,
  options: { wanted: boolean },
): ProgressLine<T> {
  if (!options.wanted) return { show: undefined, end: () => {} };
  if (!Deno.stderr.isTerminal()) {
    let shownMs = Date.now();
    const show = (progress: T) => {
      if (Date.now() - shownMs < PROGRESS_LINE_MS) return;
      shownMs = Date.now();
      console.error(render(progress));
    };
    return { show, end: () => {} };
  }
  const encoder = new TextEncoder();
  const draw = (text: string) => void Deno.stderr.writeSync(encoder.encode(`\r${text}\x1b[K`));
  return { show: (progress) => draw(render(progress, Deno.consoleSize().columns - 1)), end: () => draw("") };
}

/**
 * A file that an argument names.
 *
 * @throws {ConfigError} where it cannot be read.
 */
export async function readText(file: string): Promise<string> {
  try {
    const bytes = await Deno.readFile(file);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const stream = new Blob([bytes]).stream();
    return await new Response(isGzip ? stream.pipeThrough(new DecompressionStream("gzip")) : stream).text();
  } catch (error) {
    throw new ConfigError([`Cannot read ${file}: ${(error as Error).message}`]);
  }
}
