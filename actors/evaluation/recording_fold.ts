/**
 * Folds frames of a recording with the actors of the live system: one of each pair that comes, and that across pairs.
 *
 * @module
 */
import { marketSubject, type MetricOptions, type Pair } from "../contract/mod.ts";
import { createMarketActor } from "../market/mod.ts";
import { createPairActor, type PairState } from "../pair/mod.ts";
import type { Actor, Emit, LogEntry } from "../runtime/mod.ts";

/** An actor with its state, and how much it has said. */
class Fold<State> {
  readonly #actor: Actor<State>;
  readonly state: State;
  readonly #emit: Emit;
  emitted = 0;

  constructor(actor: Actor<State>, emit: Emit) {
    this.#actor = actor;
    this.state = actor.initial();
    this.#emit = (subject, payload) => {
      this.emitted++;
      emit(subject, payload);
    };
  }

  receive(entry: LogEntry): void {
    this.#actor.receive(this.state, entry, this.#emit);
  }
}

export class RecordingFold {
  readonly #options: MetricOptions;
  readonly #emit: Emit;
  readonly #pairs = new Map<Pair, Fold<PairState>>();
  readonly #market: Fold<unknown>;
  #sequence = 0;

  /** @param emit takes what the actors would publish */
  constructor(options: MetricOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
    this.#market = new Fold<unknown>(createMarketActor() as Actor<unknown>, emit);
  }

  receive(pair: Pair, frame: Uint8Array): void {
    let fold = this.#pairs.get(pair);
    if (fold === undefined) this.#pairs.set(pair, fold = new Fold(createPairActor(pair, this.#options), this.#emit));
    const entry: LogEntry = { sequence: ++this.#sequence, subject: marketSubject(pair), data: frame };
    fold.receive(entry);
    this.#market.receive(entry);
  }

  /** Messages of each pair, and its touch at the end. */
  get pairs(): { pair: Pair; emitted: number; bid: number; ask: number }[] {
    return [...this.#pairs].map(([pair, { emitted, state: { book } }]) => ({
      pair,
      emitted,
      bid: book.bid,
      ask: book.ask,
    }));
  }

  /** Messages across pairs. */
  get emittedAcross(): number {
    return this.#market.emitted;
  }
}
