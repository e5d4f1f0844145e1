/**
 * A host that runs actors over one log.
 *
 * One way for start, crash and restart: load each actor's snapshot, read the log from behind the oldest of them, fold. An output
 * carries the id `actor:log:input sequence:index`, the log told by when it was created. After a restart the first outputs are repeats; those up to the newest id already
 * stored on their subject are left out, and JetStream drops by id what still comes twice. A snapshot is stored only when every
 * output up to its sequence is acknowledged, so no crash can lose one.
 *
 * @module
 */
import type { Actor } from "./actor.ts";
import type { Clock, Log, LogLine, LogMessage, Outlet, SnapshotStore, ViewCache } from "./ports.ts";

/** Longest time the view of a changed actor waits before it is cached. */
export const VIEW_INTERVAL_MS = 100;
/** Time between snapshots of changed actors. */
export const SNAPSHOT_INTERVAL_MS = 5_000;
/** Entries that the snapshot of an actor without any news may lie behind: a start reads at most so many for its sake. */
export const SNAPSHOT_BEHIND_MAX = 10_000;

/** Subjects without an actor that are named in the log, once each; further ones are only counted. */
const UNROUTED_NAMED_MAX = 100;

export interface HostPorts {
  log: Log;
  outlet: Outlet;
  snapshots: SnapshotStore;
  views: ViewCache;
  clock: Clock;
  logLine: LogLine;
}

export interface HostStats {
  /** Messages folded since the host began. */
  messageCount: number;
  /** Messages on subjects that no actor here reads. */
  unroutedCount: number;
  /** Outputs published. */
  outputCount: number;
  /** Outputs left out because they were already stored. */
  repeatedCount: number;
  /** Messages an actor could not take: a defect, see the log. */
  failedCount: number;
  snapshotCount: number;
  /** Newest sequence folded. */
  sequence: number;
}

interface Hosted {
  readonly actor: Actor<unknown>;
  state: unknown;
  /** Newest sequence folded into `state`. */
  sequence: number;
  /** Sequence of the newest snapshot stored. */
  storedSequence: number;
  viewDirty: boolean;
  viewBusy: boolean;
}

/** Position of an output: of two on one subject, the later one has the greater position. */
interface OutputPosition {
  sequence: number;
  index: number;
}

export class Host {
  readonly stats: HostStats = {
    messageCount: 0,
    unroutedCount: 0,
    outputCount: 0,
    repeatedCount: 0,
    failedCount: 0,
    snapshotCount: 0,
    sequence: 0,
  };
  readonly #ports: HostPorts;
  readonly #hosted = new Map<string, Hosted>();
  /** Newest output stored on a subject before this host began; looked up at the subject's first output. */
  readonly #stored = new Map<string, OutputPosition | undefined>();
  readonly #outputs: { subject: string; payload: string; index: number }[] = [];
  /** The round of snapshots that is under way. */
  #snapshotting: Promise<void> | undefined;
  #snapshotDue = false;
  /** An entry is in the state whose outputs are not all sent: no snapshot may be taken. */
  #midEntry = false;
  #viewAtMs = 0;
  #logCreatedMs = 0;
  readonly #unrouted = new Set<string>();

