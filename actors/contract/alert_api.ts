/**
 * Answers of the gateway's API about alerts, their rules and routes.
 *
 * @module
 */
import { z } from "zod";
import { Alert, Severity } from "./alert.ts";
import { AlertRule } from "./alert_rule.ts";
import { Delivery, DeliveryFaultCode } from "./delivery.ts";

export const AlertsAnswer = z.strictObject({
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  alerts: z.array(Alert).describe("The newest message of each, those that said something last first"),
}).meta({ id: "Alerts", title: "Recent alerts" });
export type AlertsAnswer = z.infer<typeof AlertsAnswer>;

export const AlertAnswer = z.strictObject({
  alert: Alert,
  history: z.array(Alert).describe("All that was said of it, oldest first; the newest alone while ClickHouse is away"),
  deliveries: z.array(Delivery).describe("The newest of each of its messages and routes, oldest first"),
}).meta({ id: "AlertAnswer", title: "An alert, what was said of it and where it was sent" });
export type AlertAnswer = z.infer<typeof AlertAnswer>;

export const AlertHistoryAnswer = z.strictObject({
  messages: z.array(Alert).describe("Newest first"),
  next: z.string().optional().describe("Where there are more: `cursor` of the next request"),
}).meta({ id: "AlertHistory", title: "What was said of alerts in a window" });
export type AlertHistoryAnswer = z.infer<typeof AlertHistoryAnswer>;

const count = z.int().nonnegative();

export const PrecisionGrouping = z.enum(["kind", "rule", "pair"]);
export type PrecisionGrouping = z.infer<typeof PrecisionGrouping>;

/** Precision by people's own judgement: what share of the alerts that somebody called true or false was true. */
export const PrecisionAnswer = z.strictObject({
  by: PrecisionGrouping,
  fromUs: z.int(),
  toUs: z.int(),
  groups: z.array(z.strictObject({
    name: z.string(),
    alertCount: count.describe("Alerts opened in the window"),
    trueCount: count,
    falseCount: count,
    unsureCount: count,
    precision: z.number().min(0).max(1).optional().describe("true / (true + false); left out where nobody judged"),
    precisionLow: z.number().min(0).max(1).optional().describe("Lower end of its 95 % Wilson interval"),
    precisionHigh: z.number().min(0).max(1).optional(),
  })),
}).meta({ id: "Precision", title: "Precision of detectors by people's judgement" });
export type PrecisionAnswer = z.infer<typeof PrecisionAnswer>;

/** What is odd about a rule that is allowed nevertheless. */
export const RuleWarning = z.strictObject({
  code: z.enum(["never", "always", "unknown-kind", "unknown-pair", "unknown-route"]),
  detail: z.string().max(500),
}).meta({ id: "RuleWarning", title: "What is odd about a rule" });
export type RuleWarning = z.infer<typeof RuleWarning>;

const named = z.strictObject({
  name: z.string(),
  rule: AlertRule,
  isDefault: z.boolean().describe("Nobody has put another one in its place"),
  warnings: z.array(RuleWarning),
});

export const RulesAnswer = z.strictObject({
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  rules: z.array(named),
  refused: z.array(z.strictObject({ name: z.string(), reason: z.string() })).describe(
    "Entries of the bucket that are no rules; what was there before stays in effect",
  ),
}).meta({ id: "AlertRules", title: "Alert rules" });
export type RulesAnswer = z.infer<typeof RulesAnswer>;

export const RuleWritten = z.strictObject({
  rule: AlertRule.describe("As it was stored"),
  revision: z.int().positive(),
  warnings: z.array(RuleWarning),
}).meta({ id: "RuleWritten", title: "A rule that was written" });
export type RuleWritten = z.infer<typeof RuleWritten>;

export const RuleVersionsAnswer = z.strictObject({
  name: z.string(),
  versions: z.array(z.strictObject({
    revision: z.int().positive(),
    timeMs: z.number(),
    text: z.string().optional().describe("As it was written; left out where it was deleted"),
  })).describe("Oldest first"),
}).meta({ id: "AlertRuleVersions", title: "Versions of an alert rule" });
export type RuleVersionsAnswer = z.infer<typeof RuleVersionsAnswer>;

/** Hours that a dry run looks back at most. */
export const DRY_RUN_HOURS_MAX = 24 * 7;
/** Alerts that a dry run shows. Overflow: the oldest are only counted. */
export const DRY_RUN_SHOWN_MAX = 50;

export const DryRunRequest = z.strictObject({
  rule: AlertRule,
  hours: z.number().positive().max(DRY_RUN_HOURS_MAX).default(24),
}).meta({ id: "DryRunRequest", title: "A rule to try on what was" });

export const DryRunAnswer = z.strictObject({
  fromUs: z.int().describe("Later than was asked for where there is too much to look at"),
  toUs: z.int(),
  lookedAtCount: count.describe("Cases, or samples of the metric, that were looked at"),
  openedCount: count.describe("Alerts that it would have opened"),
  heldBackCount: count.describe("Further ones that its rate cap would have held back"),
  suppressedCount: count.describe("Further ones in its mute windows, or outside its sessions"),
  alerts: z.array(Alert.pick({ timeUs: true, pair: true, kind: true, severity: true, sentence: true, anomalyId: true }))
    .max(DRY_RUN_SHOWN_MAX).describe("The newest first"),
  warnings: z.array(RuleWarning),
}).meta({ id: "DryRun", title: "What a rule would have done" });
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;

export const RoutesAnswer = z.strictObject({
  followed: z.boolean().describe("Whether the gateway hears of deliveries; without, this is what it heard last"),
  routes: z.array(z.strictObject({
    name: z.string(),
    type: z.string(),
    target: z.string().describe("Where it leads, without keys"),
    severityMin: Severity,
    byDefault: z.boolean(),
    state: z.enum(["idle", "delivering", "failing"]).describe(
      "idle: nothing was sent yet; failing: its last attempt failed",
    ),
    deliveredCount: count.describe("Of the deliveries that are kept"),
    refusedCount: count,
    givenUpCount: count,
    retryingCount: count.describe("Alerts that are tried again"),
    lastDeliveredMs: z.number().optional(),
    failingSinceMs: z.number().optional(),
    fault: z.strictObject({ code: DeliveryFaultCode, detail: z.string() }).optional(),
  })),
}).meta({ id: "AlertRoutesAnswer", title: "Where alerts are sent, and how that goes" });
export type RoutesAnswer = z.infer<typeof RoutesAnswer>;

/** What became of a message that only tries a route. */
export const RouteTestAnswer = z.strictObject({
  delivered: z.boolean(),
  tookMs: z.number().nonnegative(),
  fault: z.strictObject({ code: DeliveryFaultCode, detail: z.string() }).optional(),
}).meta({ id: "RouteTest", title: "What became of a test message" });
export type RouteTestAnswer = z.infer<typeof RouteTestAnswer>;
