/**
 * The simulated server, network and clock (`tests/simulation`) in good weather, to test one part of the runtime at a time.
 *
 * Every node gets the ports that the simulation gives its hosts; a test may change them first, to make one call fail.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { LeaseRecord } from "../../actors/contract/mod.ts";
import {
  type Actor,
  Host,
  type HostPorts,
  Lease,
  type NodeIdentity,
  type Register,
  type RegisterChange,
} from "../../actors/runtime/mod.ts";
import { SimulatedNode } from "../simulation/node.ts";
import { Scheduler, seeded } from "../simulation/scheduler.ts";
import { type Bucket, Server } from "../simulation/server.ts";

/** Virtual time that a test waits for something at most. */
const WAIT_MS = 120_000;

export interface MemoryNodeOptions {
  /** @default {1} */
  capacity?: number;
  clockSkewMs?: number;
  /** Gives the node other ports than the simulation's. */
  change?: (ports: HostPorts) => HostPorts;
}

export interface MemoryNode {
  readonly identity: NodeIdentity;
  readonly ports: HostPorts;
  /** What it said, as `level: text`. */
  readonly lines: string[];
  /** Its machine: to freeze, to cut off, to end. Its host is one that nobody starts, where a test runs a part alone. */
  readonly machine: SimulatedNode;
}

export interface RunningHost {
  readonly host: Host;
  /** Actors that began and ceased to run here, as `+name` and `-name`. */
  readonly owned: string[];
  /** End in good order. Rejects as the host does. */
  stop(): Promise<void>;
}

export class MemoryCluster {
  readonly scheduler = new Scheduler();
  readonly server = new Server(this.scheduler);
  readonly #sessions = new Map<string, SimulatedNode>();
  #count = 0;

  /** One life of a node. It answers its peers at once; what runs on it is the test's affair. */
  node(name: string, { capacity = 1, clockSkewMs = 0, change = (ports) => ports }: MemoryNodeOptions = {}): MemoryNode {
    const session = `${name}-${++this.#count}`;
    const lines: string[] = [];
    let ports: HostPorts | undefined;
    const machine = new SimulatedNode({
      name,
      session,
      scheduler: this.scheduler,
      server: this.server,
      sessions: this.#sessions,
      random: seeded(this.#count),
      weather: { loss: 0, repeat: 0, delayMs: 1, diskMs: 0 },
      clockSkewMs,
      plant: (own) => ports = change({ ...own, logLine: (level, text) => void lines.push(`${level}: ${text}`) }),
    });
    this.#sessions.set(session, machine);
    return {
      identity: { group: "actors", node: name, session, capacity, startedMs: 0 },
      ports: ports!,
      lines,
      machine,
    };
  }

  /** Run the production host on a node. */
  run({ identity, ports, machine }: MemoryNode, actors: readonly Actor<unknown>[]): RunningHost {
    const owned: string[] = [];
    const stop = new AbortController();
    const host = new Host(identity, ports, (actor, begins) => void owned.push(`${begins ? "+" : "-"}${actor}`));
    host.setActors(actors);
    const ended = host.run(stop.signal).finally(() => machine.crash());
    ended.catch(() => {}); // told to whoever stops it
    return {
      host,
      owned,
      stop: () => {
        stop.abort();
        return this.settled(ended);
      },
    };
  }

  /** Let time pass until something holds. */
  async until(condition: () => boolean, message?: string): Promise<void> {
    const came = await this.scheduler.run(condition, this.scheduler.nowMs + WAIT_MS);
    assert(came, message ?? `not in ${WAIT_MS} ms: ${condition}`);
  }

  async pass(ms: number): Promise<void> {
    let over = false;
    this.scheduler.at(ms, () => over = true);
    await this.until(() => over);
  }

  /** Let time pass until a promise is settled. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const done = () => void (over = true);
    promise.then(done, done);
    await this.until(() => over, "a promise that nothing settles");
    return await promise;
  }

  /** What stands in a lease. */
  leaseOf(task: string): LeaseRecord | undefined {
    const entry = this.server.leases.entries.get(task);
    return entry === undefined ? undefined : JSON.parse(entry.value);
  }

  /** Payloads that are stored on a subject. */
  payloads(subject: string): string[] {
    return this.server.outputs.filter((output) => output.subject === subject).map(({ payload }) => payload);
  }

  /** Take a lease as it stands now. */
  async lease(task: string, { identity, ports }: MemoryNode): Promise<Lease> {
    const entry = this.server.leases.entries.get(task);
    const current = entry === undefined ? undefined : { record: this.leaseOf(task), revision: entry.revision };
    return await this.settled(
      Lease.take(task, { register: ports.leases, holder: identity, current, nowMs: this.scheduler.nowMs }),
    );
  }
}

/** A bucket as a register that answers at once, where time has no part. */
export function registerOf(bucket: Bucket): Register {
  return {
    get: (key) => Promise.resolve(bucket.entries.get(key)),
    put: (key, value, revision) => Promise.try(() => bucket.put(key, value, revision)),
    delete: (key, revision) => Promise.try(() => bucket.delete(key, revision)),
    async *watch(): AsyncGenerator<RegisterChange> {
      yield* bucket.contents();
    },
  };
}

/** A call that does what it should, but whose answer does not come. */
export function unanswered<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    await call(...args);
    throw new Error("no answer in time");
  };
}
