/**
 * From what a source says to what may be published: refuses what is malformed, and counts it by reason.
 *
 * An event passes as it is, or not at all. What is merely odd, such as a crossed quote, passes: it belongs to a detector. Event
 * time must not go back within one pair of one source; equal times are fine. One normaliser serves one source.
 *
 * @module
 */
import { type MarketEvent, type Pair, type RejectCode, validateReceived } from "../contract/mod.ts";

/** How far event time may go back within a recording. None: a file is in order, or its order says nothing. */
export const FILE_TIME_BACK_US_MAX = 0;
/** Examples kept of each reason. Overflow: further ones are counted only. */
export const REJECT_EXAMPLES_MAX = 3;
/** Characters kept of an example's message. Overflow: cut off. */
const EXAMPLE_CHARS_MAX = 200;

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

export interface NormaliserOptions {
  /** Time of receipt: an event more than a day after it is refused as `time-future`. @default {Infinity} */
  receiveTimeUs?: number;
  /** How far event time may go back before an event is refused as `time-back`. @default {0} */
  timeBackUsMax?: number;
}

export class Normaliser {
  readonly rejected: RejectCounts = { total: 0, byCode: {} };
  readonly #receiveTimeUs: number;
  readonly #timeBackUsMax: number;
  readonly #clocks = new Map<Pair, { newestUs: number }>();
  #pair: Pair | undefined;
  #clock = { newestUs: 0 };

  constructor(options: NormaliserOptions = {}) {
    this.#receiveTimeUs = options.receiveTimeUs ?? Infinity;
    this.#timeBackUsMax = options.timeBackUsMax ?? FILE_TIME_BACK_US_MAX;
  }

  /**
   * Whether the event may be published; where not, it is counted under `line`. Allocates nothing for an event that passes.
   */
  admit(pair: Pair, event: MarketEvent, line: number): boolean {
    const code = validateReceived(event, this.#receiveTimeUs);
    if (code !== undefined) {
      this.refuse(code, line, () => describe(event));
      return false;
    }
    if (pair !== this.#pair) this.#switchTo(pair);
    const clock = this.#clock;
    const { eventTimeUs } = event;
    if (eventTimeUs > clock.newestUs) clock.newestUs = eventTimeUs;
    else if (clock.newestUs - eventTimeUs > this.#timeBackUsMax) {
      const backUs = clock.newestUs - eventTimeUs;
      this.refuse("time-back", line, () => `event time goes back by ${backUs} µs`);
      return false;
    }
    return true;
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

  #switchTo(pair: Pair): void {
    this.#pair = pair;
    let clock = this.#clocks.get(pair);
    if (clock === undefined) this.#clocks.set(pair, clock = { newestUs: 0 });
    this.#clock = clock;
  }
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
