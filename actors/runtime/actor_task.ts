/**
 * Runs one actor under its lease: recover, fold, publish, snapshot.
 *
 * Start, crash and hand-over are one path: take the newest snapshot that can be trusted, fold the log from behind it. Outputs go
 * through a window that stores each once (`output_window.ts`); a snapshot is stored only when every output up to it is. An entry that
 * the actor throws on is tried once more from a clean state and then set aside on the actor's `dead` subject, itself an output
 * with an id, so it is set aside once. Who loses the lease stops on the spot and leaves no trace.
 *
 * @module
 */
import type { TaskReport } from "../contract/mod.ts";
import type { Actor } from "./actor.ts";
import { type Checkpoint, DeadLetters, type EmittedOutput, fold } from "./dead_letters.ts";
import { Gate } from "./gate.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import { originOf } from "./output_id.ts";
import { OutputWindow } from "./output_window.ts";
import type { Task } from "./placement.ts";
import type { Clock, Log, LogExtent, LogLine, LogMessage, Outlet, SnapshotStore, ViewCache } from "./ports.ts";
import { uniform } from "./rendezvous.ts";
import { SnapshotShelf } from "./snapshot_shelf.ts";

/** Entries received ahead of the actor at most. Overflow: the log waits. */
export const MAILBOX_MAX = 256;
/** Longest time, and most entries, between two snapshots of a changed actor. */
export const SNAPSHOT_INTERVAL_MS = 5_000;
export const SNAPSHOT_ENTRIES_MAX = 10_000;
/** Time between two looks at what is due; longest time the view of a changed actor waits before it is cached. */
export const TICK_INTERVAL_MS = 100;
/** How often it is noted that the log went on without anything for the actor. */
export const BEHIND_INTERVAL_MS = 60_000;

export interface ActorPorts {
  log: Log;
  outlet: Outlet;
  snapshots: SnapshotStore;
  views: ViewCache;
  clock: Clock;
  logLine: LogLine;
  /** Longest time, and most entries, between two snapshots. @default {SNAPSHOT_INTERVAL_MS, SNAPSHOT_ENTRIES_MAX} */
  snapshotEvery?: { readonly ms: number; readonly entries: number };
}

export interface ActorStats {
  messageCount: number;
  outputCount: number;
  repeatedCount: number;
  contendedCount: number;
  snapshotCount: number;
  deadCount: number;
}

export const noStats = (): ActorStats => ({
  messageCount: 0,
  outputCount: 0,
  repeatedCount: 0,
  contendedCount: 0,
  snapshotCount: 0,
  deadCount: 0,
});

/** What belongs to one run of the actor. */
interface Life {
  readonly lease: Lease;
  readonly shelf: SnapshotShelf;
  readonly window: OutputWindow;
  readonly deadLetters: DeadLetters;
  readonly logCreatedMs: number;
  /** Aborts when the run is over, for whatever reason. */
  readonly over: AbortController;
  state: unknown;
  /** Newest entry folded. */
  sequence: number;
  checkpoint: Checkpoint;
  entriesSinceSnapshot: number;
  /** An entry is in the state whose outputs are not all sent: no snapshot may be taken. */
  midEntry: boolean;
  snapshotDue: boolean;
  snapshotAtMs: number;
  behindAtMs: number;
  /** The write to the shelf that is under way. */
  shelving: Promise<void> | undefined;
  viewDirty: boolean;
  /** What was cached last, by key. */
  readonly cached: Map<string, string>;
  viewBusy: boolean;
  viewAtMs: number;
  mailboxDepth: () => number;
}

export class ActorTask implements Task {
  readonly stats: ActorStats;
  readonly actor: Actor<unknown>;
  readonly #ports: ActorPorts;
  readonly #recoveries: Gate;
  readonly #snapshotEvery: { readonly ms: number; readonly entries: number };
  #life: Life | undefined;
  #lag = { messages: 0, ms: 0 };
  /** What the log's clock is behind ours, as an entry shows that did not wait. */
  #clockOffsetMs = 0;

