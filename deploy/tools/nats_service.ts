/**
 * nats-server as a service of the supervisor: its first start settles the ports, a restart takes the same ones, so that
 * clients find it again.
 *
 * @module
 */
import { type NatsServerProcess, startNatsServer, type StartNatsServerOptions } from "./nats_process.ts";
import type { RestartMode, Service } from "./supervisor.ts";

export interface NatsServiceOptions extends Omit<StartNatsServerOptions, "detached" | "onLine" | "report" | "signal"> {
  /** @default {"always"} */
  restart?: RestartMode;
}

/** A service named "nats". */
export function natsService(options: NatsServiceOptions): Service<NatsServerProcess> {
  const { restart, ...server } = options;
  return {
    name: "nats",
    restart,
    async start({ log, signal }) {
      const running = await startNatsServer({ ...server, detached: true, onLine: log, report: log, signal });
      server.port = running.port;
      server.monitorPort = Number(new URL(running.monitorUrl).port);
      return running;
    },
  };
}
