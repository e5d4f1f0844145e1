/**
 * One connection of a live source: hands on what it hears in order, in its turn, and no faster than the log takes it.
 *
 * @module
 */
import {
  emptyEvent,
  EventFlag,
  EventKind,
  FeedFault,
  type FeedPairReport,
  httpFault,
  type MarketEvent,
  type Pair,
  type RejectCode,
  StatusCode,
  US_PER_MS,
} from "../../contract/mod.ts";
import type { FrameBatcher } from "../frame_batcher.ts";
import type { Normaliser } from "../normaliser.ts";
import type { FeedSocket } from "../ports.ts";
import type { FeedMeter } from "./feed_meter.ts";
import { linesOf, textOf } from "./http_body.ts";
import type { LiveFeedOptions } from "./live_feed.ts";
import type { FeedLink, LineHandlers, SocketHandlers, TextAnswer, TextOptions } from "./live_source.ts";
import { addressOf } from "./secrets.ts";

/** Messages that wait for the log. Overflow: the socket is not read until half of them are gone. */
export const QUEUE_MESSAGES_MAX = 1_024;
/** Looks at the silence within the time that a source may keep it. */
const SILENCE_LOOKS = 4;
/** Messages in a row of which none can be read, before the connection is given up. */
export const UNREADABLE_MAX = 100;

interface ConnectionOptions extends LiveFeedOptions {
  meter: FeedMeter;
  normaliser: Normaliser;
  batcher: FrameBatcher;
  onLive: () => void;
  /** Told when a pair is served otherwise than before. */
  onPairState: () => void;
  setReceiveTimeUs: (timeUs: number) => void;
}

