/**
 * One output for many processes: `[hh:mm:ss.mmm] name | text`, each name in a colour of its own.
 *
 * A terminal that is held (Ctrl-S) or a pipe that nobody reads must not stop an actor, so lines wait in a bounded queue and
 * the oldest are dropped, which the output then says.
 *
 * @module
 */

/** Characters that wait to be written. Beyond it the oldest lines are dropped and counted. */
export const LOG_QUEUE_CHARS_MAX = 1024 * 1024;

/** How long `flush()` waits for an output that does not take anything; then what is left is dropped. */
export const LOG_FLUSH_TIMEOUT_MS = 1_000;

/** Width of the name column; a longer name is cut. */
export const LOG_NAME_WIDTH = 10;

/** Cyan, green, yellow, blue, magenta, and their bright kin: readable on dark and light, and none of them means an error. */
const COLOURS = [36, 32, 33, 34, 35, 96, 92, 93, 94, 95];

export interface LogWriterOptions {
  /** Takes bytes, in order. @default standard output */
  write?: (bytes: Uint8Array) => Promise<unknown>;
  /** @default whether standard output is a terminal and NO_COLOR is not set */
  colour?: boolean;
  /** Time of day for the lines. @default {() => new Date()} */
  now?: () => Date;
  /** @default {LOG_QUEUE_CHARS_MAX} */
  queueCharsMax?: number;
}

/** Writes the lines of many sources to one output without ever making a source wait. */
export class LogWriter {
  readonly #write: (bytes: Uint8Array) => Promise<unknown>;
  readonly #colour: boolean;
  readonly #now: () => Date;
  readonly #charsMax: number;
  readonly #colours = new Map<string, number>();
  #queue: string[] = [];
  #chars = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(options: LogWriterOptions = {}) {
    this.#write = options.write ?? writeToStdout;
    this.#colour = options.colour ?? (Deno.stdout.isTerminal() && !Deno.noColor);
    this.#now = options.now ?? (() => new Date());
    this.#charsMax = options.queueCharsMax ?? LOG_QUEUE_CHARS_MAX;
  }

  /** Queues one line of `name`. */
  line(name: string, text: string): void {
    this.#push(this.#format(name, text));
    this.#writing ??= this.#drain();
  }

  /** Waits until everything is written, at most `LOG_FLUSH_TIMEOUT_MS`. */
  async flush(timeoutMs: number = LOG_FLUSH_TIMEOUT_MS): Promise<void> {
    if (this.#writing === undefined) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  #push(line: string): void {
    this.#queue.push(line);
    this.#chars += line.length;
    let drop = 0;
    while (this.#chars > this.#charsMax && drop < this.#queue.length - 1) {
      this.#chars -= this.#queue[drop]!.length;
      drop++;
    }
    if (drop > 0) {
      this.#queue.splice(0, drop);
      this.#dropped += drop;
    }
  }

  async #drain(): Promise<void> {
    const encoder = new TextEncoder();
    try {
      while (this.#queue.length > 0) {
        const note = this.#dropped === 0 ? "" : this.#format("log", `${this.#dropped} lines dropped: output too slow`);
        const text = note + this.#queue.join("");
        this.#queue = [];
        this.#chars = 0;
        this.#dropped = 0;
        await this.#write(encoder.encode(text));
      }
    } catch {
      // The output is gone (`| head`, a closed terminal): there is nobody to tell, and the services must go on.
      this.#queue = [];
      this.#chars = 0;
    } finally {
      this.#writing = undefined;
    }
  }

  #format(name: string, text: string): string {
    const now = this.#now();
    const time = now.toTimeString().slice(0, 8);
    const ms = String(now.getMilliseconds()).padStart(3, "0");
    const column = name.slice(0, LOG_NAME_WIDTH).padEnd(LOG_NAME_WIDTH);
    if (!this.#colour) return `[${time}.${ms}] ${column} | ${text}\n`;
    return `\x1b[2m[${time}.${ms}]\x1b[22m \x1b[${this.#colourOf(name)}m${column} |\x1b[39m ${text}\x1b[0m\n`;
  }

  #colourOf(name: string): number {
    let colour = this.#colours.get(name);
    if (colour === undefined) {
      colour = COLOURS[this.#colours.size % COLOURS.length]!;
      this.#colours.set(name, colour);
    }
    return colour;
  }
}

async function writeToStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
