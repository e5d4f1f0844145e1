/**
 * Runs one of our roles as a child of this process.
 *
 * The contract of a role: it prints a line `READY {json}` on stdout when it serves, ends on SIGTERM, and with
 * `--exit-with-parent` ends when its stdin does, so that it never outlives a parent that was killed. It gets a session of its
 * own: the Ctrl-C of a terminal reaches the supervisor alone, which stops the roles in its order.
 *
 * @module
 */
import { readLines } from "./_lines.ts";
import { diesWithParent } from "./_parent_death.ts";
import { kill } from "./_run.ts";

/** How long a role may take from its start to its `READY` line. */
export const ROLE_READY_TIMEOUT_MS = 60_000;

/** How long a role may take to drain after SIGTERM; then it is killed. */
export const ROLE_STOP_TIMEOUT_MS = 15_000;

/** Last lines of a role kept for the message of a failed start; older ones are dropped. */
export const ROLE_LOG_TAIL_LINES = 20;

/** Flag that makes a role end with its stdin. */
export const EXIT_WITH_PARENT_FLAG = "--exit-with-parent";

const READY_PREFIX = "READY ";

/** What a supervisor needs of a process; `NatsServerProcess` is one, too. */
export interface Running {
  readonly pid: number;
  /** Settles when the process has ended, however that came. */
  readonly exited: Promise<Deno.CommandStatus>;
  /** Asks the process to end, and makes it after a while. Resolves when it has; may be called again. */
  stop(): Promise<unknown>;
  /** Ends the process at once. */
  kill(): Promise<unknown>;
}

export interface RoleOptions {
  name: string;
  /** Program. @default this Deno */
  command?: string;
  args: readonly string[];
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  cwd?: string;
  /** Whether to pass `--exit-with-parent`; without it the kernel is asked, where it can do that. @default {true} */
  exitWithParent?: boolean;
  /** @default {ROLE_READY_TIMEOUT_MS} */
  readyTimeoutMs?: number;
  /** @default {ROLE_STOP_TIMEOUT_MS} */
  stopTimeoutMs?: number;
  /** Every line of the role, of either output, but for its `READY` line. */
  onLine?: (line: string) => void;
  /** Gives up the start. */
  signal?: AbortSignal;
}

/** A role that serves. */
export interface RoleProcess extends Running {
  /** The JSON of its `READY` line. */
  readonly ready: unknown;
}

/** A role ended, was late, or wrote nonsense before it was ready. The message ends with its last lines. */
export class RoleStartError extends Error {
  override name = "RoleStartError";

  constructor(readonly role: string, problem: string, readonly log: readonly string[]) {
    super([`${role} ${problem}`, ...log.map((line) => `  ${line}`)].join("\n"));
  }
}

/**
 * Starts a role and waits for its `READY` line. When that does not come, the process has ended before this rejects.
 *
 * @throws {RoleStartError}
 */
export async function startRole(options: RoleOptions): Promise<RoleProcess> {
  options.signal?.throwIfAborted();
  const child = new RoleChild(options, options.exitWithParent === false ? await diesWithParent() : []);
  try {
    const ready = await child.ready();
    return {
      ready,
      pid: child.process.pid,
      exited: child.exited,
      stop: () => child.stop(),
      kill: () => child.kill(),
    };
  } catch (error) {
    await child.kill();
    throw error;
  }
}

class RoleChild {
  readonly process: Deno.ChildProcess;
  readonly exited: Promise<Deno.CommandStatus>;
  readonly #options: RoleOptions;
  readonly #tail: string[] = [];
  readonly #ready = Promise.withResolvers<unknown>();

  constructor(options: RoleOptions, wrapper: readonly string[]) {
    const { env, cwd } = options;
    const flags = options.exitWithParent === false ? [] : [EXIT_WITH_PARENT_FLAG];
    const words = [...wrapper, options.command ?? Deno.execPath(), ...options.args, ...flags];
    const [command, ...args] = words as [string, ...string[]];
    this.#options = options;
    this.process = new Deno.Command(command, {
      args,
      env,
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.exited = this.#runToEnd();
  }

  async ready(): Promise<unknown> {
    const { name, readyTimeoutMs = ROLE_READY_TIMEOUT_MS, signal } = this.#options;
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new RoleStartError(name, `is not ready after ${readyTimeoutMs} ms`, this.#tail)),
      readyTimeoutMs,
    );
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    void this.exited.then((status) =>
      reject(new RoleStartError(name, `${describeEnd(status)} before it was ready`, this.#tail))
    );
    try {
      return await Promise.race([this.#ready.promise, failed]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async stop(): Promise<Deno.CommandStatus> {
    // Windows has no SIGTERM that a program could handle: there the end of its stdin tells it.
    if (Deno.build.os === "windows") await this.process.stdin.close().catch(() => {});
    else kill(this.process, "SIGTERM");
    const timer = setTimeout(() => kill(this.process, "SIGKILL"), this.#options.stopTimeoutMs ?? ROLE_STOP_TIMEOUT_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): Promise<Deno.CommandStatus> {
    kill(this.process, "SIGKILL");
    return this.exited;
  }

  async #runToEnd(): Promise<Deno.CommandStatus> {
    const outputs = Promise.all([this.#read(this.process.stdout, true), this.#read(this.process.stderr, false)]);
    const status = await this.process.status;
    await this.process.stdin.close().catch(() => {});
    await outputs;
    return status;
  }

  async #read(stream: ReadableStream<Uint8Array>, mayBeReady: boolean): Promise<void> {
    for await (const line of readLines(stream)) {
      if (mayBeReady && line.startsWith(READY_PREFIX)) {
        this.#parseReady(line);
        continue;
      }
      this.#tail.push(line);
      if (this.#tail.length > ROLE_LOG_TAIL_LINES) this.#tail.shift();
      this.#options.onLine?.(line);
    }
  }

  #parseReady(line: string): void {
    try {
      this.#ready.resolve(JSON.parse(line.slice(READY_PREFIX.length)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#ready.reject(
        new RoleStartError(this.#options.name, `wrote a READY line that is no JSON: ${line}`, this.#tail),
      );
    }
  }
}

/** "ended with code 1", "was killed by SIGKILL". */
export function describeEnd(status: Deno.CommandStatus): string {
  return status.signal === null ? `ended with code ${status.code}` : `was killed by ${status.signal}`;
}
