/**
 * One life of a node: the production host behind a network that delays, loses and repeats, on a machine that may stand still,
 * lose its connection, have a wrong clock, and end at any call.
 *
 * @module
 */
import {
  type Actor,
  Host,
  type HostPorts,
  type LogMessage,
  type Output,
  type Register,
  type RegisterChange,
} from "../../actors/runtime/mod.ts";
import type { Bucket, Server } from "./server.ts";
import type { Scheduler } from "./scheduler.ts";

/** Time after which a caller gives a request up. */
const TIMEOUT_MS = 2_000;
/** Time after which a question to a peer is given up. */
const ASK_TIMEOUT_MS = 500;

export interface Weather {
  /** Share of requests, and of answers, that are lost. */
  loss: number;
  /** Share of requests that arrive twice. */
  repeat: number;
  /** Longest usual delay of a message, ms; one in twenty takes ten times as long. */
  delayMs: number;
  /** Longest time a snapshot takes to write, ms. */
  diskMs: number;
}

export interface NodeOptions {
  name: string;
  session: string;
  scheduler: Scheduler;
  server: Server;
  /** Every live node by its session, to answer its peers. */
  sessions: Map<string, SimulatedNode>;
  random: () => number;
  weather: Weather;
  clockSkewMs: number;
  /** Call at which the node ends. @default {never} */
  crashAtCall?: number;
  /** Changes the ports, to plant a bug. */
  plant?: (ports: HostPorts, node: SimulatedNode) => HostPorts;
}

export class SimulatedNode {
  readonly name: string;
  readonly session: string;
  readonly host: Host;
  readonly lines: string[] = [];
  isDead = false;
  /** It was told to end, and did so in good order. */
  hasEnded = false;
  isConnected = true;
  callCount = 0;
  /** Why `run` rejected, where it did. */
  fault: Error | undefined;
  readonly #options: NodeOptions;
  readonly #stop = new AbortController();
  readonly #onReconnect = new Set<() => void>();
  #frozenUntilMs = 0;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.session = options.session;
    const ports = options.plant?.(this.#ports(), this) ?? this.#ports();
    this.host = new Host(
      { group: "actors", node: options.name, session: options.session, capacity: 1, startedMs: 0 },
      ports,
    );
  }

  start(actors: readonly Actor<unknown>[]): void {
    this.#options.sessions.set(this.session, this);
    this.host.setActors(actors);
    this.host.run(this.#stop.signal).then(
      () => this.hasEnded = !this.isDead,
      (error: Error) => this.fault = error,
    ).finally(() => this.crash());
  }

  /** Ask it to end in good order. */
  stop(): void {
    this.#stop.abort();
  }

  /** It is gone, whatever it was doing. */
  crash(): void {
    this.isDead = true;
    this.#options.sessions.delete(this.session);
  }

  /** Nothing moves in it for a while; afterwards it goes on as if nothing had been. */
  freeze(ms: number): void {
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, this.#options.scheduler.nowMs + ms);
  }

  disconnect(): void {
    this.isConnected = false;
  }

