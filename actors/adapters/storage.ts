/**
 * What JetStream keeps for the system, brought to what is declared.
 *
 * A bucket and an object store are streams by another name; all are treated alike. What is missing is made by the client's own
 * recipe, and what differs from the declaration is updated, leaving alone what is not declared. Every step may be done by several
 * nodes at the same time: all of them ask for the same.
 *
 * @module
 */
import {
  DiscardPolicy,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { errors, nanos, type NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { BUCKETS, type BucketSpec, SNAPSHOT_STORE, STREAMS, type StreamSpec } from "../contract/mod.ts";

/** How long a cluster may take to come up, to agree on a leader and to have enough servers. */
const STORAGE_TIMEOUT_MS = 60_000;
/** Time for one answer of JetStream: a question to a stream without a leader gets none. */
const ANSWER_TIMEOUT_MS = 1_000;
/** Between two tries. */
const TRY_AGAIN_MS = 250;
/** The server remembers the ids of messages this long where a bucket's keys live longer. */
const BUCKET_DUPLICATE_WINDOW_SECONDS_MAX = 120;
const MS_PER_HOUR = 3_600_000;
/** Readers of one stream at a time: one for each actor, and some more. A server from 2.15 on allows 1,000 where nothing is said. */
const CONSUMERS_MAX = 20_000;
const VERSION_WITH_CONSUMER_LIMIT = [2, 15];

/** What the server calls a stream that was made by somebody else at this very moment, in another shape. */
const STREAM_NAME_IN_USE = 10_058;
/** Too few servers that could keep one more stream. */
const NO_SUITABLE_PEERS = 10_005;
/** No majority of the servers, or none that leads yet. */
const CLUSTER_NOT_AVAILABLE = 10_008;
/** A server that belongs to no cluster was asked for replicas. */
const REPLICAS_WITHOUT_CLUSTER = 10_074;

export interface EnsureStorageOptions {
  /** Servers that keep each stream, bucket and store: 1, 3 or 5. @default as many as do, and 1 for what is made */
  replicas?: number;
  /** How long to try. @default {STORAGE_TIMEOUT_MS} */
  timeoutMs?: number;
}

/** One stream, whatever it is used as. */
interface Part {
  readonly stream: string;
  readonly declared: Partial<StreamConfig>;
  create(): Promise<unknown>;
}

/**
 * Create the streams, buckets and stores that are declared, or bring those that exist to what is declared.
 *
 * @throws {Error} when JetStream is not ready in time, or has too few servers for the replicas.
 */
export async function ensureStorage(nc: NatsConnection, options: EnsureStorageOptions = {}): Promise<void> {
  const { replicas, timeoutMs = STORAGE_TIMEOUT_MS } = options;
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: ANSWER_TIMEOUT_MS });
  const deadlineMs = performance.now() + timeoutMs;
  const done = await Promise.allSettled(
    parts(manager, nc, replicas).map(async (part) => {
      for (;;) {
        try {
          return await bring(manager, part);
        } catch (error) {
          if (!isPassing(error) || performance.now() >= deadlineMs) throw explained(error, { part, replicas });
          await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
        }
      }
    }),
  );
  for (const result of done) if (result.status === "rejected") throw result.reason;
}

async function bring(manager: JetStreamManager, { stream, declared, create }: Part): Promise<void> {
  let existing = await config(manager, stream);
  if (existing === undefined) {
    try {
      await create();
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) throw error;
    }
    existing = await config(manager, stream);
  }
  const differs = Object.entries(declared).some(([name, value]) =>
    // The server leaves out what is 0 or false.
    JSON.stringify(existing?.[name as keyof StreamConfig] || 0) !== JSON.stringify(value || 0)
  );
  if (differs) await manager.streams.update(stream, declared);
}

async function config(manager: JetStreamManager, stream: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(stream)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}

