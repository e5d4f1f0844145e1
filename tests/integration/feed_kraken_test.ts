import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  EventFlag,
  EventKind,
  type MarketEvent,
  type Pair,
  parsePair,
  Side,
  StatusCode,
} from "../../actors/contract/mod.ts";
import { Book } from "../../actors/book/mod.ts";
import { krakenSource } from "../../actors/feeds/mod.ts";
import { FeedRun } from "../support/venues/feed_run.ts";
import { KrakenServer } from "../support/venues/kraken_server.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const NZDUSD = parsePair("NZDUSD") as Pair;

function fill(venue: KrakenServer): void {
  for (let i = 0; i < 12; i++) {
    venue.update("EUR/USD", ["bids", (109180 - i) / 1e5, 1000 + i], ["asks", (109190 + i) / 1e5, 2000.5 + i]);
    venue.update("USD/JPY", ["bids", (151200 - i) / 1e3, 500 + i], ["asks", (151210 + i) / 1e3, 700 + i]);
  }
}

/** The book that whoever reads the log has. */
function bookOf(events: readonly MarketEvent[]): { bids: [number, number][]; asks: [number, number][] } {
  const book = new Book();
  for (const event of events) book.apply(event);
  const levels = (ladder: Book["bids"]) =>
    Array.from({ length: ladder.count }, (_, i): [number, number] => [ladder.price(i), ladder.size(i)]);
  return { bids: levels(book.bids), asks: levels(book.asks) };
}

/** Resolves when whoever reads the log has the book that the venue has. */
function sameBook(run: FeedRun, venue: KrakenServer, pair: Pair, symbol: string, depth = 10): Promise<void> {
  return run.until(`the book of ${symbol} as the venue has it`, () => {
    const book = bookOf(run.eventsOf(pair));
    return isDeepStrictEqual(book.bids, venue.levels(symbol, "bids").slice(0, depth)) &&
      isDeepStrictEqual(book.asks, venue.levels(symbol, "asks").slice(0, depth));
  });
}

const statuses = (events: readonly MarketEvent[]) =>
  events.filter(({ kind }) => kind === EventKind.status).map(({ side }) => side);

const isLive = (run: FeedRun) =>
  run.report?.state === "live" &&
  run.report.pairs.filter(({ state }) => state !== "refused").every(({ state }) => state === "live");

const source = (venue: KrakenServer, pairs: Pair[] = [EURUSD, USDJPY], depth = 10, silenceMsMax?: number) => ({
  ...krakenSource({ pairs, url: venue.url, depth }),
  ...(silenceMsMax !== undefined && { silenceMsMax }),
});

Deno.test("Kraken: books and signed trades arrive as the venue has them", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue));
  await run.until("live", isLive);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  await sameBook(run, venue, USDJPY, "USD/JPY");
  const first = run.eventsOf(EURUSD);
  assert.deepEqual(statuses(first), [StatusCode.connected]);
  const levels = first.filter(({ kind }) => kind === EventKind.level);
  assert.equal(levels.length, 20);
  assert(levels.every(({ flags }) => (flags & EventFlag.snapshot) !== 0));
  assert.equal(levels.filter(({ flags }) => (flags & EventFlag.lastOfBatch) !== 0).length, 1);

  // A better bid pushes the tenth out of the book, for us as for the venue.
  venue.update("EUR/USD", ["bids", 1.09185, 7], ["asks", 1.0919, 0]);
  venue.trade("EUR/USD", "sell", 1.09185, 3.25);
  venue.trade("EUR/USD", "buy", 1.09191, 1);
  await run.until("trades", (run) => run.eventsOf(EURUSD).filter(({ kind }) => kind === EventKind.trade).length === 2);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  const [sell, buy] = run.eventsOf(EURUSD).filter(({ kind }) => kind === EventKind.trade);
  assert.deepEqual([sell!.side, sell!.price, sell!.size, buy!.side], [Side.sell, 1.09185, 3.25, Side.buy]);
  assert((sell!.flags & EventFlag.aggressorKnown) !== 0);
  await run.until("a report of it", ({ report }) => report.eventCount >= 47);
  const { report } = run;
  assert.deepEqual([report.checksumFailureCount, report.gapCount, report.refusedCount, report.reconnectCount], [
    0,
    0,
    0,
    0,
  ]);
  assert.deepEqual(report.gives, ["levels", "trades"]);
  assert.equal(report.address, venue.url);
  assert(report.latencyMsP50! >= 0 && report.latencyMsP99! < 1_000 && report.clockOffsetMs !== undefined);
});

