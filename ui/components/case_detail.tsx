/**
 * One case: what is claimed, the evidence, the market around it, how it developed, and how to see it again.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { DETECTORS } from "../../actors/contract/detector_catalogue.ts";
import type { CaseView } from "../case_feed.ts";
import { durationText, isClosed, isKnown, kindTitle, rarityText } from "../model/case_state.ts";
import { formatClock, formatEventTime, zoneLabel } from "../model/event_time.ts";
import { evidenceLines } from "../model/evidence.ts";
import { pairLabel } from "../model/market_state.ts";
import type { PriceConvention } from "../model/price_format.ts";
import { CaseChart } from "./case_chart.tsx";
import { CaseReplay } from "./case_replay.tsx";
import { SeverityMark } from "./severity_mark.tsx";

/** Messages of a case that are listed: the first, and the newest of the others. */
const MESSAGES_MAX = 12;

export interface CaseDetailProps {
  view: ReadonlySignal<CaseView | undefined>;
  /** How prices of a pair are written, where the page knows it. */
  conventionOf: (pair: string) => PriceConvention | undefined;
  onClose: () => void;
  onRetry: () => void;
  onPair: (pair: string) => void;
}

export function CaseDetail({ view, conventionOf, onClose, onRetry, onPair }: CaseDetailProps) {
  const value = view.value;
  if (value === undefined) return null;
  const { anomaly, error, loading } = value;
  return (
    <section
      data-testid="case-detail"
      aria-label="Case"
      tabIndex={-1}
      class="case-detail flex flex-col bg-panel text-xs"
    >
      <div class="flex min-h-[2.25rem] flex-wrap items-center gap-x-3 border-b border-line px-3 py-1">
        {anomaly === undefined ? <span class="font-semibold">Case</span> : <Head anomaly={anomaly} onPair={onPair} />}
        <span class="flex-1" />
        <button
          type="button"
          data-testid="case-close"
          aria-label="Close the case (Escape)"
          class="h-7 rounded-sm border border-line px-2"
          onClick={onClose}
        >
          ✕
        </button>
      </div>
      {error !== undefined && (
        <p
          role="alert"
          data-testid="case-error"
          class="flex items-center gap-3 border-b border-line px-3 py-1 text-2xs"
        >
          <span class="text-bad">Not everything is here: {error.message}</span>
          <button type="button" class="flex-none rounded-sm border border-line px-2" onClick={onRetry}>
            Try again
          </button>
        </p>
      )}
      {anomaly === undefined
        ? <p class="px-3 py-3 text-muted">{loading ? "Looking for the case …" : "This case is not known here."}</p>
        : <Body anomaly={anomaly} view={value} convention={conventionOf(anomaly.pair)} />}
    </section>
  );
}

function Head({ anomaly, onPair }: { anomaly: Anomaly; onPair: (pair: string) => void }) {
  const { pair, kind, severity, startUs, others = [] } = anomaly;
  return (
    <>
      <h2 class="flex items-center gap-2 text-sm font-semibold">
        <SeverityMark severity={severity} />
        {kindTitle(kind)}
      </h2>
      {[pair, ...others].map((name) => (
        <button
          key={name}
          type="button"
          class={`underline decoration-dotted ${name === pair ? "font-semibold" : "text-muted"}`}
          title={`Show ${pairLabel(name)}`}
          onClick={() => onPair(name)}
        >
          {pairLabel(name)}
        </button>
      ))}
      <span class="whitespace-nowrap text-muted">
        {formatEventTime(startUs)} {zoneLabel()} · {isClosed(anomaly) ? durationText(anomaly) : "open"} · {severity} ·
        {" "}
        {rarityText(anomaly)}
      </span>
    </>
  );
}

interface BodyProps {
  anomaly: Anomaly;
  view: CaseView;
  convention: PriceConvention | undefined;
}

function Body({ anomaly, view: { history, points, window, loading }, convention }: BodyProps) {
  const { kind, sentence, evidence } = anomaly;
  return (
    <>
      <p data-testid="case-sentence" class="px-3 pt-2 text-sm">{sentence}</p>
      {isKnown(kind) && <p class="px-3 pb-2 text-2xs text-muted">{DETECTORS[kind].doc}</p>}
      <div class="case-columns">
        <div>
          <CaseChart convention={convention} anomaly={anomaly} points={points} window={window} loading={loading} />
          <CaseReplay key={anomaly.id} anomaly={anomaly} />
        </div>
        <table data-testid="case-evidence" aria-label="Evidence" class="evidence">
          <tbody>
            {evidenceLines(kind, evidence).map(({ name, label, value, unit, doc }) => (
              <tr key={name} title={`${doc} (${name})`}>
                <th scope="row" class="text-muted">
                  {label}
                  <span class="hidden text-2xs 3xl:block">{doc}</span>
                </th>
                <td class="text-right">
                  {value} <span class="text-2xs text-muted">{unit}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {history.length > 1 && <Messages history={history} />}
    </>
  );
}

function Messages({ history }: { history: readonly Anomaly[] }) {
  const [first, ...others] = history;
  const shown = [first!, ...others.slice(-MESSAGES_MAX + 1)];
  return (
    <details class="border-t border-line px-3 py-1 text-2xs">
      <summary class="cursor-pointer text-muted">How it developed: {history.length} messages</summary>
      <ol data-testid="case-history" class="m-0 list-none p-0">
        {shown.map(({ phase, endUs, sentence }) => (
          <li key={`${phase}${endUs}`} class="flex gap-2">
            <span class="flex-none text-muted">{formatClock(endUs)}</span>
            <span class="w-10 flex-none text-muted">{phase}</span>
            <span>{sentence}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
