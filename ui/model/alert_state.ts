/**
 * What the page knows of alerts: the newest message of each that the gateway tells of. Pure.
 *
 * @module
 */
import type { Alert, AlertState as Said, Severity } from "../../actors/contract/alert.ts";
import type { LiveAlerts } from "../../actors/contract/live.ts";
import { US_PER_MS } from "../../actors/contract/units.ts";
import { formatEventTime } from "./event_time.ts";
import { kindTitle } from "./case_state.ts";
import type { AlertFilter } from "./location.ts";

/** Alerts that the page keeps. Overflow: resolved ones go first, of each those that were opened first. */
export const ALERTS_KEPT_MAX = 500;

export interface AlertsState {
  /** By id: those that are open, then those that are resolved; of each those that were opened last first. */
  readonly alerts: ReadonlyMap<string, Alert>;
  /** Alerts that are open, by the gateway's count. */
  readonly openCount: number;
  /** Whether the gateway hears of changes. */
  readonly followed: boolean;
}

const NOTHING: AlertsState = { alerts: new Map(), openCount: 0, followed: false };

/** What the gateway says now. A whole message replaces what was open: of that, what is not in it is known no more. */
export function applyAlerts(state: AlertsState = NOTHING, message: LiveAlerts): AlertsState {
  const { alerts: told, whole, openCount, followed } = message;
  const before = [...state.alerts.values()];
  const byId = new Map([...whole ? before.filter(isResolved) : before, ...told].map((alert) => [alert.id, alert]));
  const sorted = [...byId.values()].sort((a, b) =>
    Number(isResolved(a)) - Number(isResolved(b)) || openedUs(b) - openedUs(a) || (a.id < b.id ? -1 : 1)
  );
  return { alerts: new Map(sorted.slice(0, ALERTS_KEPT_MAX).map((alert) => [alert.id, alert])), openCount, followed };
}

export const isResolved = ({ state }: Alert): boolean => state === "resolved";
export const openedUs = ({ openedUs, timeUs }: Alert): number => openedUs ?? timeUs;

/** Whether it waits for somebody. */
export const isWaiting = (alert: Alert): boolean =>
  !isResolved(alert) && alert.acknowledgedBy === undefined && alert.muted === undefined;

export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Whether an alert is listed; `me` is who looks. */
export function isListed(
  { show, severity, pair, rule }: AlertFilter,
  alert: Alert,
  me: string | undefined,
): boolean {
  const isMine = me !== undefined && (alert.assignee === me || alert.acknowledgedBy === me);
  const isShown = show === "all" ||
    !isResolved(alert) && (show === undefined || show === "waiting" && isWaiting(alert) || show === "mine" && isMine);
  return isShown && (severity === undefined || SEVERITY_RANK[alert.severity] >= SEVERITY_RANK[severity]) &&
    (pair === undefined || alert.pair === pair) && (rule === undefined || alert.rule === rule);
}

export interface AlertCounts {
  readonly waiting: number;
  readonly critical: number;
  /** Of those that wait. */
  readonly worst: Severity | undefined;
}

export function countsOf(state: AlertsState | undefined): AlertCounts {
  let [waiting, critical] = [0, 0];
  let worst: Severity | undefined;
  for (const alert of state?.alerts.values() ?? []) {
    if (isResolved(alert)) continue;
    if (alert.severity === "critical") critical++;
    if (!isWaiting(alert)) continue;
    waiting++;
    if (worst === undefined || SEVERITY_RANK[alert.severity] > SEVERITY_RANK[worst]) worst = alert.severity;
  }
  return { waiting, critical, worst };
}

/** What an alert is of, in words: `Spoofing`, `Metric`, `Held back`. */
export function alertTitle({ kind }: Pick<Alert, "kind">): string {
  if (kind === "metric") return "Metric";
  if (kind === "held-back") return "Held back";
  return kindTitle(kind);
}

/** Where its case, or the pair whose metric it is, can be seen. */
export function placeOf({ kind, pair, anomalyId }: Alert): { caseId: string } | { pair: string } | undefined {
  if (kind === "metric") return { pair };
  return anomalyId === undefined ? undefined : { caseId: anomalyId };
}

const WORDS: Readonly<Record<Said, string>> = {
  open: "opened",
  updated: "changed",
  acknowledged: "acknowledged",
  assigned: "assigned",
  commented: "commented",
  judged: "judged",
  muted: "muted",
  escalated: "escalated, nobody acknowledged it",
  resolved: "resolved",
};

/** What a message of an alert says, in words. */
export function saidText({ state, severity, by, assignee, disposition, comment }: Alert): string {
  const what = state === "assigned"
    ? assignee === undefined ? "assigned to nobody" : `assigned to ${assignee}`
    : state === "judged"
    ? `judged ${disposition ?? ""}`
    : state === "open" || state === "updated"
    ? `${WORDS[state]}, ${severity}`
    : WORDS[state];
  return [by === undefined ? what : `${what} by ${by}`, ...(comment === undefined ? [] : [comment])].join(": ");
}

/** `12:04:31`, with its day where that is not the day of `nowMs`. */
export function timeText(timeUs: number, nowMs: number): string {
  const text = formatEventTime(timeUs);
  const isToday = text.slice(0, 10) === formatEventTime(nowMs * US_PER_MS).slice(0, 10);
  return isToday ? text.slice(11, 19) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
}
