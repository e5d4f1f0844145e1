/**
 * One service of the supervisor: its current process, and what happens when that ends.
 *
 * @module
 */
import { describeEnd, type Running } from "./process.ts";

/** Pause before the first restart; each further death in a row doubles it. */
export const RESTART_PAUSE_MS_MIN = 500;

/** Longest pause before a restart. */
export const RESTART_PAUSE_MS_MAX = 15_000;

/** A service that ran this long was well: its next death counts as the first. */
export const RESTART_FORGIVEN_AFTER_MS = 60_000;

/** Deaths in a row that are followed by a restart; at the next one the supervisor gives up and stops everything. */
export const RESTARTS_MAX = 8;

/** What follows the end of a service that nobody stopped: a new start always, only after a failure, or never. */
export type RestartMode = "always" | "failure" | "never";

export interface ServiceContext {
  /** Writes a line under the service's name. */
  log: (line: string) => void;
  /** Aborted when the supervisor stops while the service starts; the start must then clean up and reject. */
  signal: AbortSignal;
}

/** Something that can be started, more than once. */
export interface Service<R extends Running> {
  name: string;
  /** Resolves when the service serves. */
  start(context: ServiceContext): Promise<R>;
  /** @default {"always"} */
  restart?: RestartMode;
}

/** A service under supervision. */
export interface Supervised<R extends Running> {
  readonly name: string;
  /** The process that runs, or the one that ran last. */
  readonly running: R;
  /** Starts after the first. */
  readonly restartCount: number;
}

/** Time as the supervisor needs it. */
export interface SupervisorClock {
  nowMs(): number;
  /** Rejects when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Pause before the restart that follows the `deaths`-th death in a row, from 1. */
export function restartPauseMs(deaths: number): number {
  return Math.min(RESTART_PAUSE_MS_MAX, RESTART_PAUSE_MS_MIN * 2 ** (deaths - 1));
}

export interface KeeperPorts {
  clock: SupervisorClock;
  stopping: AbortSignal;
  log: (line: string) => void;
  onFailed: (problem: string) => void;
}

/** Starts a service, and starts it again when it dies. */
export class Keeper<R extends Running> implements Supervised<R> {
  restartCount = 0;
  readonly #service: Service<R>;
  readonly #ports: KeeperPorts;
  #running: R | undefined;
  #startedMs = 0;
  #deaths = 0;
  #pending: Promise<unknown> | undefined;
  #kept: Promise<void> | undefined;

  constructor(service: Service<R>, ports: KeeperPorts) {
    this.#service = service;
    this.#ports = ports;
  }

  get name(): string {
    return this.#service.name;
  }

  get running(): R {
    if (this.#running === undefined) throw new Error(`${this.name} was never ready`);
    return this.#running;
  }

  async start(): Promise<void> {
    await this.#startOnce();
    this.#kept = this.#keep();
  }

  async stop(): Promise<void> {
    // A start under way was aborted with `stopping`.
    await this.#pending?.catch(() => {});
    if (this.#running !== undefined) await this.#running.stop();
    await this.#kept;
  }

  async kill(): Promise<void> {
    await this.#pending?.catch(() => {});
    await this.#running?.kill();
  }

  async #startOnce(): Promise<void> {
    const { clock, stopping, log } = this.#ports;
    const begunMs = clock.nowMs();
    // The service must not keep the signal for its life: its stop has its turn.
    const start = new AbortController();
    const onStopping = () => start.abort(stopping.reason);
    stopping.addEventListener("abort", onStopping);
    try {
      const starting = this.#service.start({ log, signal: start.signal });
      this.#pending = starting;
      this.#running = await starting;
    } finally {
      stopping.removeEventListener("abort", onStopping);
    }
    this.#startedMs = clock.nowMs();
    log(`ready after ${Math.round(this.#startedMs - begunMs)} ms, pid ${this.#running.pid}`);
  }

  async #keep(): Promise<void> {
    const { clock, stopping, log, onFailed } = this.#ports;
    const { restart = "always" } = this.#service;
    while (true) {
      const status = await this.running.exited;
      if (stopping.aborted) return;
      if (status.success && restart !== "always") return log("is done");
      let problem = describeEnd(status);
      if (restart === "never") return onFailed(problem);
      if (clock.nowMs() - this.#startedMs >= RESTART_FORGIVEN_AFTER_MS) this.#deaths = 0;
      while (true) {
        if (++this.#deaths > RESTARTS_MAX) return onFailed(`${problem}, the ${this.#deaths}th time in a row`);
        const pauseMs = restartPauseMs(this.#deaths);
        log(`${problem}; restart ${this.#deaths} of ${RESTARTS_MAX} in ${pauseMs} ms`);
        try {
          await clock.sleep(pauseMs, stopping);
          await this.#startOnce();
          break;
        } catch (error) {
          if (stopping.aborted) return;
          problem = error instanceof Error ? error.message : String(error);
        }
      }
      this.restartCount++;
    }
  }
}

/** The machine's clock. */
export const systemClock: SupervisorClock = {
  nowMs: () => performance.now(),
  sleep(ms, signal) {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", onAbort));
  },
};
