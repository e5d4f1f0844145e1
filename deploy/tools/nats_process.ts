/**
 * Runs a nats-server as a child of this process.
 *
 * It is ready when its log says so and it has greeted a client; free ports are learned from the same log, so a configuration
 * must not send the log to a file. (What else tells: the file of `--ports_file_dir` needs a watch on its folder, and
 * `Deno.watchFs()` may lose the one event that counts; `/healthz` allows itself one millisecond and fails on a busy machine.) The server dies with this process where the platform can do that, and otherwise is cleaned up
 * by the next start on the same store directory.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { readLines } from "./_lines.ts";
import { clusterArgs, type NatsClusterOptions } from "./_nats_cluster.ts";
import { diesWithParent } from "./_parent_death.ts";
import { PROJECT_ROOT } from "./_project.ts";
import { kill } from "./_run.ts";
import { claimStore, NatsStoreInUseError, type StoreClaim } from "./_store_claim.ts";
import { resolveNatsServer } from "./nats_server.ts";

export { NatsStoreInUseError };

/** How long a server may take to accept clients; it reads its whole store before. */
export const NATS_START_TIMEOUT_MS = 60_000;

/** How long a server may take to stop after SIGTERM; then it is killed. */
export const NATS_STOP_TIMEOUT_MS = 10_000;

/** Last lines of the log kept for the message of a failed start; older ones are dropped. */
export const NATS_LOG_TAIL_LINES = 20;

export interface StartNatsServerOptions {
  /** Where JetStream keeps its streams. Made when missing. */
  storeDir: string;
  /** Port for clients; 0 takes a free one. @default {0} */
  port?: number;
  /** Port for monitoring; 0 takes a free one. @default {0} */
  monitorPort?: number;
  /** @default the project's `nats.conf` */
  configFile?: string;
  /** @default the name in the configuration */
  name?: string;
  /** Makes it one of several that keep JetStream together; `name` must then be its own. @default a server by itself */
  cluster?: NatsClusterOptions;
  /** Path of the binary. @default what `resolveNatsServer()` finds */
  serverPath?: string;
  /** Keeps the terminal's Ctrl-C from the server, for a caller that stops it in its own order. @default {false} */
  detached?: boolean;
  /** @default {NATS_START_TIMEOUT_MS} */
  startTimeoutMs?: number;
  /** Every line of the server's log. */
  onLine?: (line: string) => void;
  /** Told about downloads and about a server that was left behind. */
  report?: (line: string) => void;
  /** Gives up the start, or stops the running server. */
  signal?: AbortSignal;
}

/** A nats-server that accepts clients. */
export interface NatsServerProcess extends AsyncDisposable {
  /** For clients, `nats://127.0.0.1:4222`. */
  readonly url: string;
  readonly port: number;
  /** Base of the monitoring pages, `http://127.0.0.1:8222`. */
  readonly monitorUrl: string;
  readonly pid: number;
  /** Settles when the process has ended, however that came. */
  readonly exited: Promise<Deno.CommandStatus>;
  /** SIGTERM, and SIGKILL after `NATS_STOP_TIMEOUT_MS`. Resolves when the process has ended; may be called again. */
  stop(): Promise<Deno.CommandStatus>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<Deno.CommandStatus>;
}

/** A port the server was told to use is taken. */
export class NatsPortInUseError extends Error {
  override name = "NatsPortInUseError";

  constructor(readonly port: number) {
    super(
      `Port ${port} on 127.0.0.1 is in use. Set NATS_PORT to another one, or NATS_URL to use the server that runs ` +
        `already; \`deno task doctor\` shows which ports are free`,
    );
  }
}

/** The server ended, or did not become ready in time. The message ends with its last log lines. */
export class NatsServerStartError extends Error {
  override name = "NatsServerStartError";

  constructor(problem: string, readonly log: readonly string[]) {
    super([`nats-server ${problem}`, ...log.map((line) => `  ${line}`)].join("\n"));
  }
}

/**
 * Starts a nats-server and waits until it accepts clients.
 *
 * @throws {NatsServerNotFoundError} there is no binary and none can be fetched
 * @throws {NatsPortInUseError} `port`, `monitorPort` or the port of the cluster is taken
 * @throws {NatsStoreInUseError} another process runs a server on `storeDir`
 * @throws {NatsServerStartError} it ended or is not ready in time
 */
export async function startNatsServer(options: StartNatsServerOptions): Promise<NatsServerProcess> {
  const { signal, report } = options;
  signal?.throwIfAborted();
  const serverPath = options.serverPath ?? (await resolveNatsServer({ signal, report })).path;
  const storeDir = resolve(options.storeDir);
  const claim = await claimStore(storeDir, report);
  let child: Child | undefined;
  try {
    child = await Child.spawn([...await diesWithParent(), serverPath, ...args(options, storeDir)], options, claim);
    const ports = await child.ready();
    return child.handle(ports);
  } catch (error) {
    if (child === undefined) await claim.release();
    else await child.kill();
    for (const port of [options.port, options.monitorPort, options.cluster?.port]) {
      if (error instanceof NatsServerStartError && port && isTaken(port)) throw new NatsPortInUseError(port);
    }
    throw error;
  }
}

