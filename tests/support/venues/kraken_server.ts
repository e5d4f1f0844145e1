/**
 * A venue that speaks Kraken's WebSocket API v2 as documented: status, instruments, books with checksums, trades, heartbeats; and that
 * can be told to misbehave. Its checksums are made of the texts of the numbers, as the venue's own documentation does it.
 *
 * @module
 */
import { crc32 } from "node:zlib";

const CHECKSUM_LEVELS = 10;
const HEARTBEAT_MS = 100;

export interface Instrument {
  symbol: string;
  price_precision: number;
  qty_precision: number;
  status?: string;
}

export const KRAKEN_INSTRUMENTS: readonly Instrument[] = [
  { symbol: "EUR/USD", price_precision: 5, qty_precision: 8 },
  { symbol: "USD/JPY", price_precision: 3, qty_precision: 8 },
  { symbol: "GBP/USD", price_precision: 5, qty_precision: 8 },
  { symbol: "BTC/USD", price_precision: 1, qty_precision: 8 },
];

export type VenueLevel = [side: "bids" | "asks", price: number, qty: number];

interface VenueBook {
  bids: Map<number, number>;
  asks: Map<number, number>;
}

interface Client {
  socket: WebSocket;
  books: Map<string, number>;
  trades: Set<string>;
}

export class KrakenServer implements AsyncDisposable {
  readonly #books = new Map<string, VenueBook>();
  readonly #clients = new Set<Client>();
  readonly #instruments: readonly Instrument[];
  #server: Deno.HttpServer<Deno.NetAddr>;
  /** Number of the newest trade of each book: the venue counts them apart. */
  readonly #tradeIds = new Map<string, number>();
  #heartbeat: ReturnType<typeof setInterval>;
  /** Requests of all clients so far. */
  readonly requests: { method: string; params: Record<string, unknown> }[] = [];
  connectionCount = 0;
  /** Answers a connection with this status instead of taking it. */
  refusal: { status: number; retryAfter?: string } | undefined;
  /** Answers a subscription of a symbol with this error. */
  readonly errors = new Map<string, string>();
  /** Sends nothing more, answers nothing, and keeps the connections open. */
  isSilent = false;
  /** Sends no heartbeat. */
  isHeartless = false;
  /** How far the venue's clock is behind, milliseconds. */
  clockBehindMs = 0;
  /** Makes the next checksums of a symbol wrong. */
  readonly wrongChecksums = new Map<string, number>();

