import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LiveMessage } from "../../actors/contract/live.ts";
import type { ConnectionPhase, ConnectionState } from "./connection.ts";
import { LiveFeed, type LiveFeedOptions } from "./live_feed.ts";

/** A test that waits longer than this has failed. */
const DEADLINE_MS = 5_000;
const PAIRS = [{ pair: "EURUSD", label: "EUR/USD", base: "EUR", quote: "USD", pipSize: 1e-4, priceDecimals: 5 }];

function hello(): string {
  return JSON.stringify({ type: "hello", v: 1, serverTimeMs: Date.now(), pairs: PAIRS });
}

/** A WebSocket server on a free port that hands out its sockets and what they said. */
class Server implements AsyncDisposable {
  readonly #sockets: WebSocket[] = [];
  readonly #waiting: ((socket: WebSocket) => void)[] = [];
  #onRequest = (_text: string) => {};
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly url: string;

  constructor({ port = 0 } = {}) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => this.#onRequest(data);
      socket.onopen = () => {
        this.#sockets.push(socket);
        this.#waiting.shift()?.(socket);
      };
      return response;
    });
    this.url = `ws://127.0.0.1:${this.port}/live`;
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** The next socket that opens. */
  accept(): Promise<WebSocket> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What a client says next. */
  request(): Promise<string> {
    return new Promise((resolve) => this.#onRequest = resolve);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#sockets.map((socket) =>
      new Promise((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) return resolve(undefined);
        socket.onclose = resolve;
        socket.close();
      })
    );
    await Promise.all(closed);
    await this.#server.shutdown();
  }
}

/** A feed with short waits, and a way to wait for what it does. */
class Client implements Disposable {
  readonly feed: LiveFeed;
  readonly phases: ConnectionPhase[] = [];
  readonly messages: LiveMessage[] = [];
  readonly garbage: string[] = [];
  #check = () => {};

  constructor(url: string, options: Partial<LiveFeedOptions> = {}) {
    this.feed = new LiveFeed({
      url,
      onMessage: (message) => this.#note(() => this.messages.push(message)),
      onState: (state) =>
        this.#note(() => {
          if (this.phases.at(-1) !== state.phase) this.phases.push(state.phase);
        }),
      onGarbage: (text) => this.#note(() => this.garbage.push(text)),
      backoff: { firstMs: 10, longestMs: 50 },
      ...options,
    });
    this.feed.start();
  }

  until(condition: (state: ConnectionState) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Still ${this.phases.join()} at the deadline`)), DEADLINE_MS);
      this.#check = () => {
        if (!condition(this.feed.state)) return;
        clearTimeout(timer);
        this.#check = () => {};
        resolve();
      };
      this.#check();
    });
  }

  [Symbol.dispose](): void {
    this.feed.stop();
  }

  #note(change: () => void): void {
    change();
    this.#check();
  }
}

Deno.test("`LiveFeed` is live with the hello, and passes messages on", async () => {
  await using server = new Server();
  const accepted = server.accept();
  using client = new Client(server.url);
  (await accepted).send(hello());
  await client.until(({ phase }) => phase === "live");
  deepStrictEqual(client.phases, ["connecting", "live"]);
  await client.until(() => client.messages.length === 1);
  deepStrictEqual(client.messages[0]?.type === "hello" && client.messages[0].pairs, PAIRS);
});

Deno.test("`LiveFeed` reconnects after a close and asks for its pair again", async () => {
  await using server = new Server();
  const expected = '{"type":"detail","pair":"EURUSD"}';
  let [accepted, request] = [server.accept(), server.request()];
  using client = new Client(server.url);
  client.feed.showDetail("EURUSD");
  const first = await accepted;
  strictEqual(await request, expected);
  first.send(hello());
  await client.until(({ phase }) => phase === "live");
  [accepted, request] = [server.accept(), server.request()];
  first.close();
  await client.until(({ phase }) => phase === "lost");
  const second = await accepted;
  strictEqual(await request, expected);
  second.send(hello());
  await client.until(({ phase }) => phase === "live");
  deepStrictEqual(client.phases, ["connecting", "live", "lost", "live"]);
});

Deno.test("`LiveFeed` waits for a server that is not there yet", async () => {
  let port: number;
  {
    await using server = new Server();
    port = server.port;
  }
  using client = new Client(`ws://127.0.0.1:${port}/live`);
  await client.until(({ failedAttempts }) => failedAttempts >= 2);
  await using server = new Server({ port });
  (await server.accept()).send(hello());
  await client.until(({ phase }) => phase === "live");
  strictEqual(client.feed.state.failedAttempts, 0);
});

Deno.test("`LiveFeed` notices an open socket that fell silent, and opens another", async () => {
  await using server = new Server();
  let accepted = server.accept();
  using client = new Client(server.url, { staleAfterMs: 40, reconnectAfterMs: 80 });
  (await accepted).send(hello());
  accepted = server.accept();
  await client.until(({ phase }) => phase === "lost");
  deepStrictEqual(client.phases, ["connecting", "live", "stale", "lost"]);
  (await accepted).send(hello());
  await client.until(({ phase }) => phase === "live");
});

Deno.test("`LiveFeed` leaves out garbage and stays connected", async () => {
  await using server = new Server();
  const accepted = server.accept();
  using client = new Client(server.url);
  const socket = await accepted;
  const later = '{"type":"a type that came after this page","serverTimeMs":1}';
  for (const text of ["not JSON", "[]", '{"type":"hello","v":2,"serverTimeMs":1,"pairs":[]}', "null", later]) {
    socket.send(text);
  }
  await client.until(() => client.garbage.length === 5);
  socket.send(hello());
  await client.until(({ phase }) => phase === "live");
  deepStrictEqual(client.phases, ["connecting", "live"]);
});

Deno.test("`LiveFeed.retryNow()` does not wait for the next attempt", async () => {
  let port: number;
  {
    await using server = new Server();
    port = server.port;
  }
  using client = new Client(`ws://127.0.0.1:${port}/live`, { backoff: { firstMs: 60_000, longestMs: 60_000 } });
  await client.until(({ phase }) => phase === "lost");
  await using server = new Server({ port });
  const accepted = server.accept();
  client.feed.retryNow();
  (await accepted).send(hello());
  await client.until(({ phase }) => phase === "live");
});
