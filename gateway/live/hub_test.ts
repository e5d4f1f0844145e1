import assert from "node:assert/strict";
import { type LiveBook, type LiveCluster, LiveMessage } from "../../actors/contract/mod.ts";
import { appDeps, NOW_MS } from "../../tests/support/app_deps.ts";
import { createApp } from "../app.ts";
import { putEntry as entry } from "../../tests/browser/cluster_cases.ts";
import { lease, nodeRecord } from "../../tests/browser/cluster_writer.ts";
import { marketSampleOf } from "../../tests/support/market_samples.ts";
import { sampleOf } from "../../tests/support/samples.ts";
import { ClusterFeed, ClusterView, LatestStates, LiveHub, MARKET_KEY, MarketFeed } from "./mod.ts";

/** A gateway's live side on a real socket. */
class LiveServer implements AsyncDisposable {
  readonly latest = new LatestStates();
  nowMs = NOW_MS;
  readonly cluster = new ClusterView({ nowMs: () => this.nowMs });
  readonly hub = new LiveHub(this.latest, {
    nowMs: () => this.nowMs,
    pairs: [],
    feeds: [
      new ClusterFeed(this.cluster, { nowMs: () => this.nowMs }),
      new MarketFeed(this.latest, { nowMs: () => this.nowMs }),
    ],
  });
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    createApp(appDeps({ latest: this.latest, hub: this.hub })).fetch,
  );

  async connect(): Promise<LiveClient> {
    const client = new LiveClient(new WebSocket(`ws://127.0.0.1:${this.#server.addr.port}/live`));
    assert.equal((await client.next()).type, "hello");
    return client;
  }

  book(pair: string, overrides: Partial<LiveBook> = {}): void {
    const book: LiveBook = {
      pair,
      timeUs: 1_700_000_000_000_000,
      sequence: 1,
      bid: 1.1,
      ask: 1.2,
      bids: [[1.1, 1e6]],
      asks: [[1.2, 2e6]],
      ...overrides,
    };
    this.latest.take({ key: `${pair}.book`, value: new TextEncoder().encode(JSON.stringify(book)) });
  }

  /** What the buckets hold before the first client. */
  follow(): void {
    this.cluster.nodes.replace([entry("actors.a", nodeRecord("a"))]);
    this.cluster.leases.replace([entry("pair.EURUSD", lease("a"))]);
    this.cluster.reports.replace([]);
    this.cluster.pairs.replace([entry("EURUSD", { v: 1, state: "active" })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub.close();
    await this.#server.shutdown();
  }
}

class LiveClient {
  readonly #queue: LiveMessage[] = [];
  #waiting: ((message: LiveMessage) => void) | undefined;
  readonly closed: Promise<CloseEvent>;

  constructor(readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => {
      const message = LiveMessage.parse(JSON.parse(data));
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#queue.push(message);
      else waiting(message);
    };
    this.closed = new Promise((resolve) => socket.onclose = resolve);
  }

  next(): Promise<LiveMessage> {
    const queued = this.#queue.shift();
    return queued === undefined ? new Promise((resolve) => this.#waiting = resolve) : Promise.resolve(queued);
  }

  async update(): Promise<Extract<LiveMessage, { type: "update" }>> {
    const message = await this.next();
    assert(message.type === "update");
    return message;
  }

  async cluster(): Promise<LiveCluster> {
    const message = await this.next();
    assert(message.type === "cluster");
    return message;
  }
}

Deno.test("`LiveHub` sends what there is on connecting, then only what changed, the latest of each", async () => {
  await using server = new LiveServer();
  server.book("EURUSD");
  const client = await server.connect();
  assert.deepEqual((await client.update()).books.map(({ pair }) => pair), ["EURUSD"]);
  server.book("EURUSD", { bid: 1.11 });
  server.book("USDJPY", { bid: 150 });
  server.book("EURUSD", { bid: 1.12 });
  server.hub.push();
  server.hub.push();
  const { books } = await client.update();
  assert.deepEqual(books.map(({ pair, bid }) => [pair, bid]), [["EURUSD", 1.12], ["USDJPY", 150]]);
  assert.equal(server.hub.stats.pushCount, 2);
  client.socket.close();
  await client.closed;
});

Deno.test("`LiveHub` sends the cluster after the hello, then at most once a second what changed of it", async () => {
  await using server = new LiveServer();
  server.follow();
  const client = await server.connect();
  const first = await client.cluster();
  assert.deepEqual([first.whole, first.nodes?.length, first.tasks.map(({ owner }) => owner)], [true, 1, ["a"]]);
  server.cluster.leases.take(entry("pair.EURUSD", lease(null, { from: "a" })));
  server.nowMs += 999;
  server.hub.push();
  server.nowMs += 1;
  server.hub.push();
  // A heartbeat goes out in the same push: had the push before sent the cluster, it would come before it.
  assert.equal((await client.update()).serverTimeMs, NOW_MS + 1_000);
  const second = await client.cluster();
  assert.deepEqual([second.whole, second.serverTimeMs], [false, NOW_MS + 1_000]);
  assert.deepEqual(second.tasks.map(({ state }) => state), ["unowned"]);
  server.nowMs += 1_000;
  server.hub.push();
  server.book("EURUSD");
  server.hub.push();
  await client.update();
  assert.equal((await client.update()).books.length, 1, "nothing changed, nothing was sent");
  client.socket.close();
  await client.closed;
});

Deno.test("`LiveHub` sends levels only of the pair that a client shows in detail", async () => {
  await using server = new LiveServer();
  server.book("EURUSD");
  const client = await server.connect();
  assert.deepEqual((await client.update()).books[0]!.bids, []);
  client.socket.send(JSON.stringify({ type: "detail", pair: "EURUSD" }));
  assert.deepEqual((await client.update()).books[0]!.bids, [[1.1, 1e6]]);
  client.socket.send(JSON.stringify({ type: "detail", pair: null }));
  client.socket.close();
  await client.closed;
});

Deno.test("`LiveHub` sends all metrics only of the pair that a client shows in detail", async () => {
  await using server = new LiveServer();
  server.book("EURUSD");
  const values = { price: { mid: 1.1, bid: 1.09 }, toxicity: { vpin: 0.4 } };
  const sample = sampleOf({ values, absent: { "flow.vwap": "no-trades" } });
  server.latest.take(entry("EURUSD.sample", sample));
  const client = await server.connect();
  assert.deepEqual((await client.update()).samples, [
    { ...sample, values: { ...sample.values, price: { mid: 1.1 }, toxicity: {} }, absent: {} },
  ]);
  client.socket.send(JSON.stringify({ type: "detail", pair: "EURUSD" }));
  assert.deepEqual((await client.update()).samples, [sample]);
  client.socket.close();
  await client.closed;
});

Deno.test("`LiveHub` sends what is said across pairs after the hello, then at most once a second", async () => {
  await using server = new LiveServer();
  server.latest.take(entry(MARKET_KEY, marketSampleOf({ timeUs: 1 }), new Date(NOW_MS - 5_000)));
  const client = await server.connect();
  const first = await client.next();
  assert(first.type === "market");
  assert.deepEqual([first.timeUs, first.ageMs, first.pairs.length], [1, 5_000, 8]);
  server.latest.take(entry(MARKET_KEY, marketSampleOf({ timeUs: 2 })));
  server.hub.push();
  server.nowMs += 1_000;
  server.hub.push();
  assert.equal((await client.update()).serverTimeMs, NOW_MS + 1_000, "nothing before");
  const second = await client.next();
  assert(second.type === "market");
  assert.equal(second.timeUs, 2);
  client.socket.close();
  await client.closed;
});

Deno.test("`LatestStates` keeps the newest sample across pairs, and forgets it with its key", () => {
  const latest = new LatestStates();
  latest.take(entry(MARKET_KEY, marketSampleOf()));
  assert.equal(latest.market!.sample.pairs.length, 8);
  assert.deepEqual(latest.pairs, []);
  latest.take(entry(MARKET_KEY, { ...marketSampleOf(), pairs: ["EURUSD"] }));
  assert.deepEqual([latest.rejectedCount, latest.market!.sample.pairs.length], [1, 8]);
  latest.replace([]);
  assert.equal(latest.market, undefined);
  latest.take(entry(MARKET_KEY, marketSampleOf()));
  latest.take({ ...entry(MARKET_KEY, ""), operation: "DEL" });
  assert.equal(latest.market, undefined);
});

for (
  const garbage of [
    "no json",
    '{"type":"detail","pair":"XXXYYY"}',
    '{"type":"other"}',
    "x".repeat(5_000),
    new Uint8Array(8),
  ]
) {
  const shown = typeof garbage === "string" ? garbage.slice(0, 40) : "binary";
  Deno.test(`\`LiveHub\` closes a client that sends ${shown}, and no other`, async () => {
    await using server = new LiveServer();
    const [bad, good] = [await server.connect(), await server.connect()];
    bad.socket.send(garbage);
    assert.equal((await bad.closed).code, 1008);
    server.book("EURUSD");
    server.hub.push();
    assert.equal((await good.update()).books.length, 1);
    good.socket.close();
    await good.closed;
  });
}

Deno.test("`LiveHub` says that it goes, and forgets clients that are gone", async () => {
  const server = new LiveServer();
  const [first, second] = [await server.connect(), await server.connect()];
  assert.equal(server.hub.clientCount, 2);
  first.socket.close();
  await first.closed;
  while (server.hub.clientCount > 1) await new Promise((resolve) => setTimeout(resolve));
  await server[Symbol.asyncDispose]();
  assert.equal((await second.closed).code, 1001);
});

Deno.test("`LatestStates` counts entries that are not of the schema and keeps the last good one", () => {
  const latest = new LatestStates();
  const put = (text: string) => latest.take({ key: "EURUSD.book", value: new TextEncoder().encode(text) });
  put(JSON.stringify({ pair: "EURUSD", timeUs: 1, sequence: 1, bids: [], asks: [] }));
  put("{");
  put(JSON.stringify({ pair: "EURUSD", timeUs: -1, sequence: 1, bids: [], asks: [] }));
  assert.equal(latest.rejectedCount, 2);
  assert.deepEqual(latest.pairs, ["EURUSD"]);
});

Deno.test("`LiveHub` lets a client hear from it once a second when nothing changes", async () => {
  await using server = new LiveServer();
  const client = await server.connect();
  server.nowMs += 999;
  server.hub.push();
  server.nowMs += 1;
  server.hub.push();
  const { books, samples, serverTimeMs } = await client.update();
  assert.deepEqual([books, samples, serverTimeMs], [[], [], NOW_MS + 1_000]);
  client.socket.close();
  await client.closed;
});

Deno.test("`LiveHub` tells how long ago a book was new, so that one which stands still does not look live", async () => {
  await using server = new LiveServer();
  const value = new TextEncoder().encode(
    JSON.stringify({ pair: "EURUSD", timeUs: 1, sequence: 1, bids: [], asks: [] }),
  );
  server.latest.take({ key: "EURUSD.book", value, created: new Date(NOW_MS - 40_000) });
  const client = await server.connect();
  assert.equal((await client.update()).books[0]!.ageMs, 40_000);
  client.socket.close();
  await client.closed;
});

Deno.test("`LatestStates` forgets a book whose key is gone, also when it went unseen", () => {
  const latest = new LatestStates();
  const book = (pair: string) => entry(`${pair}.book`, { pair, timeUs: 1, sequence: 1, bids: [], asks: [] });
  latest.replace([book("EURUSD"), book("USDJPY"), book("GBPUSD")]);
  latest.take({ ...book("USDJPY"), operation: "DEL" });
  assert.deepEqual(latest.pairs, ["EURUSD", "GBPUSD"]);
  latest.replace([book("GBPUSD")]);
  assert.deepEqual(latest.pairs, ["GBPUSD"]);
});