export class Connection implements FeedLink {
  receiveTimeUs: number;
  readonly #options: ConnectionOptions;
  readonly #ending = new AbortController();
  readonly #statusEvent = emptyEvent();
  #fault: FeedFault | undefined;
  #heardUs: number;
  /** Messages wait for room in the log, or the source for its next question: it is not silent, it is not listened to. */
  #isPaused = false;
  #unreadable = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.receiveTimeUs = this.#heardUs = options.clock.nowUs();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Serve until the source ends, falls silent, or the signal aborts. @throws where the outlet fails. */
  async serve(stop: AbortSignal): Promise<FeedFault> {
    const { source } = this.#options;
    const end = () => this.#ending.abort();
    if (stop.aborted) end();
    stop.addEventListener("abort", end, { once: true });
    const watching = this.#watchSilence();
    try {
      await source.run(this);
      return this.#fault ?? new FeedFault("closed", "the source ended the connection");
    } catch (error) {
      if (this.#fault !== undefined) return this.#fault;
      if (error instanceof FeedFault) return error;
      throw error;
    } finally {
      stop.removeEventListener("abort", end);
      end();
      await watching;
    }
  }

  async socket(url: string, handlers: SocketHandlers): Promise<void> {
    const { transport, meter, clock } = this.#options;
    const queue: string[] = [];
    const times: number[] = [];
    let pumping: Promise<void> | undefined;
    let failure: unknown;
    const wire: { socket?: FeedSocket } = {};
    const send = (text: string) => wire.socket?.send(text);
    const pump = async () => {
      // What else this turn of the event loop brings is to go with it.
      await undefined;
      let at = 0;
      while (at < queue.length && !this.signal.aborted) {
        while (at < queue.length && !this.#options.batcher.wantsFlush) {
          this.#receive(queue[at]!, times[at]!, (text) => handlers.onText(text, send));
          at++;
        }
        await this.flush();
        if (this.#isPaused && queue.length - at <= QUEUE_MESSAGES_MAX / 2) {
          this.#isPaused = false;
          this.#heardUs = clock.nowUs();
          wire.socket?.resume();
        }
        queue.splice(0, at);
        times.splice(0, at);
        at = 0;
      }
    };
    const fail = (error: unknown) => {
      failure ??= error;
      this.#ending.abort();
    };
    const onText = (text: string) => {
      if (this.signal.aborted) return;
      this.#heardUs = clock.nowUs();
      queue.push(text);
      times.push(this.#heardUs);
      if (queue.length >= QUEUE_MESSAGES_MAX && !this.#isPaused) {
        this.#isPaused = true;
        meter.counts.pausedCount++;
        wire.socket?.pause();
      }
      pumping ??= pump().catch(fail).finally(() => pumping = undefined);
    };
    meter.address = handlers.shownUrl ?? addressOf(url);
    const socket = wire.socket = await transport.openSocket(url, {
      headers: handlers.headers,
      signal: this.signal,
      onText,
      onSign: () => this.#heardUs = clock.nowUs(),
    });
    if (this.#isPaused) socket.pause();
    const timer = handlers.every && this.#every(handlers.every.ms, () => handlers.every!.call(send)).catch(fail);
    handlers.onOpen?.(send);
    const { code, reason } = await socket.closed;
    this.#ending.abort();
    await timer;
    await pumping;
    if (failure !== undefined) throw failure;
    throw this.#fault ??
      new FeedFault("closed", `the source ended the connection with code ${code}${reason && `: ${reason}`}`);
  }

  async lines(url: string, { headers, shownUrl, onLine, onRefused }: LineHandlers): Promise<void> {
    const { transport, meter, clock } = this.#options;
    meter.address = shownUrl ?? addressOf(url);
    const response = await transport.request(url, { headers, signal: this.signal });
    if (response.status !== 200) {
      const retryAfter = response.header("retry-after");
      const text = await textOf(response.body, this.signal);
      throw onRefused?.({ status: response.status, text, retryAfter }) ?? this.#httpFault(response.status, retryAfter);
    }
    for await (const lines of linesOf(response.body, this.signal)) {
      const nowUs = this.#heardUs = clock.nowUs();
      for (const line of lines) {
        this.#receive(line, nowUs, onLine);
        if (this.#options.batcher.wantsFlush) await this.flush();
      }
      this.#isPaused = true;
      await this.flush();
      this.#isPaused = false;
    }
  }

  async text(url: string, { headers, shownUrl }: TextOptions = {}): Promise<TextAnswer> {
    const { transport, meter, clock } = this.#options;
    meter.address = shownUrl ?? addressOf(url);
    const response = await transport.request(url, { headers, signal: this.signal });
    const text = await textOf(response.body, this.signal);
    this.receiveTimeUs = this.#heardUs = clock.nowUs();
    this.#options.setReceiveTimeUs(this.receiveTimeUs);
    this.#options.normaliser.receiveTimeUs = this.receiveTimeUs;
    meter.counts.messageCount++;
    meter.counts.byteCount += text.length;
    return { status: response.status, text, retryAfter: response.header("retry-after") };
  }

  /** The fault that a status other than success means. */
  #httpFault(status: number, retryAfter: string | null): FeedFault {
    const nowMs = this.#options.clock.nowUs() / US_PER_MS;
    return httpFault(status, { what: this.#options.source.name, retryAfter, nowMs });
  }

  async sleep(ms: number): Promise<void> {
    this.#isPaused = true;
    await this.#options.clock.sleep(ms, this.signal);
    this.#isPaused = false;
    this.#heardUs = this.#options.clock.nowUs();
  }

  flush(): Promise<void> {
    return this.#options.batcher.flush();
  }

  #receive(text: string, timeUs: number, take: (text: string) => void): void {
    const { meter, normaliser, setReceiveTimeUs } = this.#options;
    meter.counts.messageCount++;
    meter.counts.byteCount += text.length;
    this.receiveTimeUs = timeUs;
    normaliser.receiveTimeUs = timeUs;
    setReceiveTimeUs(timeUs);
    try {
      take(text);
      this.#unreadable = 0;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.refuse("line-malformed", () => `${error.message}: ${text.slice(0, 80)}`);
      if (++this.#unreadable >= UNREADABLE_MAX) {
        throw new FeedFault(
          "protocol",
          `${UNREADABLE_MAX} messages in a row cannot be read; the last: ${error.message}`,
        );
      }
    }
  }

  emit(pair: Pair, event: MarketEvent): void {
    const { normaliser, meter, batcher } = this.#options;
    if (!normaliser.admit(pair, event, meter.counts.messageCount)) return;
    if ((event.flags & EventFlag.snapshot) === 0 && event.kind !== EventKind.status) {
      meter.latency.add(this.receiveTimeUs - event.eventTimeUs, this.receiveTimeUs);
    }
    meter.event(pair, event.eventTimeUs);
    batcher.add(pair, event);
  }

  status(pair: Pair, code: number): void {
    const event = this.#statusEvent;
    event.kind = EventKind.status;
    event.side = code;
    event.flags = EventFlag.lastOfBatch;
    event.eventTimeUs = this.sourceTimeUs(pair);
    this.emit(pair, event);
  }

  refuse(code: RejectCode, describe: () => string): void {
    const { normaliser, meter } = this.#options;
    normaliser.refuse(code, meter.counts.messageCount, describe);
  }

  duplicate(): void {
    this.#options.meter.counts.duplicateCount++;
  }

  gap(pair: Pair, why: "gap" | "checksum"): void {
    const { counts } = this.#options.meter;
    counts.gapCount++;
    if (why === "checksum") counts.checksumFailureCount++;
    this.status(pair, StatusCode.gap);
  }

  live(): void {
    this.#options.onLive();
  }

  pair(pair: Pair, state: FeedPairReport["state"], fault?: string): void {
    const { meter } = this.#options;
    const before = meter.stateOf(pair);
    meter.pair(pair, state, { fault });
    if (state !== before) this.#options.onPairState();
    if (state === "live" && before === "waiting") this.status(pair, StatusCode.connected);
  }

  sourceTimeUs(pair: Pair): number {
    const { clock, meter, normaliser } = this.#options;
    const nowUs = clock.nowUs();
    return Math.max(normaliser.newestUs(pair), Math.round(nowUs - (meter.latency.boundUs(nowUs) ?? 0)));
  }

  sourceShows(timeUs: number): void {
    this.#options.meter.latency.bound(this.receiveTimeUs - timeUs, this.receiveTimeUs);
  }

  log(level: "debug" | "info" | "warn", text: string): void {
    this.#options.log(level, `${this.#options.source.name}: ${text}`);
  }

  async #watchSilence(): Promise<void> {
    const { clock, source: { silenceMsMax, name } } = this.#options;
    const lookMs = silenceMsMax / SILENCE_LOOKS;
    for (;;) {
      await clock.sleep(lookMs, this.signal);
      if (this.signal.aborted) return;
      if (this.#isPaused || clock.nowUs() - this.#heardUs < silenceMsMax * US_PER_MS) continue;
      this.#fault = new FeedFault("silent", `nothing was heard of ${name} for ${silenceMsMax / 1_000} s`);
      return this.#ending.abort();
    }
  }

  async #every(ms: number, call: () => void): Promise<void> {
    for (;;) {
      await this.#options.clock.sleep(ms, this.signal);
      if (this.signal.aborted) return;
      call();
    }
  }
}
