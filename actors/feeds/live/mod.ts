/**
 * Running live sources: what is the same for all of them.
 *
 * @module
 */
export { BackOff } from "./back_off.ts";
export { type FeedIdentity, FeedMeter } from "./feed_meter.ts";
export {
  LIVE_TIME_BACK_US_MAX,
  type LiveFeedOptions,
  REPORT_INTERVAL_MS,
  runLiveFeed,
  symbolsOf,
} from "./live_feed.ts";
export type { FeedLink, LineHandlers, LiveSource, SocketHandlers, TextAnswer, TextOptions } from "./live_source.ts";
export { addressOf, Secrets } from "./secrets.ts";
export { ToldTimes } from "./told_times.ts";
