/**
 * Who runs which pair: what is wrong first, the rest by name.
 *
 * @module
 */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { type ClusterState, lagText, takenText, taskLabel, type TaskRow, taskRows } from "../model/cluster_state.ts";
import { Badge } from "./badge.tsx";

/** Rows at first; a cluster of a thousand pairs shows the others when asked. */
const ROWS_SHOWN_MAX = 60;

export interface ClusterTasksProps {
  state: ClusterState;
  nowMs: ReadonlySignal<number>;
}

export function ClusterTasks({ state, nowMs }: ClusterTasksProps) {
  const showsAll = useSignal(false);
  const rows = taskRows(state);
  const shown = showsAll.value ? rows : rows.slice(0, ROWS_SHOWN_MAX);
  return (
    <>
      <table data-testid="cluster-tasks" aria-label="Pairs">
        <thead class="text-2xs text-muted">
          <tr>
            <th scope="col" class="w-[22%] sm:w-[17%]">Pair</th>
            <th scope="col" class="w-[20%]">Owner</th>
            <th scope="col" class="w-[26%] sm:w-[25%]">Lag</th>
            <th scope="col" title="When and how it came to its owner">Last hand-over</th>
          </tr>
        </thead>
        {shown.map((row) => <Task key={row.task.name} row={row} nowMs={nowMs} clockAheadMs={state.clockAheadMs} />)}
      </table>
      {shown.length < rows.length && (
        <button
          type="button"
          class="h-8 w-full px-3 text-left text-muted"
          onClick={() => showsAll.value = true}
        >
          Show all {rows.length}
        </button>
      )}
    </>
  );
}

interface TaskProps {
  row: TaskRow;
  nowMs: ReadonlySignal<number>;
  clockAheadMs: number;
}

function Task({ row: { task, problems }, nowMs, clockAheadMs }: TaskProps) {
  const isBad = problems[0]?.severity === "bad";
  const isPaused = task.state === "paused";
  return (
    <tbody data-testid={`task-${task.name}`} data-problem={problems[0]?.kind} class="border-b border-line">
      <tr class={isPaused ? "text-muted" : ""}>
        <th scope="row" class={isBad ? "font-semibold text-bad" : ""}>{taskLabel(task.name)}</th>
        <td
          data-testid={`owner-${task.name}`}
          title={task.owner}
          class={task.state === "failing-over" ? "text-muted line-through" : ""}
        >
          {isPaused ? "paused" : task.owner ?? "nobody"}
        </td>
        <td class="wraps">
          <span class="inline-flex flex-wrap items-center gap-x-1">
            {problems.map((problem) => <Badge key={problem.kind} {...problem} />)}
            {hasLag(task) && <span>{lagText(task)}</span>}
            {problems.length === 0 && !hasLag(task) && <span class="text-muted">–</span>}
          </span>
        </td>
        <td class={`wraps ${task.cause === "failover" ? "" : "text-muted"}`}>
          <Taken task={task} nowMs={nowMs} clockAheadMs={clockAheadMs} />
        </td>
      </tr>
      {task.fault !== undefined && (
        <tr>
          <td colSpan={4} class="wraps text-2xs text-bad" title={task.fault}>{task.fault}</td>
        </tr>
      )}
    </tbody>
  );
}

/** Apart, so that the clock renders this text alone. */
function Taken({ task, nowMs, clockAheadMs }: { task: TaskRow["task"] } & Omit<TaskProps, "row">) {
  return <>{takenText(task, nowMs.value + clockAheadMs)}</>;
}

function hasLag({ lagMs, lagMessages }: TaskRow["task"]): boolean {
  return lagMs !== undefined || lagMessages !== undefined;
}