  /**
   * @param recoveries lets so many actors of a node recover at a time
   * @param stats go on from those of a task before it
   */
  constructor(actor: Actor<unknown>, ports: ActorPorts, recoveries = new Gate(1), stats = noStats()) {
    this.actor = actor;
    this.stats = stats;
    this.#ports = ports;
    this.#recoveries = recoveries;
    this.#snapshotEvery = ports.snapshotEvery ?? { ms: SNAPSHOT_INTERVAL_MS, entries: SNAPSHOT_ENTRIES_MAX };
  }

  get name(): string {
    return this.actor.name;
  }

  /** The state, while the actor runs here and has recovered. */
  get state(): unknown {
    return this.#life?.state;
  }

  get report(): Omit<TaskReport, "restartCount" | "fault"> {
    const life = this.#life;
    const takenMs = life?.shelf.newest?.takenMs;
    return {
      name: this.name,
      sequence: life?.sequence ?? 0,
      lagMessages: this.#lag.messages,
      lagMs: Math.round(this.#lag.ms),
      eventTimeUs: this.#eventTimeUs,
      mailboxDepth: life?.mailboxDepth() ?? 0,
      unstoredOutputs: life?.window.unstoredCount ?? 0,
      snapshotAgeMs: takenMs === undefined ? null : Math.max(0, this.#ports.clock.nowMs() - takenMs),
      deadCount: this.stats.deadCount,
    };
  }

  async run(lease: Lease, stop: AbortSignal): Promise<void> {
    const { log, clock } = this.#ports;
    const extent = await log.extent();
    const life = this.#life = this.#begin(lease, extent);
    const { window, over } = life;
    const lost = () => {
      window.stop(new LeaseLostError(`${this.name}: another node has its lease`));
      over.abort();
    };
    lease.lost.addEventListener("abort", lost, { once: true });
    if (lease.lost.aborted) lost();
    try {
      const from = await this.#recoveries.pass(() => this.#recover(life, extent));
      // The first ones at different times: actors that start together do not all write together ever after.
      life.snapshotAtMs = clock.elapsedMs() + this.#snapshotEvery.ms * uniform(this.name);
      life.behindAtMs = clock.elapsedMs() + BEHIND_INTERVAL_MS * uniform(this.name);
      const reading = log.read(from, {
        signal: AbortSignal.any([stop, over.signal]),
        subject: this.actor.input,
        createdMs: life.logCreatedMs,
        aheadMax: MAILBOX_MAX,
      });
      life.mailboxDepth = () => reading.depth;
      for await (const message of reading) await this.#receive(life, message);
      if (lease.lost.aborted) return;
      await window.settled();
      await life.shelving; // one that began earlier knows less
      await this.#snapshot(life);
      await this.#flushView(life);
    } finally {
      lease.lost.removeEventListener("abort", lost);
      over.abort();
      window.stop(new Error(`${this.name} runs here no more`));
      this.stats.outputCount += window.stats.storedCount;
      this.stats.repeatedCount += window.stats.repeatedCount;
      this.stats.contendedCount += window.stats.contendedCount;
      this.#life = undefined;
    }
  }

  /** Do what is due. To be called every {@linkcode TICK_INTERVAL_MS}. */
  tick(): void {
    const life = this.#life;
    if (life === undefined || life.state === undefined) return;
    const nowMs = this.#ports.clock.elapsedMs();
    if (nowMs >= life.snapshotAtMs) {
      life.snapshotAtMs = nowMs + this.#snapshotEvery.ms;
      void this.#snapshot(life);
    }
    if (nowMs >= life.behindAtMs) {
      life.behindAtMs = nowMs + BEHIND_INTERVAL_MS;
      void this.#noteBehind(life);
    }
    void this.#flushView(life);
  }

  /** Delete snapshots of this actor among the names that nothing points to any more. */
  async sweep(names: readonly string[]): Promise<void> {
    const life = this.#life;
    if (life === undefined || life.shelving !== undefined) return;
    await this.#shelve(life, async () => void await life.shelf.sweep(names));
  }

  #begin(lease: Lease, { createdMs }: LogExtent): Life {
    const { outlet, clock, logLine } = this.#ports;
    return {
      lease,
      shelf: new SnapshotShelf(this.actor, lease, this.#ports),
      window: new OutputWindow({
        origin: originOf(this.name, createdMs),
        outlet,
        clock,
        logLine,
        onContended: () => void lease.verify().catch(() => {}),
      }),
      deadLetters: new DeadLetters(this.actor, this.#ports),
      logCreatedMs: createdMs,
      over: new AbortController(),
      state: undefined,
      sequence: 0,
      checkpoint: { sequence: 0, bytes: undefined, versions: this.actor.versions },
      entriesSinceSnapshot: 0,
      midEntry: false,
      snapshotDue: false,
      snapshotAtMs: Infinity,
      behindAtMs: Infinity,
      shelving: undefined,
      viewDirty: false,
      cached: new Map(),
      viewBusy: false,
      viewAtMs: 0,
      mailboxDepth: () => 0,
    };
  }

  /** Bring the state to the newest snapshot; answers where to read on. */
  async #recover(life: Life, extent: LogExtent): Promise<number> {
    const { shelf, window } = life;
    const hadSnapshot = shelf.newest !== undefined;
    const restored = await shelf.restore(extent);
    life.state = restored?.state ?? this.actor.initial();
    if (restored !== undefined) {
      const { head: { sequence, versions }, bytes } = restored;
      life.checkpoint = { sequence, bytes, versions };
      life.sequence = sequence;
      life.viewDirty = true;
      for (const [subject, id] of Object.entries(restored.head.outputs)) window.expect(subject, id);
    }
    const from = (restored?.throughSequence ?? 0) + 1;
    const oldest = Math.max(extent.firstSequence, 1);
    if (from >= oldest) return from;
    if (hadSnapshot) await this.#passGap(life, from, oldest);
    return oldest;
  }

  /** The log has lost entries that the state does not have: go on behind them, and let the outputs say so. */
  async #passGap(life: Life, from: number, oldest: number): Promise<void> {
    this.#ports.logLine(
      "error",
      `${this.name}: the log begins at ${oldest}, entries from ${from} on are lost; going on behind the gap`,
    );
    const outputs: EmittedOutput[] = [];
    this.actor.gap?.(life.state, (subject, payload) => void outputs.push({ subject, payload }));
    await this.#send(life, oldest - 1, outputs);
    life.sequence = oldest - 1;
    life.checkpoint = {
      sequence: oldest - 1,
      bytes: this.actor.snapshot(life.state),
      versions: this.actor.versions,
    };
  }

