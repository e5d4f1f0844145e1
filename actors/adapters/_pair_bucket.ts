/**
 * How the register of pairs lies in its bucket.
 *
 * @module
 */
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { KvEntry } from "@nats-io/kv";
import { RequestError } from "@nats-io/nats-core";
import type { z } from "zod";
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

/** A record as it is in the bucket. */
export interface ReadRecord {
  readonly record: PairRecord;
  /** All that was written, with what a newer version may have added. */
  readonly raw: PairRecord;
  /** What of it cannot be read and is not in `record`: nobody may stop watching a pair for options that he does not understand. */
  readonly fault: string | undefined;
}

/** The record of an entry; `undefined` where there is none, or it does not even say whether the pair is watched. */
export function recordOf(entry: Pick<KvEntry, "operation" | "value"> | null): ReadRecord | undefined {
  if (entry === null || entry.operation !== "PUT") return undefined;
  let raw;
  try {
    raw = JSON.parse(new TextDecoder().decode(entry.value));
  } catch {
    return undefined;
  }
  const whole = PairRecord.safeParse(raw);
  if (whole.success) return { record: whole.data, raw, fault: undefined };
  const state = PairRecord.shape.state.safeParse(raw?.state);
  if (!state.success) return undefined;
  const [{ path, message }] = whole.error.issues as [z.core.$ZodIssue];
  return { record: { v: 1, state: state.data }, raw, fault: `${path.join(".")}: ${message}` };
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
