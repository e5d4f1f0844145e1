/**
 * Alerts: what people are told, derived from anomalies and metrics by rules.
 *
 * @module
 */
import { z } from "zod";

export const Severity = z.enum(["info", "warning", "critical"]);
export type Severity = z.infer<typeof Severity>;

export const AlertState = z.enum(["open", "updated", "acknowledged", "resolved", "muted", "escalated"]);
export type AlertState = z.infer<typeof AlertState>;

/** One message about an alert. */
export const Alert = z.strictObject({
  v: z.literal(1).describe("Version of this schema"),
  id: z.string().min(1).max(128).describe("The same in every message of one alert"),
  pair: z.string().length(6),
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  severity: Severity,
  state: AlertState,
  timeUs: z.int().positive().describe("Event time of what caused this message"),
  rule: z.string().min(1).max(128).describe("Name of the rule that raised it"),
  score: z.number().min(0).max(1),
  sentence: z.string().max(500),
  anomalyId: z.string().max(128).optional().describe("The episode behind it"),
}).meta({ id: "Alert", title: "Alert" });
export type Alert = z.infer<typeof Alert>;