  async #receive(life: Life, message: LogMessage): Promise<void> {
    life.midEntry = true;
    let outputs: readonly EmittedOutput[];
    try {
      outputs = fold(this.actor, life.state, message);
      life.deadLetters.folded();
    } catch (error) {
      const settled = await life.deadLetters.settle(message, error, {
        checkpoint: life.checkpoint,
        logCreatedMs: life.logCreatedMs,
        signal: life.over.signal,
      });
      life.state = settled.state;
      life.checkpoint = settled.checkpoint;
      outputs = settled.outputs;
      if (settled.isDead) this.stats.deadCount++;
    }
    if (outputs.length > 0) await this.#send(life, message.sequence, outputs);
    life.sequence = message.sequence;
    life.midEntry = false;
    life.viewDirty = true;
    this.stats.messageCount++;
    this.#noteLag(life, message);
    if (++life.entriesSinceSnapshot >= this.#snapshotEvery.entries || life.snapshotDue) void this.#snapshot(life);
    if (this.#ports.clock.elapsedMs() - life.viewAtMs >= TICK_INTERVAL_MS) void this.#flushView(life);
  }

  async #send({ window }: Life, sequence: number, outputs: readonly EmittedOutput[]): Promise<void> {
    for (const [index, output] of outputs.entries()) {
      if (window.full) await window.room();
      window.send({ ...output, sequence, index });
    }
  }

