/**
 * Values within a message by their path, and what they mean.
 *
 * @module
 */
import { parseTimeUs } from "../../../contract/mod.ts";

/** Units that a time may be in. */
export const TIME_UNITS = ["iso", "s", "ms", "us", "ns"] as const;
export type TimeUnit = typeof TIME_UNITS[number];

const US_PER_UNIT: Readonly<Record<Exclude<TimeUnit, "iso">, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };
/** Begins a path that is one of the message where others are of an element of its array. */
const WHOLE = "$.";

/** A path that is split once and walked often. */
export class Path {
  readonly text: string;
  readonly #steps: readonly string[];
  readonly #isOfWhole: boolean;

  constructor(text: string) {
    this.text = text;
    this.#isOfWhole = text.startsWith(WHOLE);
    this.#steps = (this.#isOfWhole ? text.slice(WHOLE.length) : text).split(".");
  }

  /** The value, `undefined` where there is none. */
  of(element: unknown, whole: unknown): unknown {
    let value = this.#isOfWhole ? whole : element;
    for (const step of this.#steps) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      // An array has its length as a property of its own, and the message does not say it.
      if (Array.isArray(value) && step === "length") return undefined;
      value = (value as Record<string, unknown>)[step];
    }
    return value;
  }
}

/** A number, or a text that is one; NaN for everything else. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

/** A value as text. What a message calls `toString` does not count. */
export function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Microseconds since the epoch; `undefined` where the value is no time in that unit. */
export function timeOf(value: unknown, unit: TimeUnit): number | undefined {
  if (unit === "iso") return typeof value === "string" ? parseTimeUs(value) : undefined;
  // More digits than a number holds: what is beyond the microsecond is cut off, and the rest is exact.
  if (unit === "ns" && typeof value === "string" && /^\d{4,20}$/.test(value)) return Number(value.slice(0, -3));
  const timeUs = Math.floor(numberOf(value) * US_PER_UNIT[unit]);
  return Number.isSafeInteger(timeUs) ? timeUs : undefined;
}
