/**
 * A real nats-server for one test: free port, temporary store, gone with the test.
 *
 * ```ts ignore
 * await using nats = await testNats();
 * const connection = await connect({ servers: nats.url });
 * ```
 *
 * @module
 */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import {
  type NatsServer,
  type NatsServerProcess,
  resolveNatsServer,
  startNatsServer,
  type StartNatsServerOptions,
} from "../../deploy/tools/mod.ts";

export interface TestNats extends AsyncDisposable {
  /** For clients; stays the same over `restart()`. */
  readonly url: string;
  readonly port: number;
  readonly monitorUrl: string;
  readonly storeDir: string;
  /** The running server, another one after `restart()`. */
  readonly server: NatsServerProcess;
  /** Ends the server, by SIGKILL when `kill` is set, and starts one with the same port and store. */
  restart(options?: { kill?: boolean }): Promise<void>;
}

let resolved: Promise<NatsServer> | undefined;

/** Starts a server with the project's `nats.conf`. */
export async function testNats(options: Omit<StartNatsServerOptions, "storeDir" | "port"> = {}): Promise<TestNats> {
  const { path: serverPath } = await (resolved ??= resolveNatsServer());
  const storeDir = await Deno.makeTempDir({ prefix: "nats-" });
  const start = (port: number) => startNatsServer({ serverPath, ...options, storeDir, port });
  let server: NatsServerProcess;
  try {
    server = await start(0);
  } catch (error) {
    await Deno.remove(storeDir, { recursive: true });
    throw error;
  }
  return {
    url: server.url,
    port: server.port,
    storeDir,
    get monitorUrl() {
      return server.monitorUrl;
    },
    get server() {
      return server;
    },
    async restart({ kill = false } = {}) {
      await (kill ? server.kill() : server.stop());
      server = await start(server.port);
    },
    async [Symbol.asyncDispose]() {
      await server.kill();
      await Deno.remove(storeDir, { recursive: true });
    },
  };
}

/** Ask until somebody answers. */
export async function untilAnswered(nc: NatsConnection, subject: string): Promise<unknown> {
  for (;;) {
    try {
      return (await nc.request(subject, "", { timeout: 1_000 })).json();
    } catch (error) {
      if (!(error instanceof errors.RequestError) && !(error instanceof errors.TimeoutError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
