/**
 * The live view's server side.
 *
 * @module
 */
export { type BucketEntry, BucketRecords } from "./bucket_records.ts";
export { CLUSTER_INTERVAL_MS, ClusterFeed, REPORT_LATE_MS } from "./cluster_feed.ts";
export { ClusterView } from "./cluster_view.ts";
export { type BucketSink, followBucket } from "./follow_bucket.ts";
export { LIVE_BUFFER_BYTES_MAX, LIVE_CLIENTS_MAX, LiveHub, pairInfo, PUSH_INTERVAL_MS } from "./hub.ts";
export { type LatestEntry, LatestStates } from "./latest.ts";
