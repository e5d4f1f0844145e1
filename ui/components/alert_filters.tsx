/**
 * Which alerts are listed.
 *
 * @module
 */
import type { Alert } from "../../actors/contract/alert.ts";
import type { AlertFilter } from "../model/location.ts";
import { placeName } from "./alert_row.tsx";

export interface AlertFiltersProps {
  alerts: readonly Alert[];
  filter: AlertFilter;
  onFilter: (filter: AlertFilter) => void;
}

export function AlertFilters({ alerts, filter, onFilter }: AlertFiltersProps) {
  const { show, severity, pair, rule } = filter;
  const among = (names: readonly string[], chosen: string | undefined) =>
    [...new Set(chosen === undefined ? names : [...names, chosen])].sort();
  const change = (next: { [K in keyof AlertFilter]?: AlertFilter[K] | undefined }) =>
    onFilter(
      Object.fromEntries(
        Object.entries({ ...filter, ...next }).filter(([, value]) => value !== undefined),
      ) as AlertFilter,
    );
  return (
    <span
      class="flex flex-wrap items-center gap-1 pl-3 text-2xs"
      role="group"
      aria-label="Which alerts are listed"
    >
      <Choice
        name="Which"
        testId="alerts-show"
        value={show ?? ""}
        options={[["", "open"], ["waiting", "unacknowledged"], ["mine", "mine"], ["all", "all"]]}
        onChoose={(value) => change({ show: value === "" ? undefined : value as NonNullable<AlertFilter["show"]> })}
      />
      <Choice
        name="Severity"
        testId="alerts-severity"
        value={severity ?? ""}
        options={[["", "any severity"], ["warning", "warning or worse"], ["critical", "critical"]]}
        onChoose={(value) => change({ severity: value === "warning" || value === "critical" ? value : undefined })}
      />
      <Choice
        name="Pair"
        testId="alerts-pair"
        value={pair ?? ""}
        options={[
          ["", "any pair"],
          ...among(alerts.map((alert) => alert.pair), pair).map((name) => [name, placeName(name)] as const),
        ]}
        onChoose={(value) => change({ pair: value === "" ? undefined : value })}
      />
      <Choice
        name="Rule"
        testId="alerts-rule"
        value={rule ?? ""}
        options={[
          ["", "any rule"],
          ...among(alerts.map((alert) => alert.rule), rule).map((name) => [name, name] as const),
        ]}
        onChoose={(value) => change({ rule: value === "" ? undefined : value })}
      />
    </span>
  );
}

interface ChoiceProps {
  name: string;
  testId: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChoose: (value: string) => void;
}

function Choice({ name, testId, value, options, onChoose }: ChoiceProps) {
  return (
    <select
      aria-label={name}
      data-testid={testId}
      class="case-select"
      value={value}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    >
      {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
    </select>
  );
}
