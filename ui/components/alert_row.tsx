/**
 * One alert in the inbox. A row whose alert did not change renders nothing.
 *
 * @module
 */
import { Component } from "preact";
import type { Alert } from "../../actors/contract/alert.ts";
import { MARKET_ACTOR } from "../../actors/contract/subjects.ts";
import { alertTitle, isResolved, isWaiting, openedUs, timeText } from "../model/alert_state.ts";
import { formatEventTime, zoneLabel } from "../model/event_time.ts";
import { pairLabel } from "../model/market_state.ts";
import { SeverityMark } from "./severity_mark.tsx";

export interface AlertRowProps {
  alert: Alert;
  isSelected: boolean;
  /** Day of this clock, for times of other days. */
  day: number;
  /** The same function at every render. */
  onSelect: (alert: Alert) => void;
}

export class AlertRow extends Component<AlertRowProps> {
  override shouldComponentUpdate({ alert, isSelected, day }: AlertRowProps): boolean {
    return alert !== this.props.alert || isSelected !== this.props.isSelected || day !== this.props.day;
  }

  override render(props: AlertRowProps) {
    return <Row {...props} />;
  }
}

export const placeName = (pair: string): string => pair === MARKET_ACTOR ? "Market" : pairLabel(pair);

function Row({ alert, isSelected, day, onSelect }: AlertRowProps) {
  const { id, pair, severity, sentence, count = 1, rule } = alert;
  const waits = isWaiting(alert);
  const isOver = isResolved(alert);
  return (
    <li
      class={`alert-item border-b border-line ${isOver ? "text-muted" : ""}`}
      data-testid={`alert-${id}`}
      data-state={isOver ? "resolved" : waits ? "waiting" : "open"}
    >
      <button
        type="button"
        aria-current={isSelected}
        data-id={id}
        title={`${formatEventTime(openedUs(alert))} ${zoneLabel()} · ${severity} · rule ${rule} · ${sentence}`}
        class="alert-row w-full text-left"
        onClick={() => onSelect(alert)}
      >
        <SeverityMark severity={severity} />
        <span class="time text-2xs text-muted">{timeText(openedUs(alert), day)}</span>
        <span class={`pair ${waits ? "font-semibold" : ""}`}>{placeName(pair)}</span>
        <span class={`kind truncate ${waits ? "font-semibold" : ""}`}>
          {alertTitle(alert)}
          {count > 1 && <span class="text-2xs text-muted">×{count}</span>}
        </span>
        <span class="sentence truncate text-2xs text-muted">{sentence}</span>
        <span class="who truncate text-right text-2xs">
          <Who alert={alert} />
        </span>
      </button>
    </li>
  );
}

function Who({ alert }: { alert: Alert }) {
  const { acknowledgedBy, assignee, muted, escalated } = alert;
  if (isResolved(alert)) return <span class="text-muted">resolved</span>;
  return (
    <>
      {escalated && <span class="mr-1 rounded-sm bg-bad px-1 font-semibold text-panel">escalated</span>}
      {muted && <span class="mr-1 rounded-sm border border-line px-1 text-muted">muted</span>}
      {assignee !== undefined
        ? <span>→ {assignee}</span>
        : acknowledgedBy !== undefined
        ? <span class="text-muted">✓ {acknowledgedBy}</span>
        : <span class="rounded-sm border border-warn-edge px-1 font-semibold">new</span>}
    </>
  );
}
