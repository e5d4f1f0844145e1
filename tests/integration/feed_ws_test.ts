import assert from "node:assert/strict";
import {
  EventFlag,
  EventKind,
  type MarketEvent,
  type Pair,
  parsePair,
  Side,
  StatusCode,
} from "../../actors/contract/mod.ts";
import { readMapping, wsSource } from "../../actors/feeds/sources/ws/mod.ts";
import { Book } from "../../actors/book/mod.ts";
import { FeedRun } from "../support/venues/feed_run.ts";
import { mappingExample } from "../support/venues/mapping_example.ts";
import { WsVenue } from "../support/venues/ws_venue.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const TOKEN = "s3cret+ws/token";

interface Changes {
  [name: string]: unknown;
}

/** The documentation's mapping with some of its fields changed. */
function source(venue: WsVenue, changes: Changes = {}) {
  const text = JSON.stringify({ ...JSON.parse(mappingExample(venue.url)), ...changes });
  const { mapping, problems } = readMapping(text, { EXAMPLE_TOKEN: TOKEN });
  assert(mapping !== undefined, problems?.join("\n"));
  return wsSource(mapping);
}

const ofKind = (events: readonly MarketEvent[], kind: number) => events.filter((event) => event.kind === kind);
const quotes = (run: FeedRun) => ofKind(run.eventsOf(EURUSD), EventKind.quote);
const quote = (seq: number, bid = 1.1, t = Date.now()) => ({
  type: "quote",
  sym: "C.EUR-USD",
  t,
  b: [bid, 2],
  a: ["1.2", 3],
  seq,
});
const subscribed = (text: string) => text.includes("subscribe");

Deno.test("ws: the documentation's example gives quotes, trades and books", async () => {
  await using venue = new WsVenue();
  await using run = new FeedRun(source(venue));
  await venue.heard(1, subscribed);
  assert.equal(venue.headers.get("x-client"), "fxmm");
  assert.equal(venue.requests.at(-1)!.searchParams.get("token"), TOKEN);
  assert.deepEqual(venue.received.map((text) => JSON.parse(text)), [
    { action: "auth", key: TOKEN },
    { action: "subscribe", channels: ["C.EUR-USD", "C.USD-JPY"] },
  ]);
  venue.say(quote(1));
  venue.say({
    type: "trades",
    data: {
      sym: "C.EUR-USD",
      trades: [
        { time: new Date(Date.now() + 1).toISOString(), px: "1.15", qty: 250_000, taker: "B" },
        { time: new Date(Date.now() + 2).toISOString(), px: 1.14, qty: "100000", taker: "S" },
        { time: new Date(Date.now() + 3).toISOString(), px: 1.14, qty: 1, taker: "?" },
      ],
    },
  });
  const book = { type: "book", full: true, sym: "C.USD-JPY", t: Date.now() };
  venue.say({ ...book, bids: [[151.2, 1e6], [151.19, 2e6]], asks: [[151.21, 1e6]] });
  venue.say({ ...book, bids: [[151.2, 3e6]], asks: [[151.21, 1e6]] });
  venue.say([quote(2, 1.11), quote(3, 1.12)]);
  await run.until("all of it", (run) => quotes(run).length === 3 && run.eventsOf(USDJPY).length === 8);
  const [first, second] = quotes(run);
  assert.deepEqual([first!.price, first!.size, first!.price2, first!.size2], [1.1, 2e5, 1.2, 3e5]);
  assert.deepEqual([first!.flags & EventFlag.snapshot, second!.flags & EventFlag.snapshot], [EventFlag.snapshot, 0]);
  const trades = ofKind(run.eventsOf(EURUSD), EventKind.trade);
  assert.deepEqual(trades.map(({ price, size, side, flags }) => [price, size, side, flags]), [
    [1.15, 250_000, Side.buy, EventFlag.aggressorKnown],
    [1.14, 100_000, Side.sell, EventFlag.aggressorKnown],
    [1.14, 1, Side.none, EventFlag.lastOfBatch],
  ]);
  const held = new Book();
  for (const event of run.eventsOf(USDJPY)) held.apply(event);
  assert.deepEqual([held.bids.count, held.bid, held.bidSize, held.ask], [1, 151.2, 3e6, 151.21]);
  // Each full picture begins with a clear and ends its batch once.
  const jpy = run.eventsOf(USDJPY).slice(1);
  assert.deepEqual(jpy.map(({ kind }) => kind), [4, 2, 2, 2, 4, 2, 2]);
  assert.deepEqual(jpy.map(({ flags }) => (flags & EventFlag.lastOfBatch) !== 0).filter((last) => last).length, 2);
  await run.until("a report", ({ report }) => report.state === "live");
  assert.deepEqual([...run.report.gives].sort(), ["levels", "quotes", "trades"]);
  assert.equal(run.report.address, venue.url);
  run.assertHidden(TOKEN);
});

Deno.test("ws: numbers that come again are dropped, and what is missing is a gap", async () => {
  await using venue = new WsVenue();
  await using run = new FeedRun(source(venue));
  await venue.heard(1, subscribed);
  for (const seq of [5, 6, 6, 4, 9]) venue.say(quote(seq));
  await run.until("three quotes", (run) => quotes(run).length === 3);
  await run.until("a report", ({ report }) => report.gapCount === 1);
  assert.equal(run.report.duplicateCount, 2);
  assert(ofKind(run.events, EventKind.status).some(({ side }) => side === StatusCode.gap));
  // Another connection may begin anew.
  await venue.restart();
  await venue.heard(2, subscribed);
  venue.say(quote(1));
  await run.until("a fourth", (run) => quotes(run).length === 4);
});

