/**
 * The detectors across pairs: tells them what happens, keeps them apart, and hands on what their cases say.
 *
 * One that throws is made anew and counted; the others go on. One that throws again and again is left out.
 *
 * @module
 */
import { type CrossDetection, type MarketSample, type Pair } from "../contract/mod.ts";
import { joined, separated } from "../detectors/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import type { Emit } from "../runtime/mod.ts";
import { CorrelationBreaks } from "./correlation_breaks.ts";
import { type CrossDetector, CrossView } from "./cross_detector.ts";
import { StaleQuotes } from "./stale_quotes.ts";
import { TriangleEdges } from "./triangle_edges.ts";

/** How often a detector may throw before it is left out. */
export const CROSS_FAULTS_MAX = 3;

export interface CrossEntry {
  readonly kind: "triangle" | "correlation-break" | "stale-quote";
  readonly enabled: boolean;
  make(view: CrossView): CrossDetector;
}

interface Slot {
  readonly entry: CrossEntry;
  detector: CrossDetector;
  faultCount: number;
}

/** The detectors that options ask for. */
export function crossDetectors({ enabled, ...options }: CrossDetection): CrossEntry[] {
  return [
    { kind: "triangle", enabled: enabled && options.triangle.enabled, make: (view) => new TriangleEdges(view) },
    {
      kind: "correlation-break",
      enabled: enabled && options.correlationBreak.enabled,
      make: (view) => new CorrelationBreaks(view),
    },
    { kind: "stale-quote", enabled: enabled && options.staleQuote.enabled, make: (view) => new StaleQuotes(view) },
  ];
}

export class MarketDetection implements Estimator {
  readonly #view: CrossView;
  readonly #slots: readonly Slot[];
  readonly #said: [subject: string, payload: string][] = [];

  constructor(options: CrossDetection, entries: readonly CrossEntry[] = crossDetectors(options)) {
    this.#view = new CrossView(options);
    this.#view.sink = (subject, payload) => this.#said.push([subject, payload]);
    this.#slots = entries.map((entry) => ({ entry, detector: entry.make(this.#view), faultCount: 0 }));
  }

  /** Times each detector threw; `undefined` where none did. */
  get faults(): Record<string, number> | undefined {
    const failed = this.#slots.filter(({ faultCount }) => faultCount > 0);
    return failed.length === 0
      ? undefined
      : Object.fromEntries(failed.map(({ entry, faultCount }) => [entry.kind, faultCount]));
  }

  add(pair: Pair): void {
    this.#view.pairs.push(pair);
    for (const { detector } of this.#slots) detector.add(pair);
  }

  /** An event of a pair, in the entry of the log under way. */
  event(pair: number, timeUs: number, sequence: number): void {
    const { eventUs, eventSequence } = this.#view;
    if (timeUs < eventUs[pair]!) return;
    this.#tell((detector) => detector.event?.(pair, timeUs));
    eventUs[pair] = timeUs;
    eventSequence[pair] = sequence;
  }

  /** The touch of a pair, in the order of event time. */
  quote(pair: number, bid: number, ask: number): void {
    this.#view.bid[pair] = bid;
    this.#view.ask[pair] = ask;
  }

  /** A sample has closed. */
  sample(sample: MarketSample, sequence: number, emit: Emit): void {
    this.#view.sequence = sequence;
    for (const { detector } of this.#slots) {
      for (const one of detector.cases) one.advance(sample.timeUs, this.#view.sink);
    }
    this.#tell((detector) => detector.sample(sample));
    for (const [subject, payload] of this.#said.splice(0)) emit(subject, payload);
  }

  /** A gap, or the log went back in time: cases stay open until they have been quiet. */
  interrupt(): void {
    const { bid, ask, eventUs } = this.#view;
    bid.fill(NaN);
    ask.fill(NaN);
    eventUs.fill(0);
    this.#tell((detector) => detector.interrupt());
  }

  #tell(call: (detector: CrossDetector) => void): void {
    for (const slot of this.#slots) {
      if (!slot.entry.enabled || slot.faultCount > CROSS_FAULTS_MAX) continue;
      try {
        call(slot.detector);
      } catch {
        this.#fail(slot);
      }
    }
  }

  #fail(slot: Slot): void {
    slot.faultCount++;
    const cases = slot.detector.cases;
    slot.detector = slot.entry.make(this.#view);
    for (const pair of this.#view.pairs) slot.detector.add(pair);
    // What was told of a case is still told of it; it closes by itself.
    cases.forEach((one, i) => slot.detector.cases[i]?.restore(one.snapshot()));
  }

  snapshot(): number[] {
    const { pairs, bid, ask, eventUs, eventSequence } = this.#view;
    const of = (values: Float64Array) => [...values.subarray(0, pairs.length)];
    return [
      ...of(bid),
      ...of(ask),
      ...of(eventUs),
      ...of(eventSequence),
      ...this.#slots.flatMap(({ detector, faultCount }) => [faultCount, ...joined([detector, ...detector.cases])]),
    ];
  }

  /** The same pairs must have been added before, in the same order. */
  restore(state: readonly number[]): void {
    const { pairs, bid, ask, eventUs, eventSequence } = this.#view;
    const count = pairs.length;
    [bid, ask, eventUs, eventSequence].forEach((values, i) => values.set(state.slice(i * count, (i + 1) * count)));
    let at = 4 * count;
    for (const slot of this.#slots) {
      slot.faultCount = state[at]!;
      at = separated([slot.detector, ...slot.detector.cases], state, at + 1);
    }
  }
}