  constructor({ instruments = KRAKEN_INSTRUMENTS, port = 0, cert, key }: {
    instruments?: readonly Instrument[];
    port?: number;
    cert?: string;
    key?: string;
  } = {}) {
    this.#instruments = instruments;
    this.#server = this.#listen(port, { cert, key });
    this.#heartbeat = setInterval(() => {
      if (!this.isHeartless) this.#sendAll({ channel: "heartbeat" });
    }, HEARTBEAT_MS);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/v2`;
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** Connections that are open. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Change levels, and tell whoever follows the book. */
  update(symbol: string, ...levels: VenueLevel[]): void {
    const book = this.#bookOf(symbol);
    for (const [side, price, qty] of levels) {
      if (qty === 0) book[side].delete(price);
      else book[side].set(price, qty);
    }
    for (const client of this.#clients) {
      const depth = client.books.get(symbol);
      if (depth === undefined) continue;
      truncate(book, depth);
      this.#send(client, {
        channel: "book",
        type: "update",
        data: [{
          symbol,
          bids: levels.filter(([side]) => side === "bids").map(([, price, qty]) => ({ price, qty })),
          asks: levels.filter(([side]) => side === "asks").map(([, price, qty]) => ({ price, qty })),
          checksum: this.#checksumOf(symbol),
          timestamp: this.#now(),
        }],
      });
    }
  }

  trade(symbol: string, side: "buy" | "sell", price: number, qty: number, { id }: { id?: number } = {}): void {
    const tradeId = id ?? (this.#tradeIds.get(symbol) ?? 0) + 1;
    this.#tradeIds.set(symbol, tradeId);
    const data = [{ symbol, side, price, qty, ord_type: "market", trade_id: tradeId, timestamp: this.#now() }];
    for (const client of this.#clients) {
      if (client.trades.has(symbol)) this.#send(client, { channel: "trade", type: "update", data });
    }
  }

  /** Send a text as it is, to everybody. */
  raw(text: string): void {
    for (const { socket } of this.#clients) if (socket.readyState === WebSocket.OPEN) socket.send(text);
  }

  /** The book as it is, best first. */
  levels(symbol: string, side: "bids" | "asks"): [price: number, qty: number][] {
    return sorted(this.#bookOf(symbol), side);
  }

  /** End every connection. */
  disconnect(): void {
    for (const { socket } of this.#clients) socket.close(1001, "going away");
    this.#clients.clear();
  }

  /** Die, and come back on the same port. */
  async restart(): Promise<void> {
    const { port } = this.#server.addr;
    this.disconnect();
    await this.#server.shutdown();
    this.#server = this.#listen(port, {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    this.disconnect();
    await this.#server.shutdown();
  }

  #listen(port: number, { cert, key }: { cert?: string; key?: string }): Deno.HttpServer<Deno.NetAddr> {
    const handler = (request: Request): Response => {
      if (this.refusal !== undefined) {
        const { status, retryAfter } = this.refusal;
        return new Response("no", { status, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } });
      }
      const { socket, response } = Deno.upgradeWebSocket(request);
      this.#accept(socket);
      return response;
    };
    const options = { hostname: "127.0.0.1", port, onListen: () => {} };
    return cert !== undefined && key !== undefined
      ? Deno.serve({ ...options, cert, key }, handler)
      : Deno.serve(options, handler);
  }

  #accept(socket: WebSocket): void {
    const client: Client = { socket, books: new Map(), trades: new Set() };
    socket.onopen = () => {
      this.connectionCount++;
      this.#clients.add(client);
      this.#send(client, {
        channel: "status",
        type: "update",
        data: [{ api_version: "v2", connection_id: 1, system: "online", version: "2.0.0" }],
      });
    };
    socket.onclose = () => this.#clients.delete(client);
    socket.onerror = () => this.#clients.delete(client);
    socket.onmessage = ({ data }) => {
      if (!this.isSilent) this.#answer(client, JSON.parse(String(data)));
    };
  }

  #answer(client: Client, request: { method: string; params: Record<string, unknown>; req_id?: number }): void {
    this.requests.push(request);
    const { method, params, req_id } = request;
    const { channel } = params;
    if (channel === "instrument") {
      const times = { time_in: this.#now(), time_out: this.#now() };
      this.#send(client, { method, result: { channel, snapshot: true }, success: true, req_id, ...times });
      this.#send(client, {
        channel,
        type: "snapshot",
        data: { assets: [], pairs: this.#instruments.map((one) => ({ status: "online", ...one })) },
      });
      return;
    }
    for (const symbol of params.symbol as string[]) {
      const error = this.#errorOf(symbol, params.depth as number | undefined);
      if (error !== undefined) {
        this.#send(client, { error, method, success: false, symbol, req_id });
        continue;
      }
      this.#send(client, { method, result: { channel, symbol }, success: true, req_id });
      if (method === "unsubscribe") client.books.delete(symbol);
      else if (channel === "trade") client.trades.add(symbol);
      else {
        client.books.set(symbol, params.depth as number);
        this.#snapshot(client, symbol);
      }
    }
  }

  #errorOf(symbol: string, depth: number | undefined): string | undefined {
    if (!this.#instruments.some((one) => one.symbol === symbol)) return `Currency pair not supported ${symbol}`;
    if (depth !== undefined && ![10, 25, 100, 500, 1000].includes(depth)) return "Subscription depth not supported";
    return this.errors.get(symbol);
  }

  #snapshot(client: Client, symbol: string): void {
    const book = this.#bookOf(symbol);
    truncate(book, client.books.get(symbol)!);
    const side = (name: "bids" | "asks") => sorted(book, name).map(([price, qty]) => ({ price, qty }));
    this.#send(client, {
      channel: "book",
      type: "snapshot",
      data: [{
        symbol,
        bids: side("bids"),
        asks: side("asks"),
        checksum: this.#checksumOf(symbol),
        timestamp: this.#now(),
      }],
    });
  }

  #checksumOf(symbol: string): number {
    const wrong = this.wrongChecksums.get(symbol) ?? 0;
    if (wrong > 0) this.wrongChecksums.set(symbol, wrong - 1);
    return (checksumOf(this.#bookOf(symbol), this.#instruments.find((one) => one.symbol === symbol)!) +
      Number(wrong > 0)) %
      2 ** 32;
  }

  #bookOf(symbol: string): VenueBook {
    let book = this.#books.get(symbol);
    if (book === undefined) this.#books.set(symbol, book = { bids: new Map(), asks: new Map() });
    return book;
  }

  #now(): string {
    return new Date(Date.now() - this.clockBehindMs).toISOString().replace("Z", "000Z");
  }

  #sendAll(message: unknown): void {
    for (const client of this.#clients) this.#send(client, message);
  }

  #send({ socket }: Client, message: unknown): void {
    if (!this.isSilent && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }
}

function sorted(book: VenueBook, side: "bids" | "asks"): [number, number][] {
  return [...book[side]].sort(([a], [b]) => side === "bids" ? b - a : a - b);
}

/** The venue speaks no more of what is deeper than was subscribed to; one client at a time, or all of one depth. */
function truncate(book: VenueBook, depth: number): void {
  for (const side of ["bids", "asks"] as const) {
    for (const [price] of sorted(book, side).slice(depth)) book[side].delete(price);
  }
}

/** As documented: digits of price and size without dot and leading zeros, ten asks and then ten bids. */
export function checksumOf(
  book: { bids: Map<number, number>; asks: Map<number, number> },
  { price_precision, qty_precision }: Pick<Instrument, "price_precision" | "qty_precision">,
): number {
  const digits = (value: number, precision: number) => value.toFixed(precision).replace(".", "").replace(/^0+/, "");
  let text = "";
  for (const side of ["asks", "bids"] as const) {
    for (const [price, qty] of sorted(book, side).slice(0, CHECKSUM_LEVELS)) {
      text += digits(price, price_precision) + digits(qty, qty_precision);
    }
  }
  return crc32(text);
}
