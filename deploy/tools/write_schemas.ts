/**
 * Writes what docs/ holds of the code: the JSON Schemas of everything that travels as JSON, for clients in other languages, and
 * the catalogue of metrics.
 *
 * @module
 */
import { z } from "zod";
import { DETECTORS_PAGE, detectorsPage } from "./detectors_page.ts";
import { METRICS_PAGE, metricsPage } from "./metrics_page.ts";
import {
  Alert,
  AlertCommand,
  AlertRoutes,
  AlertRule,
  Anomaly,
  Delivery,
  EventJson,
  FeedReport,
  IngestReply,
  LeaseRecord,
  LiveBook,
  LiveMessage,
  LiveRequest,
  MarketOptions,
  MarketSample,
  MetricOptions,
  MetricSample,
  NodeRecord,
  NodeReport,
  PairDetectors,
  PairRecord,
  TruthLabel,
} from "../../actors/contract/mod.ts";

const FOLDER = new URL("../../docs/schemas/", import.meta.url);

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "alert.json": Alert,
  "alert_command.json": AlertCommand,
  "alert_routes.json": AlertRoutes,
  "alert_rule.json": AlertRule,
  "anomaly.json": Anomaly,
  "delivery.json": Delivery,
  "feed_report.json": FeedReport,
  "ingest_reply.json": IngestReply,
  "lease_record.json": LeaseRecord,
  "live_book.json": LiveBook,
  "live_message.json": LiveMessage,
  "live_request.json": LiveRequest,
  "market_event.json": EventJson,
  "market_options.json": MarketOptions,
  "market_sample.json": MarketSample,
  "metric_options.json": MetricOptions,
  "metric_sample.json": MetricSample,
  "node_record.json": NodeRecord,
  "node_report.json": NodeReport,
  "pair_detectors.json": PairDetectors,
  "pair_record.json": PairRecord,
  "truth_label.json": TruthLabel,
};

/** Each schema's file name and text. */
export function schemaFiles(): [name: string, text: string][] {
  return Object.entries(SCHEMAS).map(([name, schema]) => [
    name,
    JSON.stringify(
      { $id: `urn:fxmm:schema:${name}`, ...z.toJSONSchema(schema, { target: "draft-2020-12" }) },
      null,
      2,
    ) + "\n",
  ]);
}

/** The folder the schemas are written to. */
export const SCHEMAS_FOLDER = FOLDER;

if (import.meta.main) {
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const [name, text] of schemaFiles()) await Deno.writeTextFile(new URL(name, FOLDER), text);
  await Deno.writeTextFile(METRICS_PAGE, await metricsPage());
  await Deno.writeTextFile(DETECTORS_PAGE, detectorsPage(await Deno.readTextFile(DETECTORS_PAGE)));
}
