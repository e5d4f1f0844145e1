/**
 * Answers of the gateway's API about alerts and their rules.
 *
 * @module
 */
import { z } from "zod";
import { Alert } from "./alert.ts";
import { AlertRule } from "./alert_rule.ts";

export const AlertsAnswer = z.strictObject({
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  alerts: z.array(Alert).describe("The newest message of each, those that said something last first"),
}).meta({ id: "Alerts", title: "Recent alerts" });
export type AlertsAnswer = z.infer<typeof AlertsAnswer>;

const named = z.strictObject({
  name: z.string(),
  rule: AlertRule,
  isDefault: z.boolean().describe("Nobody has put another one in its place"),
});

export const RulesAnswer = z.strictObject({
  rules: z.array(named),
  rejectedCount: z.int().nonnegative().describe("Entries of the bucket that are no rules"),
}).meta({ id: "AlertRules", title: "Alert rules" });

export const RuleVersionsAnswer = z.strictObject({
  name: z.string(),
  versions: z.array(z.strictObject({
    revision: z.int().positive(),
    timeMs: z.number(),
    text: z.string().optional().describe("As it was written; left out where it was deleted"),
  })).describe("Oldest first"),
}).meta({ id: "AlertRuleVersions", title: "Versions of an alert rule" });
