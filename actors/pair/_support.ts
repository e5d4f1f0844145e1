/**
 * Folding events in this process, for the tests of this folder.
 *
 * @module
 */
import { EURUSD, pack } from "../../tests/support/market_events.ts";
import type { MarketEvent, MetricSample } from "../contract/mod.ts";
import type { Actor } from "../runtime/mod.ts";
import { createPairActor } from "./pair_actor.ts";
import type { PairState } from "./pair_state.ts";

export * from "../../tests/support/market_events.ts";

/** An actor with its state, folding frames one after another. */
export class Fold {
  readonly actor: Actor<PairState> = createPairActor(EURUSD);
  state: PairState = this.actor.initial();
  /** Payloads as they were emitted. */
  readonly payloads: string[] = [];
  sequence = 0;

  receive(frames: readonly Uint8Array[]): this {
    for (const data of frames) {
      this.actor.receive(this.state, { sequence: ++this.sequence, data }, (_, payload) => this.payloads.push(payload));
    }
    return this;
  }

  /** Fold events of a source, one frame each. */
  take(...events: MarketEvent[]): this {
    return this.receive(pack(events, { perFrame: 1 }));
  }

  get samples(): MetricSample[] {
    return this.payloads.map((payload) => JSON.parse(payload));
  }

  get last(): MetricSample {
    return this.samples.at(-1)!;
  }
}
