/**
 * An alert rule as a form: texts as somebody types them, and what is wrong with them in words. Pure.
 *
 * The gateway checks rules against the schema; here only what a form can tell at once is looked at, so that the schema need not come
 * into the page.
 *
 * @module
 */
import type { Severity } from "../../actors/contract/alert.ts";
import type { AlertRule, AlertRuleInput } from "../../actors/contract/alert_rule.ts";
import type { Session } from "../../actors/contract/sessions.ts";
import { METRIC_NAMES } from "../../actors/contract/metric_catalogue.ts";
import { kindTitle } from "./case_state.ts";
import { pairLabel } from "./market_state.ts";

export interface MuteRow {
  readonly days: readonly number[];
  /** Separated by commas or blanks; every such day where it is blank. */
  readonly dates: string;
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

export interface RuleForm {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly of: "case" | "metric";
  /** Of cases: none is all of them. */
  readonly kinds: readonly string[];
  readonly severityMin: Severity;
  readonly scoreMin: string;
  readonly metric: string;
  readonly side: "above" | "below";
  readonly mark: string;
  readonly clearAt: string;
  readonly forS: string;
  /** Separated by commas or blanks; all where it is blank. */
  readonly pairs: string;
  /** None is at any time. */
  readonly sessions: readonly Session[];
  /** Blank: the case's own. */
  readonly severity: Severity | "";
  readonly groupPair: boolean;
  readonly groupKind: boolean;
  readonly coolDownS: string;
  readonly escalateAfterS: string;
  readonly rateMax: string;
  readonly rateS: string;
  readonly muteRollMinutes: string;
  readonly mute: readonly MuteRow[];
  readonly routing: "usual" | "nowhere" | "chosen";
  readonly routes: readonly string[];
}

export type FormErrors = Partial<Record<keyof RuleForm, string>>;

export const NEW_FORM: RuleForm = {
  name: "",
  description: "",
  enabled: true,
  of: "case",
  kinds: [],
  severityMin: "warning",
  scoreMin: "",
  metric: "toxicity.vpin",
  side: "above",
  mark: "",
  clearAt: "",
  forS: "",
  pairs: "",
  sessions: [],
  severity: "",
  groupPair: true,
  groupKind: true,
  coolDownS: "60",
  escalateAfterS: "",
  rateMax: "20",
  rateS: "60",
  muteRollMinutes: "0",
  mute: [],
  routing: "usual",
  routes: [],
};

export const NEW_MUTE: MuteRow = { days: [], dates: "", from: "21:55", to: "22:10", zone: "UTC" };

const text = (value: number | undefined): string => value === undefined ? "" : String(value);

/** A rule as it is typed. What a rule left out has its default. */
export function formOf(name: string, rule: AlertRuleInput): RuleForm {
  const { when, groupBy = ["pair", "kind"], routes } = rule;
  return {
    ...NEW_FORM,
    name,
    description: rule.description ?? "",
    enabled: rule.enabled ?? true,
    of: when.of,
    ...(when.of === "case"
      ? {
        kinds: when.kinds ?? [],
        severityMin: when.severityMin ?? "info",
        scoreMin: when.scoreMin ? String(when.scoreMin) : "",
      }
      : {
        metric: when.metric,
        side: when.above === undefined ? "below" : "above",
        mark: text(when.above ?? when.below),
        clearAt: text(when.clearAt),
        forS: when.forS ? String(when.forS) : "",
      }),
    pairs: rule.pairs?.join(", ") ?? "",
    sessions: rule.sessions ?? [],
    severity: rule.severity ?? "",
    groupPair: groupBy.includes("pair"),
    groupKind: groupBy.includes("kind"),
    coolDownS: text(rule.coolDownS ?? 60),
    escalateAfterS: text(rule.escalateAfterS),
    rateMax: text(rule.rateMax ?? 20),
    rateS: text(rule.rateS ?? 60),
    muteRollMinutes: text(rule.muteRollMinutes ?? 0),
    mute: (rule.mute ?? []).map(({ days = [], dates = [], from, to, zone = "UTC" }) => ({
      days,
      dates: dates.join(", "),
      from,
      to,
      zone,
    })),
    routing: routes === undefined ? "usual" : routes.length === 0 ? "nowhere" : "chosen",
    routes: routes ?? [],
  };
}

/** The rule that is typed, by whom; or what is wrong with it. */
export function ruleOf(form: RuleForm, by: string): { rule: AlertRuleInput } | { errors: FormErrors } {
  const errors: FormErrors = {};
  const number = (
    field: keyof RuleForm,
    { min, max, whole = false }: { min: number; max: number; whole?: boolean },
  ) => {
    const typed = String(form[field]).trim().replace(",", ".");
    if (typed === "") return undefined;
    const value = Number(typed);
    if (!Number.isFinite(value) || value < min || value > max || (whole && !Number.isInteger(value))) {
      errors[field] = `expected a ${whole ? "whole " : ""}number from ${min} to ${max}`;
    }
    return value;
  };
  const anything = { min: -1e15, max: 1e15 };
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(form.name)) {
    errors.name = "expected small letters, digits and -, such as toxic-flow";
  }
  const pairs = words(form.pairs).map((name) => name.replace("/", "").toUpperCase());
  if (pairs.some((pair) => !/^[A-Z]{6}$/.test(pair))) errors.pairs = "expected pairs such as EURUSD, USDJPY";
  if (form.routing === "chosen" && form.routes.length === 0) errors.routes = "choose at least one, or nowhere";
  if (form.mute.some(({ from, to }) => !isClock(from) || !isClock(to))) errors.mute = "expected times such as 21:55";
  else if (form.mute.some(({ dates }) => words(dates).some((day) => !/^\d{4}-\d\d-\d\d$/.test(day)))) {
    errors.mute = "expected dates such as 2026-12-04";
  }
  const rule: AlertRuleInput = {
    v: 1,
    ...(form.description.trim() !== "" && { description: form.description.trim() }),
    ...(by !== "" && { by }),
    enabled: form.enabled,
    when: form.of === "case" ? caseWhen(form, number("scoreMin", { min: 0, max: 1 })) : metricWhen(form, errors, {
      mark: number("mark", anything),
      clearAt: number("clearAt", anything),
      forS: number("forS", { min: 0, max: 86_400 }),
    }),
    ...(pairs.length > 0 && { pairs }),
    ...(form.sessions.length > 0 && { sessions: [...form.sessions] }),
    ...(form.severity !== "" && { severity: form.severity }),
    groupBy: [...(form.groupPair ? ["pair" as const] : []), ...(form.groupKind ? ["kind" as const] : [])],
    coolDownS: number("coolDownS", { min: 0, max: 86_400 }) ?? 60,
    ...only("escalateAfterS", number("escalateAfterS", { min: 1, max: 604_800 })),
    mute: form.mute.map(({ days, dates, from, to, zone }) => ({
      ...(days.length > 0 && { days: [...days].sort() }),
      ...(words(dates).length > 0 && { dates: words(dates) }),
      from,
      to,
      zone: zone.trim() || "UTC",
    })),
    muteRollMinutes: number("muteRollMinutes", { min: 0, max: 120, whole: true }) ?? 0,
    rateMax: number("rateMax", { min: 1, max: 1_000, whole: true }) ?? 20,
    rateS: number("rateS", { min: 1, max: 3_600 }) ?? 60,
    ...(form.routing !== "usual" && { routes: form.routing === "chosen" ? [...form.routes] : [] }),
  };
  return Object.keys(errors).length > 0 ? { errors } : { rule };
}

