/**
 * What every role has as a process: lines of log, a line that says it is ready, an orderly end.
 *
 * @module
 */
import { ConfigError, type LogLevel } from "../contract/mod.ts";
import type { LogLine } from "../runtime/mod.ts";

/** Exit status for configuration that cannot be used; a defect exits with 1. */
const EXIT_CONFIG = 2;
/** Time a role has to end in good order; then it ends at once. A server that is gone must not hold it. */
const STOP_DEADLINE_MS = 10_000;
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface Role {
  /** Aborts on SIGINT, SIGTERM, or when the parent is gone and `--exit-with-parent` was given. */
  readonly signal: AbortSignal;
  readonly log: LogLine;
  /** Tell the supervisor, on standard output, that the role does its work. */
  ready(facts: Readonly<Record<string, unknown>>): void;
}

/**
 * Run a role until it ends. Wrong configuration is told in full and ends with status 2; any other error is told with its
 * stack and ends with status 1.
 */
export async function runRole(level: LogLevel, main: (role: Role) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const stop = () => {
    if (abort.signal.aborted) return;
    abort.abort();
    const deadline = setTimeout(() => {
      console.error(`not done ${STOP_DEADLINE_MS} ms after the stop, ending`);
      Deno.exit(1);
    }, STOP_DEADLINE_MS);
    Deno.unrefTimer(deadline);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  if (Deno.args.includes("--exit-with-parent")) void untilStandardInputEnds().then(stop);
  try {
    await main({
      signal: abort.signal,
      log: logger(level),
      ready: (facts) => console.log(`READY ${JSON.stringify(facts)}`),
    });
    Deno.exit(0);
  } catch (error) {
    exitWith(error);
  }
}

/** Read configuration, or end with status 2 and every problem told. */
export function configured<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return exitWith(error);
  }
}

/** A name for this process that no other one in the cluster has. */
export function ownNodeName(): string {
  return `${Deno.hostname().replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 40)}-${Deno.pid}`;
}

/** Lines on standard error: time, level, text. */
export function logger(level: LogLevel): LogLine {
  const least = LEVELS.indexOf(level);
  return (lineLevel, text) => {
    if (LEVELS.indexOf(lineLevel) >= least) console.error(`${new Date().toISOString()} ${lineLevel.padEnd(5)} ${text}`);
  };
}

function exitWith(error: unknown): never {
  console.error(error instanceof ConfigError ? error.message : (error as Error).stack ?? String(error));
  Deno.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}

/** A supervisor that is killed cannot say so, but its end of the pipe closes. */
async function untilStandardInputEnds(): Promise<void> {
  const buffer = new Uint8Array(1024);
  try {
    while (await Deno.stdin.read(buffer) !== null);
  } catch {
    // A pipe that broke has ended too.
  }
}
