/**
 * From what a source says to what may be published: refuses what is malformed, marks what is odd, and counts both.
 *
 * An event passes, or not at all. What is merely odd passes with a mark in its flags: a quote whose bid is above its ask
 * (`crossed`) or equal to it (`locked`), and a price far from the ones before it (`badTick`). Judging is left to detectors. Event
 * time must not go back within one pair of one source; equal times are fine. One normaliser serves one source.
 *
 * @module
 */
import {
  EventFlag,
  EventKind,
  type MarketEvent,
  type Pair,
  type RejectCode,
  validateReceived,
} from "../contract/mod.ts";

/** How far event time may go back within a recording. None: a file is in order, or its order says nothing. */
export const FILE_TIME_BACK_US_MAX = 0;
/** Examples kept of each reason. Overflow: further ones are counted only. */
export const REJECT_EXAMPLES_MAX = 3;
/** Characters kept of an example's message. Overflow: cut off. */
const EXAMPLE_CHARS_MAX = 200;
/** Share by which a price may differ from the last good one: no major currency does so between two quotes of one source. */
export const BAD_TICK_SHARE = 0.02;
/** So many prices in a row, each near the one before, that far from the last good one are the market's new level. */
export const NEW_LEVEL_COUNT = 5;

/** One refusal, for people. */
export interface RejectExample {
  /** Where it stands: line of a file, or number of a message. */
  line: number;
  message: string;
}

/** What was refused. */
export interface RejectCounts {
  total: number;
  byCode: Partial<Record<RejectCode, { count: number; examples: RejectExample[] }>>;
}

/** What passed with a mark. */
export interface MarkCounts {
  crossed: number;
  locked: number;
  badTick: number;
}

export interface NormaliserOptions {
  /** Time of receipt: an event more than a day after it is refused as `time-future`. @default {Infinity} */
  receiveTimeUs?: number;
  /** How far event time may go back before an event is refused as `time-back`. @default {0} */
  timeBackUsMax?: number;
  /** What is counted, where several count together. @default {counts of its own} */
  rejected?: RejectCounts;
  marked?: MarkCounts;
}

/** What is remembered of a pair. */
class PairTrack {
  newestUs = 0;
  /** The last price that was near the one before it; 0 before the first. */
  good = 0;
  /** The last one that was not, and how many of them followed each other closely. */
  far = 0;
  farCount = 0;
}

export class Normaliser {
  readonly rejected: RejectCounts;
  readonly marked: MarkCounts;
  /** Time of receipt of what comes next. */
  receiveTimeUs: number;
  readonly #timeBackUsMax: number;
  readonly #tracks = new Map<Pair, PairTrack>();
  #pair: Pair | undefined;
  #track = new PairTrack();

  constructor(options: NormaliserOptions = {}) {
    this.rejected = options.rejected ?? { total: 0, byCode: {} };
    this.marked = options.marked ?? { crossed: 0, locked: 0, badTick: 0 };
    this.receiveTimeUs = options.receiveTimeUs ?? Infinity;
    this.#timeBackUsMax = options.timeBackUsMax ?? FILE_TIME_BACK_US_MAX;
  }

  /**
   * Whether the event may be published, with its marks set; where not, it is counted under `line`. Allocates nothing for an event
   * that passes.
   */
  admit(pair: Pair, event: MarketEvent, line: number): boolean {
    return this.judge(pair, event, line) === undefined;
  }

