/**
 * Archives one log into ClickHouse, exactly once.
 *
 * Messages become rows in columns; full or old enough columns leave as one block for each table; when all of them are stored, the
 * last sequence is written down. Where a run broke off, rows behind that mark may or may not be there, and a roll-up may know rows
 * that its table does not. So every start, and every failed insert, takes one path: shut out whoever wrote before, delete the
 * rows behind the mark, rebuild the roll-up buckets they may have touched, read the log again from the mark. The log keeps what
 * the database does not have yet. Of several archivers of one stream only the newest owner of its lease can write (`fence.ts`).
 *
 * @module
 */
import { ClickHouseError } from "@clickhouse/client-web";
import type { Log, LogLine } from "../../actors/runtime/mod.ts";
import type { ClickHouse } from "./clickhouse.ts";
import { Doors, DoorsGoneError } from "./doors.ts";
import { type ArchiveFence, checkToken, FenceLostError, runName, soleFence, verifyFence } from "./fence.ts";
import { repairAfter } from "./repair.ts";
import type { RowSet } from "./row_set.ts";

/** Longest time a row waits for its block. */
export const FLUSH_INTERVAL_MS = 1_000;
/** Pause before the database is tried again; doubled each time up to the longest. */
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;

/** What ClickHouse says to a run whose door was removed, and to one whose statement was killed. */
const SHUT_OUT_CODES: ReadonlySet<string> = new Set(["60", /* UNKNOWN_TABLE */ "394" /* QUERY_WAS_CANCELLED */]);

/** Turns messages into rows of one or more tables. */
export interface Rows {
  readonly sets: readonly RowSet[];
  /** Messages and entries left out, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  take(subject: string, sequence: number, data: Uint8Array, epoch: number): void;
}

export interface ArchiverOptions {
  stream: string;
  log: Log;
  /** Makes empty rows; two sets are filled in turn. */
  makeRows: () => Rows;
  clickhouse: ClickHouse;
  /** Called before every start: makes the tables what they must be, or rejects. */
  prepare(): Promise<void>;
  logLine: LogLine;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface ArchiverStats {
  rowCount: number;
  blockCount: number;
  failureCount: number;
  /** Everything up to here is in the tables. */
  archivedSequence: number;
  /** Newest sequence read from the log. */
  readSequence: number;
  connected: boolean;
  /** Why nothing is archived right now. */
  fault?: string;
}

export class Archiver {
  readonly stats: ArchiverStats = {
    rowCount: 0,
    blockCount: 0,
    failureCount: 0,
    archivedSequence: 0,
    readSequence: 0,
    connected: false,
  };
  readonly #options: ArchiverOptions;
  readonly #buffers: [Rows, Rows];

  constructor(options: ArchiverOptions) {
    this.#options = options;
    this.#buffers = [options.makeRows(), options.makeRows()];
  }

  get stream(): string {
    return this.#options.stream;
  }

  /** The tables this archiver writes. */
  get sets(): readonly RowSet[] {
    return this.#buffers[0].sets;
  }

  /** Messages and entries left out since the start, by reason. */
  get rejected(): Record<string, number> {
    const total: Record<string, number> = {};
    for (const { rejected } of this.#buffers) {
      for (const [code, count] of Object.entries(rejected)) total[code] = (total[code] ?? 0) + count;
    }
    return total;
  }

  /**
   * Archive until the signal aborts; what is in the buffers is stored before it resolves.
   *
   * @param fence the lease on the stream, asked at every start. @default one that nobody else wants
   * @throws {FenceLostError} where the lease is lost, aborted or not: another archiver has what was not stored, or will read it.
   */
  async run(signal: AbortSignal, fence: ArchiveFence = soleFence()): Promise<void> {
    const { logLine, sleep, stream } = this.#options;
    checkToken(fence);
    let retryMs = RETRY_MS_MIN;
    while (!signal.aborted) {
      const archivedBefore = this.stats.archivedSequence;
      try {
        await this.#runOnce(signal, fence);
      } catch (error) {
        if (error instanceof FenceLostError) {
          this.stats.fault = undefined;
          throw error;
        }
        this.stats.failureCount++;
        const { message } = error as Error;
        const known = message === this.stats.fault;
        this.stats.fault = message;
        if (this.stats.archivedSequence > archivedBefore) retryMs = RETRY_MS_MIN;
        logLine(
          known ? "debug" : "warn",
          `archive of ${stream}: ${message}; the log keeps the data, next try in ${retryMs} ms`,
        );
        await sleep(retryMs, signal);
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
      } finally {
        this.stats.connected = false;
      }
    }
    this.stats.fault = undefined; // whoever goes on has its own
  }

