/**
 * What couriers need from the world, in memory: a log of alerts, a ledger, and a clock that runs as fast as nobody waits for anything
 * else.
 *
 * @module
 */
import type { Alert, Delivery } from "../../actors/contract/mod.ts";
import {
  type Log,
  type LogMessage,
  LogRewoundError,
  NotNewestError,
  type ReadOptions,
} from "../../actors/runtime/mod.ts";
import { exampleAlert } from "../../gateway/notify/alert_words.ts";
import type { Ledger } from "../../gateway/notify/courier.ts";

/** Goes on to the next sleeper as soon as nothing else is left to do. */
export class IdleClock {
  #nowMs: number;
  #sleepers: { atMs: number; wake: () => void }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs = () => this.#nowMs;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        resolve();
      }, { once: true });
      this.#run();
    });
  };

  #run(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      if (this.#sleepers.length > 0) this.#run();
    });
  }
}

export class MemoryAlertLog implements Log {
  readonly #messages: LogMessage[] = [];
  readonly createdMs: number;
  readonly #nowMs: () => number;
  #wakers: (() => void)[] = [];

  constructor({ createdMs = 7, nowMs }: { createdMs?: number; nowMs: () => number }) {
    this.createdMs = createdMs;
    this.#nowMs = nowMs;
  }

  add(alert: Partial<Alert> | string): number {
    const text = typeof alert === "string" ? alert : JSON.stringify({ ...exampleAlert(1), ...alert });
    const sequence = this.#messages.length + 1;
    const data = new TextEncoder().encode(text);
    this.#messages.push({ subject: "fx.alert", sequence, data, timeMs: this.#nowMs(), pendingCount: 0 });
    for (const wake of this.#wakers.splice(0)) wake();
    return sequence;
  }

  extent = () => Promise.resolve({ firstSequence: 1, lastSequence: this.#messages.length, createdMs: this.createdMs });
  newestSequence = () => Promise.resolve(this.#messages.length);

  read(from: number, { signal, createdMs = this.createdMs }: ReadOptions) {
    if (createdMs !== this.createdMs) throw new LogRewoundError("made anew");
    const next = async function* (this: MemoryAlertLog) {
      for (let sequence = from; !signal.aborted;) {
        const message = this.#messages[sequence - 1];
        if (message !== undefined) {
          sequence++;
          yield message;
        } else {
          await new Promise<void>((resolve) => {
            this.#wakers.push(resolve);
            signal.addEventListener("abort", () => resolve(), { once: true });
          });
        }
      }
    };
    return { depth: 0, [Symbol.asyncIterator]: () => next.call(this) };
  }
}

export class MemoryLedger implements Ledger {
  readonly told: Delivery[] = [];
  readonly #ids = new Map<string, number>();
  #listeners: (() => void)[] = [];
  /** Thrown instead of the next so many answers, half of them after the message was stored. */
  failCount = 0;

  newest(route: string) {
    const at = this.told.findLastIndex((delivery) => delivery.route === route);
    return Promise.resolve(at < 0 ? undefined : { sequence: at + 1, delivery: this.told[at] });
  }

  async store(delivery: Delivery, { after, id }: { after: number; id: string }): Promise<number> {
    await Promise.resolve();
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const fails = this.failCount > 0 && this.failCount-- % 2;
    if (fails === 0) throw new Error("no answer");
    const newest = this.told.findLastIndex(({ route }) => route === delivery.route) + 1;
    if (newest !== after) throw new NotNewestError(`${after} is not the newest`);
    this.#ids.set(id, this.told.push(structuredClone(delivery)));
    for (const wake of this.#listeners.splice(0)) wake();
    if (fails === 1) throw new Error("answer lost");
    return this.told.length;
  }

  /** Resolves when it holds what is asked for. */
  async until(holds: (told: readonly Delivery[]) => boolean): Promise<void> {
    while (!holds(this.told)) await new Promise<void>((resolve) => this.#listeners.push(resolve));
  }
}
