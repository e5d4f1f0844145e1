/**
 * Snapshots as objects of JetStream's object store.
 *
 * @module
 */
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { SNAPSHOT_STORE } from "../contract/mod.ts";
import type { SnapshotStore } from "../runtime/mod.ts";
import { once } from "./once.ts";

/** Time for one piece to be stored, or one answer. */
const ANSWER_TIMEOUT_MS = 2_000;
/** Longest an object may take to come; then pieces of it are gone, or the store does not answer. */
const GET_TIMEOUT_MS = 10_000;

export class ObjectSnapshots implements SnapshotStore {
  readonly #nc: NatsConnection;
  readonly #open: () => Promise<ObjectStore>;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#open = once(() => new Objm(jetstream(nc, { timeout: ANSWER_TIMEOUT_MS })).open(SNAPSHOT_STORE));
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    // The client waits for ever for pieces of an object that are gone.
    const timer = setTimeout(() => resolve("late"), GET_TIMEOUT_MS);
    let bytes: Uint8Array | "broken" | "late" | undefined;
    try {
      bytes = await Promise.race([this.#get(name), late]);
    } finally {
      clearTimeout(timer);
    }
    if (bytes !== "late" && bytes !== "broken") return bytes;
    // A store that is slow or away is no reason to take a snapshot for lost: that is a fault, and tried anew.
    if (bytes === "late" && await this.#isWhole(name)) throw new Error(`${name} did not come in ${GET_TIMEOUT_MS} ms`);
    await this.#streamInfo();
    return undefined;
  }

  async #isWhole(name: string): Promise<boolean> {
    const info = await (await this.#open()).info(name);
    if (info === null) return false;
    const subject = `$O.${SNAPSHOT_STORE}.C.${info.nuid}`;
    const { state } = await this.#streamInfo(subject);
    return (state.subjects?.[subject] ?? 0) >= info.chunks;
  }

  /** Rejects where the store is away. */
  async #streamInfo(subjects_filter?: string) {
    const manager = await jetstreamManager(this.#nc, { checkAPI: false });
    return await manager.streams.info(
      `OBJ_${SNAPSHOT_STORE}`,
      subjects_filter === undefined ? {} : { subjects_filter },
    );
  }

  async #get(name: string): Promise<Uint8Array | "broken" | undefined> {
    const result = await (await this.#open()).get(name);
    if (result === null) return undefined;
    result.error.catch(() => {}); // told by the data as well
    try {
      return new Uint8Array(await new Response(result.data).arrayBuffer());
    } catch {
      return "broken"; // its digest does not fit, or the connection went meanwhile
    }
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await (await this.#open()).putBlob({ name }, bytes);
  }

  /** Deletes without a trace: the client's own way leaves a marker for every name there ever was. */
  async delete(name: string): Promise<void> {
    const info = await (await this.#open()).info(name);
    if (info === null) return;
    const { streams } = await jetstreamManager(this.#nc, { checkAPI: false });
    const key = btoa(name).replaceAll("+", "-").replaceAll("/", "_");
    await streams.purge(`OBJ_${SNAPSHOT_STORE}`, { filter: `$O.${SNAPSHOT_STORE}.M.${key}` });
    await streams.purge(`OBJ_${SNAPSHOT_STORE}`, { filter: `$O.${SNAPSHOT_STORE}.C.${info.nuid}` });
  }

  async names(): Promise<string[]> {
    return (await (await this.#open()).list()).map(({ name }) => name);
  }
}