function parts(manager: JetStreamManager, nc: NatsConnection, replicas: number | undefined): Part[] {
  const js = jetstream(nc, { timeout: ANSWER_TIMEOUT_MS });
  const kvm = new Kvm(js);
  const objm = new Objm(js);
  // An older server has no limit, and does not let one be changed.
  const limits = hasConsumerLimit(nc) ? { max_consumers: CONSUMERS_MAX } : {};
  const all = [
    ...Object.values<StreamSpec>(STREAMS).map((spec) => streamPart(manager, spec, replicas)),
    ...Object.values<BucketSpec>(BUCKETS).map((spec) => bucketPart(kvm, spec, replicas)),
    {
      stream: `OBJ_${SNAPSHOT_STORE}`,
      declared: kept(replicas),
      create: () =>
        objm.create(SNAPSHOT_STORE, { description: "Snapshots of actors", storage: StorageType.File, replicas }),
    },
  ];
  return all.map((part) => ({ ...part, declared: { ...part.declared, ...limits } }));
}

function hasConsumerLimit(nc: NatsConnection): boolean {
  const [major = 0, minor = 0] = (nc.info?.version ?? "").split(".").map(Number);
  const [limitMajor, limitMinor] = VERSION_WITH_CONSUMER_LIMIT as [number, number];
  return major > limitMajor || (major === limitMajor && minor >= limitMinor);
}

/** How often it is declared to be kept, if at all. */
const kept = (replicas: number | undefined) => replicas === undefined ? {} : { num_replicas: replicas };

function streamPart(manager: JetStreamManager, spec: StreamSpec, replicas: number | undefined): Part {
  const declared = {
    subjects: [...spec.subjects],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(spec.maxAgeHours * MS_PER_HOUR),
    max_bytes: spec.maxBytes,
    duplicate_window: nanos(spec.duplicateWindowSeconds * 1000),
    allow_direct: true,
    ...(spec.sources !== undefined && { sources: spec.sources.map((name) => ({ name })) }),
    ...kept(replicas),
  } satisfies Partial<StreamConfig>;
  const create = () => manager.streams.add({ ...declared, name: spec.name, storage: StorageType.File });
  return { stream: spec.name, declared, create };
}

function bucketPart(kvm: Kvm, spec: BucketSpec, replicas: number | undefined): Part {
  const { ttlSeconds, markerSeconds, description, history } = spec;
  const idSeconds = Math.min(ttlSeconds || Infinity, BUCKET_DUPLICATE_WINDOW_SECONDS_MAX);
  return {
    stream: `KV_${spec.name}`,
    declared: {
      description,
      max_msgs_per_subject: history,
      max_age: nanos(ttlSeconds * 1000),
      // The server refuses an age below this window, so a bucket of a shorter age needs a shorter one.
      duplicate_window: nanos(idSeconds * 1000),
      subject_delete_marker_ttl: nanos(markerSeconds * 1000),
      // It cannot be taken back once it is allowed.
      ...(markerSeconds > 0 ? { allow_msg_ttl: true } : {}),
      ...kept(replicas),
    },
    create: () =>
      kvm.create(spec.name, {
        description,
        history,
        ttl: ttlSeconds * 1000,
        markerTTL: markerSeconds * 1000,
        storage: StorageType.File,
        replicas,
      }),
  };
}

/** Whether a cluster that comes up, or elects a leader, will answer otherwise soon. */
function isPassing(error: unknown): boolean {
  if (error instanceof JetStreamApiError) {
    return error.status === 503 || error.status === 429 || error.code === NO_SUITABLE_PEERS;
  }
  return error instanceof errors.TimeoutError || hasNoResponder(error);
}

/** No server that is reached runs JetStream, or not yet. */
function hasNoResponder(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof errors.RequestError && error.cause.isNoResponders();
}

const COUNT_WORDS: Readonly<Record<number, string>> = { 3: "three", 5: "five" };

function explained(error: unknown, { part, replicas }: { part: Part; replicas?: number }): Error {
  const { message } = error as Error;
  const code = error instanceof JetStreamApiError ? error.code : undefined;
  const why = code === NO_SUITABLE_PEERS || code === REPLICAS_WITHOUT_CLUSTER
    ? `NATS_REPLICAS=${replicas} needs ${COUNT_WORDS[replicas ?? 1] ?? replicas} servers in the cluster (${message})`
    : hasNoResponder(error)
    ? "no server of the cluster runs JetStream"
    : code === CLUSTER_NOT_AVAILABLE || error instanceof errors.TimeoutError
    ? `has the cluster a majority of its servers? (${message})`
    : message;
  return new Error(`Cannot bring ${part.stream} to what is declared: ${why}`, { cause: error });
}
