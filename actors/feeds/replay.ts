/**
 * Replays recordings: reader → normaliser → frames → outlet, as fast as possible or paced by event time.
 *
 * Files are played one after the other, each as a source of its own: event time must not go back within a file and pair. Paced,
 * the first event of each file is due at once and every other after its distance in event time divided by the speed. At `max`
 * a frame ends after a fixed number of rows, so the same file makes the same frames in every run.
 *
 * @module
 */
import { emptyEvent, type MarketEvent, type Pair, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { FrameBatcher } from "./frame_batcher.ts";
import { addRejects, Normaliser, type RejectCounts } from "./normaliser.ts";
import type { Clock, FrameOutlet, OpenFile } from "./ports.ts";
import { type FileReader, openReader, type RowSink } from "./readers/mod.ts";
import { SourceError } from "./source_error.ts";

/** Rows taken between two flushes where nothing else ends the frames. Bounds what waits in memory. */
export const REPLAY_TURN_ROWS = 2048;
/** Shortest time between two reports of progress. */
const PROGRESS_INTERVAL_US = 100 * US_PER_MS;
/** Longest sleep at once while waiting for the next event: how soon progress moves again. */
const SLEEP_MS_MAX = 1000;

export interface ReplayOptions {
  openFile: OpenFile;
  outlet: FrameOutlet;
  clock: Clock;
  /** Makes the message ids of this run its own, so that a second replay is no duplicate of the first. */
  runId: string;
  /** Event time per wall time, or as fast as possible. @default {"max"} */
  speed?: number | "max";
  format?: string;
  /** The pair of files whose rows do not name one. @default the one in each file's name */
  pair?: Pair;
  /** Receive time of the frames. @default `clock.nowUs` */
  receiveTimeUs?: () => number;
  onProgress?: (progress: ReplayProgress) => void;
  /** Sees each event that is published, before the frame it goes into is sent. */
  onEvent?: (pair: Pair, event: MarketEvent) => void;
  signal?: AbortSignal;
}

export interface ReplayProgress {
  path: string;
  fileNumber: number;
  fileCount: number;
  /** Rows of all files so far. */
  rows: number;
  /** Bytes of this file, as it lies on the disk. */
  bytesRead: number;
  /** 0 where it is not known. */
  sizeBytes: number;
  rowsPerSecond: number;
  /** Time left for this file at its pace so far; `undefined` where it cannot be told yet. */
  secondsLeft: number | undefined;
}

export interface ReplaySummary {
  rows: number;
  /** Events published. */
  published: number;
  frames: number;
  rejected: RejectCounts;
  /** Earliest and latest event time published; `undefined` where nothing was. */
  firstTimeUs: number | undefined;
  lastTimeUs: number | undefined;
  elapsedSeconds: number;
  files: FileSummary[];
}

export interface FileSummary {
  path: string;
  format: string | undefined;
  rows: number;
  published: number;
  rejected: RejectCounts;
  /** Why the file could not be read, or not to its end. */
  error: string | undefined;
}

/**
 * Replay files in the order given. A file that cannot be read is told in the summary and the next one goes on.
 *
 * @throws where the outlet fails.
 */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<ReplaySummary> {
  const { clock, outlet, signal } = options;
  const startUs = clock.nowUs();
  const summary: ReplaySummary = {
    rows: 0,
    published: 0,
    frames: 0,
    rejected: { total: 0, byCode: {} },
    firstTimeUs: undefined,
    lastTimeUs: undefined,
    elapsedSeconds: 0,
    files: [],
  };
  for (const [index, path] of paths.entries()) {
    if (signal?.aborted) break;
    const file: FileSummary = {
      path,
      format: undefined,
      rows: 0,
      published: 0,
      rejected: { total: 0, byCode: {} },
      error: undefined,
    };
    summary.files.push(file);
    let player: Player | undefined;
    try {
      const opened = await options.openFile(path).catch((error: Error) => {
        throw new SourceError(path, error.message, { cause: error });
      });
      const reader = await openReader(path, opened, options);
      player = new Player(reader, { options, path, fileNumber: index + 1, fileCount: paths.length, summary });
      await player.play();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      file.error = error.message;
    }
    player?.addTo(file);
    summary.rows += file.rows;
    summary.published += file.published;
    addRejects(summary.rejected, file.rejected);
  }
  await outlet.drain();
  summary.elapsedSeconds = (clock.nowUs() - startUs) / US_PER_SECOND;
  return summary;
}

interface PlayerContext {
  options: ReplayOptions;
  path: string;
  fileNumber: number;
  fileCount: number;
  summary: ReplaySummary;
}

/** Plays one file. */
class Player {
  readonly #reader: FileReader;
  readonly #context: PlayerContext;
  readonly #normaliser: Normaliser;
  readonly #batcher: FrameBatcher;
  readonly #pace: Pace | undefined;
  readonly #sink: RowSink;
  /** An event that is not due yet, copied from the reader. */
  readonly #held = emptyEvent();
  #heldPair: Pair | undefined;
  #published = 0;
  #startUs: number;
  #reportedUs: number;

  constructor(reader: FileReader, context: PlayerContext) {
    const { clock, outlet, runId, speed = "max", receiveTimeUs = () => clock.nowUs() } = context.options;
    this.#reader = reader;
    this.#context = context;
    this.#normaliser = new Normaliser({ receiveTimeUs: receiveTimeUs() });
    this.#batcher = new FrameBatcher({
      outlet,
      sourceName: `replay:${context.path.slice(context.path.lastIndexOf("/") + 1)}:${runId}:${context.fileNumber}`,
      receiveTimeUs,
    });
    this.#pace = speed === "max" ? undefined : new Pace(clock, speed);
    this.#startUs = this.#reportedUs = clock.nowUs();
    this.#sink = {
      event: (pair, event) => this.#take(pair, event),
      refuse: (code, line, describe) => this.#normaliser.refuse(code, line, describe),
    };
  }

  async play(): Promise<void> {
    const reader = this.#reader;
    const signal = this.#context.options.signal;
    try {
      do {
        while (!signal?.aborted && this.#readTurn()) {
          await this.#flush();
          await this.#waitUntilDue();
        }
      } while (!signal?.aborted && await reader.fill());
    } finally {
      // Also where the file breaks off: the rows before it count.
      await this.#flush();
      await reader.close();
    }
    this.#report(true);
  }

  addTo(file: FileSummary): void {
    file.format = this.#reader.format;
    file.rows = this.#reader.rowCount;
    file.published = this.#published;
    file.rejected = this.#normaliser.rejected;
    this.#context.summary.frames += this.#batcher.frameCount;
  }

  /** Take rows until a flush is due; `false` where the memory holds no further row. */
  #readTurn(): boolean {
    const reader = this.#reader;
    const batcher = this.#batcher;
    while (reader.next(this.#sink)) {
      if (reader.lineNumber % REPLAY_TURN_ROWS === 0 || batcher.wantsFlush || this.#heldPair !== undefined) return true;
    }
    return false;
  }

  #take(pair: Pair, event: MarketEvent): void {
    if (!this.#normaliser.admit(pair, event, this.#reader.lineNumber)) return;
    if (this.#pace !== undefined && this.#pace.waitUs(event.eventTimeUs) > 0) {
      Object.assign(this.#held, event);
      this.#heldPair = pair;
    } else this.#publish(pair, event);
  }

  #publish(pair: Pair, event: MarketEvent): void {
    const { summary, options } = this.#context;
    const { eventTimeUs } = event;
    if (!(eventTimeUs >= summary.firstTimeUs!)) summary.firstTimeUs = eventTimeUs;
    if (!(eventTimeUs <= summary.lastTimeUs!)) summary.lastTimeUs = eventTimeUs;
    this.#published++;
    options.onEvent?.(pair, event);
    this.#batcher.add(pair, event);
  }

  async #flush(): Promise<void> {
    await this.#batcher.flush();
    this.#report(false);
  }

  async #waitUntilDue(): Promise<void> {
    const pair = this.#heldPair;
    if (pair === undefined) return;
    const { clock, signal } = this.#context.options;
    for (;;) {
      const waitUs = this.#pace!.waitUs(this.#held.eventTimeUs);
      if (waitUs <= 0) break;
      await clock.sleep(Math.min(waitUs / US_PER_MS, SLEEP_MS_MAX), signal);
      if (signal?.aborted) return;
      this.#report(false);
    }
    this.#heldPair = undefined;
    this.#publish(pair, this.#held);
  }

  #report(always: boolean): void {
    const { options, path, fileNumber, fileCount, summary } = this.#context;
    if (options.onProgress === undefined) return;
    const nowUs = options.clock.nowUs();
    if (!always && nowUs - this.#reportedUs < PROGRESS_INTERVAL_US) return;
    this.#reportedUs = nowUs;
    const { rowCount, bytesRead, sizeBytes } = this.#reader;
    const seconds = (nowUs - this.#startUs) / US_PER_SECOND;
    options.onProgress({
      path,
      fileNumber,
      fileCount,
      rows: summary.rows + rowCount,
      bytesRead,
      sizeBytes,
      rowsPerSecond: seconds > 0 ? rowCount / seconds : 0,
      secondsLeft: sizeBytes > 0 && bytesRead > 0 && seconds > 0
        ? seconds * Math.max(0, sizeBytes / bytesRead - 1)
        : undefined,
    });
  }
}

/** When events of one file are due. The clock is read only when the last reading does not decide. */
class Pace {
  readonly #clock: Clock;
  readonly #speed: number;
  #startUs = 0;
  #firstTimeUs: number | undefined;
  #nowUs = 0;

  constructor(clock: Clock, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Microseconds until an event of this time is due; 0 or less: now. */
  waitUs(eventTimeUs: number): number {
    if (this.#firstTimeUs === undefined) {
      this.#firstTimeUs = eventTimeUs;
      this.#startUs = this.#nowUs = this.#clock.nowUs();
    }
    const dueUs = this.#startUs + (eventTimeUs - this.#firstTimeUs) / this.#speed;
    if (dueUs > this.#nowUs) this.#nowUs = this.#clock.nowUs();
    return dueUs - this.#nowUs;
  }
}
