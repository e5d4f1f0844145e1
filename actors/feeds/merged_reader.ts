/**
 * Several recordings as one, in order of event time.
 *
 * Each file keeps its own order, and of equal times the file named first goes first. Of every file a turn of rows lies in memory;
 * whichever runs out is read on before anything further is told. An event costs one copy and a walk down a heap of the files.
 *
 * A file that breaks off is told and ends; the others go on.
 *
 * @module
 */
import type { EventSink } from "./ports.ts";
import { emptyEvent, type MarketEvent, type Pair } from "../contract/mod.ts";
import { Normaliser } from "./normaliser.ts";
import type { FileReader, RowSink } from "./readers/mod.ts";
import { SourceError } from "./source_error.ts";

/** Rows of one file that are read at once. */
export const MERGE_TURN_ROWS = 256;
/** Files that are merged at most: each is open all the time. */
export const MERGE_FILES_MAX = 256;

/** One of the files: its events of a turn, refused ones left out. */
export class MergeInput {
  readonly reader: FileReader;
  readonly normaliser: Normaliser;
  /** Events that went on. */
  published = 0;
  error: SourceError | undefined;
  /** Events that are kept and used again, of which those from `#at` to `#length` wait. */
  readonly #events: MarketEvent[] = [];
  readonly #pairs: Pair[] = [];
  #at = 0;
  #length = 0;
  #isEnded = false;
  readonly #sink: RowSink;

  constructor(reader: FileReader, normaliser: Normaliser) {
    this.reader = reader;
    this.normaliser = normaliser;
    this.#sink = {
      event: (pair, event) => {
        if (!normaliser.admit(pair, event, reader.lineNumber)) return;
        Object.assign(this.#events[this.#length] ??= emptyEvent(), event);
        this.#pairs[this.#length++] = pair;
      },
      refuse: (code, line, describe) => normaliser.refuse(code, line, describe),
    };
  }

  get isEmpty(): boolean {
    return this.#at === this.#length;
  }

  /** Time of the next event; there must be one. */
  get timeUs(): number {
    return this.#events[this.#at]!.eventTimeUs;
  }

  /** Hand on the next event. */
  take(sink: EventSink): void {
    const at = this.#at++;
    this.published++;
    sink(this.#pairs[at]!, this.#events[at]!);
  }

  /** Read until an event waits; `false` where none is left. */
  async refill(): Promise<boolean> {
    this.#at = this.#length = 0;
    while (!this.#isEnded) {
      for (let rows = 0; rows < MERGE_TURN_ROWS && this.reader.next(this.#sink);) rows++;
      if (this.#length > 0) return true;
      try {
        this.#isEnded = !await this.reader.fill();
      } catch (error) {
        this.#isEnded = true;
        if (!(error instanceof SourceError)) throw error;
        this.error = error;
      }
    }
    return false;
  }
}

export class MergedReader implements FileReader {
  readonly format = "merged";
  readonly notes: readonly string[] = [];
  readonly sizeBytes: number;
  lineNumber = 0;
  readonly #inputs: readonly MergeInput[];
  /** Places of inputs that have an event, a heap by time and place. */
  readonly #heap: number[] = [];
  /** Inputs to read on before anything is told. */
  #hungry: number[];

  constructor(inputs: readonly MergeInput[]) {
    this.#inputs = inputs;
    this.#hungry = inputs.map((_, index) => index);
    // Where one size is not known, the whole is not.
    const sizes = inputs.map(({ reader }) => reader.sizeBytes);
    this.sizeBytes = sizes.includes(0) ? 0 : sizes.reduce((sum, size) => sum + size, 0);
  }

  get rowCount(): number {
    return this.#inputs.reduce((sum, { reader }) => sum + reader.rowCount, 0);
  }

  get bytesRead(): number {
    return this.#inputs.reduce((sum, { reader }) => sum + reader.bytesRead, 0);
  }

  next(sink: RowSink): boolean {
    if (this.#hungry.length > 0 || this.#heap.length === 0) return false;
    const index = this.#heap[0]!;
    const input = this.#inputs[index]!;
    this.lineNumber++;
    input.take(sink.event);
    if (input.isEmpty) {
      this.#hungry.push(index);
      const last = this.#heap.pop()!;
      if (this.#heap.length > 0) this.#heap[0] = last;
    }
    this.#sink(0);
    return true;
  }

  async fill(): Promise<boolean> {
    if (this.#hungry.length === 0) return false;
    const hungry = this.#hungry;
    this.#hungry = [];
    for (const index of hungry) if (await this.#inputs[index]!.refill()) this.#rise(index);
    return this.#heap.length > 0;
  }

  async close(): Promise<void> {
    for (const { reader } of this.#inputs) await reader.close();
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#inputs[a]!.timeUs, this.#inputs[b]!.timeUs];
    return first < second || (first === second && a < b);
  }

  #rise(index: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(index);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(index, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = index;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    if (heap.length < 2) return;
    const index = heap[from]!;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && this.#isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!this.#isBefore(heap[below]!, index)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = index;
  }
}
