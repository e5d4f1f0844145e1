/**
 * What is remembered of an alert, and the messages that it makes.
 *
 * @module
 */
import {
  type Alert,
  type AlertState,
  alertSubject,
  type Disposition,
  type Pair,
  type Severity,
} from "../contract/mod.ts";
import type { Emit } from "../runtime/mod.ts";

export interface AlertEntry {
  id: string;
  /** What is alike is one alert. */
  key: string;
  rule: string;
  pair: string;
  kind: string;
  severity: Severity;
  isOpen: boolean;
  acknowledgedBy: string | undefined;
  isEscalated: boolean;
  /** By the clock; 0 where it is not muted, Infinity until it is resolved. */
  mutedUntilUs: number;
  openedUs: number;
  /** By the clock; 0 where that is not known yet. */
  openedClockUs: number;
  /** When its last case was over. */
  overUs: number;
  /** When it is resolved unless another case comes, by event time and by the clock; 0 while a case is open. */
  calmUntilUs: number;
  calmUntilClockUs: number;
  score: number;
  sentence: string;
  count: number;
  anomalyId: string | undefined;
  openCases: string[];
  assignee: string | undefined;
  disposition: Disposition | undefined;
}

/** What raises an alert. */
export interface Cause {
  readonly key: string;
  readonly pair: string;
  readonly kind: string;
  readonly timeUs: number;
  readonly severity: Severity;
  readonly score: number;
  readonly sentence: string;
  /** The case, or the pair whose metric it is. */
  readonly anomalyId: string;
}

const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

export const isWorse = (severity: Severity, than: Severity): boolean =>
  SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);

export interface Telling {
  readonly timeUs: number;
  readonly emit: Emit;
  readonly routes: string[] | undefined;
  readonly by?: string;
  readonly comment?: string;
}

/** Of an alert that is muted nothing is told but what people do, and its end. */
export function tell(entry: AlertEntry, state: AlertState, { timeUs, emit, routes, by, comment }: Telling): void {
  if (entry.mutedUntilUs > 0 && state === "updated" && by === undefined) return;
  const { id, pair, kind, severity, openedUs, rule, score, sentence, anomalyId, count, assignee, disposition } = entry;
  const alert: Alert = {
    v: 1,
    id,
    pair,
    kind,
    severity,
    state,
    timeUs,
    openedUs,
    rule,
    score,
    sentence,
    anomalyId,
    count,
    routes,
    by,
    acknowledgedBy: entry.acknowledgedBy,
    escalated: entry.isEscalated ? true : undefined,
    muted: entry.mutedUntilUs > 0 ? true : undefined,
    assignee,
    comment,
    disposition,
  };
  emit(alertSubject(severity, pair as Pair, kind), JSON.stringify(alert));
}