  /** As `admit`, but answers why an event is refused; `undefined` where it passes. */
  judge(pair: Pair, event: MarketEvent, line: number): RejectCode | undefined {
    const code = validateReceived(event, this.receiveTimeUs);
    if (code !== undefined) {
      this.refuse(code, line, () => describe(event));
      return code;
    }
    if (pair !== this.#pair) this.#switchTo(pair);
    const track = this.#track;
    const { eventTimeUs } = event;
    if (eventTimeUs > track.newestUs) track.newestUs = eventTimeUs;
    else if (track.newestUs - eventTimeUs > this.#timeBackUsMax) {
      const backUs = track.newestUs - eventTimeUs;
      this.refuse("time-back", line, () => `event time goes back by ${backUs} µs`);
      return "time-back";
    }
    this.#mark(event, track);
    return undefined;
  }

  /** Newest event time of a pair; 0 before its first event. */
  newestUs(pair: Pair): number {
    return this.#tracks.get(pair)?.newestUs ?? 0;
  }

  /** Count what could not even be read as an event. `describe` is called only for the examples that are kept. */
  refuse(code: RejectCode, line: number, describe: () => string): void {
    this.rejected.total++;
    const entry = this.rejected.byCode[code] ??= { count: 0, examples: [] };
    entry.count++;
    if (entry.examples.length < REJECT_EXAMPLES_MAX) {
      entry.examples.push({ line, message: describe().slice(0, EXAMPLE_CHARS_MAX) });
    }
  }

  #mark(event: MarketEvent, track: PairTrack): void {
    const { marked } = this;
    if (event.kind === EventKind.quote) {
      if (event.price >= event.price2) event.flags |= event.price > event.price2 ? EventFlag.crossed : EventFlag.locked;
      const mid = (event.price + event.price2) / 2;
      // A quote with one side has no mid: the comparison with NaN is false.
      if (mid > 0 && isFar(mid, track)) event.flags |= EventFlag.badTick;
    } else if (event.kind === EventKind.trade && track.good > 0 && !isNear(event.price, track.good)) {
      event.flags |= EventFlag.badTick;
    }
    if ((event.flags & MARKS) === 0) return;
    if ((event.flags & EventFlag.crossed) !== 0) marked.crossed++;
    if ((event.flags & EventFlag.locked) !== 0) marked.locked++;
    if ((event.flags & EventFlag.badTick) !== 0) marked.badTick++;
  }

  #switchTo(pair: Pair): void {
    this.#pair = pair;
    let track = this.#tracks.get(pair);
    if (track === undefined) this.#tracks.set(pair, track = new PairTrack());
    this.#track = track;
  }
}

const MARKS = EventFlag.crossed | EventFlag.locked | EventFlag.badTick;

/** The mark of a book with this touch: bid above ask, equal to it, or none. */
export function touchMark(bid: number, ask: number): number {
  return bid > ask ? EventFlag.crossed : bid === ask ? EventFlag.locked : 0;
}

const isNear = (price: number, reference: number): boolean => Math.abs(price - reference) <= reference * BAD_TICK_SHARE;

/** Whether a price lies far from the last good one; learns from it. */
function isFar(price: number, track: PairTrack): boolean {
  if (track.good === 0 || isNear(price, track.good)) {
    track.good = price;
    track.farCount = 0;
    return false;
  }
  track.farCount = track.farCount > 0 && isNear(price, track.far) ? track.farCount + 1 : 1;
  track.far = price;
  if (track.farCount < NEW_LEVEL_COUNT) return true;
  track.good = price;
  track.farCount = 0;
  return false;
}

/** Add the counts of one source to those of several. Examples stay those that came first. */
export function addRejects(sum: RejectCounts, more: RejectCounts): void {
  sum.total += more.total;
  for (const [code, { count, examples }] of Object.entries(more.byCode)) {
    const entry = sum.byCode[code as RejectCode] ??= { count: 0, examples: [] };
    entry.count += count;
    entry.examples.push(...examples.slice(0, REJECT_EXAMPLES_MAX - entry.examples.length));
  }
}

function describe({ price, size, price2, size2 }: MarketEvent): string {
  const numbers = Object.entries({ price, size, price2, size2 }).filter(([, value]) => !Number.isNaN(value));
  return numbers.length === 0 ? "no number in it" : numbers.map(([name, value]) => `${name} ${value}`).join(", ");
}
