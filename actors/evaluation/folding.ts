/**
 * Folds market events in this process with the actors of the live system, frame by frame as a feed would write them, and keeps what they
 * say about cases.
 *
 * @module
 */
import {
  Anomaly,
  FrameWriter,
  type MarketEvent,
  type MarketOptions,
  marketSubject,
  type MetricOptions,
  type Pair,
  PairDetectors,
  sourceId,
} from "../contract/mod.ts";
import { createMarketActor } from "../market/mod.ts";
import { createPairActor } from "../pair/mod.ts";
import type { Actor, Emit, LogEntry } from "../runtime/mod.ts";
import type { FoundCase } from "./matching.ts";

export interface FoldingOptions {
  pairs: readonly Pair[];
  metrics: MetricOptions;
  market: MarketOptions;
}

interface Fold {
  receive(entry: LogEntry): void;
  /** What the actor shows of itself. */
  view(): readonly { key: string; payload: string }[];
}

/** An actor with its state. */
function foldOf<State>(actor: Actor<State>, emit: Emit): Fold {
  const state = actor.initial();
  return { receive: (entry) => actor.receive(state, entry, emit), view: () => actor.view?.(state) ?? [] };
}

/** Messages about cases, by the case. */
export class CaseCollector {
  /** What was said of each case, the opening first. */
  readonly messages = new Map<string, Anomaly[]>();
  sampleCount = 0;

  readonly emit: Emit = (subject, payload) => {
    if (!subject.startsWith("fx.anomaly.")) {
      this.sampleCount++;
      return;
    }
    const message = JSON.parse(payload) as Anomaly;
    const known = this.messages.get(message.id);
    if (known === undefined) this.messages.set(message.id, [message]);
    else known.push(message);
  };

  /** Each case as evaluation sees it. */
  get found(): FoundCase[] {
    return [...this.messages.values()].map((messages) => {
      const [first] = messages as [Anomaly];
      const last = messages.at(-1)!;
      return {
        id: first.id,
        pair: first.pair,
        kind: first.kind,
        others: first.others ?? [],
        startUs: first.startUs,
        openedUs: first.endUs,
        lastUs: last.endUs,
        score: last.score,
        severity: last.severity,
        sentence: last.sentence,
      };
    });
  }
}

export class Folding {
  readonly collector = new CaseCollector();
  eventCount = 0;
  readonly #pairs = new Map<Pair, { fold: Fold; writer: FrameWriter }>();
  readonly #market: Fold | undefined;
  readonly #source = sourceId("evaluation");
  #sequence = 0;
  #sourceSequence = 0;

  constructor({ pairs, metrics, market }: FoldingOptions) {
    for (const pair of pairs) {
      this.#pairs.set(pair, {
        fold: foldOf(createPairActor(pair, metrics), this.collector.emit),
        writer: new FrameWriter(),
      });
    }
    this.#market = pairs.length < 2 ? undefined : foldOf(createMarketActor({ options: market }), this.collector.emit);
  }

  /** Put an event into its pair's open frame. */
  take(pair: Pair, event: MarketEvent): void {
    this.eventCount++;
    const { writer } = this.#pairs.get(pair)!;
    if (writer.add(event)) return;
    this.#finish(pair, event.eventTimeUs);
    writer.add(event);
  }

  /** Kinds whose detectors are off for every pair, because the feed does not support them or the options do not want them. */
  get offKinds(): string[] {
    const ofPairs = [...this.#pairs].map(([pair, { fold }]) => {
      const payload = fold.view().find(({ key }) => key === `${pair}.detectors`)?.payload;
      if (payload === undefined) return [];
      return PairDetectors.parse(JSON.parse(payload)).detectors.filter(({ on }) => !on).map(({ kind }) => kind);
    });
    return (ofPairs[0] ?? []).filter((kind) => ofPairs.every((kinds) => kinds.includes(kind)));
  }

  /** End all open frames, at a time, and fold them. */
  flush(timeUs: number): void {
    for (const pair of this.#pairs.keys()) this.#finish(pair, timeUs);
  }

  #finish(pair: Pair, receiveTimeUs: number): void {
    const { fold, writer } = this.#pairs.get(pair)!;
    if (writer.entryCount === 0) return;
    const data = writer.finish({ sourceId: this.#source, sourceSequence: ++this.#sourceSequence, receiveTimeUs });
    const entry: LogEntry = { sequence: ++this.#sequence, subject: marketSubject(pair), data };
    fold.receive(entry);
    this.#market?.receive(entry);
  }
}
