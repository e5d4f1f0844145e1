/**
 * Outputs, snapshots and views of actors, and reports of their node, in JetStream.
 *
 * @module
 */
import { type KV, Kvm } from "@nats-io/kv";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { BUCKETS, SNAPSHOT_STORE } from "../contract/mod.ts";
import type { Outlet, SnapshotStore, StoredSnapshot, ViewCache } from "../runtime/mod.ts";
import { lastMessageId, PublishWindow } from "./publish_window.ts";

/** How long outputs may fail before the node gives up: longer than any restart of a server. */
const OUTPUT_GIVE_UP_MS = 15 * 60_000;
/** Longest a snapshot may take to load; then the log is folded anew. */
const LOAD_TIMEOUT_MS = 15_000;
const SEQUENCE_HEADER = "fx-sequence";
const LOG_HEADER = "fx-log-created-ms";

export class JetStreamOutlet implements Outlet {
  readonly #nc: NatsConnection;
  readonly #window: PublishWindow;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#window = new PublishWindow(nc, { giveUpMs: OUTPUT_GIVE_UP_MS });
  }

  publish(subject: string, payload: string, messageId: string): Promise<void> {
    return this.#window.publish(subject, payload, messageId);
  }

  drain(): Promise<void> {
    return this.#window.drain();
  }

  lastMessageId(subject: string): Promise<string | undefined> {
    return lastMessageId(this.#nc, subject);
  }
}

/** Snapshots in the object store; the sequence travels in a header, in one piece with the bytes. */
export class ObjectSnapshotStore implements SnapshotStore {
  readonly #open: () => Promise<ObjectStore>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Objm(nc).open(SNAPSHOT_STORE));
  }

  async load(actor: string): Promise<StoredSnapshot | undefined> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    // The client waits for ever for pieces of an object that are gone.
    const timer = setTimeout(() => reject(new Error(`no answer in ${LOAD_TIMEOUT_MS} ms`)), LOAD_TIMEOUT_MS);
    try {
      return await Promise.race([this.#load(actor), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #load(actor: string): Promise<StoredSnapshot | undefined> {
    const result = await (await this.#open()).get(actor);
    if (result === null) return undefined;
    const bytes = new Uint8Array(await new Response(result.data).arrayBuffer());
    const { headers } = result.info;
    const sequence = Number(headers?.get(SEQUENCE_HEADER));
    if (await result.error instanceof Error || !Number.isSafeInteger(sequence)) return undefined;
    return { sequence, logCreatedMs: Number(headers?.get(LOG_HEADER)), bytes };
  }

  async save(actor: string, snapshot: StoredSnapshot): Promise<void> {
    const store = await this.#open();
    const header = headers();
    header.set(SEQUENCE_HEADER, String(snapshot.sequence));
    header.set(LOG_HEADER, String(snapshot.logCreatedMs));
    await store.putBlob({ name: actor, headers: header }, snapshot.bytes);
  }
}

/** Views in the bucket of newest states. */
export class KvViewCache implements ViewCache {
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Kvm(nc).open(BUCKETS.latest.name));
  }

  async put(key: string, payload: string): Promise<void> {
    await (await this.#open()).put(key, payload);
  }
}

/** Reports of nodes in the bucket of nodes; one that is not renewed goes by itself. */
export class KvNodeReports {
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Kvm(nc).open(BUCKETS.nodes.name));
  }

  async put(node: string, report: Readonly<Record<string, unknown>>): Promise<void> {
    await (await this.#open()).put(node, JSON.stringify(report));
  }

  async remove(node: string): Promise<void> {
    await (await this.#open()).delete(node);
  }
}

/** Open something at its first use and keep it. A failure is not kept: the next use tries again. */
export function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    if (opened === undefined) {
      opened = open();
      opened.catch(() => opened = undefined);
    }
    return opened;
  };
}
