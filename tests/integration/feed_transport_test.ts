import assert from "node:assert/strict";
import { WireTransport } from "../../actors/adapters/feed_transport.ts";
import { FeedFault, type Pair, parsePair } from "../../actors/contract/mod.ts";
import { krakenSource } from "../../actors/feeds/mod.ts";
import { certificates } from "../support/certificates.ts";
import { FeedRun } from "../support/venues/feed_run.ts";
import { KrakenServer } from "../support/venues/kraken_server.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const NEVER = new AbortController().signal;

async function faultOf(promise: Promise<unknown>): Promise<FeedFault> {
  const error = await promise.then(() => undefined, (error) => error);
  assert(error instanceof FeedFault, String(error));
  return error;
}

/** A proxy that takes CONNECT and remembers where to. */
class Proxy implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly targets: string[] = [];
  readonly #open: Deno.Conn[] = [];

  constructor() {
    void this.#serve();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) {
      this.#open.push(client);
      void this.#tunnel(client).catch(() => {});
    }
  }

  async #tunnel(client: Deno.Conn): Promise<void> {
    const bytes = new Uint8Array(4096);
    const count = await client.read(bytes);
    const [, target] = /^CONNECT (\S+)/.exec(new TextDecoder().decode(bytes.subarray(0, count!))) ?? [];
    this.targets.push(target!);
    const [hostname, port] = target!.split(":");
    const upstream = await Deno.connect({ hostname: hostname!, port: Number(port) });
    this.#open.push(upstream);
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection Established\r\n\r\n"));
    await Promise.allSettled([upstream.readable.pipeTo(client.writable), client.readable.pipeTo(upstream.writable)]);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) {
      try {
        connection.close();
      } catch {
        // It is closed.
      }
    }
  }
}

/** Set a name of the environment for a while. */
function withEnv(values: Readonly<Record<string, string>>): Disposable {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(values)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]: () => {
      for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    },
  };
}

Deno.test("WireTransport trusts an authority of one's own, and no other", async () => {
  const { ca, cert, key } = await certificates();
  await using venue = new KrakenServer({ cert, key });
  const url = venue.url.replace("ws://127.0.0.1", "wss://localhost");
  const strict = new WireTransport();
  const fault = await faultOf(strict.openSocket(url, { onText: () => {}, signal: NEVER }));
  assert.equal(fault.code, "certificate");
  strict.close();

  venue.update("EUR/USD", ["bids", 1.0918, 1], ["asks", 1.0919, 1]);
  await using run = new FeedRun(krakenSource({ pairs: [EURUSD], url }), { caCertificates: [ca] });
  await run.until("live", ({ report }) => report?.state === "live");
  const trusting = new WireTransport({ caCertificates: [ca] });
  venue.refusal = { status: 418 };
  const { status, body } = await trusting.request(url.replace("wss", "https"), { signal: NEVER });
  assert.equal(status, 418);
  await body.cancel();
  trusting.close();
});

Deno.test("WireTransport goes through the proxy that the environment names, but where NO_PROXY says otherwise", async () => {
  const { ca, cert, key } = await certificates();
  await using venue = new KrakenServer({ cert, key });
  venue.update("EUR/USD", ["bids", 1.0918, 1], ["asks", 1.0919, 1]);
  const url = venue.url.replace("ws://127.0.0.1", "wss://localhost");
  using proxy = new Proxy();
  {
    using _env = withEnv({ https_proxy: proxy.url });
    await using run = new FeedRun(krakenSource({ pairs: [EURUSD], url }), { caCertificates: [ca] });
    await run.until("live", ({ report }) => report?.state === "live");
  }
  assert.deepEqual(proxy.targets, [`localhost:${venue.port}`]);
  {
    using _env = withEnv({ https_proxy: proxy.url, no_proxy: "localhost" });
    await using run = new FeedRun(krakenSource({ pairs: [EURUSD], url }), { caCertificates: [ca] });
    await run.until("live", ({ report }) => report?.state === "live");
  }
  assert.equal(proxy.targets.length, 1);
});

Deno.test("WireTransport says why there is no connection, and never the path or the query", async () => {
  const transport = new WireTransport();
  const secret = "/v1/s3cret-path?apikey=s3cret-key";
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  await using venue = new KrakenServer();
  const cases: [status: number | undefined, code: string][] = [
    [undefined, "unreachable"],
    [401, "auth"],
    [403, "auth"],
    [429, "rate-limited"],
    [503, "http"],
    [302, "http"],
  ];
  for (const [status, code] of cases) {
    const host = status === undefined ? `127.0.0.1:${port}` : new URL(venue.url).host;
    if (status !== undefined) venue.refusal = { status, retryAfter: "7" };
    const fault = await faultOf(transport.openSocket(`ws://${host}${secret}`, { onText: () => {}, signal: NEVER }));
    assert.equal(fault.code, code);
    assert(!fault.message.includes("s3cret"), fault.message);
    if (status !== undefined) assert.equal(fault.retryAfterMs, 7_000);
  }
  const refused = await faultOf(transport.request(`http://127.0.0.1:${port}${secret}`, { signal: NEVER }));
  assert.equal(refused.code, "unreachable");
  assert(!refused.message.includes("s3cret"), refused.message);
  for (const url of [`ws://no-such-host.invalid${secret}`, `http://no-such-host.invalid${secret}`]) {
    const promise = url.startsWith("ws")
      ? transport.openSocket(url, { onText: () => {}, signal: NEVER })
      : transport.request(url, { signal: NEVER });
    const fault = await faultOf(promise);
    assert.equal(fault.code, "unreachable");
    assert(!fault.message.includes("s3cret"), fault.message);
  }
  const aborted = await faultOf(
    transport.openSocket(venue.url, { onText: () => {}, signal: AbortSignal.abort() }),
  );
  assert.equal(aborted.code, "unreachable");
  transport.close();
});
