/**
 * A node of actors: takes its share of them, runs each under its lease, and reports how they do.
 *
 * @module
 */
import type { NodeReport } from "../contract/mod.ts";
import type { Actor } from "./actor.ts";
import { type ActorPorts, type ActorStats, ActorTask, noStats, TICK_INTERVAL_MS } from "./actor_task.ts";
import { Gate } from "./gate.ts";
import type { NodeIdentity } from "./membership.ts";
import { Placement, type PlacementPorts } from "./placement.ts";

/** Time between two searches for snapshots that nothing points to. */
export const SWEEP_SNAPSHOTS_INTERVAL_MS = 3_600_000;

/** Actors that load their snapshots at a time. Overflow: the others wait their turn. */
export const RECOVERIES_AT_ONCE_MAX = 64;

export interface HostPorts extends ActorPorts, PlacementPorts {
  /** Bytes of memory that the node uses. */
  memoryBytes(): number;
}

export class Host {
  readonly #ports: HostPorts;
  readonly #placement: Placement;
  readonly #recoveries = new Gate(RECOVERIES_AT_ONCE_MAX);
  #tasks = new Map<string, ActorTask>();
  /** By actor: one that is replaced, or paused and resumed, goes on counting. */
  readonly #stats = new Map<string, ActorStats>();

  /** @param onOwned told when an actor begins and ceases to run here. */
  constructor(
    identity: NodeIdentity,
    ports: HostPorts,
    onOwned: (actor: string, owned: boolean) => void = () => {},
  ) {
    this.#ports = ports;
    this.#placement = new Placement(identity, ports, (task, owned) => onOwned(task.name, owned));
  }

  /**
   * The actors there are in the cluster. Those that are new are started by whoever is to run them, those that are missing stopped; one
   * that is another object than before takes the place of the one of its name, from its snapshot.
   */
  setActors(actors: readonly Actor<unknown>[]): void {
    const known = this.#tasks;
    this.#tasks = new Map(actors.map((actor) => {
      const task = known.get(actor.name);
      return [actor.name, task?.actor === actor ? task : this.#taskOf(actor)];
    }));
    this.#placement.setTasks([...this.#tasks.values()]);
  }

  #taskOf(actor: Actor<unknown>): ActorTask {
    let stats = this.#stats.get(actor.name);
    if (stats === undefined) this.#stats.set(actor.name, stats = noStats());
    return new ActorTask(actor, this.#ports, this.#recoveries, stats);
  }

  /** Take part until the signal aborts; then every actor is handed over, with a snapshot of its newest state. */
  async run(signal: AbortSignal, onReady?: () => void): Promise<void> {
    const { clock } = this.#ports;
    const over = new AbortController();
    const tick = () => {
      for (const task of this.#tasks.values()) task.tick();
    };
    clock.every(TICK_INTERVAL_MS, tick, over.signal);
    clock.every(SWEEP_SNAPSHOTS_INTERVAL_MS, () => void this.#sweep(), over.signal);
    try {
      await this.#placement.run(signal, onReady);
    } finally {
      over.abort();
    }
  }

  /** The state of an actor that runs here. */
  stateOf(actor: string): unknown {
    return this.#tasks.get(actor)?.state;
  }

  /** Sums over all actors since the node began. */
  get stats(): ActorStats {
    const sum = noStats();
    for (const stats of this.#stats.values()) {
      for (const name of Object.keys(sum) as (keyof ActorStats)[]) sum[name] += stats[name];
    }
    return sum;
  }

  get report(): NodeReport {
    const { clock, memoryBytes } = this.#ports;
    return {
      v: 1,
      ...this.#placement.identity,
      draining: this.#placement.draining,
      timeMs: clock.nowMs(),
      memoryBytes: memoryBytes(),
      ...this.#placement.stats,
      tasks: this.#placement.owned.map(({ task, restartCount, fault }) => ({
        ...(task as ActorTask).report,
        restartCount,
        fault,
      })),
    };
  }

  /** How an actor that runs here came to this node and how it does; `undefined` where it does not run here. */
  where(actor: string) {
    const owned = this.#placement.owned.find(({ task }) => task.name === actor);
    if (owned === undefined) return undefined;
    const { node, session } = this.#placement.identity;
    const { term, sinceMs, cause, from } = owned.record;
    // The task that runs, which makes way for another one, or for none, when it is no longer among those to be run.
    return { node, session, term, sinceMs, cause, from, ...(owned.task as ActorTask).report };
  }

  async #sweep(): Promise<void> {
    const { snapshots, logLine } = this.#ports;
    try {
      const names = await snapshots.names();
      for (const task of this.#tasks.values()) await task.sweep(names);
    } catch (error) {
      logLine("debug", `snapshots not swept: ${(error as Error).message}`);
    }
  }
}
