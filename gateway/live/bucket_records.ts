/**
 * The records of one bucket as they are now, checked against their schema.
 *
 * A record that does not parse is counted and left out, and with it what stood under its key before: an old record under a key
 * that says something else now would be wrong.
 *
 * @module
 */
import type { z } from "zod";

/** Keys of a bucket that are kept; further ones count as rejected. */
export const BUCKET_KEYS_MAX = 10_000;

/** One change of a key in a bucket. */
export interface BucketEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** `DEL` and `PURGE` say that the key is gone; a key that went by age is purged. */
  readonly operation: "PUT" | "DEL" | "PURGE";
  /** When the server stored it. */
  readonly created: Date;
}

export interface StoredRecord<T> {
  readonly record: T;
  readonly createdMs: number;
}

export interface BucketRecordsOptions<T> {
  /** The key that a record must stand under. @default {any} */
  keyOf?: (record: T) => string;
  /** Keys that are kept. @default {BUCKET_KEYS_MAX} */
  keysMax?: number;
}

export class BucketRecords<T> {
  readonly #schema: z.ZodType<T>;
  readonly #keyOf: ((record: T) => string) | undefined;
  readonly #keysMax: number;
  readonly #records = new Map<string, StoredRecord<T>>();
  /** Entries that were not of the schema, under a wrong key, or too many. */
  rejectedCount = 0;
  /** Whether all records are here and changes arrive. */
  followed = false;
  /** Whether that was so at any time. */
  known = false;

  constructor(schema: z.ZodType<T>, { keyOf, keysMax = BUCKET_KEYS_MAX }: BucketRecordsOptions<T> = {}) {
    this.#schema = schema;
    this.#keyOf = keyOf;
    this.#keysMax = keysMax;
  }

  get(key: string): StoredRecord<T> | undefined {
    return this.#records.get(key);
  }

  entries(): IterableIterator<[key: string, StoredRecord<T>]> {
    return this.#records.entries();
  }

  /** The bucket holds these keys and no others. */
  replace(entries: readonly BucketEntry[]): void {
    this.#records.clear();
    for (const entry of entries) this.take(entry);
    this.followed = this.known = true;
  }

  /** A key changed. */
  take({ key, value, operation, created }: BucketEntry): void {
    if (operation !== "PUT") return void this.#records.delete(key);
    const record = this.#read(key, value);
    if (record !== undefined) this.#records.set(key, { record, createdMs: created.getTime() });
    else {
      this.rejectedCount++;
      this.#records.delete(key);
    }
  }

  /** Changes are not heard of any more; what is known stays until it is replaced. */
  lose(): void {
    this.followed = false;
  }

  #read(key: string, value: Uint8Array): T | undefined {
    if (this.#records.size >= this.#keysMax && !this.#records.has(key)) return undefined;
    try {
      const { data } = this.#schema.safeParse(JSON.parse(new TextDecoder().decode(value)));
      return data !== undefined && (this.#keyOf?.(data) ?? key) === key ? data : undefined;
    } catch {
      return undefined;
    }
  }
}
