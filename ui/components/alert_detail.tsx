/**
 * One alert: what it says, what can be done, what was said of it and where it was sent.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Alert } from "../../actors/contract/alert.ts";
import type { Delivery } from "../../actors/contract/delivery.ts";
import type { AlertAction, AlertView, Doing } from "../alert_client.ts";
import { alertTitle, isResolved, openedUs, placeOf, saidText } from "../model/alert_state.ts";
import { formatClock, formatEventTime, zoneLabel } from "../model/event_time.ts";
import { AlertActions } from "./alert_actions.tsx";
import { placeName } from "./alert_row.tsx";
import { SeverityMark } from "./severity_mark.tsx";

export interface AlertDetailProps {
  view: ReadonlySignal<AlertView | undefined>;
  doing: ReadonlySignal<Doing | undefined>;
  me: ReadonlySignal<string>;
  onMe: (name: string) => void;
  onAct: (action: AlertAction) => void;
  onClose: () => void;
  onRetry: () => void;
  onCase: (id: string) => void;
  onPair: (pair: string) => void;
  onRule: (name: string) => void;
}

export function AlertDetail(props: AlertDetailProps) {
  const { view, doing, me, onMe, onAct, onClose, onRetry } = props;
  const value = view.value;
  if (value === undefined) return null;
  const { alert, history, deliveries, error, loading } = value;
  return (
    <section
      data-testid="alert-detail"
      aria-label="Alert"
      tabIndex={-1}
      class="alert-detail flex flex-col bg-panel text-xs"
    >
      <div class="flex min-h-[2.25rem] flex-wrap items-center gap-x-3 border-b border-line px-3 py-1">
        {alert === undefined ? <span class="font-semibold">Alert</span> : <Head alert={alert} onPair={props.onPair} />}
        <span class="flex-1" />
        <button
          type="button"
          data-testid="alert-close"
          aria-label="Close the alert (Escape)"
          class="h-7 rounded-sm border border-line px-2"
          onClick={onClose}
        >
          ✕
        </button>
      </div>
      {error !== undefined && (
        <p
          role="alert"
          data-testid="alert-error"
          class="flex items-center gap-3 border-b border-line px-3 py-1 text-2xs"
        >
          <span class="text-bad">What was said before is not here: {error.message}</span>
          <button type="button" class="flex-none rounded-sm border border-line px-2" onClick={onRetry}>
            Try again
          </button>
        </p>
      )}
      {alert === undefined
        ? <p class="px-3 py-3 text-muted">{loading ? "Looking for the alert …" : "This alert is not known here."}</p>
        : (
          <>
            <p data-testid="alert-sentence" class="px-3 pt-2 text-sm">{alert.sentence}</p>
            <Facts {...props} alert={alert} />
            <AlertActions key={alert.id} alert={alert} doing={doing} me={me} onMe={onMe} onAct={onAct} />
            <div class="alert-columns">
              <Told history={history} />
              <Deliveries deliveries={deliveries} alert={alert} />
            </div>
          </>
        )}
    </section>
  );
}

function Head({ alert, onPair }: { alert: Alert; onPair: (pair: string) => void }) {
  const { pair, severity, acknowledgedBy, escalated, muted } = alert;
  const how = [
    isResolved(alert) ? "resolved" : acknowledgedBy === undefined ? "open" : `acknowledged by ${acknowledgedBy}`,
    ...(escalated ? ["escalated"] : []),
    ...(muted ? ["muted"] : []),
  ];
  return (
    <>
      <h2 class="flex items-center gap-2 text-sm font-semibold">
        <SeverityMark severity={severity} />
        {alertTitle(alert)}
      </h2>
      {placeName(pair) === "Market" ? <span class="font-semibold">Market</span> : (
        <button
          type="button"
          class="font-semibold underline decoration-dotted"
          title={`Show ${placeName(pair)}`}
          onClick={() => onPair(pair)}
        >
          {placeName(pair)}
        </button>
      )}
      <span data-testid="alert-how" class="text-muted">
        {formatEventTime(openedUs(alert))} {zoneLabel()} · {severity} · {how.join(", ")}
      </span>
    </>
  );
}

function Facts(
  { alert, onCase, onPair, onRule }: Pick<AlertDetailProps, "onCase" | "onPair" | "onRule"> & { alert: Alert },
) {
  const { rule, score, count = 1, disposition } = alert;
  const place = placeOf(alert);
  return (
    <p class="m-0 flex flex-wrap gap-x-3 px-3 pb-2 text-2xs text-muted">
      <button type="button" class="underline decoration-dotted" onClick={() => onRule(rule)}>rule {rule}</button>
      <span>score {score.toFixed(2)}</span>
      {count > 1 && <span>stands for {count}</span>}
      {disposition !== undefined && <span data-testid="alert-judged">judged {disposition}</span>}
      {place !== undefined && (
        <button
          type="button"
          data-testid="alert-place"
          class="underline decoration-dotted"
          onClick={() => "caseId" in place ? onCase(place.caseId) : onPair(place.pair)}
        >
          {"caseId" in place ? "its case, with the market around it" : "the pair and its metric"}
        </button>
      )}
    </p>
  );
}

function Told({ history }: { history: readonly Alert[] }) {
  if (history.length === 0) return null;
  return (
    <div>
      <h3 class="text-2xs text-muted">What was said</h3>
      <ol data-testid="alert-history" class="m-0 list-none p-0 text-2xs">
        {history.map((alert, at) => (
          <li key={at} class="flex gap-2">
            <span class="flex-none text-muted" title={formatEventTime(alert.timeUs)}>{formatClock(alert.timeUs)}</span>
            <span class="alert-said">{saidText(alert)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

const STATES: Readonly<Record<Delivery["state"], string>> = {
  delivered: "delivered",
  retrying: "tried again",
  refused: "refused",
  "given-up": "given up",
  passed: "",
};

function Deliveries({ deliveries, alert }: { deliveries: readonly Delivery[]; alert: Alert }) {
  const nowhere = alert.routes?.length === 0;
  return (
    <div>
      <h3 class="text-2xs text-muted">Where it was sent</h3>
      {deliveries.length === 0 && (
        <p class="m-0 text-2xs text-muted">
          {nowhere ? "Its rule sends it nowhere." : "Nowhere yet; routes stand under Rules."}
        </p>
      )}
      <ol data-testid="alert-deliveries" class="m-0 list-none p-0 text-2xs">
        {deliveries.map(({ route, state, alertState, alertSequence, attempt = 1, tookMs, fault }) => (
          <li key={`${route} ${alertSequence}`} class="flex gap-2">
            <span class="flex-none">{route}</span>
            <span class={state === "delivered" ? "text-muted" : "text-bad"}>
              {alertState} {STATES[state]}
              {tookMs !== undefined && state === "delivered" && ` in ${spanText(tookMs)}`}
              {attempt > 1 && `, attempt ${attempt}`}
              {fault !== undefined && state !== "delivered" && `: ${fault.detail}`}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

const spanText = (ms: number): string => ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
