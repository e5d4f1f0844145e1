/**
 * The snapshots of one actor: bytes in a store, pointers in the lease.
 *
 * Bytes are written under a name of their own, then the pointer in the lease is moved to them, a compare-and-set that fails for
 * whoever lost the lease. The one before is kept: should the newest turn out to be broken, or to count on outputs that are lost, a start
 * goes back to it, and then to the log.
 *
 * @module
 */
import { z } from "zod";
import type { Actor } from "./actor.ts";
import type { Lease } from "./lease.ts";
import { isEarlier, originOf, outputPosition } from "./output_id.ts";
import type { LogExtent, LogLine, Outlet, SnapshotStore } from "./ports.ts";
import { sealSnapshot, SnapshotError, type SnapshotHead, unsealSnapshot } from "./sealed_snapshot.ts";

/** Snapshots kept of an actor. */
export const SNAPSHOTS_KEPT = 2;

/** What stands in the lease. */
const Pointers = z.object({
  snapshots: z.array(z.object({
    name: z.string(),
    /** The state reflects the log up to here. */
    sequence: z.int().nonnegative(),
    /** Nothing for the actor lies between `sequence` and here. */
    throughSequence: z.int().nonnegative(),
    logCreatedMs: z.number(),
    takenMs: z.number(),
  })).max(SNAPSHOTS_KEPT),
});
type Pointer = z.infer<typeof Pointers>["snapshots"][number];

export interface Restored {
  readonly state: unknown;
  /** The state as the actor wrote it. */
  readonly bytes: Uint8Array;
  readonly throughSequence: number;
  readonly head: SnapshotHead;
}

export interface ShelfPorts {
  snapshots: SnapshotStore;
  outlet: Outlet;
  logLine: LogLine;
}

export class SnapshotShelf {
  readonly #actor: Actor<unknown>;
  readonly #lease: Lease;
  readonly #ports: ShelfPorts;
  #pointers: readonly Pointer[];
  /** Names that the lease may point to, since it is not known whether a write of it came through. */
  readonly #doubtful = new Set<string>();

  constructor(actor: Actor<unknown>, lease: Lease, ports: ShelfPorts) {
    this.#actor = actor;
    this.#lease = lease;
    this.#ports = ports;
    this.#pointers = Pointers.safeParse(lease.data).data?.snapshots ?? [];
  }

  get newest(): Pointer | undefined {
    return this.#pointers[0];
  }

  /** The newest state that can be trusted; `undefined` where the log must be folded from its start. */
  async restore(extent: LogExtent): Promise<Restored | undefined> {
    const { logLine } = this.#ports;
    while (this.#pointers.length > 0) {
      const pointer = this.#pointers[0]!;
      try {
        return await this.#open(pointer, extent);
      } catch (error) {
        // A store that does not answer is no reason to fold a day's log again: that is a fault, and tried anew.
        if (!(error instanceof SnapshotError)) throw error;
        logLine(
          "warn",
          `${this.#actor.name}: snapshot ${pointer.sequence} not usable (${error.code}): ${error.message}; ` +
            `going back to the one before, or to the log`,
        );
        this.#pointers = this.#pointers.slice(1);
      }
    }
    return undefined;
  }

  /** Store a snapshot and point to it. @throws {LeaseLostError} */
  async save(head: SnapshotHead, state: Uint8Array, takenMs: number): Promise<void> {
    const { snapshots } = this.#ports;
    const { sequence, logCreatedMs } = head;
    const name = this.#freeName();
    await snapshots.put(name, sealSnapshot(head, state));
    const pointer = { name, sequence, throughSequence: sequence, logCreatedMs, takenMs };
    const former = this.#pointers.filter((known) => known.logCreatedMs === logCreatedMs);
    const kept = [pointer, ...former].slice(0, SNAPSHOTS_KEPT);
    await this.#point(kept);
  }

  /** Note that the log has nothing for the actor up to a sequence. @throws {LeaseLostError} */
  async advance(throughSequence: number): Promise<void> {
    const [newest, ...rest] = this.#pointers;
    if (newest !== undefined && throughSequence > newest.throughSequence) {
      await this.#point([{ ...newest, throughSequence }, ...rest]);
    }
  }

  /** Delete what belongs to this actor and is pointed to no more: left behind by lives that ended between bytes and pointer. */
  async sweep(names: readonly string[]): Promise<number> {
    const kept = new Set([...this.#pointers.map(({ name }) => name), ...this.#doubtful]);
    const left = names.filter((name) => name.startsWith(`${this.#actor.name}.`) && !kept.has(name));
    // Who lost the lease without knowing it would take the bytes of its successor for left behind.
    if (left.length > 0) await this.#lease.verify();
    for (const name of left) await this.#ports.snapshots.delete(name);
    return left.length;
  }

  async #open(pointer: Pointer, extent: LogExtent): Promise<Restored> {
    const { snapshots, outlet } = this.#ports;
    if (pointer.logCreatedMs !== extent.createdMs || pointer.sequence > extent.lastSequence) {
      throw new SnapshotError("another-log", `the log ends at ${extent.lastSequence}, made anew or put back`);
    }
    const bytes = await snapshots.get(pointer.name);
    if (bytes === undefined) throw new SnapshotError("missing", "its bytes are not there");
    const { head, state } = unsealSnapshot(bytes, this.#actor.name);
    if (head.sequence !== pointer.sequence || head.logCreatedMs !== pointer.logCreatedMs) {
      throw new SnapshotError("foreign", `is of sequence ${head.sequence}`);
    }
    for (const [subject, messageId] of Object.entries(head.outputs)) {
      const origin = originOf(this.#actor.name, head.logCreatedMs);
      const newest = outputPosition(origin, (await outlet.newest(subject))?.messageId);
      const counted = outputPosition(origin, messageId);
      if (newest !== undefined && counted !== undefined && isEarlier(newest, counted)) {
        throw new SnapshotError(
          "outputs-lost",
          `${subject} ends at entry ${newest.sequence}, it counts on ${messageId}`,
        );
      }
    }
    try {
      return {
        state: this.#actor.restore(state, head.versions),
        bytes: state,
        throughSequence: Math.min(pointer.throughSequence, extent.lastSequence),
        head,
      };
    } catch (error) {
      throw new SnapshotError("foreign", (error as Error).message);
    }
  }

  /** Names of this holding of the lease: nobody else ever writes them. */
  get #ownPrefix(): string {
    return `${this.#actor.name}.${this.#lease.token}.`;
  }

  /** A few names are used in turn. Bytes that are pointed to are never written over. */
  #freeName(): string {
    for (let slot = 0;; slot++) {
      const name = `${this.#ownPrefix}${slot}`;
      if (!this.#doubtful.has(name) && this.#pointers.every((pointer) => pointer.name !== name)) return name;
    }
  }

  async #point(pointers: Pointer[]): Promise<void> {
    const dropped = this.#pointers.filter((old) =>
      !pointers.some(({ name }) => name === old.name) && !old.name.startsWith(this.#ownPrefix)
    );
    for (const { name } of pointers) this.#doubtful.add(name);
    await this.#lease.write({ snapshots: pointers } satisfies z.infer<typeof Pointers>);
    this.#doubtful.clear();
    this.#pointers = pointers;
    for (const { name } of dropped) {
      await this.#ports.snapshots.delete(name).catch((error: Error) =>
        this.#ports.logLine("debug", `${name} not deleted: ${error.message}`)
      );
    }
  }
}
