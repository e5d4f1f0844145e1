/**
 * Replays recordings: reader → normaliser → frames → outlet, as fast as possible or paced by event time.
 *
 * Files are played one after the other, each as a source of its own: event time must not go back within a file and pair; or all
 * of them as one source, merged by time. Paced,
 * the first event of each file is due at once and every other after its distance in event time divided by the speed. At `max`
 * a frame ends after a fixed number of rows, so the same file makes the same frames in every run.
 *
 * @module
 */
import { type MarketEvent, type Pair, US_PER_SECOND } from "../contract/mod.ts";
import { AllBytes } from "./all_bytes.ts";
import { FileExtents } from "./file_extents.ts";
import { MERGE_FILES_MAX, MergedReader, MergeInput } from "./merged_reader.ts";
import { addRejects, Normaliser, type RejectCounts } from "./normaliser.ts";
import { Player } from "./player.ts";
import type { Clock, FrameOutlet, OpenFile } from "./ports.ts";
import { type FileReader, openReader, type ReaderOptions, withoutPartners } from "./readers/mod.ts";
import { SourceError } from "./source_error.ts";

export interface ReplayOptions extends ReaderOptions {
  openFile: OpenFile;
  /** Size of a file that is not open yet, so that progress is of all files. @default that of the file that is open */
  sizeOf?: (path: string) => Promise<number>;
  /** Play all files as one, in order of event time. @default {false} */
  merge?: boolean;
  outlet: FrameOutlet;
  clock: Clock;
  /** Makes the message ids of this run its own, so that a second replay is no duplicate of the first. */
  runId: string;
  /** Event time per wall time, or as fast as possible. @default {"max"} */
  speed?: number | "max";
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
  /** Bytes of all files so far, as they lie on the disk. */
  bytesRead: number;
  /** 0 where it is not known. */
  sizeBytes: number;
  rowsPerSecond: number;
  /** Time left for all files at the pace so far; `undefined` where it cannot be told yet. */
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
  /** What people should know of the file beside what was refused, a sentence each. */
  notes: string[];
}

/**
 * Replay files in the order given, or merged by time. A file that cannot be read is told in the summary and the next one goes on.
 *
 * @throws where the outlet fails.
 * @throws {RangeError} where more than {@linkcode MERGE_FILES_MAX} files are to be merged.
 */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<ReplaySummary> {
  const { clock, outlet } = options;
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
  const recordings = withoutPartners(paths);
  if (options.merge === true && recordings.length > 1) await playMerged(recordings, options, summary);
  else await playInTurn(recordings, options, summary);
  for (const { rejected } of summary.files) addRejects(summary.rejected, rejected);
  await outlet.drain();
  summary.rows = summary.files.reduce((sum, { rows }) => sum + rows, 0);
  summary.published = summary.files.reduce((sum, { published }) => sum + published, 0);
  summary.elapsedSeconds = (clock.nowUs() - startUs) / US_PER_SECOND;
  return summary;
}

async function playInTurn(paths: readonly string[], options: ReplayOptions, summary: ReplaySummary): Promise<void> {
  const bytes = await AllBytes.of(paths, options);
  const extents = new FileExtents();
  for (const [index, path] of paths.entries()) {
    if (options.signal?.aborted) return;
    const file = fileSummary(path);
    summary.files.push(file);
    extents.open(path);
    let player: Player | undefined;
    try {
      const reader = await open(path, options);
      bytes.begin(index, reader.sizeBytes);
      player = new Player(reader, {
        options,
        path,
        fileNumber: index + 1,
        fileCount: paths.length,
        summary,
        bytes,
        extents,
      });
      await player.play();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      file.error = error.message;
    }
    bytes.end(index);
    player?.addTo(file);
    file.notes.push(...extents.close());
    summary.rows += file.rows;
  }
}

async function playMerged(paths: readonly string[], options: ReplayOptions, summary: ReplaySummary): Promise<void> {
  if (paths.length > MERGE_FILES_MAX) {
    throw new RangeError(`Cannot merge ${paths.length} files, at most ${MERGE_FILES_MAX}`);
  }
  const inputs: { file: FileSummary; input: MergeInput }[] = [];
  const { receiveTimeUs = () => options.clock.nowUs() } = options;
  for (const path of paths) {
    const file = fileSummary(path);
    summary.files.push(file);
    try {
      const reader = await open(path, options);
      inputs.push({ file, input: new MergeInput(reader, new Normaliser({ receiveTimeUs: receiveTimeUs() })) });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      file.error = error.message;
    }
  }
  if (inputs.length === 0) return;
  const reader = new MergedReader(inputs.map(({ input }) => input));
  const bytes = new AllBytes([reader.sizeBytes]);
  const context = { options, path: `${inputs.length} files`, fileNumber: 1, fileCount: 1, summary, bytes };
  const player = new Player(reader, context);
  await player.play();
  summary.frames += player.frameCount;
  for (const { file, input } of inputs) {
    file.format = input.reader.format;
    file.rows = input.reader.rowCount;
    file.published = input.published;
    file.rejected = input.normaliser.rejected;
    file.error = input.error?.message;
    file.notes.push(...input.reader.notes);
  }
}

async function open(path: string, options: ReplayOptions): Promise<FileReader> {
  const opened = await options.openFile(path).catch((error: Error) => {
    throw new SourceError(path, error.message, { cause: error });
  });
  return await openReader(path, opened, options);
}

const fileSummary = (path: string): FileSummary => ({
  path,
  format: undefined,
  rows: 0,
  published: 0,
  rejected: { total: 0, byCode: {} },
  error: undefined,
  notes: [],
});
