/**
 * What is odd about a rule that is allowed nevertheless: what it names is not there, it can never match, or it always does.
 *
 * @module
 */
import { type AlertRule, METRIC_PATHS, METRICS, type MetricSpec, type RuleWarning } from "../contract/mod.ts";
import { RuleGate } from "./rule_gate.ts";

export interface KnownNames {
  /** Pairs that run. */
  readonly pairs: readonly string[];
  /** Kinds of cases that are detected. */
  readonly kinds: readonly string[];
  readonly routes: readonly string[];
}

/** Values that a metric can have, by its unit. */
const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  "0..1": [0, 1],
  "−1..1": [-1, 1],
  "0..100": [0, 100],
  "p": [0, 1],
  "1/s": [0, Infinity],
  "price": [0, Infinity],
};
/** Any week of whole days: mute windows and sessions repeat with it. */
const WEEK_FROM_US = Date.UTC(2026, 0, 5) * 1_000;
const STEP_US = 10 * 60_000_000;
const STEPS = 7 * 24 * 6;

/** Warnings of a rule, of what it can never do first. */
export function ruleWarnings(rule: AlertRule, known: KnownNames): RuleWarning[] {
  if (!rule.enabled) return [];
  return [...never(rule, known), ...always(rule), ...unknown(rule, known)];
}

function* never(rule: AlertRule, known: KnownNames): Generator<RuleWarning> {
  const says = (detail: string): RuleWarning => ({ code: "never", detail: `It can never match: ${detail}` });
  const { when, pairs, sessions } = rule;
  if (pairs !== undefined && !pairs.some((pair) => known.pairs.includes(pair))) {
    yield says(
      pairs.length === 0 ? "its list of pairs is empty" : `none of its pairs runs; there are ${known.pairs.join(", ")}`,
    );
  }
  if (sessions?.length === 0) yield says("its list of sessions is empty");
  else if (!isEverOpen(rule)) yield says("its sessions and mute windows leave no time of the week");
  if (when.of === "case" && when.kinds !== undefined && !when.kinds.some((kind) => known.kinds.includes(kind))) {
    yield says(when.kinds.length === 0 ? "its list of kinds is empty" : "none of its kinds is detected");
  }
  if (when.of === "metric") {
    const [min, max] = rangeOf(when.metric);
    if (when.above !== undefined && when.above >= max) yield says(`${when.metric} is never above ${max}`);
    if (when.below !== undefined && when.below <= min) yield says(`${when.metric} is never below ${min}`);
  }
}

function* always({ when }: AlertRule): Generator<RuleWarning> {
  if (when.of !== "metric") return;
  const [min, max] = rangeOf(when.metric);
  const says = (detail: string): RuleWarning => ({ code: "always", detail: `It always matches: ${detail}` });
  if (when.above !== undefined && when.above < min) yield says(`${when.metric} is never below ${min}`);
  if (when.below !== undefined && when.below > max) yield says(`${when.metric} is never above ${max}`);
}

function* unknown({ when, pairs = [], routes = [] }: AlertRule, known: KnownNames): Generator<RuleWarning> {
  const strange = (names: readonly string[], there: readonly string[]) => names.filter((name) => !there.includes(name));
  const kinds = strange(when.of === "case" ? when.kinds ?? [] : [], known.kinds);
  if (kinds.length > 0) yield { code: "unknown-kind", detail: `No detector finds ${kinds.join(", ")}` };
  const strangePairs = strange(pairs, known.pairs);
  if (strangePairs.length > 0) yield { code: "unknown-pair", detail: `${strangePairs.join(", ")}: no such pair runs` };
  const strangeRoutes = strange(routes, known.routes);
  if (strangeRoutes.length > 0) {
    const there = known.routes.length === 0 ? "none are set up" : `there are ${known.routes.join(", ")}`;
    yield { code: "unknown-route", detail: `${strangeRoutes.join(", ")}: no such route; ${there}` };
  }
}

function isEverOpen(rule: AlertRule): boolean {
  if (rule.sessions === undefined && rule.mute.length === 0) return true;
  const gate = new RuleGate();
  for (let step = 0; step < STEPS; step++) if (gate.isOpen(rule, WEEK_FROM_US + step * STEP_US)) return true;
  return false;
}

function rangeOf(metric: string): readonly [number, number] {
  const path = METRIC_PATHS.find(([name]) => name === metric);
  const spec = path && (METRICS as Record<string, Record<string, MetricSpec>>)[path[1]]?.[path[2]];
  return RANGES[spec?.unit ?? ""] ?? [-Infinity, Infinity];
}
