/**
 * Vectors in one flat array, filled from the front.
 *
 * Where the features are whole numbers of 1/levels in [0, 1], its state packs as many of them as fit into one number.
 *
 * @module
 */
import type { Estimator } from "../../estimators/mod.ts";

/** Bits of a whole number that a double holds. */
const PACK_BITS = 52;

export interface VectorWindowOptions {
  /** Numbers of a vector. */
  dimensions: number;
  /** Vectors that it holds. */
  capacity: number;
  /** Steps that a feature in [0, 1] can take. @default {features are any numbers, and the state is not packed} */
  levels?: number;
}

export class VectorWindow implements Estimator {
  readonly dimensions: number;
  readonly capacity: number;
  readonly values: Float64Array;
  readonly #levels: number | undefined;
  count = 0;

  constructor({ dimensions, capacity, levels }: VectorWindowOptions) {
    this.dimensions = dimensions;
    this.capacity = capacity;
    this.values = new Float64Array(dimensions * capacity);
    this.#levels = levels;
  }

  get isFull(): boolean {
    return this.count === this.capacity;
  }

  /** Put a vector behind the others. */
  push(vector: ArrayLike<number>): void {
    this.set(this.count++, vector);
  }

  /** Put a vector in the place of another. */
  set(at: number, vector: ArrayLike<number>): void {
    const { dimensions, values } = this;
    for (let k = 0; k < dimensions; k++) values[at * dimensions + k] = vector[k]!;
  }

  /** Hold what another window of the same shape holds. */
  copy({ values, count }: VectorWindow): void {
    this.values.set(values);
    this.count = count;
  }

  snapshot(): number[] {
    const used = this.values.subarray(0, this.count * this.dimensions);
    const levels = this.#levels;
    if (levels === undefined) return [this.count, ...used];
    const perNumber = packedPer(levels);
    const packed: number[] = [this.count];
    for (let from = 0; from < used.length; from += perNumber) {
      let number = 0;
      for (let k = Math.min(from + perNumber, used.length) - 1; k >= from; k--) {
        number = number * (levels + 1) + Math.round(used[k]! * levels);
      }
      packed.push(number);
    }
    return packed;
  }

  restore([count = 0, ...state]: readonly number[]): void {
    this.count = count;
    const length = count * this.dimensions;
    const levels = this.#levels;
    if (levels === undefined) return this.values.set(state.slice(0, length));
    const perNumber = packedPer(levels);
    state.forEach((packed, i) => {
      let number = packed;
      for (let k = i * perNumber; k < Math.min((i + 1) * perNumber, length); k++) {
        this.values[k] = (number % (levels + 1)) / levels;
        number = Math.floor(number / (levels + 1));
      }
    });
  }
}

/** Features that one number holds. */
function packedPer(levels: number): number {
  return Math.floor(PACK_BITS / Math.log2(levels + 1));
}
