/**
 * Sources of market events: recordings and the simulator, and what turns their events into frames.
 *
 * @module
 */
export { CaseTape, type CaseTapeOptions } from "./case_tape.ts";
export { FrameBatcher, type FrameBatcherOptions, FRAMES_PENDING_MAX } from "./frame_batcher.ts";
export { Normaliser, type NormaliserOptions, type RejectCounts, type RejectExample } from "./normaliser.ts";
export type { Clock, EventSink, FrameOutlet, OpenedFile, OpenFile } from "./ports.ts";
export {
  type ColumnMap,
  type FileReader,
  FORMAT_NAMES,
  guessFormat,
  openReader,
  pairOfFileName,
  readColumnMap,
  type ReaderFormat,
  READERS,
  type RowSink,
} from "./readers/mod.ts";
export { readMap, type RecordingArgs, recordingArgs } from "./recording_args.ts";
export { type FileSummary, replay, type ReplayOptions, type ReplayProgress, type ReplaySummary } from "./replay.ts";
export { grouped, progressLine, summaryText } from "./report.ts";
export {
  createScenarioMarket,
  HARD_NEGATIVE_KINDS,
  SCENARIO_KINDS,
  SCENARIO_US_MAX,
  type ScenarioMarket,
  type ScenarioMarketOptions,
} from "./scenarios/mod.ts";
export { createSimulator, RATE_PER_SECOND_DEFAULT, type Simulator, type SimulatorOptions } from "./simulator/mod.ts";
export { runSimulatorFeed, type SimulatorFeedOptions, type SimulatorFeedSummary } from "./simulator_feed.ts";
export { SourceError } from "./source_error.ts";
