/**
 * Writes what docs/ holds of the code: the JSON Schemas of everything that travels as JSON, for clients in other languages, and
 * the catalogue of metrics.
 *
 * @module
 */
import { z } from "zod";
import {
  Alert,
  Anomaly,
  EventJson,
  LeaseRecord,
  LiveBook,
  LiveMessage,
  LiveRequest,
  METRICS,
  MetricSample,
  NodeRecord,
  NodeReport,
  PairRecord,
} from "../../actors/contract/mod.ts";

const FOLDER = new URL("../../docs/schemas/", import.meta.url);

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "alert.json": Alert,
  "anomaly.json": Anomaly,
  "lease_record.json": LeaseRecord,
  "live_book.json": LiveBook,
  "live_message.json": LiveMessage,
  "live_request.json": LiveRequest,
  "market_event.json": EventJson,
  "metric_sample.json": MetricSample,
  "node_record.json": NodeRecord,
  "node_report.json": NodeReport,
  "pair_record.json": PairRecord,
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

/** The catalogue of metrics as a page. */
export const METRICS_PAGE = new URL("../../docs/METRICS.md", import.meta.url);

/** Text of {@linkcode METRICS_PAGE}. */
export function metricsPage(): string {
  const groups = Object.entries<Record<string, { unit: string; doc: string }>>(METRICS).map(([group, metrics]) =>
    [
      `## ${group}`,
      "",
      "| metric | unit | definition |",
      "|---|---|---|",
      ...Object.entries(metrics).map(([name, { unit, doc }]) => `| \`${group}.${name}\` | ${unit} | ${doc} |`),
    ].join("\n")
  );
  return `${METRICS_HEAD}\n${groups.join("\n\n")}\n`;
}

const METRICS_HEAD = `# Metrics

<!-- Written by \`deno task schemas\` from actors/contract/metrics.ts. -->

A pair actor closes a sample every 250 ms of event time while events arrive. A value that is absent stands in the sample's
\`absent\` with the reason: \`warming\`, \`no-quotes\`, \`no-sizes\`, \`one-sided\`, \`no-levels\`, \`no-trades\` or \`undefined\` (the formula
has no value for this input). Units: price is quote currency per unit of base currency, size is base currency units, 1 bps is 1e-4 of
the mid. A window of W seconds covers W seconds of event time and the slot that is still open; formula, warm-up, cost and source stand
in the doc comment of each estimator in [actors/estimators](../actors/estimators), with an example that runs.
`;

if (import.meta.main) {
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const [name, text] of schemaFiles()) await Deno.writeTextFile(new URL(name, FOLDER), text);
  await Deno.writeTextFile(METRICS_PAGE, metricsPage());
}
