/**
 * A short text of the page, as this browser's user left it.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

export class StoredText {
  readonly #key: string;
  readonly #value: Signal<string>;

  constructor(key: string, byDefault = "") {
    this.#key = key;
    this.#value = signal(stored(key) ?? byDefault);
  }

  get value(): ReadonlySignal<string> {
    return this.#value;
  }

  set(text: string): void {
    this.#value.value = text;
    try {
      localStorage.setItem(this.#key, text);
    } catch {
      // Storage may be forbidden; it then stays so for as long as the page.
    }
  }
}

function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}
