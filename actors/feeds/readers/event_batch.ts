/**
 * Events of one message of a source, the last one marked: held back one by one, until it is known whether another follows.
 *
 * @module
 */
import { emptyEvent, EventFlag, type MarketEvent, type Pair } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { resetEvent } from "./format.ts";

export class EventBatch {
  readonly #event: MarketEvent = emptyEvent();
  readonly #pair: Pair;
  #isPending = false;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  /** The next event of the batch. The one before it goes on its way. Allocates nothing. */
  add(sink: EventSink, timeUs: number, kind: number, side: number, price: number, size: number, flags: number): void {
    const event = this.#event;
    if (this.#isPending) sink(this.#pair, event);
    resetEvent(event, kind, flags);
    event.eventTimeUs = timeUs;
    event.side = side;
    event.price = price;
    event.size = size;
    this.#isPending = true;
  }

  /** The batch is over: its last event goes, marked. */
  end(sink: EventSink): void {
    if (!this.#isPending) return;
    this.#isPending = false;
    this.#event.flags |= EventFlag.lastOfBatch;
    sink(this.#pair, this.#event);
  }
}
