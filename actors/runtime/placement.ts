/**
 * Spreads tasks over the live nodes of a group: each task runs on the node that rendezvous hashing names, under a lease.
 *
 * Every node works out the same placement from the same view. One that is named for a task takes its lease when nobody holds it or
 * when its holder's node is gone; one that is no longer named stops the task in good order and gives the lease away, and the
 * change of the lease starts the new owner. Two views that differ for a moment do no harm: a lease has one owner, and what a task
 * does is fenced by it.
 *
 * @module
 */
import type { LeaseRecord } from "../contract/mod.ts";
import { Lease, LeaseLostError, parseLease } from "./lease.ts";
import { BEAT_INTERVAL_MS, Membership, type MembershipPorts, NameTakenError, type NodeIdentity } from "./membership.ts";
import { type Register, RevisionError } from "./ports.ts";
import { rendezvous } from "./rendezvous.ts";

/** Time between two looks at everything, should an event have been missed. */
export const SWEEP_INTERVAL_MS = 1_000;
/** Tasks that are being taken at once. Overflow: the others wait their turn. */
export const TAKES_AT_ONCE_MAX = 64;
/** Pause before a task that failed is started anew; doubled each time up to the longest, and forgotten after a good while. */
const RESTART_MS_MIN = 250;
const RESTART_MS_MAX = 30_000;
const GOOD_WHILE_MS = 60_000;
/** Tries to give a lease away. */
const RELEASE_TRIES_MAX = 3;

/** Something that at most one node of a group does at a time. */
export interface Task {
  /** Names it among all of a cluster. */
  readonly name: string;
  /**
   * Do it until told to stop, then bring it to a state that another node can go on from, and resolve. Ends by itself, in any way,
   * when the lease is lost. A rejection is a fault: the task is started anew after a pause.
   */
  run(lease: Lease, stop: AbortSignal): Promise<void>;
}

export interface PlacementPorts extends MembershipPorts {
  leases: Register;
}

export interface PlacementStats {
  /** Leases taken from nodes that were gone, and from nodes that gave them away. */
  failoverCount: number;
  handoverCount: number;
  /** Leases lost to another node. */
  lostCount: number;
}

interface Running {
  readonly task: Task;
  readonly stop: AbortController;
  lease: Lease | undefined;
  restartCount: number;
  fault: string | undefined;
  ended: Promise<void>;
}

export class Placement {
  readonly stats: PlacementStats = { failoverCount: 0, handoverCount: 0, lostCount: 0 };
  readonly #ports: PlacementPorts;
  readonly #membership: Membership;
  readonly #running = new Map<string, Running>();
  readonly #onOwned: (task: Task, owned: boolean) => void;
  #tasks = new Map<string, Task>();
  #leases = new Map<string, { record: LeaseRecord | undefined; revision: number }>();
  #incoming: Map<string, { record: LeaseRecord | undefined; revision: number }> | undefined;
  #leasesCurrent = false;
  #takingCount = 0;
  /** There are tasks that have to wait until fewer are being taken. */
  #othersWait = false;
  #joined = false;

  /** @param onOwned told when this node begins and ceases to run a task. */
  constructor(
    identity: NodeIdentity,
    ports: PlacementPorts,
    onOwned: (task: Task, owned: boolean) => void = () => {},
  ) {
    this.#ports = ports;
    this.#onOwned = onOwned;
    this.#membership = new Membership(identity, ports, () => this.#reconcile());
  }

  get identity(): NodeIdentity {
    return this.#membership.identity;
  }

  get draining(): boolean {
    return this.#membership.draining;
  }

  /** The tasks there are. One that is missing from a later list is stopped, one that is another object there is replaced. */
  setTasks(tasks: readonly Task[]): void {
    this.#tasks = new Map(tasks.map((task) => [task.name, task]));
    this.#reconcile();
  }

  /** What this node runs, with how it came to it. */
  get owned(): { task: Task; record: LeaseRecord; restartCount: number; fault: string | undefined }[] {
    return [...this.#running.values()].flatMap(({ task, lease, restartCount, fault }) =>
      lease === undefined ? [] : [{ task, record: lease.record, restartCount, fault }]
    );
  }

