/**
 * The state of one pair and how an event changes it.
 *
 * Event time is the only clock. It never goes back inside the state: an event late by up to {@linkcode LATE_US_MAX} (two
 * sources interleaved) is taken at the newest time; one that is later still is refused as `time-back`, unless it comes from
 * another source, which then starts its own clock: the estimators begin anew. An event far ahead of its own receive time is
 * refused as `time-future`, so that one wrong stamp cannot freeze a pair.
 *
 * @module
 */
import {
  DEFAULT_METRIC_OPTIONS,
  emptyEvent,
  EventFlag,
  EventKind,
  type FrameHead,
  type MarketEvent,
  type MetricOptions,
  type MetricSample,
  metricsSubject,
  type Pair,
  US_PER_HOUR,
  US_PER_MS,
  US_PER_SECOND,
  validateReceived,
} from "../contract/mod.ts";
import type { Emit } from "../runtime/mod.ts";
import { Book } from "../book/mod.ts";
import { PairDetection } from "./pair_detection.ts";
import { PairMetrics } from "./pair_metrics.ts";
import type { PairSnapshot } from "./pair_snapshot.ts";

/** How late an event may be to count at the newest time instead of being refused. */
export const LATE_US_MAX = US_PER_SECOND;
/** How far another source must lie back to start a clock of its own: a replay does, two feeds of one market do not. */
export const CLOCK_RESTART_US_MIN = US_PER_HOUR;

export class PairState {
  readonly pair: Pair;
  readonly lastTrade: MarketEvent = emptyEvent();
  readonly counts: MetricSample["counts"] = { quotes: 0, levels: 0, trades: 0, rejected: {} };
  book = new Book();
  /** Sequence of the newest entry folded. */
  sequence = 0;
  /** The newest sample, for the view; empty before the first one since the state was made. */
  lastSample = "";
  /** Newest event time; 0 before the first event. */
  timeUs = 0;
  readonly #options: MetricOptions;
  readonly #sampleUs: number;
  readonly #makeDetection: () => PairDetection;
  #metrics: PairMetrics;
  #detection: PairDetection;
  #sourceId = 0;
  #nextSampleUs = 0;

  constructor(
    pair: Pair,
    options: MetricOptions = DEFAULT_METRIC_OPTIONS,
    makeDetection = () => new PairDetection(pair, options.detection),
  ) {
    this.pair = pair;
    this.#options = options;
    this.#makeDetection = makeDetection;
    this.#sampleUs = options.sampleMs * US_PER_MS;
    this.#metrics = new PairMetrics(pair, options);
    this.#detection = makeDetection();
  }

  /** How each detector is. */
  get detection(): Pick<PairDetection, "statuses" | "arrangedUs"> {
    return this.#detection;
  }

  /** Count an event or frame that is refused. */
  reject(code: string): void {
    this.counts.rejected[code] = (this.counts.rejected[code] ?? 0) + 1;
  }

  /** Fold one event of a frame. */
  apply(event: MarketEvent, head: FrameHead, emit: Emit): void {
    const code = validateReceived(event, head.receiveTimeUs);
    if (code !== undefined) return this.reject(code);
    if (event.eventTimeUs < this.timeUs) {
      if (this.timeUs - event.eventTimeUs > LATE_US_MAX) {
        const backUs = this.timeUs - event.eventTimeUs;
        if (head.sourceId === this.#sourceId || backUs < CLOCK_RESTART_US_MIN) return this.reject("time-back");
        this.#restartClock(emit);
        this.timeUs = event.eventTimeUs;
      }
    } else this.timeUs = event.eventTimeUs;
    this.#sourceId = head.sourceId;

    if (this.timeUs >= this.#nextSampleUs) this.#sample(emit);
    this.#metrics.advance(this.timeUs, this.book);
    this.#detection.advance(this.timeUs, this.sequence, this.book);
    this.#fold(event);
    this.#detection.flush(emit);
  }

  #fold(event: MarketEvent): void {
    switch (event.kind) {
      case EventKind.trade:
        this.counts.trades++;
        Object.assign(this.lastTrade, event);
        this.#detection.onTrade(event, this.#metrics.onTrade(this.timeUs, event));
        return;
      case EventKind.quote:
        this.counts.quotes++;
        break;
      case EventKind.level:
        this.counts.levels++;
        break;
      case EventKind.clear:
        break;
      case EventKind.order:
        this.#detection.onOrder(event);
        return;
      default:
        this.#detection.onStatus(event);
        return;
    }
    const touched = this.book.apply(event);
    const settled = (event.flags & EventFlag.lastOfBatch) !== 0;
    this.#metrics.onBookEvent(this.timeUs, this.book, touched, settled);
    this.#detection.onBookEvent(event, touched, settled);
  }

  /**
   * Close the interval before this event. Its sample carries the time of the interval's end and knows every event before it.
   * After a pause there is one sample, at the end of the last interval that had an event: silence makes no samples.
   */
  #sample(emit: Emit): void {
    const endUs = this.#nextSampleUs;
    this.#nextSampleUs = (Math.floor(this.timeUs / this.#sampleUs) + 1) * this.#sampleUs;
    if (endUs === 0) return;
    this.#metrics.advance(endUs, this.book);
    const sample = this.#metrics.sample(endUs, this.book, this.#countsNow);
    this.lastSample = JSON.stringify(sample);
    emit(metricsSubject(this.pair), this.lastSample);
    this.#detection.onSample(sample);
  }

  get #countsNow(): MetricSample["counts"] {
    const { faults } = this.#detection;
    return faults === undefined ? this.counts : { ...this.counts, detectorFaults: faults };
  }

  /** Entries are lost: what the book and the windows say is of another time. */
  passGap(emit: Emit): void {
    this.counts.gaps = (this.counts.gaps ?? 0) + 1;
    this.#restartClock(emit);
  }

  #restartClock(emit: Emit): void {
    this.#detection.close();
    this.#detection.flush(emit);
    this.#detection = this.#makeDetection();
    this.#metrics = new PairMetrics(this.pair, this.#options);
    this.book = new Book();
    this.#nextSampleUs = 0;
    Object.assign(this.lastTrade, emptyEvent());
  }

  snapshot(): PairSnapshot {
    return {
      pair: this.pair,
      options: JSON.stringify(this.#options),
      numbers: [this.sequence, this.timeUs, this.#sourceId, this.#nextSampleUs],
      counts: this.counts,
      lastTrade: this.lastTrade,
      book: this.book.snapshot(),
      metrics: this.#metrics.snapshot(),
      detection: this.#detection.snapshot(),
    };
  }

  restore(state: PairSnapshot): void {
    [this.sequence, this.timeUs, this.#sourceId, this.#nextSampleUs] = state.numbers as [
      number,
      number,
      number,
      number,
    ];
    Object.assign(this.counts, state.counts);
    Object.assign(this.lastTrade, state.lastTrade);
    this.book.restore(state.book);
    // Windows of other lengths tell of something else.
    const { detection, ...metrics } = this.#options;
    const { detection: ranDetection, ...ranMetrics } = state.options === ""
      ? { ...DEFAULT_METRIC_OPTIONS, detection: undefined }
      : JSON.parse(state.options) as MetricOptions;
    if (JSON.stringify(metrics) === JSON.stringify(ranMetrics)) this.#metrics.restore(state.metrics);
    const sameOptions = JSON.stringify(detection) === JSON.stringify(ranDetection);
    this.#detection.restore(state.detection, { sameOptions });
  }
}
