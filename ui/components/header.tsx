/**
 * The top line: what this is, the time of the data, the connection, the theme.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ConnectionState } from "../feed/connection.ts";
import { type AlertsState, countsOf } from "../model/alert_state.ts";
import { type CasesState, isClosed } from "../model/case_state.ts";
import { type ClusterState, summaryOf } from "../model/cluster_state.ts";
import { type FeedsState, notLiveProblems } from "../model/feed_state.ts";
import { formatEventTime, isReplay, zoneName, ZONES } from "../model/event_time.ts";
import type { ThemeChoice } from "../theme/theme.ts";
import { ConnectionStatus } from "./connection_status.tsx";

export interface HeaderProps {
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
  eventTimeUs: ReadonlySignal<number | undefined>;
  activeCount: ReadonlySignal<number>;
  cluster: ReadonlySignal<ClusterState | undefined>;
  onCluster: () => void;
  feeds: ReadonlySignal<FeedsState | undefined>;
  onFeeds: () => void;
  cases: ReadonlySignal<CasesState | undefined>;
  onCases: () => void;
  alerts: ReadonlySignal<AlertsState | undefined>;
  onAlerts: () => void;
  theme: ReadonlySignal<ThemeChoice>;
  onTheme: () => void;
  onHelp: () => void;
  /** By whose clock times are written. */
  onZone: (name: string) => void;
}

const THEME_MARKS: Record<ThemeChoice, string> = { system: "◑", dark: "●", light: "○" };

export function Header(props: HeaderProps) {
  const { connection, nowMs, eventTimeUs, activeCount, cluster, onCluster, theme, onTheme } = props;
  return (
    <header class="flex h-10 flex-none items-center gap-x-2 sm:gap-x-4 border-b border-line bg-panel px-3">
      <h1 class="flex-none font-semibold" aria-label="FX Microstructure Monitor">
        <span class="hidden lg:inline">FX Microstructure Monitor</span>
        <span class="lg:hidden">FX</span>
      </h1>
      <span class="hidden text-2xs text-muted xl:inline">{countText(activeCount.value)}</span>
      <span class="flex-1" />
      <WaitingCount alerts={props.alerts} onAlerts={props.onAlerts} />
      <OpenCount cases={props.cases} onCases={props.onCases} />
      <ClusterAlarm cluster={cluster} connection={connection} onCluster={onCluster} />
      <FeedsMark feeds={props.feeds} connection={connection} onFeeds={props.onFeeds} />
      <EventClock eventTimeUs={eventTimeUs} nowMs={nowMs} onZone={props.onZone} />
      <ConnectionStatus connection={connection} nowMs={nowMs} />
      <button
        type="button"
        class="flex h-7 items-center gap-1.5 rounded-sm border border-line px-2 text-2xs text-muted"
        aria-label={`Theme: ${theme.value}. Change`}
        title="Theme: as the system, dark, light"
        onClick={onTheme}
      >
        <span aria-hidden="true">{THEME_MARKS[theme.value]}</span>
        <span class="hidden w-9 text-left capitalize md:inline">{theme.value}</span>
      </button>
      <button
        type="button"
        data-testid="help"
        class="hidden h-7 w-7 rounded-sm border border-line text-2xs text-muted lg:block"
        aria-label="Keys of this page (?)"
        title="Keys (?)"
        onClick={props.onHelp}
      >
        <span aria-hidden="true">?</span>
      </button>
    </header>
  );
}

/** How many alerts nobody has acknowledged, wherever on the page one is. */
function WaitingCount({ alerts, onAlerts }: Pick<HeaderProps, "alerts" | "onAlerts">) {
  const { waiting, worst } = countsOf(alerts.value);
  if (waiting === 0) return null;
  const look = worst === "critical" ? "bg-bad text-panel" : "bg-warn text-on-warn";
  const words = `${waiting} new ${waiting === 1 ? "alert" : "alerts"}`;
  return (
    <button
      type="button"
      data-testid="alert-count"
      class={`flex h-6 items-center whitespace-nowrap rounded-sm px-2 text-2xs font-semibold ${look}`}
      aria-label={`${words}, ${worst} at worst. Show`}
      onClick={onAlerts}
    >
      <span aria-hidden="true" class="pr-1">!</span>
      {waiting}
      <span class="hidden whitespace-pre sm:inline">{words.slice(String(waiting).length)}</span>
    </button>
  );
}

