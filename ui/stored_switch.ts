/**
 * Something of the page that is on or off, as this browser's user left it.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

export class StoredSwitch {
  readonly #key: string;
  readonly #value: Signal<boolean>;

  /** @param byDefault how it is until somebody sets it. */
  constructor(key: string, byDefault: boolean) {
    this.#key = key;
    this.#value = signal(stored(key) ?? byDefault);
  }

  get value(): ReadonlySignal<boolean> {
    return this.#value;
  }

  toggle(): void {
    this.set(!this.#value.peek());
  }

  set(on: boolean): void {
    this.#value.value = on;
    try {
      localStorage.setItem(this.#key, on ? "on" : "off");
    } catch {
      // Storage may be forbidden; it then stays so for as long as the page.
    }
  }
}

function stored(key: string): boolean | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === "on" ? true : text === "off" ? false : undefined;
  } catch {
    return undefined;
  }
}
