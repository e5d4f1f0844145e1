/**
 * Walks to older cases, answer by answer with the API's cursor. The walk begins at the newest case: what the page knows
 * already may have holes, as where an old case stayed open or the socket was away, and no row says where to go on. Answers
 * that bring little that is new are walked over.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Anomaly } from "../actors/contract/anomaly.ts";
import type { CasesAnswer } from "../actors/contract/case_api.ts";
import type { ApiResult } from "./feed/api.ts";
import { CASES_KEPT_MAX, CASES_PAGE_MAX, isWithin } from "./model/case_state.ts";
import type { CaseFilter } from "./model/location.ts";

/** Answers of one walk: all that is known may have to be walked over. */
const ANSWERS_MAX = CASES_KEPT_MAX / CASES_PAGE_MAX + 1;

/** How asking for older cases goes. */
export type OlderStatus = { readonly kind: "idle" | "loading" | "end" } | {
  readonly kind: "failed";
  readonly message: string;
};

export interface OlderCasesOptions {
  /** Asks for an answer: the first, or the one behind a cursor. */
  ask: (
    filter: CaseFilter,
    options: { cursor: string | undefined; signal: AbortSignal },
  ) => Promise<ApiResult<CasesAnswer>>;
  /** Takes the cases of an answer, and says how many of them it did not know. */
  take: (cases: readonly Anomaly[]) => number;
  /** Whether another answer would be kept whole. */
  hasRoom: () => boolean;
  filter: CaseFilter;
  /** New cases that are enough for one walk. @default {half an answer} */
  enoughCount?: number;
}

export class OlderCases {
  readonly #status: Signal<OlderStatus> = signal<OlderStatus>({ kind: "idle" });
  readonly #ask: OlderCasesOptions["ask"];
  readonly #take: OlderCasesOptions["take"];
  readonly #hasRoom: OlderCasesOptions["hasRoom"];
  readonly #enoughCount: number;
  #filter: CaseFilter;
  #cursor: string | undefined;
  #request = new AbortController();

  constructor({ ask, take, hasRoom, filter, enoughCount = CASES_PAGE_MAX / 2 }: OlderCasesOptions) {
    this.#ask = ask;
    this.#take = take;
    this.#hasRoom = hasRoom;
    this.#enoughCount = enoughCount;
    this.#filter = filter;
  }

  get status(): ReadonlySignal<OlderStatus> {
    return this.#status;
  }

  /** Another choice may be made. Returns the one before, `undefined` where it is the same. */
  choose(filter: CaseFilter): CaseFilter | undefined {
    const before = this.#filter;
    if (isWithin(filter, before) && isWithin(before, filter)) return undefined;
    this.#filter = filter;
    this.restart();
    return before;
  }

  /** The next walk begins at the newest case: there may be others that are not known. */
  restart(): void {
    this.#request.abort();
    this.#cursor = undefined;
    this.#status.value = { kind: "idle" };
  }

  /** Goes on until there is enough that is new, or no room, or the end. */
  async load(): Promise<void> {
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.#status.value = { kind: "loading" };
    let newCount = 0;
    for (let i = 0; i < ANSWERS_MAX && newCount < this.#enoughCount && this.#hasRoom(); i++) {
      const answer = await this.#ask(this.#filter, { cursor: this.#cursor, signal });
      if (signal.aborted) return;
      if (!answer.ok) {
        this.#status.value = { kind: "failed", message: answer.error.message };
        return;
      }
      const { cases, next } = answer.value;
      newCount += this.#take(cases);
      if (next === undefined) {
        this.restart();
        this.#status.value = { kind: "end" };
        return;
      }
      this.#cursor = next;
    }
    this.#status.value = { kind: "idle" };
  }
}
