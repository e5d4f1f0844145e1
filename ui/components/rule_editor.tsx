/**
 * A rule that is written: as a form or as text, tried on what was, saved.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { Component } from "preact";
import { NEW_RULE } from "../model/location.ts";
import { formatEventTime, zoneLabel } from "../model/event_time.ts";
import { US_PER_MS } from "../../actors/contract/units.ts";
import type { Editing, RuleClient, RuleVersion } from "../rule_client.ts";
import { RuleForm } from "./rule_form.tsx";
import { type RulesPanelProps, Warnings } from "./rules_panel.tsx";
import { RuleTrial } from "./rule_trial.tsx";

export interface RuleEditorProps extends RulesPanelProps {
  editing: Editing;
}

export class RuleEditor extends Component<RuleEditorProps> {
  readonly #removing = signal(false);

  override render({ client, editing, me, onMe, onRule, onCase, onPair }: RuleEditorProps) {
    const { json, problem, busy, conflict, saved, versions, errors } = editing;
    const isDefault = client.rules.value?.rules.find(({ name }) => name === editing.name)?.isDefault === true;
    const errorCount = Object.keys(errors).length;
    return (
      <div class="rule-editor" data-testid="rule-editor">
        <form
          class="rule-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void this.#save(false);
          }}
        >
          {json === undefined
            ? (
              <RuleForm
                client={client}
                editing={editing}
                routes={client.routes.value?.routes.map(({ name }) => name) ?? []}
              />
            )
            : (
              <label class="grid gap-1">
                <span class="text-2xs text-muted">The rule as JSON; docs/schemas/alert_rule.json says its fields</span>
                <textarea
                  data-testid="rule-json"
                  class="field rule-json"
                  spellcheck={false}
                  value={json}
                  onInput={({ currentTarget }) => client.typeJson(currentTarget.value)}
                />
              </label>
            )}
          {problem !== undefined && <p role="alert" data-testid="rule-problem" class="m-0 text-bad">{problem}</p>}
          {errorCount > 0 && (
            <p role="alert" class="m-0 text-2xs text-bad">
              {errorCount === 1 ? "One field is not right yet." : `${errorCount} fields are not right yet.`}
            </p>
          )}
          {conflict !== undefined && (
            <Conflict
              conflict={conflict}
              client={client}
              onOver={() => void this.#save(true)}
            />
          )}
          {saved !== undefined && (
            <div role="status" data-testid="rule-saved">
              Saved; it is in effect.
              {saved.warnings.length > 0 && <Warnings warnings={saved.warnings} />}
            </div>
          )}
          <div class="alert-actions">
            <label class="alert-me">
              <span class="text-2xs text-muted">You are</span>
              <input
                type="text"
                data-testid="rule-me"
                class="field w-28"
                maxLength={64}
                placeholder="your name"
                value={me.value}
                onInput={({ currentTarget: { value } }) => onMe(value.trim())}
              />
            </label>
            <button
              type="submit"
              data-testid="rule-save"
              class="alert-tool font-semibold"
              disabled={busy !== undefined || me.value === ""}
            >
              {busy === "saving" ? "Saving …" : "Save"}
            </button>
            <button type="button" data-testid="rule-as-json" class="alert-tool" onClick={() => client.toggleJson()}>
              {json === undefined ? "As JSON" : "As a form"}
            </button>
            {editing.name !== NEW_RULE && !isDefault && (
              this.#removing.value
                ? (
                  <span class="alert-group">
                    <span class="text-2xs">Delete it for all?</span>
                    <button
                      type="button"
                      data-testid="rule-delete-yes"
                      class="alert-tool text-bad"
                      disabled={busy !== undefined}
                      onClick={async () => await client.remove() && onRule(undefined)}
                    >
                      Delete
                    </button>
                    <button type="button" class="alert-tool" onClick={() => this.#removing.value = false}>Keep</button>
                  </span>
                )
                : (
                  <button
                    type="button"
                    data-testid="rule-delete"
                    class="alert-tool"
                    onClick={() => this.#removing.value = true}
                  >
                    Delete …
                  </button>
                )
            )}
            {me.value === "" && <span class="text-2xs text-muted">Say who you are: versions keep who wrote what.</span>}
          </div>
          {versions.length > 0 && <Versions versions={versions} onTake={(version) => client.take(version)} />}
        </form>
        <RuleTrial client={client} onCase={onCase} onPair={onPair} />
      </div>
    );
  }

  async #save(over: boolean): Promise<void> {
    const { client, onRule, editing } = this.props;
    const name = await client.save({ over });
    if (name !== undefined && editing.name !== name) onRule(name);
    if (name !== undefined) return;
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.rule-form [aria-invalid="true"]')?.focus());
  }
}

const clockOf = ({ timeMs }: RuleVersion) => `${formatEventTime(timeMs * US_PER_MS)} ${zoneLabel()}`;

function Conflict({ conflict, client, onOver }: { conflict: RuleVersion; client: RuleClient; onOver: () => void }) {
  return (
    <div role="alert" data-testid="rule-conflict" class="alert-group flex-wrap">
      <span class="text-bad">
        {authorOf(conflict)} {conflict.text === undefined ? "deleted" : "saved"} this rule at {clockOf(conflict)}.
      </span>
      {conflict.text !== undefined && (
        <button type="button" class="alert-tool" onClick={() => client.take(conflict)}>Look at that one</button>
      )}
      <button type="button" data-testid="rule-over" class="alert-tool" onClick={onOver}>Save mine over it</button>
    </div>
  );
}

function Versions({ versions, onTake }: { versions: readonly RuleVersion[]; onTake: (version: RuleVersion) => void }) {
  return (
    <details class="text-2xs">
      <summary class="cursor-pointer text-muted">{versions.length} versions</summary>
      <ol data-testid="rule-versions" class="m-0 list-none p-0">
        {versions.toReversed().map((version, at, newestFirst) => (
          <li key={version.revision} class="flex flex-wrap items-center gap-2 py-0.5">
            <span class="text-muted">{clockOf(version)}</span>
            <span>{authorOf(version)}</span>
            <span class="text-muted">{changeOf(version, newestFirst[at + 1])}</span>
            {version.text !== undefined && (
              <button
                type="button"
                class="alert-tool"
                onClick={() => onTake(version)}
              >
                Take this one
              </button>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function fieldsOf({ text }: RuleVersion): Record<string, unknown> {
  try {
    return text === undefined ? {} : JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const authorOf = (version: RuleVersion): string => String(fieldsOf(version).by ?? "Somebody");

/** Which fields differ from the version before. */
function changeOf(version: RuleVersion, before: RuleVersion | undefined): string {
  if (version.text === undefined) return "deleted it";
  if (before?.text === undefined) return "wrote it";
  const [now, then] = [fieldsOf(version), fieldsOf(before)];
  const names = [...new Set([...Object.keys(now), ...Object.keys(then)])]
    .filter((name) => name !== "by" && JSON.stringify(now[name]) !== JSON.stringify(then[name]));
  return names.length === 0 ? "changed nothing" : `changed ${names.join(", ")}`;
}