  /** One run, with a name and doors of its own: what an earlier one sent may still be on its way. */
  async #runOnce(signal: AbortSignal, fence: ArchiveFence): Promise<void> {
    const { clickhouse, stream, sleep } = this.#options;
    for (const rows of this.#buffers) for (const set of rows.sets) set.reset();
    await this.#options.prepare();
    const doors = new Doors(clickhouse, { stream, run: runName(fence), sets: this.sets, sleep });
    try {
      await doors.open();
      const others = await doors.others();
      await verifyFence(fence);
      await doors.retire(others);
      await this.#archive(signal, doors);
    } catch (error) {
      if (isShutOut(error)) await verifyFence(fence);
      throw error;
    } finally {
      await doors.close();
    }
  }

  /** Repair, then store what the log has until the signal aborts. */
  async #archive(signal: AbortSignal, doors: Doors): Promise<void> {
    const { log, clickhouse, stream, logLine } = this.#options;
    const { createdMs, firstSequence, lastSequence } = await log.extent();
    const epoch = Math.floor(createdMs / 1000);
    const { archivedSequence, repairedRowCount } = await repairAfter(clickhouse, {
      stream,
      epoch,
      lastSequence,
      sets: this.sets,
      doors,
    });
    // A run that was shut out has repaired nothing, and would learn of it only with the next message of the log.
    await doors.check();
    this.stats.archivedSequence = this.stats.readSequence = archivedSequence;
    this.stats.connected = true;
    this.stats.fault = undefined;
    if (repairedRowCount > 0) {
      logLine("info", `archive of ${stream}: ${repairedRowCount} rows behind ${archivedSequence} taken back`);
    }
    if (firstSequence > archivedSequence + 1 && archivedSequence > 0) {
      logLine(
        "error",
        `archive of ${stream}: log begins at ${firstSequence}, ${archivedSequence + 1} and later are lost`,
      );
    }

    // A failed insert must end the reading, and the end of reading must wait for the insert.
    const broken = new AbortController();
    const reading = AbortSignal.any([signal, broken.signal]);
    let storing: Promise<void> = Promise.resolve();
    let fault: unknown;
    let filling = 0;
    let filledAtMs = 0;
    let busy = false;
    const flush = () => {
      const rows = this.#buffers[filling]!;
      const upTo = this.stats.readSequence;
      filling = 1 - filling;
      filledAtMs = 0;
      busy = true;
      storing = this.#store(rows, { doors, epoch, upTo }).catch((error) => {
        fault = error;
        broken.abort();
      }).finally(() => busy = false);
    };
    const timer = setInterval(() => {
      if (filledAtMs > 0 && !busy && fault === undefined && Date.now() - filledAtMs >= FLUSH_INTERVAL_MS) flush();
    }, FLUSH_INTERVAL_MS);
    try {
      for await (const message of log.read(archivedSequence + 1, { signal: reading, createdMs })) {
        while (fault === undefined && this.#buffers[filling]!.sets.some((set) => set.full)) {
          if (busy) await storing;
          else flush();
        }
        if (fault !== undefined) break;
        this.#buffers[filling]!.take(message.subject, message.sequence, message.data, epoch);
        this.stats.readSequence = message.sequence;
        if (filledAtMs === 0) filledAtMs = Date.now();
      }
    } finally {
      clearInterval(timer);
    }
    await storing;
    if (fault === undefined && filledAtMs > 0) {
      flush();
      await storing;
    }
    if (fault !== undefined) throw fault;
  }

  /** Store one buffer: its blocks, then the mark. */
  async #store(
    rows: Rows,
    { doors, epoch, upTo }: { doors: Doors; epoch: number; upTo: number },
  ): Promise<void> {
    const { clickhouse, stream } = this.#options;
    // All of them end before anything else happens, even when one fails: a repair must not meet an insert under way.
    const stored = await Promise.allSettled(
      rows.sets.filter((set) => set.rows > 0).map(async (set) => {
        await clickhouse.insertBlock(doors.to(set.table), set.columnNames, set.block(), doors.tag);
        this.stats.rowCount += set.rows;
        this.stats.blockCount++;
      }),
    );
    for (const result of stored) if (result.status === "rejected") throw result.reason;
    for (const set of rows.sets) set.reset();
    await clickhouse.command(
      `INSERT INTO ${doors.to("archive_progress")} (stream, epoch, seq)
       VALUES ({stream: String}, {epoch: UInt32}, {seq: UInt64})`,
      { stream, epoch, seq: upTo },
      { tag: doors.tag },
    );
    this.stats.archivedSequence = upTo;
  }
}

/** Whether it looks as if another run had taken over. */
function isShutOut(error: unknown): boolean {
  return error instanceof DoorsGoneError || error instanceof ClickHouseError && SHUT_OUT_CODES.has(error.code);
}