/** How many cases are open, wherever on the page one is. */
function OpenCount({ cases, onCases }: Pick<HeaderProps, "cases" | "onCases">) {
  const { openCount, cases: known } = cases.value ?? { openCount: 0, cases: new Map() };
  if (openCount === 0) return null;
  const isBad = [...known.values()].some((one) => !isClosed(one) && one.severity === "critical");
  const look = isBad ? "bg-bad text-panel" : "bg-warn text-on-warn";
  const words = `${openCount} open ${openCount === 1 ? "case" : "cases"}`;
  return (
    <button
      type="button"
      data-testid="open-count"
      class={`h-6 whitespace-nowrap rounded-sm px-2 text-2xs font-semibold ${look}`}
      aria-label={`${words}. Show`}
      onClick={onCases}
    >
      {openCount}
      <span class="hidden sm:inline">{words.slice(String(openCount).length)}</span>
    </button>
  );
}

/** What is wrong with the cluster, wherever on the page one is; nothing while all pairs are looked after. */
function ClusterAlarm({ cluster, connection, onCluster }: Pick<HeaderProps, "cluster" | "connection" | "onCluster">) {
  const state = cluster.value;
  // What is not live is no alarm; that it is not live is one already.
  if (state === undefined || !state.followed || connection.value.phase !== "live") return null;
  const [worst, ...others] = summaryOf(state)
    .filter(({ severity }) => severity === "bad").map(({ text }) => text);
  if (worst === undefined) return null;
  return (
    <button
      type="button"
      data-testid="cluster-alarm"
      class="h-6 min-w-[1.75rem] truncate rounded-sm bg-bad px-2 text-2xs font-semibold text-panel"
      aria-label={`Cluster: ${[worst, ...others].join(", ")}. Show`}
      onClick={onCluster}
    >
      {worst}
      {others.length > 0 && <span class="hidden lg:inline">, {others.join(", ")}</span>}
    </button>
  );
}

/** Whether a feed is not live, wherever on the page one is; nothing while all are. */
function FeedsMark({ feeds, connection, onFeeds }: Pick<HeaderProps, "feeds" | "connection" | "onFeeds">) {
  const state = feeds.value;
  if (state === undefined || !state.followed || connection.value.phase !== "live") return null;
  const [worst, ...others] = notLiveProblems(state);
  if (worst === undefined) return null;
  const isBad = worst.severity === "bad";
  return (
    <button
      type="button"
      data-testid="feeds-mark"
      class={`gives-way flex min-w-[1.75rem] justify-center gap-x-1 rounded-sm px-2 text-2xs font-semibold ${
        isBad ? "bg-bad text-panel" : "bg-warn text-on-warn"
      }`}
      title={[worst, ...others].map(({ text }) => text).join(", ")}
      aria-label={`Feeds: ${[worst, ...others].map(({ text }) => text).join(", ")}. Show`}
      onClick={onFeeds}
    >
      <span aria-hidden="true" class="flex-none">{isBad ? "▲" : "◐"}</span>
      <span class="sm:hidden">feed</span>
      <span class="hidden min-w-0 max-w-[12rem] truncate sm:inline">{worst.text}</span>
    </button>
  );
}

function countText(count: number): string {
  return count === 0 ? "" : `${count} ${count === 1 ? "pair" : "pairs"} · ↑ ↓ selects`;
}

function EventClock({ eventTimeUs, nowMs, onZone }: Pick<HeaderProps, "eventTimeUs" | "nowMs" | "onZone">) {
  const timeUs = eventTimeUs.value;
  if (timeUs === undefined) return null;
  const text = formatEventTime(timeUs);
  return (
    <span class="flex items-center gap-2 whitespace-nowrap" title="Event time of the newest data">
      {isReplay(timeUs, nowMs.value) && (
        <span
          class="rounded-sm border border-warn-edge px-1 text-2xs font-semibold"
          title="Recorded data is being replayed"
        >
          REPLAY
        </span>
      )}
      <span class="hidden text-muted md:inline">{text.slice(0, 10)}</span>
      <span>{text.slice(11)}</span>
      <select
        aria-label="Times are written in"
        data-testid="zone"
        class="case-select hidden text-2xs text-muted md:inline"
        value={zoneName()}
        onChange={({ currentTarget: { value } }) => onZone(value)}
      >
        {Object.entries(ZONES).map(([name, { label }]) => <option key={name} value={name}>{label}</option>)}
      </select>
    </span>
  );
}
