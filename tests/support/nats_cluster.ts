/**
 * Several real nats-servers on loopback that keep JetStream together, for one test.
 *
 * ```ts ignore
 * await using cluster = await testNatsCluster({ size: 3 });
 * const nc = await connectNats({ url: cluster.url, name: "test" });
 * const leader = await cluster.streamLeader("MARKET");
 * await leader.kill();
 * await leader.start();
 * ```
 *
 * @module
 */
import { JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { connectNats } from "../../actors/adapters/nats.ts";
import {
  NatsPortInUseError,
  type NatsServer,
  type NatsServerProcess,
  resolveNatsServer,
  startNatsServer,
} from "../../deploy/tools/mod.ts";

/** How long the servers may take to agree on who leads the cluster, or a stream. */
const ELECTION_TIMEOUT_MS = 30_000;
/** One question to a stream whose leader may just be gone. */
const QUESTION_TIMEOUT_MS = 250;
/** Between two questions. */
const ASK_AGAIN_MS = 25;
/** A port that was free may be taken by the time a server listens on it: start the cluster anew this often. */
const START_TRIES_MAX = 3;

/** One server of the cluster; its name, ports and store stay the same over `kill()` and `start()`. */
export interface ClusterMember {
  readonly name: string;
  readonly url: string;
  readonly running: boolean;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM: the server hands over what it leads. */
  stop(): Promise<void>;
  /** Starts the server again; resolves when it knows who leads the cluster. */
  start(): Promise<void>;
}

export interface TestNatsCluster extends AsyncDisposable {
  /** All servers, as `NATS_URL` names them. */
  readonly url: string;
  readonly members: readonly ClusterMember[];
  /** The server that leads a stream; waits while there is none. A bucket is the stream `KV_<bucket>`. */
  streamLeader(stream: string): Promise<ClusterMember>;
  /** Resolves when every replica of a stream is there and has all of it. */
  streamIsCurrent(stream: string): Promise<void>;
}

let resolved: Promise<NatsServer> | undefined;

/** Starts a cluster with the project's `nats.conf`, and waits until it has a leader that all servers know. */
export async function testNatsCluster({ size }: { size: number }): Promise<TestNatsCluster> {
  const { path: serverPath } = await (resolved ??= resolveNatsServer());
  for (let tryNumber = 1;; tryNumber++) {
    const dir = await Deno.makeTempDir({ prefix: "nats-cluster-" });
    const routePorts = freePorts(size);
    const members = routePorts.map((routePort, i) =>
      new Member(`n${i + 1}`, { serverPath, dir, routePort, routePorts })
    );
    const stopAll = async () => {
      await Promise.all(members.map((member) => member.kill()));
      await Deno.remove(dir, { recursive: true });
    };
    const started = await Promise.allSettled(members.map((member) => member.start()));
    const failure = started.find((result) => result.status === "rejected");
    if (failure === undefined) return new Cluster(members, stopAll);
    await stopAll();
    if (!(failure.reason instanceof NatsPortInUseError) || tryNumber === START_TRIES_MAX) throw failure.reason;
  }
}

class Cluster implements TestNatsCluster {
  readonly url: string;
  #nc: Promise<NatsConnection> | undefined;

  constructor(readonly members: readonly Member[], readonly stopAll: () => Promise<void>) {
    this.url = members.map((member) => member.url).join(",");
  }

  async streamLeader(stream: string): Promise<ClusterMember> {
    return await this.#ask(
      stream,
      ({ leader }) => this.members.find(({ name, running }) => running && name === leader),
    );
  }

  async streamIsCurrent(stream: string): Promise<void> {
    await this.#ask(stream, ({ leader, replicas = [] }) => {
      const complete = replicas.length === this.members.length - 1 && replicas.every(({ current }) => current);
      return leader !== "" && complete ? true : undefined;
    });
  }

  /** Asks a stream how its servers are until the answer is good. */
  async #ask<T>(
    stream: string,
    answer: (about: { leader: string; replicas?: { current: boolean }[] }) => T | undefined,
  ) {
    const nc = await (this.#nc ??= connectNats({ url: this.url, name: "cluster of a test" }));
    const manager = await jetstreamManager(nc, { checkAPI: false, timeout: QUESTION_TIMEOUT_MS });
    const deadline = performance.now() + ELECTION_TIMEOUT_MS;
    for (;;) {
      try {
        const { cluster } = await manager.streams.info(stream);
        const good = cluster === undefined ? undefined : answer(cluster as Parameters<typeof answer>[0]);
        if (good !== undefined) return good;
      } catch (error) {
        const passing = error instanceof errors.TimeoutError || error instanceof JetStreamApiError ||
          (error instanceof Error && error.cause instanceof errors.RequestError);
        if (!passing) throw error;
      }
      if (performance.now() > deadline) {
        throw new Error(`Stream ${stream} is in disorder after ${ELECTION_TIMEOUT_MS} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#nc?.catch(() => undefined))?.close();
    await this.stopAll();
  }
}

interface MemberOptions {
  serverPath: string;
  dir: string;
  routePort: number;
  routePorts: readonly number[];
}

/** The server's words for knowing the leader of the cluster, of itself or of another. */
const KNOWS_LEADER = /JetStream cluster new metadata leader|new JetStream cluster metadata leader/;

class Member implements ClusterMember {
  #server: NatsServerProcess | undefined;
  #port = 0;

  constructor(readonly name: string, readonly options: MemberOptions) {}

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get running(): boolean {
    return this.#server !== undefined;
  }

  async start(): Promise<void> {
    const { serverPath, dir, routePort, routePorts } = this.options;
    const led = Promise.withResolvers<void>();
    const server = await startNatsServer({
      serverPath,
      name: this.name,
      storeDir: `${dir}/${this.name}`,
      port: this.#port,
      cluster: { name: "test", port: routePort, routePorts },
      onLine: (line) => {
        if (KNOWS_LEADER.test(line)) led.resolve();
      },
    });
    this.#server = server;
    this.#port = server.port;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`${this.name} knows no leader`)), ELECTION_TIMEOUT_MS);
    void server.exited.then(() => late.reject(new Error(`${this.name} ended`)));
    try {
      await Promise.race([led.promise, late.promise]);
    } finally {
      clearTimeout(timer);
      late.promise.catch(() => {});
    }
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
    this.#server = undefined;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }
}

/** Ports that nobody listens on. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
