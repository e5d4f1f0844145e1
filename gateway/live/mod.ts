/**
 * The live view's server side.
 *
 * @module
 */
export { type BucketEntry, BucketRecords } from "./bucket_records.ts";
export { CLUSTER_INTERVAL_MS, ClusterFeed, REPORT_LATE_MS } from "./cluster_feed.ts";
export { ClusterView } from "./cluster_view.ts";
export { FEEDS_INTERVAL_MS, FeedsFeed } from "./feeds_feed.ts";
export { FEED_GONE_MS, FEEDS_MAX, FeedsView } from "./feeds_view.ts";
export { type BucketSink, followBucket } from "./follow_bucket.ts";
export { BACKLOG_MESSAGES, followLog, type LogSink } from "./follow_log.ts";
export { isOver, RECENT_ALERTS_MAX, RecentAlerts } from "./recent_alerts.ts";
export { LIVE_BUFFER_BYTES_MAX, LIVE_CLIENTS_MAX, LiveHub, pairInfo, PUSH_INTERVAL_MS } from "./hub.ts";
export { type LatestEntry, type LatestMarket, LatestStates, MARKET_KEY } from "./latest.ts";
export { LIST_METRICS, listSample } from "./list_sample.ts";
export { LEAD_CORRELATION_MIN, liveMarket, MARKET_INTERVAL_MS, MarketFeed } from "./market_feed.ts";
export { RecentCases } from "./recent_cases.ts";
export { RECENT_DELIVERIES_MAX, RecentDeliveries, type RouteHealth } from "./recent_deliveries.ts";
export { RECENT_INTERVAL_MS, RecentFeed } from "./recent_feed.ts";
export { type RuleInEffect, RulesView } from "./rules_view.ts";
