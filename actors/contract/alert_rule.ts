/**
 * Rules that make alerts of cases and metrics: key `<name>` of `fx-rules`, changed while everything runs.
 *
 * @module
 */
import { z } from "zod";
import { Severity } from "./alert.ts";
import { METRIC_NAMES } from "./metric_catalogue.ts";
import { SESSIONS } from "./sessions.ts";

/** Rules at a time. Overflow: a new one is refused. */
export const ALERT_RULES_MAX = 200;

/** Names of rules. */
export const AlertRuleName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

const seconds = (max: number) => z.number().min(0).max(max);
const DAY_S = 86_400;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 21:55");

const when = z.discriminatedUnion("of", [
  z.strictObject({
    of: z.literal("case"),
    kinds: z.array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)).max(64).optional().describe("All where left out"),
    severityMin: Severity.default("info"),
    scoreMin: z.number().min(0).max(1).default(0),
  }),
  z.strictObject({
    of: z.literal("metric"),
    metric: z.enum(METRIC_NAMES as [string, ...string[]]),
    above: z.number().optional(),
    below: z.number().optional(),
    clearAt: z.number().optional().describe("Where it is over again; the mark itself where left out"),
    forS: seconds(DAY_S).default(0).describe("How long it must hold, event time"),
  }).refine(({ above, below }) => (above === undefined) !== (below === undefined), "expected one of above and below")
    .refine(
      ({ above, below, clearAt }) =>
        clearAt === undefined || (above !== undefined ? clearAt <= above : clearAt >= below!),
      "clearAt: expected a value on the calm side of the mark",
    ),
]);

/** A time of day, on some days, in which nothing is opened. */
const muteWindow = z.strictObject({
  days: z.array(z.int().min(1).max(7)).max(7).optional().describe("1 is Monday; every day where left out"),
  dates: z.array(z.iso.date("expected a day such as 2026-12-04")).max(100).optional().describe(
    "Only on these days, such as those of a release",
  ),
  from: clock,
  to: clock.describe("May lie on the next day"),
  zone: z.string().max(64).default("UTC").refine(isZone, "expected an IANA time zone such as Europe/London"),
});

export const AlertRule = z.strictObject({
  v: z.literal(1),
  description: z.string().max(300).optional(),
  by: z.string().min(1).max(64).optional().describe("Who wrote it"),
  enabled: z.boolean().default(true),
  when,
  pairs: z.array(z.string().length(6)).max(200).optional().describe("All where left out"),
  sessions: z.array(z.enum(SESSIONS)).max(4).optional().describe("Only while one of these is open"),
  severity: Severity.optional().describe("Of its alerts; the case's own, or warning of a metric, where left out"),
  groupBy: z.array(z.enum(["pair", "kind"])).max(2).default(["pair", "kind"]).describe(
    "Cases alike in these are one alert",
  ),
  coolDownS: seconds(DAY_S).default(60).describe(
    "An alert is resolved when nothing alike came for so long; what comes within it is counted, and told if it is worse",
  ),
  escalateAfterS: seconds(7 * DAY_S).min(1).optional().describe("An alert that nobody acknowledged becomes critical"),
  mute: z.array(muteWindow).max(16).default([]),
  muteRollMinutes: z.int().min(0).max(120).default(0).describe("Nothing is opened so long before and behind the roll"),
  rateMax: z.int().min(1).max(1_000).default(20).describe(
    "Alerts opened in `rateS`; beyond it they are summed up in one",
  ),
  rateS: seconds(3_600).min(1).default(60),
  routes: z.array(AlertRuleName).max(16).optional().describe(
    "Where its alerts are sent: by the usual routes where left out, nowhere where empty",
  ),
}).meta({ id: "AlertRule", title: "Alert rule" });
export type AlertRule = z.infer<typeof AlertRule>;
export type AlertRuleInput = z.input<typeof AlertRule>;

/** What works without any configuration. A rule of the same name in `fx-rules` takes its place. */
export const DEFAULT_RULES: Readonly<Record<string, AlertRuleInput>> = {
  "default": {
    v: 1,
    description: "Every case that is at least a warning",
    when: { of: "case", severityMin: "warning" },
    escalateAfterS: 900,
  },
};

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
