import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LiveCluster, LiveNode, LiveTask } from "../../actors/contract/live.ts";
import {
  agoText,
  applyCluster,
  type ClusterState,
  lagText,
  problemsOf,
  summaryOf,
  takenText,
  taskLabel,
  taskRows,
} from "./cluster_state.ts";

function node(name: string, overrides: Partial<LiveNode> = {}): LiveNode {
  return { group: "actors", node: name, taskCount: 0, failoverCount: 0, handoverCount: 0, ...overrides };
}

function message(tasks: LiveTask[], overrides: Partial<LiveCluster> = {}): LiveCluster {
  return { type: "cluster", serverTimeMs: 1_000, whole: true, followed: true, nodes: [node("a")], tasks, ...overrides };
}

function stateOf(tasks: LiveTask[], nodes = [node("a")]): ClusterState {
  return applyCluster(undefined, message(tasks, { nodes }), 1_000);
}

const WELL: LiveTask = { name: "pair.EURUSD", owner: "a", sinceMs: 0 };

Deno.test("`applyCluster()` changes the rows of a message and keeps the others; a whole message lets the rest go", () => {
  const first = applyCluster(undefined, message([WELL, { name: "pair.USDJPY", owner: "a" }]), 900);
  strictEqual(first.clockAheadMs, 100);
  const moved = { name: "pair.USDJPY", owner: "b" };
  const second = applyCluster(first, message([moved], { whole: false, nodes: undefined, followed: false }), 900);
  deepStrictEqual([...second.tasks.values()], [WELL, moved]);
  deepStrictEqual([second.nodes, second.followed], [first.nodes, false]);
  deepStrictEqual([...applyCluster(second, message([WELL]), 900).tasks.keys()], ["pair.EURUSD"]);
});

Deno.test("`taskRows()` puts the worst on top, then what is well, then what is paused", () => {
  const rows = taskRows(stateOf([
    { name: "pair.AUDJPY", state: "paused" },
    WELL,
    { name: "pair.USDCHF", owner: "a", deadCount: 3 },
    { name: "pair.GBPUSD", owner: "a", lagMs: 12_000 },
    { name: "pair.USDCAD", owner: "a", fault: "no snapshot" },
    { name: "pair.EURJPY", owner: "b", state: "failing-over" },
    { name: "pair.AUDUSD", owner: "a", lagMs: 340 },
    { name: "pair.USDJPY", state: "unowned" },
  ]));
  deepStrictEqual(
    rows.map(({ task, problems }) => [task.name.slice(5), ...problems.map(({ text }) => text)]),
    [
      ["USDJPY", "unowned"],
      ["EURJPY", "failing over"],
      ["USDCAD", "fault"],
      ["GBPUSD", "lag"],
      ["USDCHF", "3 dead"],
      ["AUDUSD"],
      ["EURUSD"],
      ["AUDJPY"],
    ],
  );
});

Deno.test("`problemsOf()` names every problem of a task", () => {
  const kinds = problemsOf({ ...WELL, fault: "x", deadCount: 1, lagMessages: 1_000 }).map(({ kind }) => kind);
  deepStrictEqual(kinds, ["fault", "lag", "dead"]);
  deepStrictEqual(problemsOf({ ...WELL, lagMs: 1_900, lagMessages: 990 }), []);
});

Deno.test("`summaryOf()` counts what is wrong, and says nothing where all is well", () => {
  deepStrictEqual(summaryOf(stateOf([WELL])), []);
  const nodes = [node("a"), node("b", { gone: true }), node("c", { silent: true })];
  const texts = (state: ClusterState) => summaryOf(state).map(({ severity, text }) => `${severity} ${text}`);
  deepStrictEqual(
    texts(stateOf([WELL, { name: "pair.USDJPY", state: "unowned" }, { name: "x", state: "unowned" }], nodes)),
    ["bad 2 unowned", "bad 1 node gone", "warn 1 node silent"],
  );
});

Deno.test("`summaryOf()` takes a missing actor node for an alarm once a pair is wanted; a gateway is none", () => {
  const gateway = node("g", { group: "gateways" });
  deepStrictEqual(summaryOf(stateOf([], [gateway])), [{ kind: "no-actors", severity: "warn", text: "no actor node" }]);
  strictEqual(summaryOf(stateOf([WELL], [node("a", { gone: true })]))[0]!.severity, "bad");
});

Deno.test("`takenText()` says when and how a task came to its owner", () => {
  strictEqual(takenText({ ...WELL, sinceMs: 1, cause: "failover", from: "b" }, 12_500), "12 s ago, failover from b");
  strictEqual(takenText({ ...WELL, sinceMs: 0, cause: "handover", from: "b" }, 180_000), "3 min ago, hand-over from b");
  strictEqual(takenText(WELL, 7_200_000), "2 h ago, start");
  strictEqual(takenText({ name: "x", state: "unowned", from: "b", sinceMs: 0 }, 5), "was with b");
  strictEqual(takenText({ name: "x", state: "unowned" }, 5), "–");
});

Deno.test("`agoText()`, `lagText()` and `taskLabel()` are short", () => {
  deepStrictEqual([-5, 59_999, 60_000, 3_600_000, 172_800_000].map(agoText), [
    "0 s ago",
    "59 s ago",
    "1 min ago",
    "1 h ago",
    "2 d ago",
  ]);
  const lags = [{}, { lagMs: 340 }, { lagMs: 3_200, lagMessages: 41_000 }, { lagMs: 75_000 }, { lagMessages: 25 }];
  deepStrictEqual(lags.map(lagText), ["–", "340 ms", "3.2 s · 41k msg", "1 min 15 s", "25 msg"]);
  deepStrictEqual(["pair.EURUSD", "archive.MARKET"].map(taskLabel), ["EUR/USD", "archive.MARKET"]);
});
