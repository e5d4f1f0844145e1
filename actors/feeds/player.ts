/**
 * Plays one reader: paces its events, packs them into frames and tells progress.
 *
 * @module
 */
import { emptyEvent, type MarketEvent, type Pair, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { AllBytes } from "./all_bytes.ts";
import type { FileExtents } from "./file_extents.ts";
import { FrameBatcher } from "./frame_batcher.ts";
import { Normaliser } from "./normaliser.ts";
import type { Clock } from "./ports.ts";
import type { FileReader, RowSink } from "./readers/mod.ts";
import type { FileSummary, ReplayOptions, ReplaySummary } from "./replay.ts";

/** Rows taken between two flushes where nothing else ends the frames. Bounds what waits in memory. */
export const REPLAY_TURN_ROWS = 2048;
/** Shortest time between two reports of progress. */
const PROGRESS_INTERVAL_US = 100 * US_PER_MS;
/** Longest sleep at once while waiting for the next event: how soon progress moves again. */
const SLEEP_MS_MAX = 1000;

export interface PlayerContext {
  options: ReplayOptions;
  path: string;
  fileNumber: number;
  fileCount: number;
  summary: ReplaySummary;
  bytes: AllBytes;
  /** Left out where the reader has judged its rows already, those of several files in order of time. */
  extents?: FileExtents;
}

export class Player {
  readonly #reader: FileReader;
  readonly #context: PlayerContext;
  readonly #normaliser: Normaliser;
  readonly #batcher: FrameBatcher;
  readonly #pace: Pace | undefined;
  readonly #sink: RowSink;
  /** Events of one row that are not due yet, copied from the reader and used again; the first `#heldCount` wait. */
  readonly #held: { pair: Pair; event: MarketEvent }[] = [];
  #heldCount = 0;
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
    file.notes.push(...this.#reader.notes);
    this.#context.summary.frames += this.#batcher.frameCount;
  }

  get frameCount(): number {
    return this.#batcher.frameCount;
  }

  /** Take rows until a flush is due; `false` where the memory holds no further row. */
  #readTurn(): boolean {
    const reader = this.#reader;
    const batcher = this.#batcher;
    while (reader.next(this.#sink)) {
      if (reader.lineNumber % REPLAY_TURN_ROWS === 0 || batcher.wantsFlush || this.#heldCount > 0) return true;
    }
    return false;
  }

  #take(pair: Pair, event: MarketEvent): void {
    const { extents } = this.#context;
    if (extents !== undefined) {
      if (!this.#normaliser.admit(pair, event, this.#reader.lineNumber)) return;
      extents.see(pair, event.eventTimeUs);
    }
    if (this.#pace !== undefined && (this.#heldCount > 0 || this.#pace.waitUs(event.eventTimeUs) > 0)) {
      const held = this.#held[this.#heldCount++] ??= { pair, event: emptyEvent() };
      held.pair = pair;
      Object.assign(held.event, event);
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
    const { clock, signal } = this.#context.options;
    for (let index = 0; index < this.#heldCount; index++) {
      const { pair, event } = this.#held[index]!;
      for (;;) {
        const waitUs = this.#pace!.waitUs(event.eventTimeUs);
        if (waitUs <= 0) break;
        await clock.sleep(Math.min(waitUs / US_PER_MS, SLEEP_MS_MAX), signal);
        if (signal?.aborted) return;
        this.#report(false);
      }
      this.#publish(pair, event);
    }
    this.#heldCount = 0;
  }

  #report(always: boolean): void {
    const { options, path, fileNumber, fileCount, summary, bytes } = this.#context;
    if (options.onProgress === undefined) return;
    const nowUs = options.clock.nowUs();
    if (!always && nowUs - this.#reportedUs < PROGRESS_INTERVAL_US) return;
    this.#reportedUs = nowUs;
    const { rowCount } = this.#reader;
    const bytesRead = bytes.read(this.#reader.bytesRead);
    const { sizeBytes } = bytes;
    const seconds = (nowUs - this.#startUs) / US_PER_SECOND;
    options.onProgress({
      path,
      fileNumber,
      fileCount,
      rows: summary.rows + rowCount,
      bytesRead,
      sizeBytes,
      rowsPerSecond: seconds > 0 ? rowCount / seconds : 0,
      secondsLeft: sizeBytes > 0 && this.#reader.bytesRead > 0 && seconds > 0
        ? seconds * Math.max(0, sizeBytes - bytesRead) / this.#reader.bytesRead
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
