/**
 * Folding events in this process, with the actor of a pair.
 *
 * @module
 */
import { EURUSD, pack } from "./market_events.ts";
import {
  type Anomaly,
  type MarketEvent,
  MetricOptions,
  type MetricOptionsInput,
  type MetricSample,
} from "../../actors/contract/mod.ts";
import type { Actor } from "../../actors/runtime/mod.ts";
import { createPairActor, type PairState } from "../../actors/pair/mod.ts";

export * from "./market_events.ts";

/** An actor with its state, folding frames one after another. */
export class Fold {
  readonly actor: Actor<PairState>;
  state: PairState;
  /** Samples as they were emitted. */
  readonly payloads: string[] = [];
  /** The same of what is said about cases. */
  readonly anomalyPayloads: string[] = [];
  sequence = 0;

  constructor(options: MetricOptionsInput = {}) {
    this.actor = createPairActor(EURUSD, MetricOptions.parse(options));
    this.state = this.actor.initial();
  }

  receive(frames: readonly Uint8Array[]): this {
    for (const data of frames) {
      this.actor.receive(this.state, { sequence: ++this.sequence, data }, (subject, payload) => {
        (subject.startsWith("fx.anomaly.") ? this.anomalyPayloads : this.payloads).push(payload);
      });
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

  get anomalies(): Anomaly[] {
    return this.anomalyPayloads.map((payload) => JSON.parse(payload));
  }

  get last(): MetricSample {
    return this.samples.at(-1)!;
  }
}
