/**
 * The nodes of the cluster, one line each.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { LiveNode } from "../../actors/contract/live.ts";
import { ACTORS_GROUP, agoText, isLate, lagText } from "../model/cluster_state.ts";
import { formatBytes } from "../model/number_format.ts";
import { Badge } from "./badge.tsx";

export interface ClusterNodesProps {
  nodes: readonly LiveNode[];
  nowMs: ReadonlySignal<number>;
  clockAheadMs: number;
}

export function ClusterNodes({ nodes, nowMs, clockAheadMs }: ClusterNodesProps) {
  return (
    <table data-testid="cluster-nodes" aria-label="Nodes">
      <thead class="text-2xs text-muted">
        <tr>
          <th scope="col" class="w-[38%] sm:w-[32%]">Node</th>
          <th scope="col" class="w-[13%] text-right" title="Pairs and other tasks that it owns">Owns</th>
          <th scope="col" class="w-[29%] text-right sm:w-[24%]" title="Largest of its tasks">Lag</th>
          <th scope="col" class="edge text-right" title="Taken from nodes that were gone, by this life of the node">
            Failovers
          </th>
          <th scope="col" class="hidden text-right sm:table-cell">Memory</th>
          <th scope="col" class="hidden text-right sm:table-cell">Started</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map((node) => (
          <NodeRow key={`${node.group}.${node.node}`} node={node} nowMs={nowMs} clockAheadMs={clockAheadMs} />
        ))}
      </tbody>
    </table>
  );
}

function NodeRow({ node, nowMs, clockAheadMs }: { node: LiveNode } & Omit<ClusterNodesProps, "nodes">) {
  return (
    <tr data-testid={`node-${node.node}`} class="border-b border-line">
      <th scope="row" title={`${node.group} ${node.node}`}>
        <span class="inline-flex max-w-full items-center gap-1.5">
          <span class={`min-w-0 truncate ${node.gone ? "font-semibold text-bad" : "font-semibold"}`}>{node.node}</span>
          {node.group !== ACTORS_GROUP && <span class="text-2xs text-muted">{node.group}</span>}
          {node.gone && <Badge severity="bad" text="gone" />}
          {node.draining && <Badge severity="warn" text="draining" />}
          {node.silent && <Badge severity="warn" text="silent" />}
        </span>
      </th>
      <td class="text-right">{node.taskCount}</td>
      <td class={`wraps text-right ${isLate(node) ? "font-semibold" : "text-muted"}`}>{lagText(node)}</td>
      <td
        class={`edge text-right ${node.failoverCount === 0 ? "text-muted" : ""}`}
        title={`${node.handoverCount} by hand-over; ${node.lostCount ?? 0} lost to another node`}
      >
        {node.failoverCount}
      </td>
      <td class="hidden text-right text-muted sm:table-cell">
        {node.memoryBytes === undefined ? "–" : formatBytes(node.memoryBytes)}
      </td>
      <td class="hidden text-right text-muted sm:table-cell">
        <Started sinceMs={node.sinceMs} nowMs={nowMs} clockAheadMs={clockAheadMs} />
      </td>
    </tr>
  );
}

/** Apart, so that the clock renders this text alone. */
function Started({ sinceMs, nowMs, clockAheadMs }: Pick<LiveNode, "sinceMs"> & Omit<ClusterNodesProps, "nodes">) {
  return <>{sinceMs === undefined ? "–" : agoText(nowMs.value + clockAheadMs - sinceMs)}</>;
}
