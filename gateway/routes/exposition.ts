/**
 * The gateway's numbers in the Prometheus text format.
 *
 * @module
 */
import type { ClusterNode, ClusterTask, TaskState } from "../../actors/contract/mod.ts";
import type { AppDeps } from "../ports.ts";
import { alertFamilies } from "./alert_exposition.ts";
import { feedFamilies } from "./feed_exposition.ts";

/** Adds a family of numbers to the text. */
export type Family = (
  name: string,
  type: "counter" | "gauge",
  help: string,
  values: readonly [labels: string, value: number][],
) => void;

/** Text of `/metrics`. */
export function exposition(deps: AppDeps): string {
  const { archivers, cluster, feeds, hub, latest, recentCases, requestCounts } = deps;
  const lines: string[] = [];
  const family: Family = (name, type, help, values) => {
    lines.push(`# HELP fxmm_${name} ${help}`, `# TYPE fxmm_${name} ${type}`);
    for (const [labels, value] of values) lines.push(`fxmm_${name}${labels} ${value}`);
  };
  const byStream = (value: (archiver: AppDeps["archivers"][number]) => number): [string, number][] =>
    archivers.map((archiver) => [`{stream="${archiver.stream}"}`, value(archiver)]);
  family("archive_rows_total", "counter", "Rows stored.", byStream(({ stats }) => stats.rowCount));
  family(
    "archive_failures_total",
    "counter",
    "Inserts or connections that failed.",
    byStream(({ stats }) => stats.failureCount),
  );
  family(
    "archive_connected",
    "gauge",
    "1 while ClickHouse takes rows.",
    byStream(({ stats }) => Number(stats.connected)),
  );
  family("archive_sequence", "gauge", "Newest log sequence stored.", byStream(({ stats }) => stats.archivedSequence));
  family(
    "archive_backlog_messages",
    "gauge",
    "Messages read and not yet stored.",
    byStream(({ stats }) => stats.readSequence - stats.archivedSequence),
  );
  family(
    "archive_rejected_total",
    "counter",
    "Messages and entries left out, by reason.",
    archivers.flatMap(({ stream, rejected }) =>
      Object.entries(rejected).map((
        [code, count],
      ): [string, number] => [`{stream="${stream}",reason="${code}"}`, count])
    ),
  );
  family("live_clients", "gauge", "Pages connected.", [["", hub.clientCount]]);
  family("live_pushes_total", "counter", "Updates sent to pages.", [["", hub.stats.pushCount]]);
  family("live_skipped_total", "counter", "Updates held back from pages that read too slowly.", [[
    "",
    hub.stats.skippedCount,
  ]]);
  family("latest_rejected_total", "counter", "Newest states that were not of the schema.", [[
    "",
    latest.rejectedCount,
  ]]);
  family(
    "http_requests_total",
    "counter",
    "Requests by status.",
    [...requestCounts].map(([status, count]) => [`{status="${status}"}`, count]),
  );
  caseFamilies(recentCases, latest, family);
  clusterFamilies(cluster, family);
  alertFamilies(deps, family);
  feedFamilies(feeds, family);
  return lines.join("\n") + "\n";
}

function caseFamilies(cases: AppDeps["recentCases"], latest: AppDeps["latest"], family: Family): void {
  family("cases_followed", "gauge", "1 while the gateway hears of cases.", [["", Number(cases.followed)]]);
  family("cases_open", "gauge", "Recent cases that are open.", [["", cases.openCount]]);
  family(
    "cases_opened_total",
    "counter",
    "Cases that were opened, by kind and severity.",
    [...cases.openedCounts].map(([key, count]) => {
      const [kind, severity] = key.split(" ");
      return [`{kind="${kind}",severity="${severity}"}`, count];
    }),
  );
  family("cases_rejected_total", "counter", "Messages about cases that were not of the schema.", [[
    "",
    cases.rejectedCount,
  ]]);
  family(
    "detector_faults",
    "gauge",
    "Times that detectors of a pair threw and were made anew.",
    latest.pairs.flatMap((pair): [string, number][] => {
      const faults = latest.detectors(pair)?.detectors.reduce((sum, { faultCount = 0 }) => sum + faultCount, 0);
      return faults === undefined ? [] : [[`{pair="${pair}"}`, faults]];
    }),
  );
}

function clusterFamilies(cluster: AppDeps["cluster"], family: Family): void {
  const { nodes, tasks } = cluster.answer();
  const live = nodes.filter(({ alive }) => alive);
  const byNode = (value: (node: ClusterNode) => number | null): [string, number][] =>
    live.flatMap((node) => {
      const number = value(node);
      return number === null ? [] : [[`{group="${node.group}",node="${node.node}"}`, number]];
    });
  const inState = (state: TaskState) => tasks.filter((task) => task.state === state).length;
  const total = (value: (task: ClusterTask) => number | null) =>
    tasks.reduce((sum, task) => sum + (value(task) ?? 0), 0);
  const largest = (value: (task: ClusterTask) => number | null) =>
    tasks.reduce((max, task) => Math.max(max, value(task) ?? 0), 0);
  family("cluster_followed", "gauge", "1 while the gateway hears of changes in the cluster.", [[
    "",
    Number(cluster.followed),
  ]]);
  family(
    "cluster_nodes",
    "gauge",
    "Nodes alive.",
    [...Map.groupBy(live, ({ group }) => group)].map(([group, { length }]) => [`{group="${group}"}`, length]),
  );
  family("cluster_tasks", "gauge", "Tasks that a node owns.", byNode(({ taskCount }) => taskCount));
  family("cluster_unowned_tasks", "gauge", "Tasks that are wanted and that nobody owns.", [["", inState("unowned")]]);
  family("cluster_failing_over_tasks", "gauge", "Tasks whose owner is gone.", [["", inState("failing-over")]]);
  family("cluster_lag_messages_max", "gauge", "Entries of the log not folded yet, largest of the tasks.", [[
    "",
    largest(({ lagMessages }) => lagMessages),
  ]]);
  family("cluster_lag_ms_max", "gauge", "How long the newest folded entry lay in the log, largest of the tasks.", [[
    "",
    largest(({ lagMs }) => lagMs),
  ]]);
  // Leases outlive the nodes and the gateway: their counts do not begin anew with a process.
  family("cluster_failovers_total", "counter", "Times a task was taken from a node that was gone.", [[
    "",
    total(({ failoverCount }) => failoverCount),
  ]]);
  family("cluster_handovers_total", "counter", "Times a node gave a task to another.", [[
    "",
    total(({ handoverCount }) => handoverCount),
  ]]);
  family(
    "cluster_lost_leases_total",
    "counter",
    "Leases that a node lost to another.",
    byNode(({ lostCount }) => lostCount),
  );
  family("cluster_dead_entries", "gauge", "Entries set aside by the tasks that run now.", [[
    "",
    total(({ deadCount }) => deadCount),
  ]]);
  family(
    "cluster_rejected_total",
    "counter",
    "Records left out because they were not of the schema.",
    Object.entries(cluster.rejected).map(([bucket, count]) => [`{bucket="fx-${bucket}"}`, count]),
  );
}
