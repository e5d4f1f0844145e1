/**
 * Virtual time: what is due happens in its order, and time jumps to it. Between two happenings everything that was waiting on the
 * last one runs, so a seed decides every interleaving.
 *
 * @module
 */
import { setImmediate } from "node:timers";

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

export class Scheduler {
  nowMs = 0;
  eventCount = 0;
  readonly #heap: Due[] = [];

  /** Let something happen after a time. */
  at(delayMs: number, happen: () => void): void {
    const heap = this.#heap;
    heap.push({ atMs: this.nowMs + Math.max(0, delayMs), order: this.eventCount++, happen });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  /** Run until the condition holds; answers whether it came to that before the deadline. */
  async run(until: () => boolean, deadlineMs: number): Promise<boolean> {
    await settle();
    while (!until()) {
      const due = this.#next();
      if (due === undefined || due.atMs > deadlineMs) return false;
      this.nowMs = due.atMs;
      due.happen();
      await settle();
    }
    return true;
  }

  #next(): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let i = 0;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === i) return first;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Every promise that can go on has gone on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Numbers in [0, 1), the same for a seed everywhere (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