function caseWhen({ kinds, severityMin }: RuleForm, scoreMin: number | undefined): AlertRuleInput["when"] {
  return { of: "case", ...(kinds.length > 0 && { kinds: [...kinds] }), severityMin, ...only("scoreMin", scoreMin) };
}

function metricWhen(
  { metric, side }: RuleForm,
  errors: FormErrors,
  { mark, clearAt, forS }: { mark: number | undefined; clearAt: number | undefined; forS: number | undefined },
): AlertRuleInput["when"] {
  if (mark === undefined) errors.mark ??= "expected a number";
  else if (clearAt !== undefined && (side === "above" ? clearAt > mark : clearAt < mark)) {
    errors.clearAt ??= `expected a value on the calm side of ${mark}`;
  }
  if (!METRIC_NAMES.some((name) => name === metric)) errors.metric = "expected a metric of the list";
  return { of: "metric", metric, [side]: mark ?? 0, ...only("clearAt", clearAt), ...only("forS", forS) };
}

const only = <Name extends string>(name: Name, value: number | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [K in Name]?: number };

const words = (typed: string): string[] => typed.split(/[\s,]+/).filter((word) => word !== "");
const isClock = (typed: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(typed);

/** Fields of the form by what the gateway calls them. */
const FIELDS: Readonly<Record<string, keyof RuleForm>> = {
  "when.kinds": "kinds",
  "when.severityMin": "severityMin",
  "when.scoreMin": "scoreMin",
  "when.metric": "metric",
  "when.above": "mark",
  "when.below": "mark",
  "when.clearAt": "clearAt",
  "when.forS": "forS",
  groupBy: "groupPair",
};

/** What the gateway says of fields, by the form's names; what it says of none is left. */
export function fieldErrors(
  problems: readonly { name: string; detail: string }[],
): { errors: FormErrors; rest: string[] } {
  const errors: FormErrors = {};
  const rest: string[] = [];
  for (const { name, detail } of problems) {
    const path = name.replace(/^rule\./, "");
    const field = FIELDS[path] ?? path.split(".")[0]!;
    if (Object.hasOwn(NEW_FORM, field)) errors[field as keyof RuleForm] ??= detail;
    else rest.push(name === "" ? detail : `${name}: ${detail}`);
  }
  return { errors, rest };
}

/** What a rule matches, in words. */
export function ruleWords({ when, pairs, sessions }: Pick<AlertRule, "when" | "pairs" | "sessions">): string {
  const where = pairs === undefined ? "" : ` of ${pairs.map(pairLabel).join(", ")}`;
  const time = sessions === undefined ? "" : ` in ${sessions.join(", ")}`;
  if (when.of === "metric") {
    const { metric, above, below, clearAt, forS } = when;
    const side = above === undefined ? `below ${below}` : `above ${above}`;
    const held = forS > 0 ? ` for ${forS} s` : "";
    return `${metric} ${side}${held}${clearAt === undefined ? "" : `, calm at ${clearAt}`}${where}${time}`;
  }
  const { kinds, severityMin, scoreMin } = when;
  const what = kinds === undefined ? "any case" : kinds.map(kindTitle).join(" or ");
  const least = severityMin === "info" ? "" : severityMin === "warning" ? ", at least a warning" : ", critical";
  return `${what}${where}${least}${scoreMin > 0 ? `, score from ${scoreMin}` : ""}${time}`;
}