Deno.test("Kraken: a book that does not hold its checksum is cleared, told and asked for anew; the others go on", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue));
  await run.until("live", isLive);
  venue.wrongChecksums.set("EUR/USD", 1);
  venue.update("EUR/USD", ["bids", 1.0918, 1234]);
  venue.update("EUR/USD", ["bids", 1.0918, 1235]);
  venue.update("USD/JPY", ["bids", 151.2, 99]);
  await run.until("the book is back", (run) => run.lines.some((line) => line.includes("does not hold")) && isLive(run));
  await run.until("it is told", ({ report }) => report.checksumFailureCount === 1);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  await sameBook(run, venue, USDJPY, "USD/JPY");
  assert.deepEqual(statuses(run.eventsOf(EURUSD)), [StatusCode.connected, StatusCode.gap]);
  assert.deepEqual(statuses(run.eventsOf(USDJPY)), [StatusCode.connected]);
  assert.deepEqual([run.report.gapCount, run.report.reconnectCount, venue.connectionCount], [1, 0, 1]);
  // Nothing of a message that did not hold was published.
  assert(!run.eventsOf(EURUSD).some(({ size, flags }) => size === 1234 && (flags & EventFlag.snapshot) === 0));
});

Deno.test("Kraken: a venue whose books never hold is left alone for a while, not asked without end", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  venue.wrongChecksums.set("EUR/USD", 1_000);
  await using run = new FeedRun(source(venue));
  await run.until("the connection is given up", ({ report }) => report?.faultCode === "protocol");
  assert.match(run.report.fault!, /EUR\/USD/);
  assert(venue.requests.length < 20, `${venue.requests.length} requests`);
});

Deno.test("Kraken: garbage between messages is refused and counted, and disturbs nothing", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue));
  await run.until("live", isLive);
  const garbage = [
    "{",
    "",
    "null",
    "[]",
    '"book"',
    "{}",
    '{"channel":"book"}',
    '{"channel":"book","type":"update","data":[{"symbol":"EUR/USD","bids":[{"price":"1","qty":1}],"asks":[],"checksum":1}]}',
    '{"channel":"book","type":"update","data":[{"symbol":"XXX/YYY","bids":[],"asks":[],"checksum":1}]}',
    '{"channel":"trade","type":"update","data":[null]}',
    '{"channel":"trade","type":"update","data":[{"symbol":"EUR/USD","side":"buy","price":-1,"qty":1,"trade_id":500}]}',
    '{"channel":"instrument","type":"update","data":{"pairs":[{"symbol":1}]}}',
    `${"[".repeat(2_000)}${"]".repeat(2_000)}`,
  ];
  for (const text of garbage) venue.raw(text);
  venue.raw('{"channel":"something-new","data":[1]}');
  venue.update("EUR/USD", ["asks", 1.09195, 1]);
  await run.until("the refusals", ({ report }) => report.refusedCount === garbage.length + 1);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  assert.equal(run.report.state, "live");
  assert.equal(venue.connectionCount, 1);
});

Deno.test("Kraken: one that falls silent without closing is given up and connected anew", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue, [EURUSD], 10, 600));
  await run.until("live", isLive);
  venue.isSilent = true;
  await run.until("the silence is noticed", ({ report }) => report.faultCode === "silent");
  venue.isSilent = false;
  venue.update("EUR/USD", ["bids", 1.09179, 5]);
  await run.until("live again", (run) => isLive(run) && run.report.reconnectCount > 0);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  const told = statuses(run.eventsOf(EURUSD));
  assert.deepEqual(told.slice(0, 3), [StatusCode.connected, StatusCode.disconnected, StatusCode.connected]);
});

Deno.test("Kraken: heartbeats alone keep a connection", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue, [EURUSD], 10, 3_000));
  await run.until("live", isLive);
  const { messageCount } = run.report;
  await run.until("heartbeats", ({ report }) => report.messageCount >= messageCount + 8);
  assert.equal(run.report.reconnectCount, 0);
});

Deno.test("Kraken: a venue that restarts is found again with its book as it is then", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue));
  await run.until("live", isLive);
  await venue.restart();
  venue.update("EUR/USD", ["bids", 1.0918, 0], ["bids", 1.0917, 4]);
  await run.until("live again", (run) => isLive(run) && run.report.reconnectCount > 0);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  await sameBook(run, venue, USDJPY, "USD/JPY");
});

Deno.test("Kraken: a rate limit at the door is waited out, as long as the venue says", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  venue.refusal = { status: 429, retryAfter: "2" };
  await using run = new FeedRun(source(venue));
  await run.until("the limit is told", ({ report }) => report?.faultCode === "rate-limited");
  assert.equal(run.report.state, "waiting");
  assert.match(run.lines.at(-1)!, /trying again in 2\.\d s/);
  venue.refusal = undefined;
  await run.until("live", isLive);
});

Deno.test("Kraken: a pair that it does not list is told with the reason, the others are served", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue, [EURUSD, NZDUSD]));
  await run.until("live", isLive);
  const refused = run.report.pairs.find(({ pair }) => pair === NZDUSD)!;
  assert.deepEqual([refused.state, refused.fault, refused.symbol], ["refused", "Kraken does not list it", "NZD/USD"]);
  await sameBook(run, venue, EURUSD, "EUR/USD");
});

