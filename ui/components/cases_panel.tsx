/**
 * Cases, open ones on top and the newest first: what happened, on which pair, how bad, for how long.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import type { ConnectionState } from "../feed/connection.ts";
import { type CasesState, hasRoom, isClosed, matches } from "../model/case_state.ts";
import type { CaseFilter } from "../model/location.ts";
import type { OlderStatus } from "../older_cases.ts";
import { Badge } from "./badge.tsx";
import { CaseFilters } from "./case_filters.tsx";
import { CaseRow } from "./case_row.tsx";
import { CasesOlder } from "./cases_older.tsx";
import { moveFocus } from "./move_focus.ts";

export interface CasesPanelProps {
  cases: ReadonlySignal<CasesState | undefined>;
  connection: ReadonlySignal<ConnectionState>;
  selectedPair: string | undefined;
  selectedId: string | undefined;
  filter: CaseFilter;
  older: ReadonlySignal<OlderStatus>;
  open: ReadonlySignal<boolean>;
  onToggle: () => void;
  onFilter: (filter: CaseFilter) => void;
  onSelect: (one: Anomaly) => void;
  onOlder: () => void;
}

export function CasesPanel(props: CasesPanelProps) {
  const { cases, connection, selectedPair, selectedId, filter, older, open, onToggle, onFilter, onSelect } = props;
  const state = cases.value;
  const isOpen = open.value;
  const isLive = connection.value.phase === "live" && state?.followed === true;
  const all = [...state?.cases.values() ?? []];
  const listed = all.filter((one) => matches(filter, one));
  return (
    <section data-testid="cases" aria-label="Cases" class="cases flex min-h-0 flex-col bg-panel">
      <div class="flex min-h-[2.25rem] flex-none flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-3">
        <h2>
          <button
            id="cases-head"
            type="button"
            aria-expanded={isOpen}
            aria-controls="cases-body"
            class="flex h-7 items-center gap-2 px-3 font-semibold"
            onClick={onToggle}
          >
            <span aria-hidden="true" class="w-2 text-2xs text-muted">{isOpen ? "▾" : "▸"}</span>
            Cases
          </button>
        </h2>
        <span data-testid="cases-summary" role="status" class="text-2xs text-muted">
          {state !== undefined && <Summary state={state} isLive={isLive} />}
        </span>
        <span class="flex-1" />
        {isOpen && all.length > 0 && (
          <CaseFilters cases={all} filter={filter} selectedPair={selectedPair} onFilter={onFilter} />
        )}
      </div>
      {isOpen && (
        <div
          id="cases-body"
          data-scrolls
          class={`min-h-0 flex-1 overflow-y-auto border-t border-line ${isLive ? "" : "dimmed-inside"}`}
        >
          {listed.length === 0 && <NoCases known={state !== undefined} filtered={all.length > 0} />}
          <ul class="m-0 list-none p-0" data-testid="case-list" onKeyDown={moveFocus}>
            {listed.map((one) => (
              <CaseRow
                key={one.id}
                one={one}
                isSelected={one.id === selectedId}
                onSelect={onSelect}
              />
            ))}
          </ul>
          {state !== undefined && (
            <CasesOlder
              status={older.value}
              listedCount={listed.length}
              hasRoom={hasRoom(state, filter)}
              onOlder={props.onOlder}
            />
          )}
        </div>
      )}
    </section>
  );
}

function Summary({ state: { cases, openCount }, isLive }: { state: CasesState; isLive: boolean }) {
  const critical = [...cases.values()].filter((one) => !isClosed(one) && one.severity === "critical").length;
  if (!isLive) return <Badge severity="warn" text="Not followed now: this is what was heard last" />;
  return (
    <span class="inline-flex items-center gap-2">
      {openCount === 0 ? "nothing open" : `${openCount} open`}
      {critical > 0 && <Badge severity="bad" text={`${critical} critical`} />}
    </span>
  );
}

function NoCases({ known, filtered }: { known: boolean; filtered: boolean }) {
  const text = !known
    ? "The gateway has said nothing of cases yet."
    : filtered
    ? "None of the known cases is of this choice; older ones may be."
    : "No case yet. Detectors learn what is usual for some minutes before they speak.";
  return <p data-testid="cases-empty" class="m-0 px-3 py-2 text-xs text-muted">{text}</p>;
}