function args(options: StartNatsServerOptions, storeDir: string): string[] {
  return [
    "-c",
    options.configFile ?? join(PROJECT_ROOT, "nats.conf"),
    "-sd",
    storeDir,
    "-p",
    String(options.port || -1),
    "-m",
    String(options.monitorPort || -1),
    ...(options.name === undefined ? [] : ["-n", options.name]),
    ...(options.cluster === undefined ? [] : clusterArgs(options.cluster)),
  ];
}

interface Ports {
  url: string;
  port: number;
  monitorUrl: string;
}

class Child {
  readonly exited: Promise<Deno.CommandStatus>;
  readonly #process: Deno.ChildProcess;
  readonly #options: StartNatsServerOptions;
  readonly #tail: string[] = [];
  readonly #ports = Promise.withResolvers<Ports>();

  private constructor(process: Deno.ChildProcess, options: StartNatsServerOptions, claim: StoreClaim) {
    this.#process = process;
    this.#options = options;
    this.exited = this.#runToEnd(claim);
  }

  static async spawn(words: string[], options: StartNatsServerOptions, claim: StoreClaim): Promise<Child> {
    const [command, ...args] = words as [string, ...string[]];
    const process = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      detached: options.detached ?? false,
    }).spawn();
    const child = new Child(process, options, claim);
    await claim.note(process.pid);
    return child;
  }

  /** Waits until clients are accepted. */
  async ready(): Promise<Ports> {
    const { startTimeoutMs = NATS_START_TIMEOUT_MS, signal } = this.#options;
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new NatsServerStartError(`is not ready after ${startTimeoutMs} ms`, this.#tail)),
      startTimeoutMs,
    );
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    void this.exited.then(({ code }) => reject(new NatsServerStartError(`ended with code ${code}`, this.#tail)));
    try {
      const ports = await Promise.race([this.#ports.promise, failed]);
      const { jetstream } = await Promise.race([greeting(ports.port), failed]);
      if (!jetstream) throw new NatsServerStartError("runs without JetStream", this.#tail);
      return ports;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  handle(ports: Ports): NatsServerProcess {
    const { signal } = this.#options;
    const stop = () => this.stop();
    signal?.addEventListener("abort", stop);
    void this.exited.then(() => signal?.removeEventListener("abort", stop));
    return {
      ...ports,
      pid: this.#process.pid,
      exited: this.exited,
      stop,
      kill: () => this.kill(),
      [Symbol.asyncDispose]: async () => {
        await this.stop();
      },
    };
  }

  async stop(): Promise<Deno.CommandStatus> {
    kill(this.#process, "SIGTERM");
    const timer = setTimeout(() => kill(this.#process, "SIGKILL"), NATS_STOP_TIMEOUT_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): Promise<Deno.CommandStatus> {
    kill(this.#process, "SIGKILL");
    return this.exited;
  }

  async #runToEnd(claim: StoreClaim): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all([this.#process.status, this.#readLog()]);
    await claim.release();
    return status;
  }

  async #readLog(): Promise<void> {
    const announced = new Map<string, string>();
    let accepts = false;
    for await (const line of readLines(this.#process.stderr)) {
      this.#tail.push(line);
      if (this.#tail.length > NATS_LOG_TAIL_LINES) this.#tail.shift();
      this.#options.onLine?.(line);
      const [, what, address] = LISTENS.exec(line) ?? [];
      if (what !== undefined && address !== undefined) announced.set(what, address);
      accepts ||= line.endsWith(READY);
      // A member of a cluster accepts clients first, and ends when it cannot listen for its peers.
      if (accepts && (this.#options.cluster === undefined || announced.has(ROUTES))) {
        this.#ports.resolve(portsOf(announced));
      }
    }
  }
}

/** Lines of the log, alike from 2.11 to 2.15, that tell where the server listens and that it accepts clients. */
const [MONITOR, CLIENTS, ROUTES] = [
  "Starting http monitor",
  "Listening for client connections",
  "Listening for route connections",
];
const LISTENS = new RegExp(`\\] (${MONITOR}|${CLIENTS}|${ROUTES}) on (\\S+)$`);
const READY = "] Server is ready";

function portsOf(announced: Map<string, string>): Ports {
  const url = reachable(`nats://${announced.get(CLIENTS)}`);
  return { url, port: Number(new URL(url).port), monitorUrl: reachable(`http://${announced.get(MONITOR)}`) };
}

/** A URL to connect to, for an address that was listened on. */
function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//127.0.0.1:");
}

/** What the server says of itself to a client that connects. */
async function greeting(port: number): Promise<{ jetstream?: boolean }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  // Leaving the loop closes the connection.
  for await (const line of readLines(connection.readable)) return JSON.parse(line.slice("INFO ".length));
  throw new Error(`The server on port ${port} closed a new connection`);
}

function isTaken(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return true;
    throw error;
  }
}
