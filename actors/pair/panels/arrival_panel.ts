/**
 * Arrivals: how fast events come, and how much they breed one another.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type AbsentReason, type MetricOptions, US_PER_MS, US_PER_SECOND } from "../../contract/mod.ts";
import { ArrivalRate, HawkesBranching, QuoteSilence, type SignedTrade } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, valueOr } from "./panel.ts";

export class ArrivalPanel implements Panel<"arrival"> {
  readonly #touches: ArrivalRate;
  readonly #bookEvents: ArrivalRate;
  readonly #trades: ArrivalRate;
  readonly #silence: QuoteSilence;
  readonly #touchBranching: HawkesBranching;
  readonly #tradeBranching: HawkesBranching;

  constructor({ arrival }: MetricOptions) {
    const rate = { windowUs: Math.round(arrival.windowS * US_PER_SECOND) };
    this.#touches = new ArrivalRate(rate);
    this.#bookEvents = new ArrivalRate(rate);
    this.#trades = new ArrivalRate(rate);
    this.#silence = new QuoteSilence({ count: arrival.gapCount });
    const branching = {
      windowUs: Math.round(arrival.hawkesWindowS * US_PER_SECOND),
      windowCount: arrival.hawkesWindows,
    };
    this.#touchBranching = new HawkesBranching(branching);
    this.#tradeBranching = new HawkesBranching(branching);
  }

  onTouch(timeUs: number, _book: Book, changed: boolean): void {
    // A touch that stands is no arrival: the silence goes on.
    if (!changed) return;
    this.#touches.update(timeUs);
    this.#silence.update(timeUs);
    this.#touchBranching.update(timeUs);
  }

  onBookEvent(timeUs: number): void {
    this.#bookEvents.update(timeUs);
  }

  onTrade({ timeUs }: SignedTrade): void {
    this.#trades.update(timeUs);
    this.#tradeBranching.update(timeUs);
  }

  values(nowUs: number): PanelValues<"arrival"> {
    for (const rate of [this.#touches, this.#bookEvents, this.#trades]) rate.advance(nowUs);
    this.#touchBranching.advance(nowUs);
    this.#tradeBranching.advance(nowUs);
    const noQuotes: AbsentReason = this.#bookEvents.seen ? "warming" : "no-quotes";
    const noTrades: AbsentReason = this.#trades.seen ? "warming" : "no-trades";
    const interArrivalUs = this.#touches.interArrivalUs;
    const p99Us = this.#silence.p99Us;
    return {
      quotesPerSecond: valueOr(this.#touches.perSecond, noQuotes),
      bookEventsPerSecond: valueOr(this.#bookEvents.perSecond, noQuotes),
      tradesPerSecond: valueOr(this.#trades.perSecond, noTrades),
      interArrivalMs: valueOr(interArrivalUs === undefined ? undefined : interArrivalUs / US_PER_MS, noQuotes),
      interArrivalP99Ms: valueOr(p99Us === undefined ? undefined : p99Us / US_PER_MS, noQuotes),
      silenceRatio: valueOr(this.#silence.ratio(nowUs), this.#silence.warm ? "undefined" : noQuotes),
      quoteBranching: valueOr(this.#touchBranching.ratio, this.#touchBranching.warm ? "undefined" : noQuotes),
      tradeBranching: valueOr(this.#tradeBranching.ratio, this.#tradeBranching.warm ? "no-trades" : noTrades),
    };
  }

  get estimators() {
    return [
      ["touches", this.#touches],
      ["bookEvents", this.#bookEvents],
      ["trades", this.#trades],
      ["quoteSilence", this.#silence],
      ["touchBranching", this.#touchBranching],
      ["tradeBranching", this.#tradeBranching],
    ] as const;
  }
}
