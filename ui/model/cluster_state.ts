/**
 * What the page knows of the cluster, how a message changes it, and what of it somebody must act on. Pure.
 *
 * @module
 */
import type { LiveCluster, LiveNode, LiveTask } from "../../actors/contract/live.ts";
import { formatCount, formatSpan } from "./number_format.ts";

/** A task that is this far behind is a problem: what is shown of its pair is of the past. */
export const LAG_ALARM_MS = 2_000;
export const LAG_ALARM_MESSAGES = 1_000;
/** The group whose nodes run the pairs. */
export const ACTORS_GROUP = "actors";

export interface ClusterState {
  readonly nodes: readonly LiveNode[];
  readonly tasks: ReadonlyMap<string, LiveTask>;
  /** Whether the gateway hears of changes. */
  readonly followed: boolean;
  /** The gateway's clock less this client's, when the newest message came: moments of the cluster are told by that clock. */
  readonly clockAheadMs: number;
}

/** `bad`: nobody looks at the pair; `warn`: somebody does, and not well. */
export type Severity = "bad" | "warn";

export type ProblemKind =
  | "no-actors"
  | "unowned"
  | "failing-over"
  | "fault"
  | "node-gone"
  | "node-silent"
  | "lag"
  | "dead";

export interface Problem {
  readonly kind: ProblemKind;
  readonly severity: Severity;
  readonly text: string;
}

export interface TaskRow {
  readonly task: LiveTask;
  /** The worst first. */
  readonly problems: readonly Problem[];
}

/** The state after a message that arrived at `nowMs`. */
export function applyCluster(state: ClusterState | undefined, message: LiveCluster, nowMs: number): ClusterState {
  const tasks = new Map(message.whole ? [] : state?.tasks);
  for (const task of message.tasks) tasks.set(task.name, task);
  return {
    nodes: message.nodes ?? state?.nodes ?? [],
    tasks,
    followed: message.followed,
    clockAheadMs: message.serverTimeMs - nowMs,
  };
}

/** `EUR/USD` for a pair's task; another task's name as it is. */
export function taskLabel(name: string): string {
  const [, base, quote] = /^pair\.([A-Z]{3})([A-Z]{3})$/.exec(name) ?? [];
  return base === undefined ? name : `${base}/${quote}`;
}

/** What is wrong with a task, the worst first. */
export function problemsOf(task: LiveTask): Problem[] {
  const problems: Problem[] = [];
  if (task.state === "unowned") problems.push({ kind: "unowned", severity: "bad", text: "unowned" });
  if (task.state === "failing-over") problems.push({ kind: "failing-over", severity: "bad", text: "failing over" });
  if (task.fault !== undefined) problems.push({ kind: "fault", severity: "bad", text: "fault" });
  if (isLate(task)) problems.push({ kind: "lag", severity: "warn", text: "lag" });
  if (task.deadCount !== undefined) {
    problems.push({ kind: "dead", severity: "warn", text: `${formatCount(task.deadCount)} dead` });
  }
  return problems;
}

/** Tasks as they are listed: those with problems first, the worst on top, then by name. */
export function taskRows({ tasks }: ClusterState): TaskRow[] {
  return [...tasks.values()]
    .map((task) => ({ task, problems: problemsOf(task) }))
    .sort((a, b) => rank(a) - rank(b) || compare(a.task.name, b.task.name));
}

/** What is wrong with the cluster, the worst first: `1 node gone`, `2 unowned`; empty where all is well. */
export function summaryOf(state: ClusterState): Problem[] {
  const counts = new Map<ProblemKind, number>();
  const add = (kind: ProblemKind) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const task of state.tasks.values()) for (const { kind } of problemsOf(task)) add(kind);
  for (const { gone, silent } of state.nodes) {
    if (gone) add("node-gone");
    if (silent) add("node-silent");
  }
  const problems = SUMMARY.flatMap(([kind, severity, text]): Problem[] => {
    const count = counts.get(kind);
    return count === undefined ? [] : [{ kind, severity, text: text(count) }];
  });
  if (liveActors(state).length > 0) return problems;
  // Nobody is let down while no pair is wanted.
  return [{ kind: "no-actors", severity: state.tasks.size > 0 ? "bad" : "warn", text: "no actor node" }, ...problems];
}

const SUMMARY: readonly (readonly [ProblemKind, Severity, (count: number) => string])[] = [
  ["unowned", "bad", (count) => `${count} unowned`],
  ["failing-over", "bad", (count) => `${count} failing over`],
  ["fault", "bad", (count) => `${count} with a fault`],
  ["node-gone", "bad", (count) => `${count} ${count === 1 ? "node" : "nodes"} gone`],
  ["node-silent", "warn", (count) => `${count} ${count === 1 ? "node" : "nodes"} silent`],
  ["lag", "warn", (count) => `${count} with lag`],
  ["dead", "warn", (count) => `${count} with dead entries`],
];

/** Nodes that live and run pairs. */
export function liveActors({ nodes }: ClusterState): LiveNode[] {
  return nodes.filter(({ group, gone }) => group === ACTORS_GROUP && !gone);
}

/** Whether somebody must see that it is behind. */
export function isLate({ lagMs = 0, lagMessages = 0 }: Pick<LiveTask, "lagMs" | "lagMessages">): boolean {
  return lagMs >= LAG_ALARM_MS || lagMessages >= LAG_ALARM_MESSAGES;
}

/** `3.2 s · 4.1k msg`; nothing to tell is a dash. */
export function lagText({ lagMs, lagMessages }: Pick<LiveTask, "lagMs" | "lagMessages">): string {
  const parts = [
    ...(lagMs === undefined
      ? []
      : [lagMs < 1000 ? `${lagMs} ms` : lagMs < 10_000 ? `${lagMs / 1000} s` : formatSpan(lagMs)]),
    ...(lagMessages === undefined ? [] : [`${formatCount(lagMessages)} msg`]),
  ];
  return parts.length === 0 ? "–" : parts.join(" · ");
}

/** `12 s ago, failover from node-b`: when and how a task came to its owner. */
export function takenText({ owner, sinceMs, cause, from }: LiveTask, nowMs: number): string {
  if (owner === undefined) return from === undefined ? "–" : `was with ${from}`;
  if (sinceMs === undefined) return "–";
  const how = cause === undefined ? "start" : cause === "failover" ? "failover" : "hand-over";
  return `${agoText(nowMs - sinceMs)}, ${how}${from === undefined ? "" : ` from ${from}`}`;
}

/** `12 s ago`, `3 min ago`, `5 h ago`, `3 d ago`. */
export function agoText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Where a row stands: by its worst problem, then those that are well, then those that are paused. */
function rank({ task, problems }: TaskRow): number {
  const worst = problems[0]?.kind;
  if (worst !== undefined) return SUMMARY.findIndex(([kind]) => kind === worst);
  return SUMMARY.length + (task.state === "paused" ? 1 : 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
