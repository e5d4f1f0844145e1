/**
 * Sums of products, squares and counts of many pairs over a rolling window of event time, in slots.
 *
 * As `estimators/slotted_window.ts`: the window covers the slot of the newest time and the `slotCount` slots before it. A row
 * holds one product for every combination of two pairs, and a square and a count for each pair. Its cells lie as if there were
 * `pairCountMax` pairs, so that a pair that joins moves nothing; a snapshot holds those of the pairs there are.
 *
 * Cost: adding is the caller's, into `products`, `squares` and `counts` at the offsets; a slot that leaves is O(n²) once per slot.
 *
 * @module
 */
import { combinationCount } from "../contract/mod.ts";

export interface MomentWindowOptions {
  /** Width of a slot, microseconds of event time. */
  slotUs: number;
  /** Whole slots in the window, beside the current one. */
  slotCount: number;
  pairCountMax: number;
}

export class MomentWindow {
  readonly slotUs: number;
  readonly slotCount: number;
  readonly products: Float64Array;
  readonly squares: Float64Array;
  readonly counts: Float64Array;
  /** Where the current slot's cells begin. */
  productsAt = 0;
  pairsAt = 0;
  /** An event before it needs no `advance`. */
  endUs = 0;
  readonly #pairCountMax: number;
  readonly #combinationMax: number;
  /** Number of the newest slot since the epoch; −1 before the first time. */
  #slot = -1;

  constructor({ slotUs, slotCount, pairCountMax }: MomentWindowOptions) {
    this.slotUs = slotUs;
    this.slotCount = slotCount;
    this.#pairCountMax = pairCountMax;
    this.#combinationMax = combinationCount(pairCountMax);
    this.products = new Float64Array((slotCount + 1) * this.#combinationMax);
    this.squares = new Float64Array((slotCount + 1) * pairCountMax);
    this.counts = new Float64Array((slotCount + 1) * pairCountMax);
  }

  /** Bring the window to an event time; times never go back. Slots that leave the window are forgotten. */
  advance(timeUs: number): void {
    if (timeUs < this.endUs) return;
    const slot = Math.floor(timeUs / this.slotUs);
    const ring = this.slotCount + 1;
    const passed = this.#slot < 0 ? 0 : Math.min(slot - this.#slot, ring);
    for (let k = 0; k < passed; k++) {
      const row = (slot - k) % ring;
      this.products.fill(0, row * this.#combinationMax, (row + 1) * this.#combinationMax);
      this.squares.fill(0, row * this.#pairCountMax, (row + 1) * this.#pairCountMax);
      this.counts.fill(0, row * this.#pairCountMax, (row + 1) * this.#pairCountMax);
    }
    this.#enter(slot);
  }

  #enter(slot: number): void {
    this.#slot = slot;
    const row = slot < 0 ? 0 : slot % (this.slotCount + 1);
    this.productsAt = row * this.#combinationMax;
    this.pairsAt = row * this.#pairCountMax;
    this.endUs = (slot + 1) * this.slotUs;
  }

  /** Add the current slot of another window to this one's, at the time of that slot. */
  absorb(other: MomentWindow, pairCount: number): void {
    this.advance(other.endUs - other.slotUs);
    add(this.products, this.productsAt, other.products, other.productsAt, combinationCount(pairCount));
    add(this.squares, this.pairsAt, other.squares, other.pairsAt, pairCount);
    add(this.counts, this.pairsAt, other.counts, other.pairsAt, pairCount);
  }

  /** Add up the newest `slots` whole slots and the current one, of the first `pairCount` pairs, onto what is given. */
  sum(slots: number, pairCount: number, onto: { products: Float64Array; squares: Float64Array; counts: Float64Array }) {
    const ring = this.slotCount + 1;
    for (let k = Math.min(slots, this.slotCount, this.#slot); k >= 0; k--) {
      const row = (this.#slot - k) % ring;
      add(onto.products, 0, this.products, row * this.#combinationMax, combinationCount(pairCount));
      add(onto.squares, 0, this.squares, row * this.#pairCountMax, pairCount);
      add(onto.counts, 0, this.counts, row * this.#pairCountMax, pairCount);
    }
  }

  /** Append the cells of the first `pairCount` pairs to a list. */
  write(state: number[], pairCount: number): void {
    state.push(this.#slot);
    for (const { cells, at, count } of this.#rows(pairCount)) {
      for (let k = at; k < at + count; k++) state.push(cells[k]!);
    }
  }

  /** Take over what `write` wrote from a place in a list on; answers the place after it. */
  read(state: readonly number[], from: number, pairCount: number): number {
    for (const cells of [this.products, this.squares, this.counts]) cells.fill(0);
    this.#enter(state[from]!);
    let next = from + 1;
    for (const { cells, at, count } of this.#rows(pairCount)) {
      for (let k = at; k < at + count; k++) cells[k] = state[next++]!;
    }
    return next;
  }

  *#rows(pairCount: number): Generator<{ cells: Float64Array; at: number; count: number }> {
    for (let row = 0; row <= this.slotCount; row++) {
      yield { cells: this.products, at: row * this.#combinationMax, count: combinationCount(pairCount) };
      yield { cells: this.squares, at: row * this.#pairCountMax, count: pairCount };
      yield { cells: this.counts, at: row * this.#pairCountMax, count: pairCount };
    }
  }
}

function add(onto: Float64Array, ontoAt: number, from: Float64Array, fromAt: number, count: number): void {
  for (let k = 0; k < count; k++) onto[ontoAt + k]! += from[fromAt + k]!;
}