  /** An actor that throws here must not take the report of the others along. */
  get #eventTimeUs(): number {
    const state = this.state;
    try {
      return state === undefined ? 0 : this.actor.eventTimeUs?.(state) ?? 0;
    } catch {
      return 0;
    }
  }

  #noteLag(life: Life, { timeMs, pendingCount }: LogMessage): void {
    const ageMs = this.#ports.clock.nowMs() - timeMs;
    const waiting = pendingCount > 0 || life.mailboxDepth() > 0;
    if (!waiting) this.#clockOffsetMs = ageMs;
    this.#lag.messages = pendingCount;
    this.#lag.ms = waiting ? Math.max(0, ageMs - this.#clockOffsetMs) : 0;
  }

  /** Store a snapshot of the state, unless that is stored or one is under way. */
  #snapshot(life: Life): Promise<void> {
    life.snapshotDue = life.midEntry;
    if (life.midEntry || life.sequence <= (life.shelf.newest?.sequence ?? 0)) return Promise.resolve();
    return this.#shelve(life, async () => {
      const { sequence, logCreatedMs } = life;
      const bytes = this.actor.snapshot(life.state);
      life.checkpoint = { sequence, bytes, versions: this.actor.versions };
      life.entriesSinceSnapshot = 0;
      const outputs = life.window.newestIds;
      await life.window.settled();
      await life.shelf.save(
        { actor: this.name, versions: this.actor.versions, sequence, logCreatedMs, outputs },
        bytes,
        this.#ports.clock.nowMs(),
      );
      this.stats.snapshotCount++;
    });
  }

  /** Note, where nothing came for long, that nothing was there: a log that forgets it loses nothing. */
  async #noteBehind(life: Life): Promise<void> {
    const { log } = this.#ports;
    const { newest } = life.shelf;
    if (newest === undefined || newest.sequence !== life.sequence) return;
    await this.#shelve(life, async () => {
      const { createdMs, lastSequence } = await log.extent();
      if (createdMs !== life.logCreatedMs || lastSequence <= newest.throughSequence) return;
      if (await log.newestSequence(this.actor.input) <= newest.sequence) await life.shelf.advance(lastSequence);
    });
  }

  /** One write to the shelf at a time; one that fails is told, and due again at the next time. */
  #shelve(life: Life, write: () => Promise<void>): Promise<void> {
    return life.shelving ??= Promise.try(write).catch((error: Error) => {
      if (life.over.signal.aborted) return;
      this.#ports.logLine("warn", `${this.name}: snapshot not stored, trying again: ${error.message}`);
    }).finally(() => life.shelving = undefined);
  }

  /** Cache what changed in the view of a changed state. While the last one is on its way, the next one waits. */
  async #flushView(life: Life): Promise<void> {
    const { views, clock, logLine } = this.#ports;
    life.viewAtMs = clock.elapsedMs();
    if (!life.viewDirty || life.viewBusy || life.midEntry || this.actor.view === undefined) return;
    life.viewDirty = false;
    life.viewBusy = true;
    try {
      const changed = this.actor.view(life.state).filter(({ key, payload }) => life.cached.get(key) !== payload);
      await Promise.all(changed.map(async ({ key, payload }) => {
        await views.put(key, payload);
        life.cached.set(key, payload);
      }));
    } catch (error) {
      life.viewDirty = true;
      logLine("debug", `${this.name}: view not cached: ${(error as Error).message}`);
    } finally {
      life.viewBusy = false;
    }
  }
}
