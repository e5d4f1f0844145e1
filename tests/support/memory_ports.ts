/**
 * The world of a host in memory: a log, stored outputs and snapshots that outlive every node, and nodes that die at a random
 * await. Nothing here waits for time: a turn is a few microtasks, and a seed decides what happens in it.
 *
 * @module
 */
import type { Actor, HostPorts, LogMessage, StoredSnapshot } from "../../actors/runtime/mod.ts";
import { Host, type HostStats } from "../../actors/runtime/mod.ts";

export interface StoredOutput {
  readonly subject: string;
  readonly payload: string;
  readonly messageId: string;
}

/** What outlives a node. */
export class MemoryWorld {
  readonly log: { subject: string; data: Uint8Array }[] = [];
  /** Entries that the feeds have not published yet. */
  readonly pending: { subject: string; data: Uint8Array }[];
  readonly outputs: StoredOutput[] = [];
  readonly snapshots = new Map<string, StoredSnapshot>();
  /** Every snapshot that was ever stored, oldest first. */
  readonly snapshotHistory: { actor: string; snapshot: StoredSnapshot; outputCount: number }[] = [];
  readonly views = new Map<string, string>();
  duplicateCount = 0;
  #recentIds = new Set<string>();

  constructor(entries: readonly { subject: string; data: Uint8Array }[]) {
    this.pending = [...entries];
  }

  publishNext(): void {
    const entry = this.pending.shift();
    if (entry !== undefined) this.log.push(entry);
  }

  publishAll(): void {
    while (this.pending.length > 0) this.publishNext();
  }

  /** As JetStream does: an id within the duplicate window is dropped. */
  store(output: StoredOutput): void {
    if (this.#recentIds.has(output.messageId)) {
      this.duplicateCount++;
      return;
    }
    this.#recentIds.add(output.messageId);
    this.outputs.push(output);
  }

  /** So much time passes that no id is remembered. */
  expireDuplicateWindow(): void {
    this.#recentIds = new Set();
  }

  save(actor: string, snapshot: StoredSnapshot): void {
    this.snapshots.set(actor, snapshot);
    this.snapshotHistory.push({ actor, snapshot, outputCount: this.outputs.length });
  }

  /** Stored outputs by subject, in order. */
  bySubject(): Record<string, StoredOutput[]> {
    return Object.groupBy(this.outputs, ({ subject }) => subject) as Record<string, StoredOutput[]>;
  }
}

export interface MemoryNodeOptions {
  random: () => number;
  /** Turns until the node dies. @default {Infinity} */
  turns?: number;
}

/** One life of a node. */
export class MemoryNode {
  readonly lines: string[] = [];
  readonly #world: MemoryWorld;
  readonly #random: () => number;
  readonly #stop = new AbortController();
  readonly #died = Promise.withResolvers<void>();
  readonly #throwsWhenDead: boolean;
  #turnsLeft: number;
  #dead = false;
  #nowMs = 0;
  #inFlight: StoredOutput[] = [];
  #timers: { intervalMs: number; dueMs: number; callback: () => void; signal: AbortSignal }[] = [];
  #host: Host | undefined;

  constructor(world: MemoryWorld, options: MemoryNodeOptions) {
    this.#world = world;
    this.#random = options.random;
    this.#turnsLeft = options.turns ?? Infinity;
    this.#throwsWhenDead = options.random() < 0.5;
  }

  get stats(): HostStats {
    return this.#host!.stats;
  }

  /** Run a host until everything is folded or the node dies; answers whether it lived. */
  async run(actors: readonly Actor<unknown>[], change: Partial<HostPorts> = {}): Promise<boolean> {
    this.#host = new Host(actors, { ...this.ports, ...change });
    const running = this.#host.run(this.#stop.signal).then(() => true, (error) => {
      if (!this.#dead) throw error;
      return false;
    });
    return await Promise.race([running, this.#died.promise.then(() => false)]);
  }

  readonly ports: HostPorts = {
    log: {
      extent: () => this.#turn(() => ({ firstSequence: 1, lastSequence: this.#world.log.length, createdMs: 1 })),
      read: (fromSequence, signal) => this.#read(fromSequence, signal),
    },
    outlet: {
      publish: (subject, payload, messageId) =>
        this.#turn(() => void this.#inFlight.push({ subject, payload, messageId })),
      drain: async () => {
        const wanted = this.#inFlight.at(-1);
        while (wanted !== undefined && this.#inFlight.includes(wanted)) await this.#turn(() => this.#acknowledge(2));
      },
      lastMessageId: (subject) =>
        this.#turn(() => this.#world.outputs.findLast((output) => output.subject === subject)?.messageId),
    },
    snapshots: {
      load: (actor) => this.#turn(() => this.#world.snapshots.get(actor)),
      save: (actor, snapshot) => this.#turn(() => this.#world.save(actor, snapshot)),
    },
    views: { put: (key, payload) => this.#turn(() => void this.#world.views.set(key, payload)) },
    clock: {
      nowMs: () => this.#nowMs,
      every: (intervalMs, callback, signal) => {
        this.#timers.push({ intervalMs, dueMs: this.#nowMs + intervalMs, callback, signal });
      },
    },
    logLine: (level, text) => void this.lines.push(`${level}: ${text}`),
  };

  async *#read(fromSequence: number, signal: AbortSignal): AsyncGenerator<LogMessage> {
    const { log, pending } = this.#world;
    for (let sequence = fromSequence; !signal.aborted; sequence++) {
      while (sequence > log.length) {
        // Everything is folded: let the node live on a little, then end it in good order.
        if (pending.length === 0 && this.#random() < 0.3) this.#stop.abort();
        if (signal.aborted) return;
        await this.#turn(() => this.#world.publishNext());
      }
      const { subject, data } = log[sequence - 1]!;
      yield await this.#turn(() => ({ sequence, subject, data, caughtUp: sequence === log.length }));
    }
  }

  /** A call of the world: it takes a while, meanwhile time passes, and the node may die before or after its effect. */
  async #turn<T>(effect: () => T): Promise<T> {
    for (let pauses = Math.floor(this.#random() * 4); pauses > 0; pauses--) await Promise.resolve();
    if (this.#dead) return await this.#gone();
    this.#passTime();
    if (--this.#turnsLeft < 0) {
      if (this.#random() < 0.5) effect();
      return await this.#die();
    }
    return effect();
  }

  #passTime(): void {
    this.#nowMs += Math.floor(this.#random() * 200);
    if (this.#random() < 0.3) this.#world.publishNext();
    if (this.#random() < 0.3) this.#acknowledge(5);
    for (const timer of this.#timers) {
      if (timer.dueMs > this.#nowMs || timer.signal.aborted) continue;
      timer.dueMs = this.#nowMs + timer.intervalMs;
      queueMicrotask(() => !this.#dead && !timer.signal.aborted && timer.callback());
    }
  }

  /** Some outputs in flight arrive, in order; now and then one is sent twice because its acknowledgement was lost. */
  #acknowledge(most: number): void {
    for (let count = Math.floor(this.#random() * (most + 1)); count > 0; count--) {
      const output = this.#inFlight.shift();
      if (output === undefined) return;
      this.#world.store(output);
      if (this.#random() < 0.1) this.#world.store(output);
    }
  }

  #die(): Promise<never> {
    this.#acknowledge(this.#inFlight.length);
    this.#dead = true;
    this.#died.resolve();
    return this.#gone();
  }

  #gone(): Promise<never> {
    return this.#throwsWhenDead ? Promise.reject(new Error("the node is gone")) : new Promise<never>(() => {});
  }
}
