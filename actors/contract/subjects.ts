/**
 * Subjects, built and parsed in this one place.
 *
 * @module
 */
import type { Severity } from "./alert.ts";
import { type Pair, parsePair } from "./pairs.ts";

/** Subject of a pair's market frames. */
export const marketSubject = (pair: Pair): string => `fx.market.${pair}`;
/** Subject of a pair's metric samples. */
export const metricsSubject = (pair: Pair): string => `fx.metrics.${pair}`;
/** Subject of a pair's anomalies of one kind. */
export const anomalySubject = (pair: Pair, kind: string): string => `fx.anomaly.${pair}.${kind}`;
/** Subject of alerts. */
export const alertSubject = (severity: Severity, pair: Pair, kind: string): string =>
  `fx.alert.${severity}.${pair}.${kind}`;

/** Every market frame, every sample, every anomaly, every alert, every label: the filters of the streams. */
export const ALL_MARKET = "fx.market.*";
export const ALL_METRICS = "fx.metrics.*";
export const ALL_ANOMALIES = "fx.anomaly.>";
export const ALL_ALERTS = "fx.alert.>";
export const ALL_TRUTH = "fx.truth.>";

/**
 * The pair a subject speaks of.
 *
 * @returns `undefined` where the subject is none of ours, or its pair is not in the table.
 */
export function pairOfSubject(subject: string): Pair | undefined {
  const [root, kind, ...tokens] = subject.split(".");
  if (root !== "fx" || !KINDS.has(kind!)) return undefined;
  const token = tokens[kind === "alert" ? 1 : 0];
  const pair = token === undefined ? undefined : parsePair(token);
  return pair === token ? pair : undefined;
}

const KINDS: ReadonlySet<string> = new Set(["market", "metrics", "anomaly", "alert", "truth", "ingest"]);
