/**
 * The feeds, one row each: a table on a desk, cards on a phone. A row unfolds to what there is to know of its feed.
 *
 * The style sheet turns rows into cards, and a table whose rows are no table rows is none to a screen reader; so the roles are
 * written out.
 *
 * @module
 */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { FEED_FIGURES, givesOf } from "../model/feed_figures.ts";
import { type FeedEntry, type FeedHealth, feedRows, type FeedsState, healthOf } from "../model/feed_state.ts";
import { formatSpan } from "../model/number_format.ts";
import { FeedDetail } from "./feed_detail.tsx";

export interface FeedsTableProps {
  state: FeedsState;
  nowMs: ReadonlySignal<number>;
}

/** Source, state, what it gives, and the figures. */
const COLUMN_COUNT = 3 + FEED_FIGURES.length;

export function FeedsTable({ state, nowMs }: FeedsTableProps) {
  return (
    <table data-testid="feeds-table" role="table" aria-label="Feeds" class="feeds-table">
      <thead role="rowgroup" class="text-2xs text-muted">
        <tr role="row">
          <th scope="col" role="columnheader">Source</th>
          <th scope="col" role="columnheader" title="As the feed says of itself">State</th>
          <th scope="col" role="columnheader" title="What the source gives: quotes, levels, single orders, trades">
            Gives
          </th>
          {FEED_FIGURES.map(({ name, head, doc }) => (
            <th key={name} scope="col" role="columnheader" class="number" title={doc}>{head}</th>
          ))}
        </tr>
      </thead>
      {feedRows(state).map((entry) => (
        <FeedRow key={entry.report.source} entry={entry} nowMs={nowMs} clockAheadMs={state.clockAheadMs} />
      ))}
    </table>
  );
}

/** A shape for each state, beside its colour. */
const MARKS: Readonly<Record<FeedHealth, readonly [mark: string, look: string, doc: string]>> = {
  live: ["●", "text-up", "Connected and serving"],
  connecting: ["○", "text-muted", "On its way"],
  waiting: ["◐", "text-warn-edge", "Pausing before the next try"],
  refused: ["✕", "text-bad", "Does not try again before its configuration is changed"],
  silent: ["▲", "text-bad", "Reports no more: its node stopped, or cannot reach NATS"],
};

interface FeedRowProps {
  entry: FeedEntry;
  nowMs: ReadonlySignal<number>;
  clockAheadMs: number;
}

function FeedRow({ entry, nowMs, clockAheadMs }: FeedRowProps) {
  const isOpen = useSignal(false);
  const { report } = entry;
  const { source, fault, faultCode, conflated } = report;
  const health = healthOf(entry);
  const [mark, look, doc] = MARKS[health];
  const detailId = `feed-${source}-detail`;
  const isSilent = health === "silent";
  return (
    <tbody
      role="rowgroup"
      data-testid={`feed-${source}`}
      data-health={health}
      class="border-b border-line"
    >
      <tr role="row" class="feed-row">
        <th scope="row" role="rowheader" class="source" title={source}>
          <button
            type="button"
            aria-expanded={isOpen.value}
            aria-controls={detailId}
            class="flex h-6 w-full items-center gap-2 text-left font-semibold"
            onClick={() => isOpen.value = !isOpen.peek()}
          >
            <span aria-hidden="true" class="w-2 flex-none text-2xs text-muted">{isOpen.value ? "▾" : "▸"}</span>
            <span class="min-w-0 truncate">{source}</span>
          </button>
        </th>
        <td role="cell" class="state" title={doc}>
          <span class={`inline-flex items-center gap-1.5 ${health === "live" ? "" : "font-semibold"}`}>
            <span aria-hidden="true" class={`inline-block w-3 text-center ${look}`}>{mark}</span>
            {health}
          </span>
        </td>
        <td role="cell" class="gives">
          {givesOf(report).map(({ name, doc }) => <span key={name} title={doc} class="chip">{name}</span>)}
          {conflated && (
            <span class="chip" title="Conflated: the source sends only so many of its prices">
              <span aria-hidden="true">≈</span>
              <span class="visually-hidden">conflated</span>
            </span>
          )}
        </td>
        {FEED_FIGURES.map(({ name, head, doc, text, isQuiet, isWarning }) => {
          const warns = !isSilent && isWarning?.(report) === true;
          const look = warns ? "font-semibold" : isQuiet(report) ? "text-muted" : "";
          return (
            <td
              key={name}
              role="cell"
              data-figure={name}
              data-head={head}
              title={doc}
              class={`number ${isSilent ? "dimmed" : ""} ${look}`}
            >
              {warns && <span aria-hidden="true" class="mr-1 text-warn-edge">◆</span>}
              {text(report)}
            </td>
          );
        })}
      </tr>
      {!isOpen.value && health !== "live" && (fault !== undefined || isSilent) && (
        <tr role="row" class="feed-fault">
          <td role="cell" colSpan={COLUMN_COUNT} title={fault}>
            <span class="flex min-w-0 items-baseline gap-2">
              {isSilent ? <Silent entry={entry} nowMs={nowMs} /> : (
                <>
                  {faultCode !== undefined && <span class="chip flex-none">{faultCode}</span>}
                  <span class="min-w-0 truncate">{fault}</span>
                </>
              )}
            </span>
          </td>
        </tr>
      )}
      {isOpen.value && (
        <tr role="row" id={detailId} class="feed-more">
          <td role="cell" colSpan={COLUMN_COUNT}>
            <FeedDetail entry={entry} nowMs={nowMs} clockAheadMs={clockAheadMs} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** Apart, so that the clock renders this text alone. */
function Silent({ entry: { report, heardMs }, nowMs }: Pick<FeedRowProps, "entry" | "nowMs">) {
  const since = new Date(heardMs).toLocaleTimeString("en-GB");
  return (
    <span class="silent">
      silent since {since}, for {formatSpan(nowMs.value - heardMs)}: node {report.node}{" "}
      reports it no more. Start it again: <code>FEED={report.source} deno task feed</code>
    </span>
  );
}
