/**
 * The state across all pairs and how an event changes it.
 *
 * Books follow the log alone. What moves a touch goes on as a tick: it waits until the ticks of the other pairs must be there, and
 * all are taken in order of event time (`market_clock.ts`, `reorder_buffer.ts`). Within a pair the order is that of the log, as in its book:
 * a tick that is stamped before the pair's newest one, and not late, counts at the time of that.
 *
 * @module
 */
import {
  DEFAULT_MARKET_OPTIONS,
  EventKind,
  type FrameHead,
  MARKET_METRICS_SUBJECT,
  MARKET_PAIRS_MAX,
  type MarketEvent,
  type MarketOptions,
  type MarketSample,
  type Pair,
  US_PER_MS,
  validateReceived,
} from "../contract/mod.ts";
import { Book } from "../book/mod.ts";
import type { Emit } from "../runtime/mod.ts";
import { MarketDetection } from "./market_detection.ts";
import { MarketClock } from "./market_clock.ts";
import { MarketMetrics, type MarketMetricsSnapshot } from "./market_metrics.ts";
import { ReorderBuffer } from "./reorder_buffer.ts";

/** A touch that stands is told again this many times in the time after which it is stale. */
const TELLINGS_BEFORE_STALE = 10;

/** A pair: its book, and what was made of it last. */
interface Member {
  readonly pair: Pair;
  book: Book;
  /** The touch as its newest tick told it, and that tick's time. */
  bid: number;
  ask: number;
  toldUs: number;
}

export interface MarketSnapshot {
  pairs: Pair[];
  counts: MarketSample["counts"];
  numbers: number[];
  clock: number[];
  waiting: number[];
  /** Four numbers of each pair, and its book. */
  members: { told: number[]; book: ReturnType<Book["snapshot"]> }[];
  metrics: MarketMetricsSnapshot;
  detection: number[];
}

export class MarketState {
  readonly options: MarketOptions;
  readonly counts: MarketSample["counts"] = {
    events: 0,
    ticks: 0,
    late: 0,
    hurried: 0,
    restarts: 0,
    gaps: 0,
    rejected: {},
  };
  /** Sequence of the newest entry folded. */
  sequence = 0;
  /** The newest sample, for the view; empty before the first one since the state was made. */
  lastSample = "";
  readonly #tellUs: number;
  readonly #sampleUs: number;
  readonly #clock: MarketClock;
  readonly #waiting = new ReorderBuffer({ pairCountMax: MARKET_PAIRS_MAX });
  readonly #members: Member[] = [];
  readonly #numberOf = new Map<Pair, number>();
  #metrics: MarketMetrics;
  readonly #detection: MarketDetection;
  #nextSampleUs = 0;

  constructor(options: MarketOptions = DEFAULT_MARKET_OPTIONS) {
    this.options = options;
    this.#tellUs = options.triangles.staleMs * US_PER_MS / TELLINGS_BEFORE_STALE;
    this.#sampleUs = options.sampleMs * US_PER_MS;
    this.#clock = new MarketClock(options.latenessMs * US_PER_MS);
    this.#metrics = new MarketMetrics(options);
    this.#detection = new MarketDetection(options.detection);
  }

  /** Newest event time; 0 before the first event. */
  get timeUs(): number {
    return this.#clock.newestUs;
  }

  /** Count an event or frame that is refused. */
  reject(code: string): void {
    this.counts.rejected[code] = (this.counts.rejected[code] ?? 0) + 1;
  }

  /** Number of a pair; `undefined` where there are as many as there may be. */
  numberOf(pair: Pair): number | undefined {
    const known = this.#numberOf.get(pair);
    if (known !== undefined || this.#members.length === MARKET_PAIRS_MAX) return known;
    return this.#add(pair);
  }

  #add(pair: Pair): number {
    const number = this.#members.push({ pair, book: new Book(), bid: NaN, ask: NaN, toldUs: 0 }) - 1;
    this.#numberOf.set(pair, number);
    this.#metrics.add(pair);
    this.#detection.add(pair);
    return number;
  }

  /** A frame begins. */
  open({ receiveTimeUs }: FrameHead): void {
    this.#clock.open(receiveTimeUs);
  }

