/**
 * Follows a bucket: all it holds, then every change, for as long as the gateway runs.
 *
 * Keys may go while nobody watches, and the marker of one that went by age is itself gone a minute later. So a watch that begins
 * anew, as after every reconnect, hands over the whole bucket, and whatever is not in it is gone.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { KvRegister } from "../../actors/adapters/kv_register.ts";
import { onStatus } from "../../actors/adapters/on_status.ts";
import type { LogLine, RegisterChange } from "../../actors/runtime/mod.ts";
import type { BucketEntry } from "./bucket_records.ts";

/** What is told of a bucket. */
export interface BucketSink {
  /** The bucket holds these keys and no others. Among them may stand keys that are marked as gone. */
  replace(entries: readonly BucketEntry[]): void;
  /** A key changed. */
  take(entry: BucketEntry): void;
  /** From now on nothing is heard, until everything is replaced. */
  lose(): void;
}

export interface FollowBucketOptions {
  signal: AbortSignal;
  log: LogLine;
}

/** Resolves when the signal aborts, or the connection is closed for good. */
export async function followBucket(
  nc: NatsConnection,
  bucket: string,
  { sink, signal, log }: FollowBucketOptions & { sink: BucketSink },
): Promise<void> {
  const connection = onStatus(nc, "disconnect", () => sink.lose());
  // Whoever writes a bucket makes it; who only follows it waits.
  const register = new KvRegister(nc, { bucket, repair: () => Promise.resolve(), logLine: log });
  let first: BucketEntry[] | undefined;
  for await (const change of register.watch(signal)) {
    if (change.type === "reset") {
      sink.lose();
      first = [];
    } else if (change.type === "current") {
      sink.replace(first ?? []);
      first = undefined;
    } else if (first === undefined) sink.take(entryOf(change));
    else first.push(entryOf(change));
  }
  connection.stop();
  sink.lose();
}

function entryOf(change: Extract<RegisterChange, { key: string }>): BucketEntry {
  const { type, key } = change;
  return type === "put"
    ? { key, operation: "PUT", value: new TextEncoder().encode(change.value), created: new Date(change.timeMs) }
    : { key, operation: "DEL", value: new Uint8Array(), created: new Date(0) };
}
