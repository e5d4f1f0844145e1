/**
 * A bounded time series of a few columns that a chart reads without a copy.
 *
 * Points are appended to arrays of twice the capacity; when these are full, the newest `capacity` points move to the front. So
 * the points always lie in one piece, an append costs O(1) amortised, and memory never grows. An absent value is NaN inside.
 *
 * @module
 */

export interface RingSeriesOptions {
  /** Values of a point, besides its time. */
  columnCount: number;
  /** Points kept at least; up to twice as many lie in memory, but only the newest `capacity` are ever shown. */
  capacity: number;
  /**
   * Points whose time falls into the same bucket of this length replace each other: the newest stands for the bucket. With 0
   * only points of equal time do.
   *
   * @default {0}
   */
  bucketUs?: number;
}

export class RingSeries {
  readonly capacity: number;
  readonly #bucketUs: number;
  readonly #timesUs: Float64Array;
  readonly #columns: readonly Float64Array[];
  #end = 0;

  constructor({ columnCount, capacity, bucketUs = 0 }: RingSeriesOptions) {
    if (!(capacity >= 1) || !(columnCount >= 1)) throw new RangeError("Capacity and column count must be at least 1");
    this.capacity = capacity;
    this.#bucketUs = bucketUs;
    this.#timesUs = new Float64Array(2 * capacity);
    this.#columns = Array.from({ length: columnCount }, () => new Float64Array(2 * capacity));
  }

  get length(): number {
    return Math.min(this.#end, this.capacity);
  }

  get firstTimeUs(): number | undefined {
    return this.#end === 0 ? undefined : this.#timesUs[this.#end - this.length];
  }

  get lastTimeUs(): number | undefined {
    return this.#end === 0 ? undefined : this.#timesUs[this.#end - 1];
  }

  /** Appends a point. One that is older than the newest is dropped; says whether it was taken. */
  push(timeUs: number, values: readonly (number | undefined)[]): boolean {
    const lastUs = this.lastTimeUs;
    if (lastUs !== undefined) {
      if (timeUs < lastUs) return false;
      if (this.#sameBucket(lastUs, timeUs)) this.#end--;
    }
    if (this.#end === 2 * this.capacity) this.#moveToFront();
    this.#timesUs[this.#end] = timeUs;
    for (const [index, column] of this.#columns.entries()) column[this.#end] = values[index] ?? NaN;
    this.#end++;
    return true;
  }

  clear(): void {
    this.#end = 0;
  }

  /** Times of the points since `fromUs`, oldest first. A view: valid until the next `push()`. */
  timesUs(fromUs = -Infinity): Float64Array {
    return this.#timesUs.subarray(this.#indexFrom(fromUs), this.#end);
  }

  /** A column of the points since `fromUs`, NaN where absent. A view: valid until the next `push()`. */
  column(index: number, fromUs = -Infinity): Float64Array {
    const column = this.#columns[index];
    if (column === undefined) throw new RangeError(`Cannot read column ${index} of ${this.#columns.length}`);
    return column.subarray(this.#indexFrom(fromUs), this.#end);
  }

  #sameBucket(aUs: number, bUs: number): boolean {
    if (this.#bucketUs === 0) return aUs === bUs;
    return Math.floor(aUs / this.#bucketUs) === Math.floor(bUs / this.#bucketUs);
  }

  #moveToFront(): void {
    for (const array of [this.#timesUs, ...this.#columns]) array.copyWithin(0, this.#end - this.capacity, this.#end);
    this.#end = this.capacity;
  }

  /** The first shown point that is not older than `fromUs`; binary search. */
  #indexFrom(fromUs: number): number {
    let low = this.#end - this.length;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timesUs[middle]! < fromUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
