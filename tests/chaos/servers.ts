/**
 * The nats-servers under the chaos: one by itself, or three that keep every stream together.
 *
 * @module
 */
import { testNats } from "../support/nats.ts";
import { testNatsCluster } from "../support/nats_cluster.ts";
import { systemClock } from "../../actors/adapters/clock.ts";
import { BUCKETS, STREAMS } from "../../actors/contract/mod.ts";

export interface Servers extends AsyncDisposable {
  readonly url: string;
  readonly replicas: number;
  /** SIGKILL a server, start it again after a while, and wait until all is whole. `choice` in [0, 1) picks it. */
  disturb(choice: number, downMs: number, note: (text: string) => void): Promise<void>;
}

/** Streams whose leaders die in a cluster. */
const VICTIMS = [STREAMS.market.name, STREAMS.metrics.name, `KV_${BUCKETS.leases.name}`];

export async function oneServer(): Promise<Servers> {
  const nats = await testNats();
  return {
    url: nats.url,
    replicas: 1,
    async disturb(_choice, downMs, note) {
      note("nats-server is killed");
      await nats.server.kill();
      await systemClock.sleep(downMs);
      await nats.restart({ kill: true });
      note("nats-server is back");
    },
    [Symbol.asyncDispose]: () => nats[Symbol.asyncDispose](),
  };
}

export async function threeServers(): Promise<Servers> {
  const cluster = await testNatsCluster({ size: 3 });
  return {
    url: cluster.url,
    replicas: 3,
    async disturb(choice, downMs, note) {
      const stream = VICTIMS[Math.floor(choice * VICTIMS.length)]!;
      const leader = await cluster.streamLeader(stream);
      note(`nats-server ${leader.name} is killed, the leader of ${stream}`);
      await leader.kill();
      const successor = await cluster.streamLeader(stream);
      note(`nats-server ${successor.name} leads ${stream}`);
      await systemClock.sleep(downMs);
      await leader.start();
      for (const name of VICTIMS) await cluster.streamIsCurrent(name);
      note("all nats-servers are current");
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
