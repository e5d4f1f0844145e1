/**
 * The live socket that does not give up: it reconnects with jittered exponential back-off, notices a socket that is open but
 * silent, and says which pair it wants in detail again after every reconnect.
 *
 * @module
 */
import type { LiveMessage, LiveRequest } from "../../actors/contract/live.ts";
import { parseLiveMessage } from "../model/live_message.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";
import { type ConnectionEvent, type ConnectionState, initialConnection, nextConnection } from "./connection.ts";

export interface LiveFeedOptions {
  /** `ws:` or `wss:` address of the gateway's live socket. */
  url: string;
  onMessage: (message: LiveMessage) => void;
  onState: (state: ConnectionState) => void;
  /** A frame that was not understood; the connection goes on. @default {does nothing} */
  onGarbage?: (text: string) => void;
  /** Silence after which the data counts as stale. @default {4_000} */
  staleAfterMs?: number;
  /** Silence after which the socket is given up and opened anew. @default {15_000} */
  reconnectAfterMs?: number;
  /** An attempt that takes longer has failed. @default {10_000} */
  openTimeoutMs?: number;
  backoff?: BackoffOptions;
  /** @default {Date.now} */
  nowMs?: () => number;
}

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #nowMs: () => number;
  #state: ConnectionState;
  #socket: WebSocket | undefined;
  #detail: string | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#state = initialConnection(this.#nowMs());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  /** Closes the socket and every timer. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    this.#dropSocket();
  }

  /** Does not wait for the next attempt: the network came back, or somebody asked. */
  retryNow(): void {
    if (this.#stopped || this.#socket !== undefined) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  /** Asks for one pair's book with all its levels; `null` for none. */
  showDetail(pair: string | null): void {
    if (this.#detail === pair) return;
    this.#detail = pair;
    this.#sendDetail();
  }

  #connect(): void {
    this.#apply({ type: "trying" });
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#options.url);
    } catch {
      // A policy of the browser may forbid it at once; that is a failed attempt like any other.
      return this.#lose();
    }
    this.#socket = socket;
    this.#watch(this.#options.openTimeoutMs ?? 10_000, () => this.#lose());
    socket.onopen = () => {
      this.#sendDetail();
      this.#watchSilence();
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#lose();
    // An error is followed by a close.
    socket.onerror = (event) => event.preventDefault();
  }

  #receive(data: unknown): void {
    const message = typeof data === "string" ? parseLiveMessage(data) : undefined;
    if (message === undefined) return this.#options.onGarbage?.(String(data));
    this.#watchSilence();
    this.#apply({ type: "message", serverTimeMs: message.serverTimeMs });
    this.#options.onMessage(message);
  }

  #watchSilence(): void {
    const { staleAfterMs = 4_000, reconnectAfterMs = 15_000 } = this.#options;
    this.#watch(staleAfterMs, () => {
      this.#apply({ type: "silence" });
      this.#watch(reconnectAfterMs - staleAfterMs, () => this.#lose());
    });
  }

  #watch(ms: number, then: () => void): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(then, ms);
  }

  #lose(): void {
    this.#dropSocket();
    if (this.#stopped) return;
    const waitMs = backoffMs(this.#state.failedAttempts + 1, this.#options.backoff);
    this.#apply({ type: "closed", nextTryMs: this.#nowMs() + waitMs });
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
  }

  #dropSocket(): void {
    clearTimeout(this.#silenceTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #sendDetail(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const request: LiveRequest = { type: "detail", pair: this.#detail };
    this.#socket.send(JSON.stringify(request));
  }

  #apply(event: ConnectionEvent): void {
    this.#state = nextConnection(this.#state, event, this.#nowMs());
    this.#options.onState(this.#state);
  }
}
