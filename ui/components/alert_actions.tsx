/**
 * What can be done to an alert, and who does it.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { Component } from "preact";
import type { Alert, AlertCommand, Disposition } from "../../actors/contract/alert.ts";
import { US_PER_MS, US_PER_SECOND } from "../../actors/contract/units.ts";
import type { AlertAction, Doing } from "../alert_client.ts";
import { isResolved } from "../model/alert_state.ts";

export interface AlertActionsProps {
  alert: Alert;
  doing: ReadonlySignal<Doing | undefined>;
  me: ReadonlySignal<string>;
  onMe: (name: string) => void;
  onAct: (action: AlertAction) => void;
}

/** How long an alert is muted. */
const MUTES: readonly (readonly [text: string, seconds: number | undefined])[] = [
  ["15 min", 900],
  ["1 h", 3_600],
  ["until resolved", undefined],
];
const JUDGEMENTS: readonly (readonly [Disposition, string])[] = [
  ["true", "it was so"],
  ["false", "it was not"],
  ["unsure", "unsure"],
];
const NAME_CHARS_MAX = 64;
const COMMENT_CHARS_MAX = 2_000;

export class AlertActions extends Component<AlertActionsProps> {
  readonly #assignee = signal(this.props.alert.assignee ?? "");
  readonly #comment = signal("");

  override render({ alert, doing, me, onMe, onAct }: AlertActionsProps) {
    const { acknowledgedBy, muted, disposition } = alert;
    const isOver = isResolved(alert);
    const name = me.value;
    const current = doing.value?.id === alert.id ? doing.value : undefined;
    const isBusy = (action: AlertCommand["action"]) => current?.action === action && current.error === undefined;
    const act = (action: AlertAction) => () => onAct(action);
    const disabled = name === "";
    return (
      <div data-testid="alert-actions" class="alert-actions border-t border-b border-line px-3 py-2">
        <label class="alert-me">
          <span class="text-2xs text-muted">You are</span>
          <input
            type="text"
            data-testid="alert-me"
            class="field w-28"
            maxLength={NAME_CHARS_MAX}
            value={name}
            placeholder="your name"
            autocomplete="username"
            onInput={({ currentTarget: { value } }) => onMe(value.trim())}
          />
        </label>
        {!isOver && (
          <>
            <Act
              testId="act-acknowledge"
              disabled={disabled || acknowledgedBy !== undefined}
              busy={isBusy("acknowledge")}
              onAct={act({ action: "acknowledge" })}
              strong
            >
              {acknowledgedBy === undefined ? "Acknowledge" : `Acknowledged by ${acknowledgedBy}`}
            </Act>
            {muted
              ? (
                <Act testId="act-unmute" {...{ disabled }} busy={isBusy("unmute")} onAct={act({ action: "unmute" })}>
                  Unmute
                </Act>
              )
              : (
                <span class="alert-group" role="group" aria-label="Mute">
                  <span class="text-2xs text-muted">mute</span>
                  {MUTES.map(([text, seconds]) => (
                    <Act
                      key={text}
                      testId={`act-mute-${seconds ?? "all"}`}
                      disabled={disabled}
                      busy={isBusy("mute")}
                      onAct={() =>
                        onAct({
                          action: "mute",
                          ...(seconds !== undefined && { untilUs: Date.now() * US_PER_MS + seconds * US_PER_SECOND }),
                        })}
                    >
                      {text}
                    </Act>
                  ))}
                </span>
              )}
            <Act testId="act-resolve" disabled={disabled} busy={isBusy("resolve")} onAct={act({ action: "resolve" })}>
              Resolve
            </Act>
          </>
        )}
        <span class="alert-group" role="group" aria-label="Judge: was it what it says?">
          <span class="text-2xs text-muted">judge</span>
          {JUDGEMENTS.map(([judgement, text]) => (
            <Act
              key={judgement}
              testId={`act-judge-${judgement}`}
              disabled={disabled}
              pressed={disposition === judgement}
              busy={isBusy("judge")}
              onAct={act({ action: "judge", disposition: judgement })}
            >
              {text}
            </Act>
          ))}
        </span>
        <form
          class="alert-group"
          onSubmit={(event) => {
            event.preventDefault();
            const assignee = this.#assignee.value.trim();
            onAct({ action: "assign", ...(assignee !== "" && { assignee }) });
          }}
        >
          <input
            type="text"
            aria-label="Assign to"
            data-testid="alert-assignee"
            class="field w-28"
            maxLength={NAME_CHARS_MAX}
            placeholder="to whom"
            value={this.#assignee.value}
            onInput={({ currentTarget: { value } }) => this.#assignee.value = value}
          />
          <Act testId="act-assign" submit disabled={disabled} busy={isBusy("assign")}>Assign</Act>
        </form>
        <form
          class="alert-group alert-comment"
          onSubmit={(event) => {
            event.preventDefault();
            const comment = this.#comment.value.trim();
            if (comment === "") return;
            onAct({ action: "comment", comment });
            this.#comment.value = "";
          }}
        >
          <input
            type="text"
            aria-label="Comment"
            data-testid="alert-comment"
            class="field min-w-0 flex-1"
            maxLength={COMMENT_CHARS_MAX}
            placeholder="comment"
            value={this.#comment.value}
            onInput={({ currentTarget: { value } }) => this.#comment.value = value}
          />
          <Act testId="act-comment" submit disabled={disabled} busy={isBusy("comment")}>Comment</Act>
        </form>
        {disabled && <span class="text-2xs text-muted">Say who you are first: the log keeps who did what.</span>}
        {current?.error !== undefined && (
          <p role="alert" data-testid="act-error" class="m-0 text-2xs text-bad">{current.error}</p>
        )}
      </div>
    );
  }
}

interface ActProps {
  testId: string;
  disabled: boolean;
  busy: boolean;
  onAct?: () => void;
  pressed?: boolean;
  strong?: boolean;
  submit?: boolean;
  children: string;
}

function Act({ testId, disabled, busy, onAct, pressed, strong = false, submit = false, children }: ActProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      data-testid={testId}
      class={`alert-tool ${strong ? "font-semibold" : ""} ${pressed ? "bg-raised font-semibold" : ""}`}
      disabled={disabled || busy}
      aria-busy={busy}
      {...(pressed !== undefined && { "aria-pressed": pressed })}
      onClick={onAct}
    >
      {busy ? "…" : children}
    </button>
  );
}
