/**
 * What a node needs to share work with others over NATS: the same for actors and for gateways.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { BUCKETS } from "../contract/mod.ts";
import type { LogLine, PlacementPorts } from "../runtime/mod.ts";
import { systemClock } from "./clock.ts";
import { KvRegister } from "./kv_register.ts";
import { NatsPeers } from "./nats_peers.ts";
import { ensureStorage } from "./nats.ts";

export function placementPorts(
  nc: NatsConnection,
  { replicas, logLine }: { replicas: number; logLine: LogLine },
): PlacementPorts {
  const repair = () => ensureStorage(nc, { replicas });
  return {
    nodes: new KvRegister(nc, { bucket: BUCKETS.nodes.name, repair, logLine }),
    leases: new KvRegister(nc, { bucket: BUCKETS.leases.name, repair, logLine }),
    peers: new NatsPeers(nc),
    clock: systemClock,
    logLine,
  };
}