  constructor(actors: readonly Actor<unknown>[], ports: HostPorts) {
    this.#ports = ports;
    for (const actor of actors) {
      this.#hosted.set(actor.input, {
        actor,
        state: undefined,
        sequence: 0,
        storedSequence: 0,
        viewDirty: false,
        viewBusy: false,
      });
    }
  }

  /** Recover, then fold until the signal aborts; every actor has a snapshot of its newest state when it resolves. */
  async run(signal: AbortSignal, onReady: () => void = () => {}): Promise<void> {
    const { log, clock, logLine } = this.#ports;
    const { firstSequence, lastSequence, createdMs } = await log.extent();
    this.#logCreatedMs = createdMs;
    await this.#restore(lastSequence);
    const sequences = [...this.#hosted.values()].map((hosted) => hosted.sequence);
    const from = Math.min(...sequences) + 1;
    if (from < firstSequence && from > 1) {
      logLine(
        "warn",
        `log begins at ${firstSequence}, after snapshot ${from - 1}: ${firstSequence - from} entries are gone`,
      );
    }
    logLine("info", `reading from ${from} of ${lastSequence}, ${this.#hosted.size} actors`);
    clock.every(SNAPSHOT_INTERVAL_MS, () => void this.#snapshot(), signal);
    clock.every(VIEW_INTERVAL_MS, () => void this.#flushViews(), signal);
    onReady();
    for await (const message of log.read(from, signal)) await this.#receive(message);
    await this.#flushViews();
    await this.#snapshotting; // one that began earlier knows less
    await this.#snapshot();
  }

  async #restore(lastSequence: number): Promise<void> {
    const { snapshots, logLine } = this.#ports;
    await Promise.all([...this.#hosted.values()].map(async (hosted) => {
      const { actor } = hosted;
      hosted.state = actor.initial();
      try {
        const stored = await snapshots.load(actor.name);
        if (stored === undefined) return;
        if (stored.logCreatedMs !== this.#logCreatedMs || stored.sequence > lastSequence) {
          logLine("warn", `${actor.name}: snapshot ${stored.sequence} is not of this log, folding the log anew`);
          return;
        }
        hosted.state = actor.restore(stored.bytes);
        hosted.sequence = hosted.storedSequence = stored.sequence;
        hosted.viewDirty = true;
      } catch (error) {
        logLine("warn", `${actor.name}: snapshot not usable, folding the log anew: ${(error as Error).message}`);
      }
    }));
  }

  async #receive(message: LogMessage): Promise<void> {
    const { stats } = this;
    stats.sequence = message.sequence;
    const hosted = this.#hosted.get(message.subject);
    if (hosted === undefined) {
      stats.unroutedCount++;
      if (!this.#unrouted.has(message.subject) && this.#unrouted.size < UNROUTED_NAMED_MAX) {
        this.#unrouted.add(message.subject);
        this.#ports.logLine("warn", `no actor here reads ${message.subject}: it is passed over`);
      }
    } else if (message.sequence > hosted.sequence) {
      stats.messageCount++;
      const outputs = this.#outputs;
      outputs.length = 0;
      this.#midEntry = true;
      try {
        hosted.actor.receive(hosted.state, message, (subject, payload) => {
          outputs.push({ subject, payload, index: outputs.length });
        });
      } catch (error) {
        stats.failedCount++;
        this.#ports.logLine(
          "error",
          `${hosted.actor.name}: cannot fold ${message.sequence}: ${(error as Error).stack}`,
        );
      }
      if (outputs.length > 0) await this.#publish(hosted.actor.name, message.sequence);
      hosted.sequence = message.sequence;
      this.#midEntry = false;
      hosted.viewDirty = true;
    }
    if (this.#snapshotDue) void this.#snapshot();
    if (this.#ports.clock.nowMs() - this.#viewAtMs >= VIEW_INTERVAL_MS) void this.#flushViews();
  }

  async #publish(actor: string, sequence: number): Promise<void> {
    const { outlet } = this.#ports;
    for (const { subject, payload, index } of this.#outputs) {
      if (!this.#stored.has(subject)) {
        this.#stored.set(subject, positionOf(`${actor}:${this.#logCreatedMs}`, await outlet.lastMessageId(subject)));
      }
      const stored = this.#stored.get(subject);
      if (
        stored !== undefined && (sequence < stored.sequence || (sequence === stored.sequence && index <= stored.index))
      ) {
        this.stats.repeatedCount++;
        continue;
      }
      await outlet.publish(subject, payload, `${actor}:${this.#logCreatedMs}:${sequence}:${index}`);
      this.stats.outputCount++;
    }
  }

  /** Cache the view of every changed actor. One whose last view is still on its way is left for the next time. */
  #flushViews(): Promise<unknown> {
    this.#viewAtMs = this.#ports.clock.nowMs();
    return Promise.all([...this.#hosted.values()].map((hosted) => {
      if (!hosted.viewDirty || hosted.viewBusy || hosted.actor.view === undefined) return;
      hosted.viewDirty = false;
      hosted.viewBusy = true;
      const views = () => hosted.actor.view!(hosted.state);
      return Promise.try(() => Promise.all(views().map(({ key, payload }) => this.#ports.views.put(key, payload))))
        .catch((error: Error) => {
          hosted.viewDirty = true;
          this.#ports.logLine("debug", `${hosted.actor.name}: view not cached: ${error.message}`);
        })
        .finally(() => hosted.viewBusy = false);
    }));
  }

  /** Store a snapshot of every changed actor. A round that is under way already is not joined by another. */
  #snapshot(): Promise<void> {
    this.#snapshotDue = this.#midEntry;
    if (this.#midEntry) return Promise.resolve();
    return this.#snapshotting ??= this.#storeSnapshots().finally(() => this.#snapshotting = undefined);
  }

  async #storeSnapshots(): Promise<void> {
    const { outlet, snapshots, logLine } = this.#ports;
    try {
      const taken: { hosted: Hosted; sequence: number; bytes: Uint8Array }[] = [];
      for (const hosted of this.#hosted.values()) {
        if (hosted.sequence === hosted.storedSequence) {
          if (this.stats.sequence - hosted.storedSequence < SNAPSHOT_BEHIND_MAX) continue;
          // Nothing for this actor lies between its newest entry and the newest one read: its state reflects that one too.
          hosted.sequence = this.stats.sequence;
        }
        try {
          taken.push({ hosted, sequence: hosted.sequence, bytes: hosted.actor.snapshot(hosted.state) });
        } catch (error) {
          logLine("error", `${hosted.actor.name}: cannot take a snapshot: ${(error as Error).stack}`);
        }
      }
      await outlet.drain();
      for (const { hosted, sequence, bytes } of taken) {
        await snapshots.save(hosted.actor.name, { sequence, logCreatedMs: this.#logCreatedMs, bytes });
        hosted.storedSequence = sequence;
        this.stats.snapshotCount++;
      }
    } catch (error) {
      logLine("warn", `snapshots not stored, trying again: ${(error as Error).message}`);
    }
  }
}

/** Read `actor:log:sequence:index`; an id of another form, of another actor or log says nothing about this one. */
function positionOf(origin: string, messageId: string | undefined): OutputPosition | undefined {
  const [name, log, sequence, index] = messageId?.split(":") ?? [];
  return `${name}:${log}` === origin ? { sequence: Number(sequence), index: Number(index) } : undefined;
}
