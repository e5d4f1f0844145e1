/**
 * A venue that speaks OANDA's v20 API as documented: the account's instruments, and the pricing stream with its heartbeats.
 *
 * @module
 */
import { HttpVenue } from "./http_venue.ts";

export const OANDA_TOKEN = "s3cret-oanda-token";
export const OANDA_ACCOUNT = "101-004-1234567-001";
const HEARTBEAT_MS = 50;

export interface OandaPrice {
  instrument: string;
  bids: [price: string, liquidity: number][];
  asks: [price: string, liquidity: number][];
  time?: string;
  tradeable?: boolean;
}

interface Stream {
  instruments: Set<string>;
  controller: ReadableStreamDefaultController<Uint8Array>;
}

export class OandaServer extends HttpVenue {
  instruments = ["EUR_USD", "USD_JPY", "EUR_JPY"];
  /** Sends no heartbeat. */
  isHeartless = false;
  /** Tokens that are taken no more. */
  isExpired = false;
  /** Answers the stream, and only that, with this message and status 400. */
  streamError: string | undefined;
  /** Sizes of the pieces that lines are cut into, in turn. */
  chunkBytes: number[] | undefined;
  /** Headers of the newest request. */
  headers = new Headers();
  readonly #streams = new Set<Stream>();
  readonly #latest = new Map<string, string>();
  readonly #heartbeat = setInterval(() => {
    if (!this.isHeartless) this.raw(`${JSON.stringify({ type: "HEARTBEAT", time: now() })}\n`);
  }, HEARTBEAT_MS);

  get streamCount(): number {
    return this.#streams.size;
  }

  price({ instrument, bids, asks, time = now(), tradeable = true }: OandaPrice): void {
    const buckets = (levels: [string, number][]) => levels.map(([price, liquidity]) => ({ price, liquidity }));
    const line = `${
      JSON.stringify({
        type: "PRICE",
        time,
        bids: buckets(bids),
        asks: buckets(asks),
        closeoutBid: bids.at(-1)?.[0],
        closeoutAsk: asks.at(-1)?.[0],
        status: tradeable ? "tradeable" : "non-tradeable",
        tradeable,
        instrument,
      })
    }\n`;
    this.#latest.set(instrument, line);
    for (const stream of this.#streams) if (stream.instruments.has(instrument)) this.#send(stream, line);
  }

  /** Send a text as it is, to everybody. */
  raw(text: string): void {
    for (const stream of this.#streams) this.#send(stream, text);
  }

  /** The token runs out: streams end, and nothing is served any more. */
  expire(): void {
    this.isExpired = true;
    this.disconnect();
  }

  override disconnect(): void {
    for (const { controller } of this.#streams) controller.close();
    this.#streams.clear();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    await super[Symbol.asyncDispose]();
  }

  protected override answer(request: Request, { pathname, searchParams }: URL): Response {
    this.headers = new Headers(request.headers);
    if (this.isExpired || request.headers.get("authorization") !== `Bearer ${OANDA_TOKEN}`) {
      return error(401, "Insufficient authorization to perform request.");
    }
    if (pathname === `/v3/accounts/${OANDA_ACCOUNT}/instruments`) {
      const instruments = this.instruments.map((name) => ({ name, type: "CURRENCY", pipLocation: -4 }));
      return Response.json({ instruments, lastTransactionID: "7582" });
    }
    if (pathname !== `/v3/accounts/${OANDA_ACCOUNT}/pricing/stream`) return error(404, "Not found");
    if (this.streamError !== undefined) return error(400, this.streamError);
    const asked = searchParams.get("instruments")?.split(",") ?? [];
    if (!asked.every((name) => this.instruments.includes(name))) {
      return error(400, "Invalid value specified for 'instruments'");
    }
    let stream: Stream;
    return new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          stream = { instruments: new Set(asked), controller };
          this.#streams.add(stream);
          for (const name of asked) if (this.#latest.has(name)) this.#send(stream, this.#latest.get(name)!);
        },
        cancel: () => void this.#streams.delete(stream),
      }),
      { headers: { "content-type": "application/octet-stream" } },
    );
  }

  #send({ controller }: Stream, text: string): void {
    const bytes = new TextEncoder().encode(text);
    if (this.chunkBytes === undefined) return controller.enqueue(bytes);
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = this.chunkBytes[turn % this.chunkBytes.length]!;
      controller.enqueue(bytes.slice(at, at += size));
    }
  }
}

function error(status: number, errorMessage: string): Response {
  return Response.json({ errorMessage }, { status });
}

/** RFC 3339 with nine decimals. */
function now(): string {
  const nowUs = Math.round((performance.timeOrigin + performance.now()) * 1_000);
  const iso = new Date(Math.floor(nowUs / 1_000)).toISOString();
  return `${iso.slice(0, -1)}${String(nowUs % 1_000).padStart(3, "0")}000Z`;
}
