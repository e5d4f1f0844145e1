/**
 * Which cases are listed.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { kindTitle } from "../model/case_state.ts";
import type { CaseFilter } from "../model/location.ts";
import { pairLabel } from "../model/market_state.ts";

export interface CaseFiltersProps {
  cases: readonly Anomaly[];
  filter: CaseFilter;
  selectedPair: string | undefined;
  onFilter: (filter: CaseFilter) => void;
}

export function CaseFilters({ cases, filter, selectedPair, onFilter }: CaseFiltersProps) {
  const { pair, kind, severity, open } = filter;
  const kinds = [...new Set([...cases.map((one) => one.kind), ...(kind === undefined ? [] : [kind])])].sort();
  const ofPair = pair ?? selectedPair;
  const change = (next: { [K in keyof CaseFilter]?: CaseFilter[K] | undefined }) =>
    onFilter(
      Object.fromEntries(
        Object.entries({ ...filter, ...next }).filter(([, value]) => value !== undefined),
      ) as CaseFilter,
    );
  return (
    <span
      class="flex flex-wrap items-center gap-1 pl-3 text-2xs lg:pl-0"
      role="group"
      aria-label="Which cases are listed"
    >
      {ofPair !== undefined && (
        <Switch
          testId="cases-of-pair"
          on={pair !== undefined}
          onToggle={() => change({ pair: pair === undefined ? ofPair : undefined })}
        >
          {pairLabel(ofPair)}
        </Switch>
      )}
      <Switch testId="cases-open" on={open === true} onToggle={() => change({ open: open ? undefined : true })}>
        open
      </Switch>
      <select
        aria-label="Severity"
        data-testid="cases-severity"
        class="case-select"
        value={severity ?? ""}
        onChange={({ currentTarget: { value } }) =>
          change({ severity: value === "warning" || value === "critical" ? value : undefined })}
      >
        <option value="">any severity</option>
        <option value="warning">warning or worse</option>
        <option value="critical">critical</option>
      </select>
      <select
        aria-label="Kind"
        data-testid="cases-kind"
        class="case-select"
        value={kind ?? ""}
        onChange={({ currentTarget: { value } }) => change({ kind: value === "" ? undefined : value })}
      >
        <option value="">any kind</option>
        {kinds.map((name) => <option key={name} value={name}>{kindTitle(name)}</option>)}
      </select>
    </span>
  );
}

function Switch(
  { on, testId, onToggle, children }: {
    on: boolean;
    testId: string;
    onToggle: () => void;
    children: ComponentChildren;
  },
) {
  return (
    <button
      type="button"
      data-testid={testId}
      aria-pressed={on}
      class={`h-6 rounded-sm border border-line px-2 ${on ? "bg-raised font-semibold" : "text-muted"}`}
      onClick={onToggle}
    >
      {children}
    </button>
  );
}
