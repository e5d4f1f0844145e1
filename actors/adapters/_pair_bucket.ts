/**
 * How the register of pairs lies in its bucket.
 *
 * @module
 */
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { KvEntry } from "@nats-io/kv";
import { RequestError } from "@nats-io/nats-core";
import { BUCKETS, type Pair, PairRecord, parsePair } from "../contract/mod.ts";

/** Stream behind the bucket, and what its subjects begin with. */
export const PAIRS_STREAM = `KV_${BUCKETS.pairs.name}`;
export const SUBJECT_PREFIX = `$KV.${BUCKETS.pairs.name}.`;

/** Subject of a pair's key. */
export const pairSubject = (pair: Pair): string => `${SUBJECT_PREFIX}${pair}`;

/** The pair of a key; `undefined` where the key is not one as `PairRegister` writes it. */
export function pairOfKey(key: string): Pair | undefined {
  const pair = parsePair(key);
  return pair === key ? pair : undefined;
}

/** The record of an entry; `undefined` where there is none, or it is not of the schema. */
export function recordOf(entry: Pick<KvEntry, "operation" | "value"> | null): PairRecord | undefined {
  if (entry === null || entry.operation !== "PUT") return undefined;
  try {
    return PairRecord.parse(JSON.parse(new TextDecoder().decode(entry.value)));
  } catch {
    return undefined;
  }
}

/** Whether a stream or bucket is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** Whether nobody took a write, as where the bucket is not there. */
export function isNotTaken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return isNotFound(error) || (cause instanceof RequestError && cause.isNoResponders());
}
