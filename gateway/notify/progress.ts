/**
 * How far a route is in the log of alerts: everything up to `through` needs nothing more, and some beyond it.
 *
 * @module
 */

export class Progress {
  #through: number;
  /** Read and not done yet, ascending. */
  readonly #waiting: number[] = [];
  readonly #beyond: Set<number>;
  #read: number;

  constructor(through: number, beyond: readonly number[] = []) {
    this.#through = this.#read = through;
    this.#beyond = new Set(beyond);
  }

  get through(): number {
    return this.#through;
  }

  get beyond(): number[] {
    return [...this.#beyond];
  }

  /** The oldest that is not done. */
  get oldest(): number | undefined {
    return this.#waiting[0];
  }

  get beyondCount(): number {
    return this.#beyond.size;
  }

  /** Take the next of the log; whether it was done already. */
  read(sequence: number): boolean {
    this.#read = sequence;
    if (this.#beyond.has(sequence)) {
      this.#advance();
      return true;
    }
    this.#waiting.push(sequence);
    return false;
  }

  /** The next of the log is not for this route. */
  pass(sequence: number): void {
    this.#read = sequence;
    this.#advance();
  }

  done(sequence: number): void {
    const at = this.#waiting.indexOf(sequence);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#beyond.add(sequence);
    this.#advance();
  }

  #advance(): void {
    this.#through = Math.max(this.#through, (this.#waiting[0] ?? this.#read + 1) - 1);
    for (const sequence of this.#beyond) if (sequence <= this.#through) this.#beyond.delete(sequence);
  }
}
