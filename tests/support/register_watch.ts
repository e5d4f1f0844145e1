/**
 * A watch of a register, to wait for what it tells.
 *
 * @module
 */
import type { Register, RegisterChange } from "../../actors/runtime/mod.ts";

export class RegisterWatch implements AsyncDisposable {
  /** Everything told so far, as `reset`, `current`, `put key value` and `gone key`. */
  readonly told: string[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #wake = () => {};

  constructor(register: Register) {
    this.#ended = this.#run(register.watch(this.#stop.signal));
  }

  /** Wait until something holds of what was told. */
  async until(condition: (told: readonly string[]) => boolean): Promise<void> {
    while (!condition(this.told)) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(changes: AsyncIterable<RegisterChange>): Promise<void> {
    for await (const change of changes) {
      this.told.push(
        change.type === "put"
          ? `put ${change.key} ${change.value}`
          : change.type === "gone"
          ? `gone ${change.key}`
          : change.type,
      );
      this.#wake();
    }
  }
}
