/**
 * Sources of market events: recordings and the simulator, and what turns their events into frames.
 *
 * @module
 */
export { CaseTape, type CaseTapeOptions } from "./case_tape.ts";
export { FrameBatcher, type FrameBatcherOptions, FRAMES_PENDING_MAX } from "./frame_batcher.ts";
export { type FrameStore, Ingest, type IngestOptions } from "./ingest.ts";
export {
  BackOff,
  type FeedLink,
  FeedMeter,
  type LiveFeedOptions,
  type LiveSource,
  REPORT_INTERVAL_MS,
  runLiveFeed,
  type SocketHandlers,
  symbolsOf,
  type TextAnswer,
} from "./live/mod.ts";
export { Normaliser, type NormaliserOptions, type RejectCounts, type RejectExample } from "./normaliser.ts";
export type {
  Clock,
  EventSink,
  FeedResponse,
  FeedSocket,
  FeedTransport,
  FrameOutlet,
  OpenedFile,
  OpenFile,
  RequestOptions,
  SocketOptions,
} from "./ports.ts";
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
export {
  ALPHAVANTAGE_REQUESTS_PER_DAY,
  ALPHAVANTAGE_REQUESTS_PER_MINUTE,
  ALPHAVANTAGE_URL,
  alphaVantageSource,
  KRAKEN_DEPTHS,
  KRAKEN_URL,
  krakenSource,
  OANDA_URLS,
  oandaSource,
  readMapping,
  TRUEFX_INTERVAL_MS,
  TRUEFX_INTERVAL_MS_MIN,
  TRUEFX_URL,
  trueFxSource,
  TWELVEDATA_URL,
  twelveDataSource,
  wsSource,
} from "./sources/mod.ts";
export { SourceError } from "./source_error.ts";