  /**
   * Take part until the signal aborts, then hand everything over and leave.
   *
   * @throws {NameTakenError} where another live process has this node's name; everything is handed over before.
   */
  async run(signal: AbortSignal, onReady: () => void = () => {}): Promise<void> {
    const { clock, logLine } = this.#ports;
    const life = new AbortController();
    const leaving = Promise.withResolvers<Error | undefined>();
    signal.addEventListener("abort", () => leaving.resolve(undefined), { once: true });
    if (signal.aborted) leaving.resolve(undefined);
    try {
      await Promise.race([this.#membership.join(life.signal), leaving.promise]);
      if (signal.aborted) return;
      const { promise: leasesKnown, resolve } = Promise.withResolvers<void>();
      void this.#watchLeases(life.signal, resolve);
      await Promise.race([leasesKnown, leaving.promise]);
      this.#joined = true;
      const beat = () =>
        this.#membership.beat().catch((error: Error) => {
          if (error instanceof NameTakenError) leaving.resolve(error);
          else logLine("error", `cannot renew: ${error.stack}`);
        });
      clock.every(BEAT_INTERVAL_MS, () => void beat(), life.signal);
      clock.every(SWEEP_INTERVAL_MS, () => this.#reconcile(), life.signal);
      this.#reconcile();
      onReady();
      const fault = await leaving.promise;
      await this.#membership.drain().catch((error: Error) => logLine("debug", `drain not told: ${error.message}`));
      this.#joined = false;
      for (const running of this.#running.values()) running.stop.abort();
      await Promise.all([...this.#running.values()].map(({ ended }) => ended));
      if (fault !== undefined) throw fault;
      await this.#membership.leave().catch((error: Error) => logLine("debug", `left without a word: ${error.message}`));
    } finally {
      life.abort();
    }
  }

  async #watchLeases(signal: AbortSignal, onCurrent: () => void): Promise<void> {
    for await (const change of this.#ports.leases.watch(signal)) {
      const leases = this.#incoming ?? this.#leases;
      switch (change.type) {
        case "reset":
          this.#incoming = new Map();
          break;
        case "current":
          this.#leases = this.#incoming ?? this.#leases;
          this.#incoming = undefined;
          this.#leasesCurrent = true;
          onCurrent();
          for (const { task, lease } of this.#running.values()) lease?.observe(this.#leases.get(task.name)?.record);
          this.#reconcile();
          break;
        case "gone":
          leases.delete(change.key);
          this.#reconcileOne(change.key);
          break;
        case "put": {
          const record = parseLease(change.value);
          if (record === undefined) this.#ports.logLine("warn", `fx-leases ${change.key} is no lease, passed over`);
          leases.set(change.key, { record, revision: change.revision });
          this.#running.get(change.key)?.lease?.observe(record);
          this.#reconcileOne(change.key);
        }
      }
    }
    onCurrent();
  }

  #reconcile(): void {
    if (!this.#ready) return;
    const nodes = this.#candidates;
    for (const name of this.#running.keys()) this.#reconcileOne(name, nodes);
    for (const name of this.#tasks.keys()) this.#reconcileOne(name, nodes);
  }

  get #ready(): boolean {
    return this.#joined && this.#leasesCurrent && this.#membership.isCurrent;
  }

  get #candidates() {
    return this.#membership.live.filter((node) => !node.draining);
  }

  /** Start or stop one task, where that is due. */
  #reconcileOne(name: string, nodes = this.#ready ? this.#candidates : []): void {
    if (!this.#ready) return;
    const task = this.#tasks.get(name);
    const running = this.#running.get(name);
    const mine = task !== undefined && rendezvous(name, nodes)?.node === this.identity.node;
    if (running !== undefined) {
      // A task that was replaced by another one of its name makes way for it.
      if (!(mine && running.task === task) && !running.stop.signal.aborted) running.stop.abort();
      return;
    }
    // A lease that this node took without hearing of it must be given back, or nobody will ever have it.
    const owner = this.#leases.get(name)?.record?.owner;
    const isForgotten = owner?.session === this.identity.session;
    if (task === undefined || !(mine || isForgotten)) return;
    // Its owner's end, or a change of the lease, makes this look at it again.
    if (owner != null && !isForgotten && this.#membership.lives(owner.session)) return;
    if (this.#takingCount >= TAKES_AT_ONCE_MAX) {
      this.#othersWait = true;
      return;
    }
    const entry: Running = {
      task,
      stop: new AbortController(),
      lease: undefined,
      restartCount: 0,
      fault: undefined,
      ended: Promise.resolve(),
    };
    if (!mine) entry.stop.abort();
    const revision = this.#leases.get(name)?.revision;
    this.#running.set(name, entry);
    entry.ended = this.#runOne(entry).catch((error: Error) =>
      this.#ports.logLine("warn", `${name}: ${error.message}, trying again`)
    ).finally(() => {
      this.#running.delete(name);
      // One that it could not have is looked at again when something changes, or has changed since it was looked at.
      if (entry.lease !== undefined || this.#leases.get(name)?.revision !== revision) this.#reconcileOne(name);
    });
  }

  /** One ownership of a task, from the taking of its lease to its end. */
  async #runOne(running: Running): Promise<void> {
    const { task, stop } = running;
    this.#takingCount++;
    const lease = await this.#take(task.name).finally(() => this.#takingCount--);
    if (lease === undefined) return;
    // Only behind one that was had: looking again behind those that were not would never end.
    if (this.#othersWait && this.#takingCount <= TAKES_AT_ONCE_MAX / 2) {
      this.#othersWait = false;
      this.#reconcile();
    }
    running.lease = lease;
    this.#onOwned(task, true);
    try {
      await this.#supervise(running, lease);
      await this.#release(lease);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
    } finally {
      this.#onOwned(task, false);
      if (lease.lost.aborted && !stop.signal.aborted) {
        this.stats.lostCount++;
        this.#ports.logLine("warn", `${task.name}: its lease is lost, given up without a trace`);
      }
    }
  }

  /** Run a task until it is to stop or its lease is lost; start it anew after faults. */
  async #supervise(running: Running, lease: Lease): Promise<void> {
    const { clock, logLine } = this.#ports;
    const { task, stop } = running;
    const over = AbortSignal.any([stop.signal, lease.lost]);
    let pauseMs = RESTART_MS_MIN;
    while (!over.aborted) {
      const startedMs = clock.elapsedMs();
      running.fault = undefined;
      try {
        await task.run(lease, stop.signal);
        if (over.aborted) return;
        throw new Error("ended by itself");
      } catch (error) {
        if (error instanceof LeaseLostError || lease.lost.aborted) return;
        if (clock.elapsedMs() - startedMs > GOOD_WHILE_MS) pauseMs = RESTART_MS_MIN;
        running.restartCount++;
        running.fault = (error as Error).message;
        logLine("error", `${task.name}: starting anew in ${pauseMs} ms: ${(error as Error).stack}`);
        await clock.sleep(pauseMs, over);
        pauseMs = Math.min(2 * pauseMs, RESTART_MS_MAX);
      }
    }
  }

  /** Know at once what the watch will tell. */
  #note({ task, record, revision }: Lease): void {
    if ((this.#leases.get(task)?.revision ?? 0) < revision) this.#leases.set(task, { record, revision });
  }

  /** Give a lease away. Where that fails again and again, it goes over once this node is gone. */
  async #release(lease: Lease): Promise<void> {
    for (let tries = 1; !lease.lost.aborted; tries++) {
      try {
        await lease.release();
        return this.#note(lease);
      } catch (error) {
        if (error instanceof LeaseLostError || tries === RELEASE_TRIES_MAX) throw error;
      }
    }
  }

  /** The lease, where it is free; `undefined` where its holder lives. */
  async #take(name: string): Promise<Lease | undefined> {
    const { leases, clock, logLine } = this.#ports;
    const known = this.#leases.get(name);
    const owner = known?.record?.owner;
    if (owner != null && !(await this.#membership.isDead(owner.session))) return undefined;
    const current = known === undefined ? undefined : { record: known.record ?? undefined, revision: known.revision };
    try {
      const lease = await Lease.take(name, {
        register: leases,
        holder: this.identity,
        current,
        nowMs: clock.nowMs(),
      });
      this.#note(lease);
      const { cause, from } = lease.record;
      if (cause === "failover") this.stats.failoverCount++;
      if (cause === "handover") this.stats.handoverCount++;
      logLine("info", `${name}: ${cause === "start" ? "started" : `${cause} from ${from}`}`);
      return lease;
    } catch (error) {
      if (!(error instanceof RevisionError)) throw error;
      return undefined;
    }
  }
}
