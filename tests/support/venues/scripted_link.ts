/**
 * A feed link in memory: a source is started on it, told messages, and asked what it sends and emits.
 *
 * @module
 */
import {
  emptyEvent,
  EventKind,
  type FeedPairReport,
  type MarketEvent,
  type Pair,
  type RejectCode,
  StatusCode,
  validateEvent,
} from "../../../actors/contract/mod.ts";
import type { FeedLink, LiveSource, SocketHandlers, TextAnswer } from "../../../actors/feeds/mod.ts";

interface Request {
  method: string;
  params: Record<string, unknown>;
}

const START_US = 1_767_600_000_000_000;

export class ScriptedLink implements FeedLink {
  readonly requests: Request[] = [];
  readonly refusals: RejectCode[] = [];
  readonly states = new Map<Pair, FeedPairReport["state"]>();
  receiveTimeUs = START_US;
  isLive = false;
  duplicateCount = 0;
  readonly #events: MarketEvent[];
  readonly #over = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  #handlers: SocketHandlers | undefined;

  constructor(events: MarketEvent[]) {
    this.#events = events;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Resolves when the source has ended. */
  start(source: LiveSource): Promise<void> {
    return source.run(this);
  }

  /** A message of the source, in its turn. */
  take(text: string): void {
    this.receiveTimeUs += 1_000;
    this.#handlers!.onText(text, this.#send);
  }

  /** The connection ends. */
  end(): void {
    this.#ending.abort();
    this.#over.resolve();
  }

  socket(_url: string, handlers: SocketHandlers): Promise<void> {
    this.#handlers = handlers;
    handlers.onOpen?.(this.#send);
    return this.#over.promise;
  }

  readonly #send = (text: string): void => void this.requests.push(JSON.parse(text));

  lines(): Promise<void> {
    throw new Error("no lines here");
  }

  text(): Promise<TextAnswer> {
    throw new Error("no answers here");
  }

  async sleep(): Promise<void> {}

  async flush(): Promise<void> {}

  emit(_pair: Pair, event: MarketEvent): void {
    if (validateEvent(event) === undefined) this.#events.push({ ...event });
  }

  status(pair: Pair, code: number): void {
    this.emit(pair, { ...emptyEvent(), kind: EventKind.status, side: code, eventTimeUs: this.receiveTimeUs });
  }

  refuse(code: RejectCode): void {
    this.refusals.push(code);
  }

  duplicate(): void {
    this.duplicateCount++;
  }

  gap(pair: Pair): void {
    this.status(pair, StatusCode.gap);
  }

  live(): void {
    this.isLive = true;
  }

  pair(pair: Pair, state: FeedPairReport["state"]): void {
    this.states.set(pair, state);
  }

  sourceTimeUs(): number {
    return this.receiveTimeUs;
  }

  sourceShows(): void {}

  log(): void {}
}
