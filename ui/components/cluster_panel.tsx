/**
 * The cluster at a glance: whether every pair is looked after, by which node, since when and how well. What somebody must act on
 * stands in the head even while the rest is folded away.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ConnectionState } from "../feed/connection.ts";
import { type ClusterState, liveActors, summaryOf } from "../model/cluster_state.ts";
import { Badge } from "./badge.tsx";
import { ClusterNodes } from "./cluster_nodes.tsx";
import { ClusterTasks } from "./cluster_tasks.tsx";

export interface ClusterPanelProps {
  cluster: ReadonlySignal<ClusterState | undefined>;
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
  open: ReadonlySignal<boolean>;
  onToggle: () => void;
}

export function ClusterPanel({ cluster, connection, nowMs, open, onToggle }: ClusterPanelProps) {
  const state = cluster.value;
  if (state === undefined) return null;
  const { phase, lastMessageMs } = connection.value;
  const isLive = phase === "live" && state.followed;
  const isOpen = open.value;
  return (
    <section data-testid="cluster" aria-label="Cluster" class="cluster flex min-h-0 flex-col bg-panel">
      <div class="flex min-h-[2.25rem] flex-none flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-3">
        <h2>
          <button
            id="cluster-head"
            type="button"
            aria-expanded={isOpen}
            aria-controls="cluster-body"
            class="flex h-7 items-center gap-2 px-3 font-semibold"
            onClick={onToggle}
          >
            <span aria-hidden="true" class="w-2 text-2xs text-muted">{isOpen ? "▾" : "▸"}</span>
            Cluster
          </button>
        </h2>
        <span class="text-2xs text-muted">{countsText(state)}</span>
        <span class="flex-1" />
        <span data-testid="cluster-summary" role="status" aria-live="polite" class="flex flex-wrap gap-1 pl-3 text-2xs">
          {isLive ? <Summary state={state} /> : <NotLive phase={phase} lastMessageMs={lastMessageMs} />}
        </span>
      </div>
      {isOpen && (
        <div
          id="cluster-body"
          role="region"
          aria-label="Nodes and tasks"
          tabIndex={0}
          data-scrolls
          class={`min-h-0 overflow-y-auto border-t border-line text-xs ${isLive ? "" : "dimmed-inside"}`}
        >
          {liveActors(state).length === 0 && <NoActors />}
          {state.nodes.length > 0 && (
            <ClusterNodes nodes={state.nodes} nowMs={nowMs} clockAheadMs={state.clockAheadMs} />
          )}
          {state.tasks.size > 0 && <ClusterTasks state={state} nowMs={nowMs} />}
        </div>
      )}
    </section>
  );
}

function Summary({ state }: { state: ClusterState }) {
  const problems = summaryOf(state);
  if (problems.length === 0) return <span class="text-muted">every pair has its node</span>;
  return <>{problems.map((problem) => <Badge key={problem.kind} {...problem} />)}</>;
}

function NotLive({ phase, lastMessageMs }: Pick<ConnectionState, "phase" | "lastMessageMs">) {
  const asOf = lastMessageMs === undefined ? "" : `, as of ${new Date(lastMessageMs).toLocaleTimeString("en-GB")}`;
  const text = phase === "live" ? "The gateway hears nothing from NATS: this may be old" : `Not live${asOf}`;
  return <Badge severity="warn" text={text} />;
}

function NoActors() {
  return (
    <p data-testid="cluster-empty" class="m-0 px-3 py-2">
      No actor node is alive, so nobody computes books, metrics and alerts. Start one:{" "}
      <code class="whitespace-nowrap">deno task actors</code>
    </p>
  );
}

function countsText(state: ClusterState): string {
  const nodes = liveActors(state).length;
  const pairs = [...state.tasks.values()].filter(({ name }) => name.startsWith("pair."));
  const paused = pairs.filter((task) => task.state === "paused").length;
  return `${nodes} ${nodes === 1 ? "node" : "nodes"} · ${pairs.length} ${pairs.length === 1 ? "pair" : "pairs"}` +
    (paused === 0 ? "" : ` · ${paused} paused`);
}