  reconnect(): void {
    if (this.isConnected || this.isDead) return;
    this.isConnected = true;
    for (const again of [...this.#onReconnect]) again();
  }

  get isFrozen(): boolean {
    return this.#options.scheduler.nowMs < this.#frozenUntilMs;
  }

  /** Let something happen in this node after a time, if it lives then; while it stands still, later. */
  later(delayMs: number, happen: () => void): void {
    this.#options.scheduler.at(delayMs, () => {
      if (this.isDead) return;
      if (this.isFrozen) this.later(this.#frozenUntilMs - this.#options.scheduler.nowMs, happen);
      else happen();
    });
  }

  /** A request to the server: it takes a while, may be lost on either way, may arrive twice, and the node may end meanwhile. */
  call<T>(effect: () => T, extraMs = 0): Promise<T> {
    const { scheduler, server, random, weather, crashAtCall } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const crashes = ++this.callCount === crashAtCall;
    if (crashes && random() < 0.5) {
      this.crash();
      return promise;
    }
    this.later(TIMEOUT_MS + extraMs, () => reject(new Error("no answer in time")));
    const arrive = (answers: boolean) => {
      if (server.isAway || !this.isConnected) return;
      let settle: () => void;
      try {
        const value = effect();
        settle = () => resolve(value);
      } catch (error) {
        settle = () => reject(error);
      }
      if (answers && random() >= weather.loss) this.later(this.#delay(), () => this.isConnected && settle());
    };
    if (random() >= weather.loss) scheduler.at(this.#delay() + extraMs, () => arrive(true));
    if (random() < weather.repeat) scheduler.at(this.#delay() + extraMs, () => arrive(false));
    if (crashes) this.crash();
    return promise;
  }

  #delay(): number {
    const { random, weather } = this.#options;
    return random() * weather.delayMs * (random() < 0.05 ? 10 : 1);
  }

  #ports(): HostPorts {
    const { scheduler, server, sessions, random, weather, clockSkewMs } = this.#options;
    return {
      log: {
        extent: () => this.call(() => server.extent()),
        newestSequence: (subject) => this.call(() => server.newestSequence(subject)),
        read: (from, { signal, subject }) => {
          const messages = this.#read(from, subject!, signal);
          return { depth: 0, [Symbol.asyncIterator]: () => messages };
        },
      },
      outlet: {
        newest: (subject) => this.call(() => server.newest(subject)),
        store: (output: Output, after) => this.call(() => server.store(output, after)),
      },
      snapshots: {
        get: (name) => this.call(() => server.snapshots.get(name)?.slice()),
        put: (name, bytes) => {
          // A disk may be slow, and a node that ends while it writes leaves half of it.
          const slowMs = random() < 0.1 ? random() * weather.diskMs : 0;
          if (random() < 0.1) server.snapshots.set(name, bytes.slice(0, Math.floor(bytes.length / 2)));
          return this.call(() => void server.snapshots.set(name, bytes.slice()), slowMs);
        },
        delete: (name) => this.call(() => void server.snapshots.delete(name)),
        names: () => this.call(() => [...server.snapshots.keys()]),
      },
      views: { put: () => Promise.resolve() },
      nodes: this.#register(server.nodes),
      leases: this.#register(server.leases),
      peers: {
        ask: async (session) => {
          const { promise, resolve } = Promise.withResolvers<"alive" | "gone" | "silent">();
          this.later(ASK_TIMEOUT_MS, () => resolve("silent"));
          this.call(() => {
            const peer = sessions.get(session);
            // The server takes a while to see that a connection is cut.
            if (peer === undefined || (!peer.isConnected && random() < 0.5)) return "gone" as const;
            return peer.isConnected && !peer.isFrozen ? "alive" as const : "silent" as const;
          }).then((answer) => answer !== "silent" && resolve(answer), () => {});
          return await promise;
        },
        answer: () => {},
      },
      clock: {
        nowMs: () => scheduler.nowMs + clockSkewMs,
        elapsedMs: () => scheduler.nowMs,
        every: (intervalMs, callback, signal) => {
          const again = () => {
            if (signal.aborted) return;
            callback();
            this.later(intervalMs, again);
          };
          this.later(intervalMs, again);
        },
        sleep: (ms, signal) => this.#sleep(ms, signal),
      },
      logLine: (level, text) => void this.lines.push(`${scheduler.nowMs.toFixed(0)} ${level}: ${text}`),
      memoryBytes: () => 0,
    };
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => !this.isDead && resolve(), { once: true });
    this.later(ms, resolve);
    return promise;
  }

  async *#read(from: number, subject: string, signal: AbortSignal): AsyncGenerator<LogMessage> {
    const { server, random } = this.#options;
    let next = from;
    while (!signal.aborted) {
      await this.#sleep(this.#delay(), signal);
      if (signal.aborted) return;
      const sequences = this.isConnected && !server.isAway
        ? server.sequencesFrom(subject, next, 1 + Math.floor(random() * 8))
        : [];
      for (const sequence of sequences) {
        next = sequence + 1;
        const { data, timeMs } = server.log[sequence - 1]!;
        yield { sequence, subject, data, timeMs, pendingCount: 0 };
        if (signal.aborted) return;
      }
      if (sequences.length === 0) await this.#untilMore(signal);
    }
  }

  /** The log has grown, or the connection is back. */
  #untilMore(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => this.later(0, resolve);
    signal.addEventListener("abort", wake, { once: true });
    this.#onReconnect.add(wake);
    this.#options.server.onGrowth(wake);
    return promise.finally(() => this.#onReconnect.delete(wake));
  }

  #register(bucket: Bucket): Register {
    return {
      get: (key) => this.call(() => bucket.entries.get(key)),
      put: (key, value, revision) => this.call(() => bucket.put(key, value, revision)),
      delete: (key, revision) => this.call(() => bucket.delete(key, revision)),
      watch: (signal) => this.#watch(bucket, signal),
    };
  }

  /** Changes come late but in their order; what comes while the connection is away is lost, and all is told again after it. */
  async *#watch(bucket: Bucket, signal: AbortSignal): AsyncGenerator<RegisterChange> {
    const { scheduler, server } = this.#options;
    const queue: RegisterChange[] = [];
    let wake = () => {};
    let lastAtMs = 0;
    const deliver = (changes: RegisterChange[]) => {
      lastAtMs = Math.max(lastAtMs + 0.01, scheduler.nowMs + this.#delay());
      this.later(lastAtMs - scheduler.nowMs, () => {
        queue.push(...changes);
        wake();
      });
    };
    const watcher = (change: RegisterChange) => {
      if (this.isDead) bucket.watchers.delete(watcher);
      else if (this.isConnected && !server.isAway) deliver([change]);
    };
    const begin = () => deliver(bucket.contents());
    bucket.watchers.add(watcher);
    this.#onReconnect.add(begin);
    signal.addEventListener("abort", () => wake(), { once: true });
    begin();
    try {
      while (!signal.aborted) {
        if (queue.length === 0) await new Promise<void>((resolve) => wake = resolve);
        while (queue.length > 0 && !signal.aborted) yield queue.shift()!;
      }
    } finally {
      bucket.watchers.delete(watcher);
      this.#onReconnect.delete(begin);
    }
  }
}
