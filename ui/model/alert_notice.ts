/**
 * Which alerts a person is called for, and how often: those that open or escalate while the page looks, never what it finds when it
 * comes or comes back. Pure.
 *
 * @module
 */
import type { Alert, Severity } from "../../actors/contract/alert.ts";
import type { LiveAlerts } from "../../actors/contract/live.ts";
import { type AlertsState, alertTitle, SEVERITY_RANK } from "./alert_state.ts";

/** Time between two calls. What comes within it is one call. */
export const NOTICE_INTERVAL_MS = 3_000;

/** Alerts of a message that call somebody, beside what was known before it. */
export function noticesOf(
  before: AlertsState | undefined,
  { alerts, whole, followed }: LiveAlerts,
  severityMin: Severity,
): Alert[] {
  if (whole || !followed || before === undefined) return [];
  return alerts.filter((alert) => {
    const known = before.alerts.get(alert.id);
    if (SEVERITY_RANK[alert.severity] < SEVERITY_RANK[severityMin] || alert.acknowledgedBy !== undefined) return false;
    if (alert.state === "open") return known === undefined;
    return alert.state === "escalated" && known?.escalated === undefined;
  });
}

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** The worst of them. */
  readonly alert: Alert;
}

/** One call for one alert or several. */
export function noticeText(alerts: readonly Alert[], labelOf: (pair: string) => string): Notice | undefined {
  const [worst, ...others] = alerts.toSorted((a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity]);
  if (worst === undefined) return undefined;
  const said = worst.state === "escalated" ? "Escalated" : capital(worst.severity);
  const title = `${said}: ${labelOf(worst.pair)} ${alertTitle(worst)}`;
  return {
    title: others.length === 0 ? title : `${title}, and ${others.length} more`,
    body: worst.sentence,
    alert: worst,
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
