/**
 * Arrivals: how fast events come, and how much they breed one another.
 *
 * @module
 */
import { type AbsentReason, type MetricOptions, US_PER_MS } from "../../contract/mod.ts";
import { ArrivalRate, type SignedTrade } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, valueOr } from "./panel.ts";

export class ArrivalPanel implements Panel<"arrival"> {
  readonly #touches = new ArrivalRate();
  readonly #bookEvents = new ArrivalRate();
  readonly #trades = new ArrivalRate();

  constructor(_options: MetricOptions) {}

  onTouch(timeUs: number): void {
    this.#touches.update(timeUs);
  }

  onBookEvent(timeUs: number): void {
    this.#bookEvents.update(timeUs);
  }

  onTrade({ timeUs }: SignedTrade): void {
    this.#trades.update(timeUs);
  }

  values(nowUs: number): PanelValues<"arrival"> {
    for (const rate of [this.#touches, this.#bookEvents, this.#trades]) rate.advance(nowUs);
    const noQuotes: AbsentReason = this.#bookEvents.seen ? "warming" : "no-quotes";
    const interArrivalUs = this.#touches.interArrivalUs;
    return {
      quotesPerSecond: valueOr(this.#touches.perSecond, noQuotes),
      bookEventsPerSecond: valueOr(this.#bookEvents.perSecond, noQuotes),
      tradesPerSecond: valueOr(this.#trades.perSecond, this.#trades.seen ? "warming" : "no-trades"),
      interArrivalMs: valueOr(interArrivalUs === undefined ? undefined : interArrivalUs / US_PER_MS, noQuotes),
      interArrivalP99Ms: "off",
      silenceRatio: "off",
      quoteBranching: "off",
      tradeBranching: "off",
    };
  }

  get estimators() {
    return [["touches", this.#touches], ["bookEvents", this.#bookEvents], ["trades", this.#trades]] as const;
  }
}
