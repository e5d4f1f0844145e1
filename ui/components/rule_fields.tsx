/**
 * Parts of the form of a rule: a field with its name and what is wrong with it, choices of several.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

export interface FieldProps {
  id: string;
  label: string;
  error: string | undefined;
  /** What follows the field, as its unit. */
  unit?: string;
  hint?: string;
  /** Takes what room there is. */
  wide?: boolean;
  children: ComponentChildren;
}

/** The control inside has the id, and is described by `<id>-error`. */
export function Field({ id, label, error, unit, hint, wide = false, children }: FieldProps) {
  return (
    <span class={`rule-field ${wide ? "rule-wide" : ""}`}>
      <label for={id} class="text-2xs text-muted">{label}</label>
      <span class="flex items-center gap-1">
        {children}
        {unit !== undefined && <span class="text-2xs text-muted">{unit}</span>}
      </span>
      {hint !== undefined && error === undefined && <span class="text-2xs text-muted">{hint}</span>}
      {error !== undefined && <span id={`${id}-error`} class="text-2xs text-bad">{error}</span>}
    </span>
  );
}

export interface TextProps {
  id: string;
  value: string;
  error: string | undefined;
  width?: string;
  placeholder?: string;
  maxLength?: number;
  disabled?: boolean;
  onInput: (value: string) => void;
}

export function Text({ id, value, error, width = "w-20", onInput, ...rest }: TextProps) {
  return (
    <input
      type="text"
      id={id}
      data-testid={id}
      class={`field ${width}`}
      value={value}
      aria-invalid={error !== undefined}
      {...(error !== undefined && { "aria-describedby": `${id}-error` })}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
      {...rest}
    />
  );
}

export interface ChipsProps<Name extends string | number> {
  label: string;
  names: readonly (readonly [name: Name, text: string])[];
  chosen: readonly Name[];
  onChoose: (chosen: Name[]) => void;
}

/** Several of a few. */
export function Chips<Name extends string | number>({ label, names, chosen, onChoose }: ChipsProps<Name>) {
  return (
    <span role="group" aria-label={label} class="flex flex-wrap gap-1">
      {names.map(([name, text]) => {
        const isChosen = chosen.includes(name);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={isChosen}
            data-testid={`chip-${name}`}
            class={`alert-tool ${isChosen ? "bg-raised font-semibold" : "text-muted"}`}
            onClick={() => onChoose(isChosen ? chosen.filter((one) => one !== name) : [...chosen, name])}
          >
            {isChosen ? `✓ ${text}` : text}
          </button>
        );
      })}
    </span>
  );
}

export interface SelectProps {
  id: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChoose: (value: string) => void;
}

export function Select({ id, value, options, onChoose }: SelectProps) {
  return (
    <select
      id={id}
      data-testid={id}
      class="case-select"
      value={value}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    >
      {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
    </select>
  );
}
