/**
 * nats-server as a service of the supervisor: its first start settles the ports, a restart takes the same ones, so that
 * clients find it again.
 *
 * @module
 */
import { type NatsServerProcess, startNatsServer, type StartNatsServerOptions } from "./nats_process.ts";
import type { RestartMode, Service } from "./supervisor.ts";

/** `[pid] 2026/11/22 15:11:37.406482 [LVL] text`, as nats-server writes it. */
const LOG_LINE = /^\[\d+\] \S+ \S+ \[(\w{3})\] (.*)$/;

/** What of a line of nats-server people want to read: its warnings and errors, without the date that our own lines have. */
export function readableLine(line: string): string | undefined {
  const [, level, text] = LOG_LINE.exec(line) ?? [];
  if (level === undefined) return line;
  return level === "INF" || level === "DBG" || level === "TRC" ? undefined : `${level} ${text}`;
}

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
      const onLine = (line: string) => {
        const readable = readableLine(line);
        if (readable !== undefined) log(readable);
      };
      const running = await startNatsServer({ ...server, detached: true, onLine, report: log, signal });
      server.port = running.port;
      server.monitorPort = Number(new URL(running.monitorUrl).port);
      return running;
    },
  };
}