Deno.test("ws: a path that no message has is told once, with the names that are there", async () => {
  await using venue = new WsVenue();
  const { messages } = JSON.parse(mappingExample(venue.url));
  const [first] = messages;
  const odd = { ...first, fields: { ...first.fields, bidSize: "bid_volume" } };
  await using run = new FeedRun(source(venue, { messages: [odd] }));
  await venue.heard(1, subscribed);
  for (let seq = 1; seq <= 250; seq++) venue.say(quote(seq));
  await run.until(
    "told",
    ({ lines }) => lines.some((line) => line.includes("has bid_volume; they have: type, sym, t, b, a, seq")),
  );
  await run.until("all", (run) => quotes(run).length === 250);
  await run.until("a report", ({ report }) => report.pairs.every(({ fault }) => fault?.includes("bid_volume")));
  assert.equal(run.lines.filter((line) => line.includes("bid_volume")).length, 1);
  assert.equal(run.report.reconnectCount, 0);

  // Without a price nothing comes of it at all.
  const none = { ...first, fields: { ...first.fields, bid: "bid" } };
  await using useless = new FeedRun(source(venue, { messages: [none] }));
  await venue.heard(2, subscribed);
  for (let seq = 1; seq <= 100; seq++) venue.say(quote(seq));
  await useless.until("given up", ({ reports }) => reports.some(({ fault }) => fault?.includes("has bid; they have")));
  const [report] = useless.reports.filter(({ faultCode }) => faultCode === "protocol");
  assert(report!.refused["column-missing"]! >= 99);
});

Deno.test("ws: messages that fit nothing say so, and what is no JSON is refused", async () => {
  await using venue = new WsVenue();
  await using run = new FeedRun(source(venue));
  await venue.heard(1, subscribed);
  for (let i = 0; i < 100; i++) venue.say({ kind: "quote", [TOKEN]: 1 });
  await run.until(
    "told",
    ({ reports }) => reports.some(({ fault }) => fault?.includes('fits any "when"; the last has: kind, (hidden)')),
  );
  await venue.heard(2, subscribed);
  for (const text of ["", TOKEN, "{", "null", "7", "[[1]]", '{"type":"trades","data":{"trades":7}}']) venue.say(text);
  venue.say({ ...quote(1), t: "no" });
  venue.say({ ...quote(1), seq: 1.5 });
  venue.say({ ...quote(1), sym: "C.AUD-USD" });
  venue.say({ ...quote(1), b: ["no", 1] });
  venue.say(quote(2));
  await run.until("a quote", (run) => quotes(run).length === 1);
  await run.until("a report", ({ report }) => report.eventCount > 0);
  assert.deepEqual(run.report.refused, {
    "line-malformed": 5,
    "time-invalid": 1,
    "pair-unknown": 1,
    "price-not-finite": 1,
  });
  run.assertHidden(TOKEN);
});

Deno.test("ws: heartbeats are sent; a silent source, half-open or refusing, is tried again; keys stay hidden", async () => {
  await using venue = new WsVenue();
  venue.onText = (text, send) => text.includes("ping") && send('{"type":"pong"}');
  const heartbeat = { everyMs: 200, message: { action: "ping", token: "${EXAMPLE_TOKEN}" } };
  await using run = new FeedRun(source(venue, { heartbeat, silenceMs: 500 }), { sleepDivisor: 20 });
  await venue.heard(5, (text) => text === JSON.stringify({ action: "ping", token: TOKEN }));
  assert.equal(venue.connectionCount, 1);
  venue.isDeaf = true;
  await run.until("silent", ({ reports }) => reports.some(({ faultCode }) => faultCode === "silent"));
  venue.isDeaf = false;
  await venue.heard(2, subscribed);
  venue.refusal = { status: 403, body: TOKEN };
  venue.disconnect();
  await run.until("refused", ({ report }) => report.faultCode === "auth" && report.state === "refused");
  run.assertHidden(TOKEN);
});

Deno.test("ws: levels of a new connection do not mix with those of the last", async () => {
  await using venue = new WsVenue();
  const level = {
    when: { type: "l" },
    kind: "level",
    fields: { symbol: "s", price: "p", size: "q", side: "d", sideBuy: 1, sideSell: 2 },
  };
  await using run = new FeedRun(source(venue, { messages: [level] }));
  await venue.heard(1, subscribed);
  const say = (p: number, d: number) => venue.say({ type: "l", s: "C.EUR-USD", p, q: 1, d });
  say(1.1, 1);
  say(1.2, 2);
  say(1.3, 3);
  await run.until("two levels", (run) => ofKind(run.events, EventKind.level).length === 2);
  await venue.restart();
  await venue.heard(2, subscribed);
  say(1.05, 1);
  await run.until("another", (run) => ofKind(run.events, EventKind.level).length === 3);
  const book = new Book();
  for (const event of run.eventsOf(EURUSD)) book.apply(event);
  assert.deepEqual([book.bids.count, book.asks.count, book.bid], [1, 0, 1.05]);
  await run.until("a report", ({ report }) => report.refused["side-unknown"] === 1);
});
