/**
 * Keeps services running, and leaves none behind.
 *
 * Services start in the order of `run()` and stop in reverse, one after the other, so that an actor can still store its
 * snapshot in a server that is up. One that dies is started again after a growing pause; one that keeps dying ends it all.
 * SIGINT, SIGTERM or SIGHUP stops everything in order, a second one kills everything. If this process itself is killed, the
 * services notice (`process.ts`, `_parent_death.ts`).
 *
 * @module
 */
import type { LogWriter } from "./log_writer.ts";
import {
  Keeper,
  type RestartMode,
  type Service,
  type Supervised,
  type SupervisorClock,
  systemClock,
} from "./_keeper.ts";
import { type RoleOptions, type RoleProcess, type Running, startRole } from "./process.ts";

export {
  RESTART_FORGIVEN_AFTER_MS,
  RESTART_PAUSE_MS_MAX,
  RESTART_PAUSE_MS_MIN,
  type RestartMode,
  restartPauseMs,
  RESTARTS_MAX,
  type Service,
  type ServiceContext,
  type Supervised,
  type SupervisorClock,
} from "./_keeper.ts";

/** A second signal kills from then on. One Ctrl-C can arrive twice: from the terminal, and passed on by `npx` or `deno task`. */
export const SECOND_SIGNAL_MS_MIN = 1_000;

/** Signals that stop the supervisor. */
export const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Why the supervisor stopped. */
export type StopReason =
  | { kind: "asked" }
  | { kind: "signal"; signal: Deno.Signal }
  | { kind: "failed"; service: string; problem: string };

export interface SupervisorOptions {
  log: LogWriter;
  /** Name of the supervisor's own lines. @default {"dev"} */
  name?: string;
  /** @default the machine's clock */
  clock?: SupervisorClock;
}

/** A service made of one of our roles. */
export function roleService(
  options: Omit<RoleOptions, "onLine" | "signal"> & { restart?: RestartMode },
): Service<RoleProcess> {
  const { restart, ...role } = options;
  return { name: role.name, restart, start: ({ log, signal }) => startRole({ ...role, onLine: log, signal }) };
}

export class Supervisor implements AsyncDisposable {
  /** Settles when everything has stopped, with the reason. */
  readonly stopped: Promise<StopReason>;
  readonly #stopped = Promise.withResolvers<StopReason>();
  readonly #log: LogWriter;
  readonly #name: string;
  readonly #clock: SupervisorClock;
  readonly #keepers: Keeper<Running>[] = [];
  readonly #stopping = new AbortController();
  #stop: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#log = options.log;
    this.#name = options.name ?? "dev";
    this.#clock = options.clock ?? systemClock;
    this.stopped = this.#stopped.promise;
  }

  /**
   * Starts a service and keeps it running.
   *
   * Rejects with the service's own error when its first start fails; then nothing of it is left, and the others run on.
   */
  async run<R extends Running>(service: Service<R>): Promise<Supervised<R>> {
    this.#stopping.signal.throwIfAborted();
    const keeper = new Keeper(service, {
      clock: this.#clock,
      stopping: this.#stopping.signal,
      log: (line) => this.#log.line(service.name, line),
      onFailed: (problem) => void this.#end({ kind: "failed", service: service.name, problem }),
    });
    this.#keepers.push(keeper);
    try {
      await keeper.start();
    } catch (error) {
      // A stop that goes on waits for it by itself.
      if (!this.#stopping.signal.aborted) this.#keepers.splice(this.#keepers.indexOf(keeper), 1);
      throw error;
    }
    return keeper;
  }

  /** Stops everything, last started first. May be called again. */
  stop(): Promise<void> {
    return this.#end({ kind: "asked" });
  }

  /** Kills everything at once. */
  async kill(): Promise<void> {
    this.#stopping.abort(new DOMException("The supervisor stops", "AbortError"));
    await Promise.all(this.#keepers.map((keeper) => keeper.kill()));
  }

  /**
   * Stops on the signals of `STOP_SIGNALS`; a second signal kills. Dispose the result to stop listening.
   */
  listen(): Disposable {
    let firstMs: number | undefined;
    const listeners = STOP_SIGNALS.map((signal) => {
      const listener = () => {
        if (firstMs === undefined) {
          firstMs = this.#clock.nowMs();
          this.#log.line(this.#name, `${signal}: stopping; once more to kill`);
          void this.#end({ kind: "signal", signal });
        } else if (this.#clock.nowMs() - firstMs >= SECOND_SIGNAL_MS_MIN) {
          this.#log.line(this.#name, `${signal} again: killing`);
          void this.kill();
        }
      };
      Deno.addSignalListener(signal, listener);
      return () => Deno.removeSignalListener(signal, listener);
    });
    return { [Symbol.dispose]: () => listeners.forEach((remove) => remove()) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #end(reason: StopReason): Promise<void> {
    return this.#stop ??= (async () => {
      if (reason.kind === "failed") this.#log.line(this.#name, `giving up: ${reason.service} ${reason.problem}`);
      this.#stopping.abort(new DOMException("The supervisor stops", "AbortError"));
      for (const keeper of this.#keepers.toReversed()) {
        // One that cannot be stopped must not keep the others from it.
        await keeper.stop().catch((error) => this.#log.line(keeper.name, `cannot be stopped: ${error}`));
      }
      await this.#log.flush();
      this.#stopped.resolve(reason);
    })();
  }
}
