/**
 * Writes the JSON Schemas of everything that travels as JSON into `docs/schemas/`, for clients in other languages.
 *
 * @module
 */
import { z } from "zod";
import {
  Alert,
  Anomaly,
  EventJson,
  LiveBook,
  LiveMessage,
  LiveRequest,
  MetricSample,
} from "../../actors/contract/mod.ts";

const FOLDER = new URL("../../docs/schemas/", import.meta.url);

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "alert.json": Alert,
  "anomaly.json": Anomaly,
  "live_book.json": LiveBook,
  "live_message.json": LiveMessage,
  "live_request.json": LiveRequest,
  "market_event.json": EventJson,
  "metric_sample.json": MetricSample,
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
}
