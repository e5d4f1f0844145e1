/**
 * What raises alerts and where they are sent: the rules, the one that is written, the routes.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { RulesAnswer } from "../../actors/contract/alert_api.ts";
import { NEW_RULE } from "../model/location.ts";
import { ruleWords } from "../model/rule_form.ts";
import type { RuleClient } from "../rule_client.ts";
import { PrecisionTable } from "./precision_table.tsx";
import { RoutesList } from "./routes_list.tsx";
import { RuleEditor } from "./rule_editor.tsx";
import { SeverityMark } from "./severity_mark.tsx";

export interface RulesPanelProps {
  client: RuleClient;
  me: ReadonlySignal<string>;
  onMe: (name: string) => void;
  /** Writes a rule; with `undefined` the list. */
  onRule: (name: string | undefined) => void;
  onCase: (id: string) => void;
  onPair: (pair: string) => void;
  onClose: () => void;
}

export function RulesPanel(props: RulesPanelProps) {
  const { client, onRule, onClose } = props;
  const editing = client.editing.value;
  const error = client.error.value;
  return (
    <section
      data-testid="rules"
      aria-label="Alert rules"
      tabIndex={-1}
      class="rules-panel flex flex-col bg-panel text-xs"
    >
      <div class="flex min-h-[2.25rem] flex-none flex-wrap items-center gap-x-3 border-b border-line px-3 py-1">
        <h2 class="text-sm font-semibold">
          {editing === undefined ? "Alert rules" : editing.name === NEW_RULE ? "New rule" : `Rule ${editing.name}`}
        </h2>
        <span class="flex-1" />
        {editing === undefined
          ? (
            <button type="button" data-testid="rule-new" class="alert-tool" onClick={() => onRule(NEW_RULE)}>
              New rule
            </button>
          )
          : (
            <button type="button" data-testid="rule-back" class="alert-tool" onClick={() => onRule(undefined)}>
              All rules
            </button>
          )}
        <button
          type="button"
          data-testid="rules-close"
          aria-label="Close the rules (Escape)"
          class="h-7 rounded-sm border border-line px-2"
          onClick={onClose}
        >
          ✕
        </button>
      </div>
      {error !== undefined && (
        <p role="alert" class="m-0 flex items-center gap-3 border-b border-line px-3 py-1 text-2xs">
          <span class="text-bad">Rules and routes may be old: {error.message}</span>
          <button
            type="button"
            class="alert-tool"
            onClick={() =>
              void client.load()}
          >
            Try again
          </button>
        </p>
      )}
      {editing === undefined
        ? (
          <>
            <RuleList rules={client.rules.value} onRule={onRule} />
            <RoutesList client={client} />
            <PrecisionTable answer={client.precision.value} />
          </>
        )
        : <RuleEditor {...props} editing={editing} />}
    </section>
  );
}

function RuleList({ rules, onRule }: { rules: RulesAnswer | undefined; onRule: (name: string) => void }) {
  if (rules === undefined) return <p class="m-0 px-3 py-3 text-muted">Asking for the rules …</p>;
  return (
    <>
      {rules.refused.map(({ name, reason }) => (
        <p key={name} role="alert" data-testid="rule-refused" class="m-0 border-b border-line px-3 py-1 text-2xs">
          <span class="text-bad">What stands under {name} in the bucket is no rule ({reason}).</span>{" "}
          What was there before stays in effect.
        </p>
      ))}
      <ul data-testid="rule-list" class="m-0 list-none p-0">
        {rules.rules.map(({ name, rule, isDefault, warnings }) => (
          <li key={name} class="border-b border-line" data-testid={`rule-${name}`}>
            <button
              type="button"
              class="rule-row w-full text-left"
              onClick={() =>
                onRule(name)}
            >
              {rule.severity === undefined ? <span class="w-3" /> : <SeverityMark severity={rule.severity} />}
              <span class={`name font-semibold ${rule.enabled ? "" : "text-muted line-through"}`}>{name}</span>
              <span class="words">
                {ruleWords(rule)}
                {!rule.enabled && <span class="text-muted">, off</span>}
              </span>
              <span class="to text-2xs text-muted">{routesText(rule.routes)}</span>
              <span class="by text-right text-2xs text-muted">{isDefault ? "default" : rule.by ?? ""}</span>
              {warnings.length > 0 && <Warnings warnings={warnings} />}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function routesText(routes: readonly string[] | undefined): string {
  if (routes === undefined) return "usual routes";
  return routes.length === 0 ? "sent nowhere" : `→ ${routes.join(", ")}`;
}

export function Warnings({ warnings }: { warnings: readonly { detail: string }[] }) {
  return (
    <span class="warnings text-2xs">
      {warnings.map(({ detail }) => (
        <span key={detail} class="block" data-testid="rule-warning">
          <span aria-hidden="true" class="text-warn-edge">◆</span> {detail}
        </span>
      ))}
    </span>
  );
}