Deno.test("Kraken: where no pair is listed the feed says so and tries again seldom", async () => {
  await using venue = new KrakenServer();
  await using run = new FeedRun(source(venue, [NZDUSD]));
  await run.until("it is refused", ({ report }) => report?.state === "refused");
  assert.equal(run.report.faultCode, "refused");
  assert.match(run.report.fault!, /NZD\/USD/);
  assert.equal(venue.connectionCount, 1);
});

Deno.test("Kraken: a subscription that is refused is asked for again, and given up in the end", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  venue.errors.set("EUR/USD", "EGeneral:Too many requests");
  await using run = new FeedRun(krakenSource({ pairs: [EURUSD, USDJPY], url: venue.url, snapshotMsMax: 300 }));
  await run.until(
    "the refusal is told",
    ({ report }) => report?.pairs.some(({ pair, fault }) => pair === EURUSD && fault === "EGeneral:Too many requests"),
  );
  venue.errors.clear();
  await run.until("live", isLive);
  await sameBook(run, venue, EURUSD, "EUR/USD");
});

Deno.test("Kraken: a trade that is missing is told as a gap, one that comes again is dropped", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue, [EURUSD]));
  await run.until("live", isLive);
  venue.trade("EUR/USD", "buy", 1.0919, 1, { id: 7 });
  venue.trade("EUR/USD", "buy", 1.0919, 1, { id: 7 });
  venue.trade("EUR/USD", "buy", 1.0919, 1, { id: 10 });
  await run.until("the gap", ({ report }) => report.gapCount === 1 && report.duplicateCount === 1);
  const trades = run.eventsOf(EURUSD).filter(({ kind }) => kind === EventKind.trade);
  assert.equal(trades.length, 2);
  assert.deepEqual(statuses(run.eventsOf(EURUSD)), [StatusCode.connected, StatusCode.gap]);
});

Deno.test("Kraken: while the log is slow the venue waits, nothing is lost and memory is bounded", async () => {
  await using venue = new KrakenServer();
  fill(venue);
  await using run = new FeedRun(source(venue, [EURUSD]));
  await run.until("live", isLive);
  run.outlet.close();
  for (let i = 1; i <= 30_000; i++) venue.update("EUR/USD", ["bids", 1.0918, i]);
  await run.until("the wire is paused", ({ report }) => report.pausedCount > 0);
  const { messageCount } = run.report;
  await run.until("a later report", ({ reports }) => reports.at(-2)?.messageCount === messageCount);
  assert(run.report.messageCount < 5_000, `${run.report.messageCount} messages were taken while the log stood still`);
  run.outlet.open();
  await run.until("all of it", ({ events }) => events.at(-1)?.size === 30_000);
  await sameBook(run, venue, EURUSD, "EUR/USD");
  assert.equal(run.report.reconnectCount, 0);
});

Deno.test("Kraken: every depth that is offered, crossed and locked books marked", async () => {
  await using venue = new KrakenServer();
  for (let i = 0; i < 60; i++) {
    venue.update("EUR/USD", ["bids", (109180 - i) / 1e5, 1 + i], ["asks", (109190 + i) / 1e5, 2 + i]);
  }
  await using run = new FeedRun(source(venue, [EURUSD], 25));
  await run.until("live", isLive);
  await sameBook(run, venue, EURUSD, "EUR/USD", 25);
  venue.update("EUR/USD", ["bids", 1.0919, 1]);
  venue.update("EUR/USD", ["bids", 1.09195, 1]);
  await run.until("the marks", ({ report }) => report.crossedCount === 1 && report.lockedCount === 1);
  const marks = run.eventsOf(EURUSD).map(({ flags }) => flags & (EventFlag.crossed | EventFlag.locked)).filter(Boolean);
  assert.deepEqual(marks, [EventFlag.locked, EventFlag.crossed]);
});

Deno.test("Kraken: a venue whose clock is far behind ours, or ahead, loses nothing", async () => {
  for (const clockBehindMs of [90_000, -90_000]) {
    await using venue = new KrakenServer();
    venue.clockBehindMs = clockBehindMs;
    fill(venue);
    await using run = new FeedRun(source(venue, [EURUSD]));
    await run.until("live", isLive);
    for (let i = 1; i <= 20; i++) venue.update("EUR/USD", ["bids", 1.0918, i]);
    await run.until("all of it", ({ events }) => events.at(-1)?.size === 20);
    await sameBook(run, venue, EURUSD, "EUR/USD");
    venue.disconnect();
    await run.until("live again", (run) => run.report.reconnectCount === 1 && isLive(run));
    venue.update("EUR/USD", ["bids", 1.0918, 21]);
    await run.until("what came behind the reconnect", ({ events }) => events.at(-1)?.size === 21);
    await run.until("a report", ({ report }) => report.clockOffsetMs !== undefined);
    assert.equal(run.report.refusedCount, 0);
    assert(Math.abs(run.report.clockOffsetMs! - clockBehindMs) < 2_000, `${run.report.clockOffsetMs}`);
  }
});
