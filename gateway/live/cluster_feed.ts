/**
 * The cluster as pages get it: whole at first, then the rows that changed, at most once a second.
 *
 * Reports come from every node every few seconds and hardly ever say the same twice. Pages show two digits of a lag and nothing
 * below what a reader would notice, so that a cluster at rest sends nothing, however many pairs it has. Each row carries the
 * number of the change that made it; a client is sent the rows that are newer than what it has, so that one which was skipped
 * for a while misses nothing, and clients at the same change share one text.
 *
 * @module
 */
import type {
  ClusterAnswer,
  ClusterNode,
  ClusterTask,
  LiveCluster,
  LiveNode,
  LiveTask,
} from "../../actors/contract/mod.ts";
import type { ClusterView } from "./cluster_view.ts";

/** Time between two looks at the cluster. */
export const CLUSTER_INTERVAL_MS = 1_000;
/** A node that lives and has not reported for longer is shown as silent. */
export const REPORT_LATE_MS = 10_000;
/** The nodes that pages list: those that run pairs. */
const ACTORS_GROUP = "actors";
/** Lags below are left out: entries are always on their way. */
const LAG_SHOWN_MS = 100;
const LAG_SHOWN_MESSAGES = 10;
/** Characters of a fault that pages get. */
const FAULT_CHARS_MAX = 200;

interface Row {
  readonly task: LiveTask;
  readonly text: string;
  readonly change: number;
}

/** A message as it is sent, and the change up to which a client then knows everything. */
export interface ClusterText {
  readonly text: string;
  readonly change: number;
}

export class ClusterFeed {
  readonly #view: Pick<ClusterView, "answer" | "known">;
  readonly #nowMs: () => number;
  readonly #rows = new Map<string, Row>();
  /** What the messages up to this change say, by the change they start from; without the opening brace. */
  readonly #texts = new Map<number, string>();
  #nodes: { nodes: LiveNode[]; text: string; change: number } = { nodes: [], text: "", change: 0 };
  #followed = false;
  #lookedAtMs = -Infinity;
  /** Number of the newest change; 0 before the cluster is known. */
  #change = 0;
  /** Who knows less than this change is sent everything. */
  #wholeBefore = 0;

  constructor(view: Pick<ClusterView, "answer" | "known">, options: { nowMs: () => number }) {
    this.#view = view;
    this.#nowMs = options.nowMs;
  }

  /** What a client lacks that knows everything up to a change, 0 where it knows nothing; `undefined` where it lacks nothing. */
  since(change: number): ClusterText | undefined {
    this.#look();
    if (change >= this.#change) return undefined;
    let rest = this.#texts.get(change);
    if (rest === undefined) this.#texts.set(change, rest = JSON.stringify(this.#newsSince(change)).slice(1));
    // A text may wait for a client for long; its time is that of the sending.
    return { text: `{"type":"cluster","serverTimeMs":${this.#nowMs()},${rest}`, change: this.#change };
  }

  #newsSince(change: number): Omit<LiveCluster, "type" | "serverTimeMs"> {
    const whole = change < this.#wholeBefore;
    const tasks = [...this.#rows.values()].filter((row) => whole || row.change > change).map(({ task }) => task);
    return {
      whole,
      followed: this.#followed,
      ...(whole || this.#nodes.change > change ? { nodes: this.#nodes.nodes } : {}),
      tasks,
    };
  }

  /** Numbers what has changed since the last look. */
  #look(): void {
    const nowMs = this.#nowMs();
    if (!this.#view.known || nowMs - this.#lookedAtMs < CLUSTER_INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    const answer = this.#view.answer();
    const next = this.#change + 1;
    if (!this.#compare(answer, next) && this.#change > 0) return;
    this.#change = next;
    // Whoever knows nothing is sent everything; change 0 is before the first one.
    this.#wholeBefore = Math.max(this.#wholeBefore, 1);
    this.#texts.clear();
  }

  /** Takes over what differs from the last look, under the number of this change; answers whether anything did. */
  #compare(answer: ClusterAnswer, change: number): boolean {
    const { followed, nodes } = answer;
    const tasks = answer.tasks.filter(isShown);
    let changed = followed !== this.#followed;
    this.#followed = followed;
    const liveNodes = nodes.filter(({ group }) => group === ACTORS_GROUP).map(liveNode);
    const nodesText = JSON.stringify(liveNodes);
    if (nodesText !== this.#nodes.text) {
      this.#nodes = { nodes: liveNodes, text: nodesText, change };
      changed = true;
    }
    for (const each of tasks) {
      const task = liveTask(each);
      const text = JSON.stringify(task);
      if (this.#rows.get(task.name)?.text === text) continue;
      this.#rows.set(task.name, { task, text, change });
      changed = true;
    }
    if (this.#rows.size > tasks.length) {
      const names = new Set(tasks.map(({ name }) => name));
      for (const name of this.#rows.keys()) if (!names.has(name)) this.#rows.delete(name);
      // Rare, and not worth a memory of what is gone.
      this.#wholeBefore = change;
      changed = true;
    }
    return changed;
  }
}

/** Pages are about pairs; an archive is shown when something is wrong with it. */
function isShown({ pair, state, fault }: ClusterTask): boolean {
  return pair !== null || state !== "running" || fault !== null;
}

function liveNode(node: ClusterNode): LiveNode {
  return {
    group: node.group,
    node: node.node,
    taskCount: node.taskCount,
    failoverCount: node.failoverCount ?? 0,
    handoverCount: node.handoverCount ?? 0,
    ...(node.sinceMs === null ? {} : { sinceMs: node.sinceMs }),
    ...(node.alive ? {} : { gone: true }),
    ...(node.draining ? { draining: true } : {}),
    ...(node.alive && (node.reportAgeMs ?? Infinity) > REPORT_LATE_MS ? { silent: true } : {}),
    ...(node.lostCount ? { lostCount: node.lostCount } : {}),
    ...(node.memoryBytes ? { memoryBytes: twoDigits(node.memoryBytes) } : {}),
    ...liveLag(node),
  };
}

function liveTask(task: ClusterTask): LiveTask {
  return {
    name: task.name,
    ...(task.state === "running" ? {} : { state: task.state }),
    ...(task.owner === null ? {} : { owner: task.owner }),
    ...(task.sinceMs === null ? {} : { sinceMs: task.sinceMs }),
    ...(task.cause === null || task.cause === "start" ? {} : { cause: task.cause }),
    ...(task.from === null ? {} : { from: task.from }),
    ...(task.deadCount ? { deadCount: task.deadCount } : {}),
    ...(task.fault === null ? {} : { fault: task.fault.slice(0, FAULT_CHARS_MAX) }),
    ...liveLag(task),
  };
}

function liveLag({ lagMessages, lagMs }: Pick<ClusterTask, "lagMessages" | "lagMs">): Partial<LiveTask> {
  return {
    ...(lagMessages !== null && lagMessages >= LAG_SHOWN_MESSAGES ? { lagMessages: twoDigits(lagMessages) } : {}),
    ...(lagMs !== null && lagMs >= LAG_SHOWN_MS ? { lagMs: twoDigits(lagMs) } : {}),
  };
}

/** A whole number of two significant digits. */
function twoDigits(value: number): number {
  return Math.round(Number(value.toPrecision(2)));
}