  /** Fold one event of a frame of a pair. */
  apply(number: number, event: MarketEvent, head: FrameHead, emit: Emit): void {
    const code = validateReceived(event, head.receiveTimeUs);
    if (code !== undefined) return this.reject(code);
    // Trades, orders and status events say nothing that is derived here.
    if (event.kind !== EventKind.quote && event.kind !== EventKind.level && event.kind !== EventKind.clear) return;
    this.counts.events++;
    const member = this.#members[number]!;
    member.book.apply(event);
    const admission = this.#clock.admit(event.eventTimeUs);
    if (admission === "time-ahead" || admission === "time-behind") return this.reject(admission);
    if (admission === "late") {
      this.counts.late++;
      return;
    }
    if (admission === "restarted") {
      this.counts.restarts++;
      this.#beginAnew();
    }
    this.#detection.event(number, event.eventTimeUs, this.sequence);
    this.#tell(number, member, event.eventTimeUs, emit);
    while (this.#waiting.oldestUs < this.#clock.watermarkUs) this.#take(emit);
  }

  /** Make a tick of a pair's touch, where it moved or has not been told for a while. */
  #tell(number: number, member: Member, eventTimeUs: number, emit: Emit): void {
    const { bid, ask } = member.book;
    const timeUs = Math.max(eventTimeUs, member.toldUs);
    const stands = same(bid, member.bid) && same(ask, member.ask);
    if (stands && timeUs - member.toldUs < this.#tellUs) return;
    if (this.#waiting.full) {
      this.counts.hurried++;
      this.#clock.hurry(this.#waiting.oldestUs);
      this.#take(emit);
      if (timeUs < this.#clock.watermarkUs) {
        this.counts.late++;
        return;
      }
    }
    member.bid = bid;
    member.ask = ask;
    member.toldUs = timeUs;
    this.#waiting.push(number, timeUs, bid, ask);
  }

  /** Take the oldest tick that waits. */
  #take(emit: Emit): void {
    const waiting = this.#waiting;
    waiting.pop();
    this.counts.ticks++;
    if (waiting.timeUs >= this.#nextSampleUs) this.#sample(waiting.timeUs, emit);
    this.#metrics.update(waiting.pair, waiting.timeUs, waiting.bid, waiting.ask);
    this.#detection.quote(waiting.pair, waiting.bid, waiting.ask);
  }

  /**
   * Close the interval before a tick. Its sample carries the time of the interval's end and knows every tick before it. After a pause
   * there is one sample, at the end of the last interval that had a tick: silence makes no samples.
   */
  #sample(timeUs: number, emit: Emit): void {
    const endUs = this.#nextSampleUs;
    this.#nextSampleUs = (Math.floor(timeUs / this.#sampleUs) + 1) * this.#sampleUs;
    if (endUs === 0) return;
    const { faults } = this.#detection;
    const counts = faults === undefined ? this.counts : { ...this.counts, detectorFaults: faults };
    const sample = this.#metrics.sample(endUs, counts);
    this.lastSample = JSON.stringify(sample);
    emit(MARKET_METRICS_SUBJECT, this.lastSample);
    this.#detection.sample(sample, this.sequence, emit);
  }

  /** Entries are lost: what the books and the windows say is of another time. */
  passGap(): void {
    this.counts.gaps++;
    this.#clock.clear();
    for (const member of this.#members) member.book = new Book();
    this.#beginAnew();
  }

  /** Forget all but the pairs, their books, and what was counted. */
  #beginAnew(): void {
    this.#waiting.clear();
    this.#nextSampleUs = 0;
    this.#metrics = new MarketMetrics(this.options);
    this.#detection.interrupt();
    for (const member of this.#members) {
      Object.assign(member, { bid: NaN, ask: NaN, toldUs: 0 });
      this.#metrics.add(member.pair);
    }
  }

  snapshot(): MarketSnapshot {
    return {
      pairs: this.#members.map(({ pair }) => pair),
      counts: this.counts,
      numbers: [this.sequence, this.#nextSampleUs],
      clock: this.#clock.snapshot(),
      waiting: this.#waiting.snapshot(),
      members: this.#members.map(({ bid, ask, toldUs, book }) => ({ told: [bid, ask, toldUs], book: book.snapshot() })),
      metrics: this.#metrics.snapshot(),
      detection: this.#detection.snapshot(),
    };
  }

  /** Into a state that is new. One that ran with other options gives its pairs, books, clock and counts; the windows begin anew. */
  restore(state: MarketSnapshot, { options }: { options: MarketOptions }): void {
    for (const pair of state.pairs) this.#add(pair);
    Object.assign(this.counts, state.counts);
    this.sequence = state.numbers[0]!;
    this.#clock.restore(state.clock);
    state.members.forEach(({ book }, number) => this.#members[number]!.book.restore(book));
    // What is usual depends on no option, and a case that is open goes on.
    this.#detection.restore(state.detection);
    if (JSON.stringify(options) !== JSON.stringify(this.options)) return;
    this.#nextSampleUs = state.numbers[1]!;
    this.#waiting.restore(state.waiting);
    state.members.forEach(({ told: [bid, ask, toldUs] }, number) => {
      Object.assign(this.#members[number]!, { bid, ask, toldUs });
    });
    this.#metrics.restore(state.metrics);
  }
}

/** Whether two prices are the same, an absent one (NaN) being the same as another. */
function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}
