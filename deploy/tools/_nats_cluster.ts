/**
 * What makes a nats-server one of a cluster.
 *
 * @module
 */

/** A server's place among those that keep JetStream together. Each of them needs a name of its own. */
export interface NatsClusterOptions {
  /** The same for every server of the cluster. */
  name: string;
  /** Port on which the others reach this one. */
  port: number;
  /**
   * Ports of all servers of the cluster on this machine; its own may be among them. JetStream takes their number for the size
   * of the cluster at its first start, so every server is given all of them.
   */
  routePorts: readonly number[];
}

/** Flags of nats-server. Loopback only, as in nats.conf. */
export function clusterArgs(options: NatsClusterOptions): string[] {
  return [
    "--cluster_name",
    options.name,
    "--cluster",
    `nats://127.0.0.1:${options.port}`,
    "--routes",
    options.routePorts.map((port) => `nats://127.0.0.1:${port}`).join(","),
  ];
}
