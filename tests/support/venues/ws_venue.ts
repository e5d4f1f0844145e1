/**
 * A venue that is spoken to over a WebSocket: keeps what it is told, says what it is asked to.
 *
 * @module
 */
import { HttpVenue } from "./http_venue.ts";

/** Far beyond what any test waits for. */
const PATIENCE_MS = 20_000;

export class WsVenue extends HttpVenue {
  /** Texts that clients sent. */
  readonly received: string[] = [];
  /** Headers of the newest connection. */
  headers = new Headers();
  connectionCount = 0;
  /** Called with each text of a client. */
  onText: (text: string, send: (text: string) => void) => void = () => {};
  /** Hears nothing and says nothing, and keeps its connections: half-open. */
  isDeaf = false;
  readonly #sockets = new Set<WebSocket>();
  #onTaken = () => {};

  override get url(): string {
    return `ws://127.0.0.1:${this.port}/v1/quotes/price`;
  }

  /** Say something to everybody. */
  say(message: unknown): void {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    if (this.isDeaf) return;
    for (const socket of this.#sockets) if (socket.readyState === WebSocket.OPEN) socket.send(text);
  }

  /** Resolves when so many texts of clients fit. */
  async heard(count: number, fits: (text: string) => boolean): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(
        new Error(`waited ${PATIENCE_MS} ms for ${count} texts; heard:\n${this.received.slice(-20).join("\n")}`),
      );
    }, PATIENCE_MS);
    try {
      while (this.received.filter(fits).length < count) {
        await Promise.race([late.promise, new Promise<void>((resolve) => this.#onTaken = resolve)]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  override disconnect(): void {
    for (const socket of this.#sockets) socket.close(1001, "going away");
    this.#sockets.clear();
  }

  protected override answer(request: Request): Response {
    // The upgrade takes the request away.
    this.headers = new Headers(request.headers);
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      this.connectionCount++;
      this.#sockets.add(socket);
    };
    socket.onclose = socket.onerror = () => void this.#sockets.delete(socket);
    socket.onmessage = ({ data }) => {
      if (this.isDeaf) return;
      const text = String(data);
      this.received.push(text);
      this.onText(text, (answer) => socket.send(answer));
      this.#onTaken();
    };
    return response;
  }
}
