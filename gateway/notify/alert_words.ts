/**
 * An alert in words, for people and for templates.
 *
 * @module
 */
import { type Alert, ALERT_MARKET, type Pair, pairLabel, US_PER_MS } from "../../actors/contract/mod.ts";

/** What templates may name. Fields that an alert lacks are empty, and as sections false. */
export interface AlertWords {
  id: string;
  severity: string;
  /** In capitals. */
  SEVERITY: string;
  state: string;
  pair: string;
  /** `EUR/USD`, or `Market`. */
  label: string;
  /** `quote-stuffing`. */
  kind: string;
  /** `quote stuffing`. */
  what: string;
  sentence: string;
  rule: string;
  score: string;
  count: string;
  /** ISO 8601, UTC. */
  time: string;
  opened: string;
  /** Newest case behind it. */
  case: string;
  by: string;
  comment: string;
  assignee: string;
  acknowledgedBy: string;
  /** The page's address of it, where `PAGE_URL` is set. */
  link: string;
  isOpen: boolean;
  isResolved: boolean;
}

export interface WordsOptions {
  /** Where people open the page. */
  pageUrl?: string;
}

export function wordsOf(alert: Alert, { pageUrl }: WordsOptions = {}): AlertWords {
  const { id, severity, state, pair, kind, sentence, rule, score, count = 1, timeUs, openedUs = timeUs } = alert;
  return {
    id,
    severity,
    SEVERITY: severity.toUpperCase(),
    state,
    pair,
    label: pair === ALERT_MARKET ? "Market" : pairLabel(pair as Pair),
    kind,
    what: kind.replaceAll("-", " "),
    sentence,
    rule,
    score: score.toFixed(2),
    count: String(count),
    time: isoOf(timeUs),
    opened: isoOf(openedUs),
    case: alert.anomalyId ?? "",
    by: alert.by ?? "",
    comment: alert.comment ?? "",
    assignee: alert.assignee ?? "",
    acknowledgedBy: alert.acknowledgedBy ?? "",
    link: pageUrl === undefined ? "" : linkOf(id, pageUrl),
    isOpen: state !== "resolved",
    isResolved: state === "resolved",
  };
}

/** What an alert is in one line: `Critical: EUR/USD spoofing` or `Resolved: …`. */
export function titleOf({ state, severity, label, what }: AlertWords): string {
  const said = SAID[state] ?? severity;
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}: ${label} ${what}`;
}

/** Everything that is worth a line, in plain text. */
export function textOf(words: AlertWords): string {
  const { sentence, opened, count, rule, by, comment, assignee, acknowledgedBy, link } = words;
  return [
    titleOf(words),
    sentence,
    `Since ${opened}${count === "1" ? "" : `, ${count} cases`}, rule ${rule}`,
    ...(comment === "" ? [] : [`${by}: ${comment}`]),
    ...(acknowledgedBy === "" ? [] : [`Acknowledged by ${acknowledgedBy}`]),
    ...(assignee === "" ? [] : [`Assigned to ${assignee}`]),
    ...(link === "" ? [] : [link]),
  ].join("\n");
}

const SAID: Readonly<Record<string, string>> = {
  acknowledged: "acknowledged",
  assigned: "assigned",
  commented: "comment",
  judged: "judged",
  muted: "muted",
  escalated: "escalated",
  resolved: "resolved",
};

const isoOf = (timeUs: number) => new Date(timeUs / US_PER_MS).toISOString();

const linkOf = (id: string, pageUrl: string) => `${pageUrl.replace(/\/$/, "")}/#/?alert=${encodeURIComponent(id)}`;

/** An alert to try a route with: none that there is. */
export function exampleAlert(nowMs: number): Alert {
  return {
    v: 1,
    id: `test-${Math.round(nowMs).toString(36)}`,
    pair: "EURUSD",
    kind: "test",
    severity: "info",
    state: "open",
    timeUs: Math.round(nowMs * US_PER_MS),
    rule: "test",
    score: 1,
    sentence: "This is a test of the route: no market did anything.",
    count: 1,
  };
}
