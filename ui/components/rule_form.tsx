/**
 * The fields of a rule.
 *
 * @module
 */
import type { Severity } from "../../actors/contract/alert.ts";
import { ANOMALY_KINDS } from "../../actors/contract/detector_catalogue.ts";
import { type Session, SESSIONS } from "../../actors/contract/sessions.ts";
import { kindTitle } from "../model/case_state.ts";
import { NEW_RULE } from "../model/location.ts";
import { METRIC_GROUPS } from "../model/metric_catalogue.ts";
import { NEW_MUTE, type RuleForm as Form } from "../model/rule_form.ts";
import type { Editing, RuleClient } from "../rule_client.ts";
import { Chips, Field, Select, Text } from "./rule_fields.tsx";

export interface RuleFormProps {
  client: RuleClient;
  editing: Editing;
  routes: readonly string[];
}

const SEVERITIES: readonly (readonly [Severity, string])[] = [["info", "info"], ["warning", "warning"], [
  "critical",
  "critical",
]];
const DAYS = [[1, "Mon"], [2, "Tue"], [3, "Wed"], [4, "Thu"], [5, "Fri"], [6, "Sat"], [7, "Sun"]] as const;
const KINDS = ANOMALY_KINDS.map((kind) => [kind as string, kindTitle(kind)] as const);

