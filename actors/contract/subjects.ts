/**
 * Subjects, built and parsed in this one place.
 *
 * @module
 */
import type { Severity } from "./alert.ts";
import { type Pair, parsePair } from "./pairs.ts";

/** Subject of a pair's market frames. */
export const marketSubject = (pair: Pair): string => `fx.market.${pair}`;
/** Subject on which anybody may send a pair's events as JSON. */
export const ingestSubject = (pair: Pair): string => `fx.ingest.${pair}`;
/** Subject of metric samples, of a pair or of all of them together. */
export const metricsSubject = (topic: ActorTopic): string => `fx.metrics.${topic}`;
/** Subject of a pair's anomalies of one kind. */
export const anomalySubject = (pair: Pair, kind: string): string => `fx.anomaly.${pair}.${kind}`;
/** Subject of the labels of a pair's injected scenarios. */
export const truthSubject = (pair: Pair): string => `fx.truth.${pair}`;
/** Subject of alerts. */
export const alertSubject = (severity: Severity, pair: Pair, kind: string): string =>
  `fx.alert.${severity}.${pair}.${kind}`;
/** Subject of what became of alerts along a route. */
export const deliverySubject = (route: string): string => `fx.delivery.${route}`;
/** Subject of market frames that a pair's actor could not fold. */
export const deadSubject = (pair: Pair): string => `fx.dead.${pair}`;
/** What the actor across all pairs is called where a pair's name would stand. No pair is: they have six letters of currencies. */
export const MARKET_ACTOR = "MARKET";
/** Whom an actor speaks of: a pair, or all of them together. */
export type ActorTopic = Pair | typeof MARKET_ACTOR;
/** Subject of the samples across all pairs. */
export const MARKET_METRICS_SUBJECT = metricsSubject(MARKET_ACTOR);
/** Subject of market frames that the actor across all pairs could not fold. */
export const MARKET_DEAD_SUBJECT = `fx.dead.${MARKET_ACTOR}`;
/** What the alert actor could not fold. */
export const ALERTS_DEAD_SUBJECT = "fx.dead.ALERTS";
/** What people do to alerts. */
export const COMMAND_SUBJECT = "fx.signal.alert";
/** The time of the world, written into the log of signals once a second. */
export const CLOCK_SUBJECT = "fx.signal.clock";
/** Subjects under which rules stand in the log of signals: those of their bucket. */
export const RULES_SUBJECT_PREFIX = "$KV.fx-rules.";
/** Questions that the actor of a pair answers. */
export const ACTOR_QUESTIONS = ["state", "metrics", "where"] as const;
export type ActorQuestion = typeof ACTOR_QUESTIONS[number];
/** Subject of a question to an actor. */
export const actorSubject = (topic: ActorTopic, question: ActorQuestion): string => `fx.actor.${topic}.${question}`;
/** Subject on which one life of a node answers its peers; nobody answers there once its connection is gone. */
export const peerSubject = (session: string): string => `fx.node.${session}`;

/** Every market frame, every sample, every anomaly, every alert, every label: the filters of the streams. */
export const ALL_MARKET = "fx.market.*";
/** Every event that is sent as JSON; no stream keeps them. */
export const ALL_INGEST = "fx.ingest.*";
export const ALL_METRICS = "fx.metrics.*";
export const ALL_ANOMALIES = "fx.anomaly.>";
export const ALL_ALERTS = "fx.alert.>";
export const ALL_DELIVERIES = "fx.delivery.*";
/** Everything in the log of signals, whose parts come from other streams under their own subjects. */
export const ALL_SIGNALS = ">";
export const OWN_SIGNALS = "fx.signal.>";
export const ALL_DEAD = "fx.dead.*";
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

const KINDS: ReadonlySet<string> = new Set([
  "market",
  "metrics",
  "anomaly",
  "alert",
  "truth",
  "ingest",
  "dead",
  "actor",
]);
