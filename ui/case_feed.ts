/**
 * Keeps what is known of the case that is looked at: how it developed, and the market around it. While it goes on, and until the
 * archive has what came behind it, both are asked for again.
 *
 * @module
 */
import { type Signal, signal } from "@preact/signals";
import type { HistoryAnswer } from "../actors/contract/api.ts";
import type { Anomaly } from "../actors/contract/anomaly.ts";
import type { CaseAnswer, CasesAnswer, PairDetectors } from "../actors/contract/case_api.ts";
import type { Api, ApiError, ApiResult } from "./feed/api.ts";
import { isHistoryAnswer } from "./feed/history.ts";
import { type CasePoint, casePoints, type CaseWindow, caseWindow } from "./model/case_chart.ts";
import { CASES_PAGE_MAX, isClosed } from "./model/case_state.ts";
import { isAnomaly } from "./model/live_message.ts";
import type { CaseFilter } from "./model/location.ts";

/** Time between two looks at a case that goes on. */
export const CASE_LOOK_MS = 5_000;
/** Looks at a case that has closed: what is shown behind it comes within this time. */
const CLOSED_LOOKS_MAX = 8;
/** Quotes of one answer. */
const QUOTES_LIMIT = 50_000;

export interface CaseView {
  readonly id: string;
  /** Newest message; `undefined` before it is known. */
  readonly anomaly: Anomaly | undefined;
  readonly history: readonly Anomaly[];
  readonly window: CaseWindow | undefined;
  readonly points: readonly CasePoint[];
  readonly loading: boolean;
  readonly error: ApiError | undefined;
}

export class CaseFeed implements Disposable {
  readonly view: Signal<CaseView | undefined> = signal(undefined);
  readonly #api: Pick<Api, "get">;
  #request: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closedLooks = 0;

  constructor(api: Pick<Api, "get">) {
    this.#api = api;
  }

  /** Looks at a case, with what is known of it already; or at none. */
  show(id: string | undefined, known?: Anomaly): void {
    this[Symbol.dispose]();
    this.#closedLooks = 0;
    this.view.value = id === undefined
      ? undefined
      : { id, anomaly: known, history: [], window: undefined, points: [], loading: true, error: undefined };
    if (id !== undefined) void this.#look(id);
  }

  /** A newer message of a case has arrived. */
  receive(anomaly: Anomaly): void {
    const view = this.view.peek();
    if (view !== undefined && view.id === anomaly.id) this.view.value = { ...view, anomaly };
  }

  /** Asks again, because somebody wants so. */
  retry(): void {
    const view = this.view.peek();
    if (view !== undefined) this.show(view.id, view.anomaly);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  /** Cases of a choice, newest first: from the newest on, or behind an earlier answer. */
  older(
    { pair, kind, severity, open }: CaseFilter,
    { cursor, signal }: { cursor?: string | undefined; signal?: AbortSignal } = {},
  ): Promise<ApiResult<CasesAnswer>> {
    return this.#api.get("cases", {
      query: {
        from: 0,
        limit: CASES_PAGE_MAX,
        ...(cursor === undefined ? {} : { cursor }),
        ...(pair === undefined ? {} : { pair }),
        ...(kind === undefined ? {} : { kind }),
        ...(severity === undefined ? {} : { severity: severity === "critical" ? "critical" : "warning,critical" }),
        ...(open === undefined ? {} : { phase: "open" }),
      },
      is: isCasesAnswer,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Which detectors of a pair run. */
  detectors(pair: string, signal: AbortSignal): Promise<ApiResult<PairDetectors>> {
    return this.#api.get(`pairs/${encodeURIComponent(pair)}/detectors`, { is: isPairDetectors, signal });
  }

  async #look(id: string): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    const { signal } = request;
    const answer = await this.#api.get(`cases/${encodeURIComponent(id)}`, { is: isCaseAnswer, signal });
    if (signal.aborted) return;
    const view = this.view.peek();
    const anomaly = answer.ok ? newer(answer.value.case, view?.anomaly) : view?.anomaly;
    const history = answer.ok ? answer.value.history : view?.history ?? [];
    if (anomaly === undefined) return this.#tell({ loading: false, error: answer.ok ? undefined : answer.error });
    const window = caseWindow(anomaly);
    const { fromUs, toUs, step } = window;
    const quotes = await this.#api.get(`pairs/${encodeURIComponent(anomaly.pair)}/quotes`, {
      query: { from: fromUs, to: toUs, step, limit: QUOTES_LIMIT },
      is: (body): body is HistoryAnswer => isHistoryAnswer(body),
      signal,
    });
    if (signal.aborted) return;
    const error = !answer.ok ? answer.error : !quotes.ok ? quotes.error : undefined;
    // It may have gone on meanwhile.
    const newest = newer(anomaly, this.view.peek()?.anomaly);
    this.#tell({
      anomaly: newest,
      history,
      window,
      points: quotes.ok ? casePoints(quotes.value) : this.view.peek()?.points ?? [],
      loading: false,
      error,
    });
    if (isClosed(newest) && ++this.#closedLooks >= CLOSED_LOOKS_MAX) return;
    this.#timer = setTimeout(() => void this.#look(id), CASE_LOOK_MS);
  }

  #tell(change: Partial<CaseView>): void {
    const view = this.view.peek();
    if (view !== undefined) this.view.value = { ...view, ...change };
  }
}

/** Of two messages about a case the one that knows more. */
function newer(a: Anomaly, b: Anomaly | undefined): Anomaly {
  return b === undefined || isClosed(a) || (!isClosed(b) && a.endUs >= b.endUs) ? a : b;
}

type Unknown = Record<string, unknown>;

function isCaseAnswer(body: unknown): body is CaseAnswer {
  const { case: one, history } = (body ?? {}) as Unknown;
  return isAnomaly(one) && Array.isArray(history) && history.every(isAnomaly);
}

function isCasesAnswer(body: unknown): body is CasesAnswer {
  const { cases, next } = (body ?? {}) as Unknown;
  return Array.isArray(cases) && cases.every(isAnomaly) && (next === undefined || typeof next === "string");
}

function isPairDetectors(body: unknown): body is PairDetectors {
  const { detectors } = (body ?? {}) as Unknown;
  return Array.isArray(detectors) && detectors.every((one: Unknown) => typeof one?.kind === "string");
}
