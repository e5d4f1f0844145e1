/**
 * One case in the list. A row whose case did not change renders nothing: the list may hold a thousand.
 *
 * @module
 */
import { Component } from "preact";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { durationText, isClosed, kindTitle, rarityText, scoreText } from "../model/case_state.ts";
import { formatClock, formatEventTime, zoneLabel } from "../model/event_time.ts";
import { pairLabel } from "../model/market_state.ts";
import { SeverityMark } from "./severity_mark.tsx";

export interface CaseRowProps {
  one: Anomaly;
  isSelected: boolean;
  /** The same function at every render. */
  onSelect: (one: Anomaly) => void;
}

export class CaseRow extends Component<CaseRowProps> {
  override shouldComponentUpdate({ one, isSelected }: CaseRowProps): boolean {
    return one !== this.props.one || isSelected !== this.props.isSelected;
  }

  override render({ one, isSelected, onSelect }: CaseRowProps) {
    return <Row one={one} isSelected={isSelected} onSelect={onSelect} />;
  }
}

function Row({ one, isSelected, onSelect }: CaseRowProps) {
  const { id, pair, kind, severity, startUs, sentence } = one;
  const open = !isClosed(one);
  return (
    <li class="case-item border-b border-line" data-testid={`case-${id}`} data-open={open}>
      <button
        type="button"
        aria-current={isSelected}
        title={`${formatEventTime(startUs)} ${zoneLabel()} · ${severity}, ${rarityText(one)} · ${sentence}`}
        class="case-row w-full text-left"
        onClick={() => onSelect(one)}
      >
        <SeverityMark severity={severity} />
        <span class="score text-2xs" data-testid="case-score">
          <span class="visually-hidden">score</span> {scoreText(one)}
        </span>
        <span class="text-2xs text-muted">{formatClock(startUs)}</span>
        <span class={open ? "font-semibold" : ""}>{pairLabel(pair)}</span>
        <span class={`truncate ${open ? "font-semibold" : ""}`}>{kindTitle(kind)}</span>
        <span class="sentence truncate text-2xs text-muted">{sentence}</span>
        <span class="duration text-right text-2xs">
          {open
            ? <span class="rounded-sm border border-warn-edge px-1 font-semibold">open</span>
            : <span class="text-muted">{durationText(one)}</span>}
        </span>
      </button>
    </li>
  );
}
