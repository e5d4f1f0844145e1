/**
 * The connection to NATS, and what JetStream keeps for the system.
 *
 * @module
 */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { nanos, type NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { connect } from "@nats-io/transport-node";
import { BUCKETS, type BucketSpec, SNAPSHOT_STORE, STREAMS, type StreamSpec } from "../contract/mod.ts";

/** Time between two tries to reach a server that is away, with as much again at random. */
const RECONNECT_WAIT_MS = 500;
/** A server that answers no ping for this long is taken for gone. */
const PING_INTERVAL_MS = 5_000;
const MS_PER_HOUR = 3_600_000;

export interface ConnectOptions {
  url: string;
  /** Shown by the server's monitoring. */
  name: string;
  /** Keep trying when no server answers at first. @default {false} */
  waitOnFirstConnect?: boolean;
}

/** Connect, and stay connected: once up, the connection is tried again for ever. User and password may stand in the URL. */
export function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const url = new URL(options.url);
  return connect({
    servers: `${url.hostname}:${url.port || "4222"}`,
    name: options.name,
    user: url.username === "" ? undefined : decodeURIComponent(url.username),
    pass: url.password === "" ? undefined : decodeURIComponent(url.password),
    maxReconnectAttempts: -1,
    // A server that refuses the login for a while, as in a change of its configuration, is tried again like one that is away.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS,
    waitOnFirstConnect: options.waitOnFirstConnect ?? false,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
  });
}

/** Create the streams, buckets and stores that are declared, or bring those that exist to what is declared. */
export async function ensureStorage(nc: NatsConnection): Promise<void> {
  await Promise.all(Object.values<StreamSpec>(STREAMS).map((spec) => ensureStream(nc, spec)));
  const kvm = new Kvm(nc);
  for (const spec of Object.values<BucketSpec>(BUCKETS)) {
    await kvm.create(spec.name, {
      description: spec.description,
      history: spec.history,
      ttl: spec.ttlSeconds * 1000,
      storage: StorageType.File,
    });
  }
  await new Objm(nc).create(SNAPSHOT_STORE, { description: "Snapshots of actors", storage: StorageType.File });
}

async function ensureStream(nc: NatsConnection, spec: StreamSpec): Promise<void> {
  const manager = await jetstreamManager(nc);
  const config = {
    name: spec.name,
    subjects: [...spec.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(spec.maxAgeHours * MS_PER_HOUR),
    max_bytes: spec.maxBytes,
    duplicate_window: nanos(spec.duplicateWindowSeconds * 1000),
    allow_direct: true,
  } satisfies Partial<StreamConfig>;
  try {
    await manager.streams.update(spec.name, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
    await manager.streams.add(config);
  }
}
