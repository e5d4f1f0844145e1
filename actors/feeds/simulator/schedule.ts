/**
 * Things to be done at times: a heap, first by time, then by the order in which they were planned.
 *
 * @module
 */

interface Planned {
  readonly timeUs: number;
  readonly number: number;
  readonly action: () => void;
}

export class Schedule {
  /** The time it is: set by whoever moves it on. */
  timeUs = 0;
  readonly #heap: Planned[] = [];
  #count = 0;

  /** Time of the next; Infinity where there is none. */
  get nextUs(): number {
    return this.#heap[0]?.timeUs ?? Infinity;
  }

  add(timeUs: number, action: () => void): void {
    const heap = this.#heap;
    let at = heap.push({ timeUs, number: this.#count++, action }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  /** Take the next off and do it. */
  run(): void {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      let at = 0;
      for (;;) {
        const left = 2 * at + 1;
        if (left >= heap.length) break;
        const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
        if (!isBefore(heap[child]!, heap[at]!)) break;
        [heap[at], heap[child]] = [heap[child]!, heap[at]!];
        at = child;
      }
    }
    this.timeUs = first.timeUs;
    first.action();
  }
}

const isBefore = (a: Planned, b: Planned): boolean =>
  a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.number < b.number);
