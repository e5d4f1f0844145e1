/**
 * Rows from messages that are JSON.
 *
 * @module
 */
import type { z } from "zod";
import type { Rows } from "./archiver.ts";
import type { RowSet } from "./row_set.ts";

/** Rows from JSON messages of one schema. A message that is not of it is counted and left out. */
export abstract class JsonRows<T> implements Rows {
  abstract readonly sets: readonly RowSet[];
  readonly rejected: Record<string, number>;
  readonly #schema: z.ZodType<T>;

  /** @param rejected counts what is left out; those who share a log may share it. */
  constructor(schema: z.ZodType<T>, rejected: Record<string, number> = {}) {
    this.#schema = schema;
    this.rejected = rejected;
  }

  take(_subject: string, sequence: number, data: Uint8Array, epoch: number): void {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
    } catch {
      return this.#reject("not-json");
    }
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) this.takeValue(parsed.data, sequence, epoch);
    else this.#reject("schema");
  }

  protected abstract takeValue(value: T, sequence: number, epoch: number): void;

  #reject(code: string): void {
    this.rejected[code] = (this.rejected[code] ?? 0) + 1;
  }
}
