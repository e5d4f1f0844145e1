/**
 * Outputs, snapshots and views of actors, and reports of their node, in JetStream.
 *
 * @module
 */
import { jetstreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { BUCKETS, MESSAGE_ID_HEADER, SNAPSHOT_STORE, STREAMS } from "../contract/mod.ts";
import type { Outlet, SnapshotStore, StoredSnapshot, ViewCache } from "../runtime/mod.ts";
import { PublishWindow } from "./publish_window.ts";

/** How long outputs may fail before the node gives up: longer than any restart of a server. */
const OUTPUT_GIVE_UP_MS = 15 * 60_000;
const SEQUENCE_HEADER = "fx-sequence";

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

  async lastMessageId(subject: string): Promise<string | undefined> {
    const stream = Object.values(STREAMS).find(({ subjects }) => subject.startsWith(subjects[0].replace(/[*>]$/, "")));
    if (stream === undefined) throw new RangeError(`Cannot find the stream of subject "${subject}"`);
    const manager = await jetstreamManager(this.#nc);
    const message = await manager.streams.getMessage(stream.name, { last_by_subj: subject });
    return message?.header.get(MESSAGE_ID_HEADER);
  }
}

/** Snapshots in the object store; the sequence travels in a header, in one piece with the bytes. */
export class ObjectSnapshotStore implements SnapshotStore {
  readonly #nc: NatsConnection;
  #store: Promise<ObjectStore> | undefined;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  async load(actor: string): Promise<StoredSnapshot | undefined> {
    const store = await this.#open();
    const result = await store.get(actor);
    if (result === null) return undefined;
    const bytes = new Uint8Array(await new Response(result.data).arrayBuffer());
    const sequence = Number(result.info.headers?.get(SEQUENCE_HEADER));
    if (await result.error instanceof Error || !Number.isSafeInteger(sequence)) return undefined;
    return { sequence, bytes };
  }

  async save(actor: string, snapshot: StoredSnapshot): Promise<void> {
    const store = await this.#open();
    const header = headers();
    header.set(SEQUENCE_HEADER, String(snapshot.sequence));
    await store.putBlob({ name: actor, headers: header }, snapshot.bytes);
  }

  #open(): Promise<ObjectStore> {
    return this.#store ??= new Objm(this.#nc).open(SNAPSHOT_STORE);
  }
}

/** Views in the bucket of newest states. */
export class KvViewCache implements ViewCache {
  readonly #nc: NatsConnection;
  #bucket: Promise<KV> | undefined;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  async put(key: string, payload: string): Promise<void> {
    await (await (this.#bucket ??= new Kvm(this.#nc).open(BUCKETS.latest.name))).put(key, payload);
  }
}

/** Reports of nodes in the bucket of nodes; one that is not renewed goes by itself. */
export class KvNodeReports {
  readonly #nc: NatsConnection;
  #bucket: Promise<KV> | undefined;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  async put(node: string, report: Readonly<Record<string, unknown>>): Promise<void> {
    await (await this.#open()).put(node, JSON.stringify(report));
  }

  async remove(node: string): Promise<void> {
    await (await this.#open()).delete(node);
  }

  #open(): Promise<KV> {
    return this.#bucket ??= new Kvm(this.#nc).open(BUCKETS.nodes.name);
  }
}
