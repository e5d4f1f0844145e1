/**
 * The shared vocabulary: units, pairs, events, frames, schemas, subjects.
 *
 * @module
 */
export * from "./alert.ts";
export * from "./alert_api.ts";
export * from "./alert_route.ts";
export * from "./alert_rule.ts";
export * from "./anomaly.ts";
export * from "./api.ts";
export * from "./case_api.ts";
export * from "./cluster.ts";
export * from "./combinations.ts";
export * from "./delivery.ts";
export * from "./detection_options.ts";
export * from "./detector_catalogue.ts";
export * from "./detector_spec.ts";
export * from "./env.ts";
export * from "./errors.ts";
export * from "./event_json.ts";
export * from "./events.ts";
export * from "./feed_fault.ts";
export * from "./feed_report.ts";
export * from "./fix_time.ts";
export * from "./frame.ts";
export * from "./ingest.ts";
export * from "./live.ts";
export * from "./market_catalogue.ts";
export * from "./market_metrics.ts";
export * from "./metric_catalogue.ts";
export * from "./metric_options.ts";
export * from "./metric_spec.ts";
export * from "./metrics.ts";
export * from "./pairs.ts";
export * from "./random.ts";
export * from "./sessions.ts";
export * from "./streams.ts";
export * from "./subjects.ts";
export * from "./truth.ts";
export * from "./units.ts";
