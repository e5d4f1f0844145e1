/**
 * The feeds at a glance: which sources are connected, what comes from each, how fast and how clean. What somebody must act on
 * stands in the head even while the rest is folded away.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ConnectionState } from "../feed/connection.ts";
import { feedProblems, type FeedsState, feedTotals } from "../model/feed_state.ts";
import { Badge } from "./badge.tsx";
import { FeedsTable } from "./feeds_table.tsx";

export interface FeedsPanelProps {
  feeds: ReadonlySignal<FeedsState | undefined>;
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
  open: ReadonlySignal<boolean>;
  onToggle: () => void;
}

export function FeedsPanel({ feeds, connection, nowMs, open, onToggle }: FeedsPanelProps) {
  const state = feeds.value;
  if (state === undefined) return null;
  const isLive = connection.value.phase === "live" && state.followed;
  const isOpen = open.value;
  const isEmpty = state.feeds.length === 0;
  return (
    <section data-testid="feeds" aria-label="Feeds" class="feeds flex min-h-0 min-w-0 flex-col bg-panel">
      <div class="flex min-h-[2.25rem] flex-none flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-3">
        <h2>
          <button
            id="feeds-head"
            type="button"
            aria-expanded={isOpen}
            aria-controls="feeds-body"
            class="flex h-7 items-center gap-2 px-3 font-semibold"
            onClick={onToggle}
          >
            <span aria-hidden="true" class="w-2 text-2xs text-muted">{isOpen ? "▾" : "▸"}</span>
            Feeds
          </button>
        </h2>
        {!isEmpty && (
          <span data-testid="feeds-totals" class="text-2xs text-muted" title="All feeds together">
            {feedTotals(state)}
          </span>
        )}
        <span class="flex-1" />
        <span data-testid="feeds-summary" role="status" aria-live="polite" class="flex flex-wrap gap-1 pl-3 text-2xs">
          {isLive ? <Summary state={state} /> : <NotLive connection={connection} />}
        </span>
      </div>
      {isOpen && (
        <div
          id="feeds-body"
          role="region"
          aria-label="Feeds, one by one"
          tabIndex={0}
          data-scrolls
          class={`min-h-0 overflow-y-auto border-t border-line text-xs ${isLive ? "" : "dimmed-inside"}`}
        >
          {isEmpty ? <NoFeeds /> : <FeedsTable state={state} nowMs={nowMs} />}
        </div>
      )}
    </section>
  );
}

function Summary({ state }: { state: FeedsState }) {
  if (state.feeds.length === 0) return <span class="text-muted">no feed reports</span>;
  const problems = feedProblems(state);
  if (problems.length === 0) return <span class="text-muted">all live</span>;
  return <>{problems.map((problem) => <Badge key={problem.text} {...problem} />)}</>;
}

function NotLive({ connection }: Pick<FeedsPanelProps, "connection">) {
  const { phase, lastMessageMs } = connection.value;
  const asOf = lastMessageMs === undefined ? "" : `, as of ${new Date(lastMessageMs).toLocaleTimeString("en-GB")}`;
  const text = phase === "live" ? "The gateway hears nothing from NATS: this may be old" : `Not live${asOf}`;
  return <Badge severity="warn" text={text} />;
}

function NoFeeds() {
  return (
    <p data-testid="feeds-empty" class="m-0 px-3 py-2">
      No feed reports. For prices of a real market, start one:{" "}
      <code class="whitespace-nowrap">FEED=kraken deno task dev</code>
      , or <code class="whitespace-nowrap">FEED=kraken deno task feed</code>{" "}
      beside what runs already. Which feeds there are, and what each needs, stands in docs/FEEDS.md.
    </p>
  );
}
