/**
 * The inbox: what people should know of, what nobody has acknowledged yet, and how to be called for it.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Alert } from "../../actors/contract/alert.ts";
import type { ConnectionState } from "../feed/connection.ts";
import { type AlertsState, countsOf, isListed } from "../model/alert_state.ts";
import type { AlertFilter } from "../model/location.ts";
import { US_PER_DAY, US_PER_MS } from "../../actors/contract/units.ts";
import type { Notifier } from "../notifier.ts";
import { AlertBell } from "./alert_bell.tsx";
import { AlertFilters } from "./alert_filters.tsx";
import { AlertRow } from "./alert_row.tsx";
import { Badge } from "./badge.tsx";
import { moveFocus } from "./move_focus.ts";

export interface AlertsPanelProps {
  alerts: ReadonlySignal<AlertsState | undefined>;
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
  selectedId: string | undefined;
  filter: AlertFilter;
  /** Who looks. */
  me: ReadonlySignal<string>;
  notifier: Notifier;
  open: ReadonlySignal<boolean>;
  onToggle: () => void;
  onFilter: (filter: AlertFilter) => void;
  onSelect: (alert: Alert) => void;
  onAcknowledge: (id: string) => void;
  onRules: () => void;
}

const DAY_MS = US_PER_DAY / US_PER_MS;

export function AlertsPanel(props: AlertsPanelProps) {
  const { alerts, connection, nowMs, selectedId, filter, me, open, onToggle, onFilter, onSelect, onRules } = props;
  const state = alerts.value;
  const isOpen = open.value;
  const isLive = connection.value.phase === "live" && state?.followed === true;
  const all = [...state?.alerts.values() ?? []];
  const listed = all.filter((alert) => isListed(filter, alert, me.value === "" ? undefined : me.value));
  const day = Math.floor(nowMs.value / DAY_MS) * DAY_MS;
  return (
    <section data-testid="alerts" aria-label="Alerts" class="alerts flex min-h-0 flex-col bg-panel">
      <div class="flex min-h-[2.25rem] flex-none flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-3">
        <h2>
          <button
            id="alerts-head"
            type="button"
            aria-expanded={isOpen}
            aria-controls="alerts-body"
            class="flex h-7 items-center gap-2 px-3 font-semibold"
            onClick={onToggle}
          >
            <span aria-hidden="true" class="w-2 text-2xs text-muted">{isOpen ? "▾" : "▸"}</span>
            Alerts
          </button>
        </h2>
        <span data-testid="alerts-summary" role="status" class="text-2xs text-muted">
          {state !== undefined && <Summary state={state} isLive={isLive} />}
        </span>
        <span class="flex-1" />
        {isOpen && all.length > 0 && <AlertFilters alerts={all} filter={filter} onFilter={onFilter} />}
        <span class="flex items-center gap-1 pl-3 lg:pl-0">
          <button type="button" data-testid="rules-open" class="alert-tool" onClick={onRules}>Rules</button>
          <AlertBell notifier={props.notifier} />
        </span>
      </div>
      {isOpen && (
        <div
          id="alerts-body"
          data-scrolls
          class={`min-h-0 flex-1 overflow-y-auto border-t border-line ${isLive ? "" : "dimmed-inside"}`}
        >
          {listed.length === 0 && <NoAlerts known={state !== undefined} filter={filter} me={me.value} />}
          <ul
            class="m-0 list-none p-0"
            data-testid="alert-list"
            onKeyDown={(event) => {
              const { id } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
              if (event.key !== "a" || id === undefined || event.ctrlKey || event.metaKey || event.altKey) {
                return moveFocus(event);
              }
              event.stopPropagation();
              props.onAcknowledge(id);
            }}
          >
            {listed.map((alert) => (
              <AlertRow
                key={alert.id}
                alert={alert}
                isSelected={alert.id === selectedId}
                day={day}
                onSelect={onSelect}
              />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Summary({ state, isLive }: { state: AlertsState; isLive: boolean }) {
  if (!isLive) return <Badge severity="warn" text="Not followed now: this is what was heard last" />;
  const { waiting, critical } = countsOf(state);
  return (
    <span class="inline-flex items-center gap-2">
      {state.openCount === 0
        ? "none open"
        : `${state.openCount} open${waiting === 0 ? ", all acknowledged" : `, ${waiting} new`}`}
      {critical > 0 && <Badge severity="bad" text={`${critical} critical`} />}
    </span>
  );
}

function NoAlerts({ known, filter, me }: { known: boolean; filter: AlertFilter; me: string }) {
  const text = !known
    ? "The gateway has said nothing of alerts yet."
    : filter.show === "mine" && me === ""
    ? "Nobody knows yet who you are: say so in any alert."
    : Object.keys(filter).length > 0
    ? "None of the known alerts is of this choice."
    : "No alert is open. What opens one stands under Rules.";
  return <p data-testid="alerts-empty" class="m-0 px-3 py-2 text-xs text-muted">{text}</p>;
}
