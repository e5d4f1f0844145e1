/**
 * Alerts: what people are told, derived from cases and metrics by rules.
 *
 * @module
 */
import { z } from "zod";

export const Severity = z.enum(["info", "warning", "critical"]);
export type Severity = z.infer<typeof Severity>;

/** What a message says of its alert. */
export const AlertState = z.enum([
  "open",
  "updated",
  "acknowledged",
  "assigned",
  "commented",
  "judged",
  "muted",
  "escalated",
  "resolved",
]);
export type AlertState = z.infer<typeof AlertState>;

/** What people say an alert was. */
export const Disposition = z.enum(["true", "false", "unsure"]);
export type Disposition = z.infer<typeof Disposition>;

const person = z.string().min(1).max(64);

/** One message about an alert. */
export const Alert = z.strictObject({
  v: z.literal(1).describe("Version of this schema"),
  id: z.string().min(1).max(128).describe("The same in every message of one alert"),
  pair: z.string().length(6).describe("MARKET where it is of no single pair"),
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  severity: Severity,
  state: AlertState,
  timeUs: z.int().positive().describe("Event time of what caused this message"),
  openedUs: z.int().positive().optional().describe("Event time of what opened it"),
  rule: z.string().min(1).max(128).describe("Name of the rule that raised it"),
  score: z.number().min(0).max(1),
  sentence: z.string().max(500),
  anomalyId: z.string().max(128).optional().describe("The newest case behind it"),
  count: z.int().positive().optional().describe("Cases that it stands for"),
  routes: z.array(z.string().max(64)).max(16).optional().describe(
    "Where it is sent; by the usual routes where left out",
  ),
  by: person.optional().describe("Who did what this message says"),
  acknowledgedBy: person.optional().describe("Who has acknowledged it"),
  escalated: z.literal(true).optional().describe("Nobody acknowledged it in time"),
  muted: z.literal(true).optional().describe("Its updates are not told"),
  assignee: person.optional(),
  comment: z.string().max(2_000).optional(),
  disposition: Disposition.optional(),
}).meta({ id: "Alert", title: "Alert" });
export type Alert = z.infer<typeof Alert>;

/** Subject token of alerts that speak of no single pair. */
export const ALERT_MARKET = "MARKET";

/** What somebody does to an alert: published on `fx.signal.alert`. */
export const AlertCommand = z.strictObject({
  v: z.literal(1),
  id: z.string().min(1).max(128),
  action: z.enum(["acknowledge", "assign", "comment", "judge", "mute", "unmute", "resolve"]),
  by: person,
  assignee: person.optional(),
  comment: z.string().max(2_000).optional(),
  disposition: Disposition.optional(),
  untilUs: z.int().positive().optional().describe("End of a mute; without, until the alert is resolved"),
}).meta({ id: "AlertCommand", title: "What somebody does to an alert" });
export type AlertCommand = z.infer<typeof AlertCommand>;
