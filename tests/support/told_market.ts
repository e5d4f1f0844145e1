/**
 * A market that a test makes up, event by event, and what the detectors say of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Anomaly, type AnomalyKind, type MarketEvent, Random } from "../../actors/contract/mod.ts";
import { Fold, pack, START_US } from "./pair_fold.ts";

/** Events of a frame: few, so that a cut between two frames may fall into whatever is under way. */
const PER_FRAME = 4;

export class ToldMarket {
  readonly events: MarketEvent[] = [];
  readonly random = new Random(7);
  timeUs: number;

  constructor({ startUs = START_US } = {}) {
    this.timeUs = startUs;
  }

  /** Let so much time pass in which nothing is told. */
  wait(ms: number): this {
    this.timeUs += 1_000 * ms;
    return this;
  }

  get #frames(): Uint8Array[] {
    return pack(this.events, { receiveTimeUs: this.events.at(-1)!.eventTimeUs, perFrame: PER_FRAME });
  }

  /** Everything that is said of a kind. */
  messages(kind: AnomalyKind): Anomaly[] {
    return new Fold().receive(this.#frames).anomalies.filter((one) => one.kind === kind);
  }

  /** What is said of a kind, the opening message of each case. */
  openings(kind: AnomalyKind): Anomaly[] {
    return this.messages(kind).filter(({ phase }) => phase === "open");
  }

  /** The one case of a kind, as it was opened and as it was closed: in between it was updated at most. */
  onlyCase(kind: AnomalyKind): { opened: Anomaly; closed: Anomaly } {
    const messages = this.messages(kind);
    assert.deepEqual(
      messages.map(({ phase }) => phase),
      ["open", ...messages.slice(2).map(() => "update"), "close"],
      `phases of ${kind}`,
    );
    assert.equal(new Set(messages.map(({ id }) => id)).size, 1);
    return { opened: messages[0]!, closed: messages.at(-1)! };
  }

  /** That cases are the same wherever the actor is stopped and restored: at so many places, from a time on. */
  assertRestorable(kind: AnomalyKind, cuts = 8, sinceUs = 0): void {
    const frames = this.#frames;
    const first = Math.floor(this.events.findIndex(({ eventTimeUs }) => eventTimeUs >= sinceUs) / PER_FRAME);
    const whole = new Fold();
    const stops = Array.from({ length: cuts }, (_, k) => {
      const at = first + Math.floor(((frames.length - first) * (k + 1)) / (cuts + 1));
      whole.receive(frames.slice(whole.sequence, at));
      return { at, said: whole.anomalyPayloads.length, snapshot: whole.actor.snapshot(whole.state) };
    });
    whole.receive(frames.slice(whole.sequence));
    assert(whole.anomalies.some((one) => one.kind === kind), `no case of ${kind}`);
    for (const { at, said, snapshot } of stops) {
      const restored = new Fold();
      restored.state = restored.actor.restore(snapshot, restored.actor.versions);
      restored.sequence = at;
      restored.receive(frames.slice(at));
      assert.deepEqual(restored.anomalyPayloads, whole.anomalyPayloads.slice(said), `cut ${at}`);
    }
  }
}

/** That a number is what it must be, give or take so much of it: medians are read off bins that are wide. */
export function assertRoughly(actual: number | undefined, expected: number, share = 0.1): void {
  assert(Math.abs(actual! - expected) < share * Math.abs(expected), `${actual} is not roughly ${expected}`);
}
