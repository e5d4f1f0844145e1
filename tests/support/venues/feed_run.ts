/**
 * A live feed over real sockets, with its frames and reports in memory, for tests that wait for what it does and never for time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { systemClock } from "../../../actors/adapters/clock.ts";
import { WireTransport } from "../../../actors/adapters/feed_transport.ts";
import type { FeedReport, MarketEvent, Pair } from "../../../actors/contract/mod.ts";
import { type LiveSource, runLiveFeed } from "../../../actors/feeds/mod.ts";
import { MemoryOutlet } from "../feed_ports.ts";

/** Far beyond what any of these tests waits for: a test that hangs says so. */
const PATIENCE_MS = 20_000;

/** An outlet whose window can be closed, as of a log that is slow. */
class GatedOutlet extends MemoryOutlet {
  onFrame: () => void = () => {};
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  close(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    this.#open = resolve;
  }

  open(): void {
    this.#open();
  }

  override async publish(pair: Pair, bytes: Uint8Array, messageId: string): Promise<void> {
    await this.#gate;
    await super.publish(pair, bytes, messageId);
    this.onFrame();
  }
}

interface FeedRunOptions {
  caCertificates?: string[];
  fast?: boolean;
  /** What every sleep is shortened by. */
  sleepDivisor?: number;
}

export class FeedRun implements AsyncDisposable {
  readonly outlet = new GatedOutlet();
  readonly lines: string[] = [];
  readonly reports: FeedReport[] = [];
  readonly #stop = new AbortController();
  readonly #transport: WireTransport;
  readonly #ended: Promise<void>;
  #waiters: (() => void)[] = [];

  constructor(source: LiveSource, { caCertificates, fast = true, sleepDivisor = fast ? 10 : 1 }: FeedRunOptions = {}) {
    this.#transport = new WireTransport({ caCertificates });
    this.outlet.onFrame = () => this.#wake();
    this.#ended = runLiveFeed({
      source,
      // Pauses between connections are as they are, but for their length: nobody waits 30 s for a test.
      clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / sleepDivisor, signal) },
      transport: this.#transport,
      outlet: this.outlet,
      node: "test",
      session: "test-session",
      random: () => 0,
      onReport: (report) => {
        this.reports.push(report);
        this.#wake();
      },
      log: (level, text) => {
        this.lines.push(`${level} ${text}`);
        this.#wake();
      },
    }, this.#stop.signal);
    this.#ended.catch((error) => {
      this.lines.push(`error ${(error as Error).stack}`);
      this.#wake();
    });
  }

  get report(): FeedReport {
    return this.reports.at(-1)!;
  }

  get events(): MarketEvent[] {
    return this.outlet.events;
  }

  eventsOf(pair: string): MarketEvent[] {
    return this.outlet.frames.filter((frame) => frame.pair === pair).flatMap(({ events }) => events);
  }

  /** @throws {AssertionError} where a secret is in a report, a line of the log, or a frame. */
  assertHidden(...secrets: string[]): void {
    const shown = `${JSON.stringify(this.reports)}\n${this.lines.join("\n")}`;
    for (const secret of secrets) {
      for (const text of [secret, encodeURIComponent(secret)]) assert(!shown.includes(text), `${text} is shown`);
    }
  }

  /** Resolves as soon as something holds that frames, reports or lines of the log bring about. */
  async until(what: string, holds: (run: this) => boolean): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENCE_MS);
    try {
      while (!holds(this)) {
        assert(!isLate, `waited ${PATIENCE_MS} ms for: ${what}\n${this.lines.slice(-20).join("\n")}`);
        await new Promise<void>((resolve) => this.#waiters.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stop it; resolves when it has ended in good order. */
  async stop(): Promise<void> {
    this.outlet.open();
    this.#stop.abort();
    await this.#ended;
    this.#transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