export function RuleForm({ client, editing, routes }: RuleFormProps) {
  const { form, errors } = editing;
  const type = (change: Partial<Form>) => client.type(change);
  /** A text field under its name in the form. */
  const text = (
    name: keyof Form & string,
    label: string,
    more: {
      unit?: string;
      hint?: string;
      width?: string;
      placeholder?: string;
      maxLength?: number;
      disabled?: boolean;
      wide?: boolean;
    } = {},
  ) => {
    const { unit, hint, wide = false, ...rest } = more;
    const id = `rule-${name}`;
    return (
      <Field
        id={id}
        label={label}
        error={errors[name]}
        wide={wide}
        {...(unit !== undefined && { unit })}
        {...(hint !== undefined && { hint })}
      >
        <Text
          id={id}
          value={String(form[name])}
          error={errors[name]}
          onInput={(value) => type({ [name]: value })}
          {...rest}
        />
      </Field>
    );
  };
  return (
    <>
      <fieldset>
        <legend>Rule</legend>
        {editing.name === NEW_RULE && text("name", "Name", { width: "w-40", maxLength: 64, placeholder: "toxic-flow" })}
        {text("description", "What it is for", { width: "w-full", wide: true, maxLength: 300 })}
        <label class="rule-check">
          <input
            type="checkbox"
            data-testid="rule-enabled"
            checked={form.enabled}
            onChange={({ currentTarget: { checked } }) => type({ enabled: checked })}
          />
          on
        </label>
      </fieldset>
      <fieldset>
        <legend>Matches</legend>
        <Field id="rule-of" label="What" error={undefined}>
          <Select
            id="rule-of"
            value={form.of}
            options={[["case", "cases"], ["metric", "a metric"]]}
            onChoose={(of) => type({ of: of === "metric" ? "metric" : "case" })}
          />
        </Field>
        {form.of === "case"
          ? (
            <>
              <Field id="rule-severityMin" label="At least" error={errors.severityMin}>
                <Select
                  id="rule-severityMin"
                  value={form.severityMin}
                  options={SEVERITIES}
                  onChoose={(value) => type({ severityMin: value as Severity })}
                />
              </Field>
              {text("scoreMin", "Score from", { placeholder: "any", width: "w-16" })}
              <span class="rule-field rule-wide">
                <span class="text-2xs text-muted">
                  Kinds{form.kinds.length === 0 ? ": all" : ""}
                  {errors.kinds !== undefined && <span class="text-bad">{errors.kinds}</span>}
                </span>
                <Chips label="Kinds" names={KINDS} chosen={form.kinds} onChoose={(kinds) => type({ kinds })} />
              </span>
            </>
          )
          : (
            <>
              <Field id="rule-metric" label="Metric" error={errors.metric}>
                <select
                  id="rule-metric"
                  data-testid="rule-metric"
                  class="case-select"
                  value={form.metric}
                  onChange={({ currentTarget: { value } }) => type({ metric: value })}
                >
                  {METRIC_GROUPS.map(({ group, title, metrics }) => (
                    <optgroup key={group} label={title}>
                      {metrics.map(({ name, label, unit }) => (
                        <option key={name} value={name}>{unit === "" ? label : `${label}, ${unit}`}</option>
                      ))}
                    </optgroup>
                  ))}
                </select>
              </Field>
              <Field id="rule-side" label="Is" error={undefined}>
                <Select
                  id="rule-side"
                  value={form.side}
                  options={[["above", "above"], ["below", "below"]]}
                  onChoose={(side) => type({ side: side === "below" ? "below" : "above" })}
                />
              </Field>
              {text("mark", "Mark", { width: "w-20" })}
              {text("forS", "For", { unit: "s", placeholder: "0", width: "w-16" })}
              {text("clearAt", "Calm again at", { width: "w-20", placeholder: "the mark" })}
            </>
          )}
        {text("pairs", "Pairs", { width: "w-48", placeholder: "all; EURUSD, USDJPY" })}
        <span class="rule-field">
          <span class="text-2xs text-muted">Sessions{form.sessions.length === 0 ? ": any time" : ""}</span>
          <Chips
            label="Sessions"
            names={SESSIONS.map((session) => [session, session] as const)}
            chosen={form.sessions}
            onChoose={(sessions: Session[]) => type({ sessions })}
          />
        </span>
      </fieldset>
      <fieldset>
        <legend>Alerts</legend>
        <Field id="rule-severity" label="Severity" error={errors.severity}>
          <Select
            id="rule-severity"
            value={form.severity}
            options={[["", form.of === "case" ? "the case's own" : "warning"], ...SEVERITIES]}
            onChoose={(value) => type({ severity: value as Severity | "" })}
          />
        </Field>
        <span class="rule-field">
          <span class="text-2xs text-muted">One alert for each</span>
          <Chips
            label="One alert for each"
            names={[["pair", "pair"], ["kind", "kind"]]}
            chosen={[...(form.groupPair ? ["pair" as const] : []), ...(form.groupKind ? ["kind" as const] : [])]}
            onChoose={(chosen) => type({ groupPair: chosen.includes("pair"), groupKind: chosen.includes("kind") })}
          />
        </span>
        {text("coolDownS", "Resolved when calm for", { unit: "s", width: "w-16" })}
        {text("escalateAfterS", "Critical when nobody acknowledged for", {
          unit: "s",
          placeholder: "never",
          width: "w-16",
        })}
        <span class="flex gap-2">
          {text("rateMax", "At most", { unit: "alerts in", width: "w-14", hint: "the others are summed up in one" })}
          {text("rateS", "each", { unit: "s", width: "w-14" })}
        </span>
      </fieldset>
      <fieldset>
        <legend>Silent</legend>
        {text("muteRollMinutes", "Around the roll (17:00 New York)", { unit: "min either side", width: "w-14" })}
        <span class="rule-field rule-wide">
          <span class="text-2xs text-muted">Windows in which nothing opens</span>
          {errors.mute !== undefined && <span class="text-2xs text-bad">{errors.mute}</span>}
          {form.mute.map((row, at) => {
            const change = (next: Partial<typeof row>) =>
              type({ mute: form.mute.map((one, index) => index === at ? { ...one, ...next } : one) });
            return (
              <span key={at} class="flex flex-wrap items-center gap-1" data-testid="rule-mute">
                <Chips label="Days" names={DAYS} chosen={row.days} onChoose={(days) => change({ days })} />
                {(["from", "to"] as const).map((name) => (
                  <input
                    key={name}
                    type="text"
                    aria-label={name}
                    class="field w-16"
                    value={row[name]}
                    onInput={({ currentTarget: { value } }) => change({ [name]: value })}
                  />
                ))}
                <input
                  type="text"
                  aria-label="Only on these dates"
                  class="field w-40"
                  placeholder="any date; 2026-12-04"
                  value={row.dates}
                  onInput={({ currentTarget: { value } }) => change({ dates: value })}
                />
                <input
                  type="text"
                  aria-label="Time zone"
                  class="field w-36"
                  value={row.zone}
                  onInput={({ currentTarget: { value } }) => change({ zone: value })}
                />
                <button
                  type="button"
                  class="alert-tool"
                  aria-label="Remove this window"
                  onClick={() => type({ mute: form.mute.filter((_, index) => index !== at) })}
                >
                  ✕
                </button>
              </span>
            );
          })}
          <span>
            <button
              type="button"
              data-testid="rule-mute-add"
              class="alert-tool"
              disabled={form.mute.length >= 16}
              onClick={() => type({ mute: [...form.mute, NEW_MUTE] })}
            >
              Add a window
            </button>
          </span>
        </span>
      </fieldset>
      <fieldset>
        <legend>Sent</legend>
        <Field id="rule-routing" label="Where" error={errors.routes}>
          <Select
            id="rule-routing"
            value={form.routing}
            options={[["usual", "by the usual routes"], ["chosen", "by these routes"], ["nowhere", "nowhere"]]}
            onChoose={(routing) => type({ routing: routing as Form["routing"] })}
          />
        </Field>
        {form.routing === "chosen" && (
          <Chips
            label="Routes"
            names={[...new Set([...routes, ...form.routes])].map((name) => [name, name] as const)}
            chosen={form.routes}
            onChoose={(chosen) => type({ routes: chosen })}
          />
        )}
        {form.routing === "chosen" && routes.length === 0 && (
          <span class="text-2xs text-muted">No route is set up.</span>
        )}
      </fieldset>
    </>
  );
}
