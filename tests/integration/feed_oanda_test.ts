import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { Book } from "../../actors/book/mod.ts";
import { EventFlag, EventKind, type MarketEvent, type Pair, parsePair, StatusCode } from "../../actors/contract/mod.ts";
import { type OandaOptions, oandaSource } from "../../actors/feeds/sources/oanda/mod.ts";
import { FeedRun } from "../support/venues/feed_run.ts";
import { OANDA_ACCOUNT, OANDA_TOKEN, type OandaPrice, OandaServer } from "../support/venues/oanda_server.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const NZDUSD = parsePair("NZDUSD") as Pair;

const EUR: OandaPrice = {
  instrument: "EUR_USD",
  // As they come now and then: the best is not the first.
  bids: [["1.19195", 10_000_000], ["1.19197", 500_000]],
  asks: [["1.19218", 10_000_000], ["1.19216", 500_000]],
};
const JPY: OandaPrice = { instrument: "USD_JPY", bids: [["114.295", 1e6]], asks: [["114.312", 1e6]] };

const source = (venue: OandaServer, options: Partial<OandaOptions> = {}) =>
  oandaSource({
    pairs: [EURUSD, USDJPY],
    token: OANDA_TOKEN,
    account: OANDA_ACCOUNT,
    urls: { rest: venue.url, stream: venue.url },
    silenceMsMax: 1_000,
    ...options,
  });

const ofKind = (events: readonly MarketEvent[], kind: number) => events.filter((event) => event.kind === kind);
const quotes = (run: FeedRun, pair: Pair) => ofKind(run.eventsOf(pair), EventKind.quote);
const statuses = (run: FeedRun, pair: Pair) => ofKind(run.eventsOf(pair), EventKind.status).map(({ side }) => side);

function ladderOf(events: readonly MarketEvent[]): [number, number][][] {
  const book = new Book();
  for (const event of events) book.apply(event);
  return [book.bids, book.asks].map((side) =>
    Array.from({ length: side.count }, (_, i): [number, number] => [side.price(i), side.size(i)])
  );
}

Deno.test("OANDA: the touch is a quote and the ladder its levels, one batch a price, conflated", async () => {
  await using venue = new OandaServer();
  venue.chunkBytes = [1, 7, 3, 200];
  venue.price(EUR);
  venue.price(JPY);
  await using run = new FeedRun(source(venue));
  await run.until("both pairs", (run) => quotes(run, EURUSD).length === 1 && quotes(run, USDJPY).length === 1);
  assert.equal(venue.headers.get("authorization"), `Bearer ${OANDA_TOKEN}`);
  const [quote] = quotes(run, EURUSD);
  assert.deepEqual([quote!.price, quote!.size, quote!.price2, quote!.size2], [1.19197, 5e5, 1.19216, 5e5]);
  assert.deepEqual(ladderOf(run.eventsOf(EURUSD)), [[[1.19197, 5e5], [1.19195, 1e7]], [[1.19216, 5e5], [
    1.19218,
    1e7,
  ]]]);
  // One level a side is no ladder.
  assert.deepEqual(run.eventsOf(USDJPY).map(({ kind }) => kind), [EventKind.status, EventKind.quote]);

  venue.price({ ...EUR, bids: [["1.19197", 400_000], ["1.19196", 2e6]] });
  await run.until("the second price", (run) => quotes(run, EURUSD).length === 2);
  const events = run.eventsOf(EURUSD).slice(-4);
  // The ask side stayed: only what changed is told, what went with size 0, and the quote last.
  assert.deepEqual(events.map(({ kind, price, size }) => [kind, price, size]), [
    [EventKind.level, 1.19195, 0],
    [EventKind.level, 1.19197, 4e5],
    [EventKind.level, 1.19196, 2e6],
    [EventKind.quote, 1.19197, 4e5],
  ]);
  assert.deepEqual(events.map(({ flags }) => (flags & EventFlag.lastOfBatch) !== 0), [false, false, false, true]);
  const market = run.events.filter(({ kind }) => kind !== EventKind.status);
  assert(market.every(({ flags }) => (flags & EventFlag.conflated) !== 0));
  assert(events.every(({ flags }) => (flags & EventFlag.snapshot) === 0));
  await run.until("a report of it", ({ report }) => report.pairs.every(({ state }) => state === "live"));
  assert.equal(run.report.address, venue.url);
  assert.equal(run.report.conflated, true);
  run.assertHidden(OANDA_TOKEN, OANDA_ACCOUNT);
});

Deno.test("OANDA: a pair that the account does not list is refused, and the others are served", async () => {
  await using venue = new OandaServer();
  venue.price(EUR);
  await using run = new FeedRun(source(venue, { pairs: [EURUSD, NZDUSD] }));
  await run.until("EURUSD", (run) => run.report?.pairs[0]?.state === "live");
  const [, refused] = run.report.pairs;
  assert.deepEqual([refused!.state, refused!.fault], ["refused", "the account does not list it"]);
  assert.equal(venue.requests.at(-1)!.searchParams.get("instruments"), "EUR_USD");

  await using none = new FeedRun(source(venue, { pairs: [NZDUSD] }));
  await none.until("refused", ({ report }) => report?.state === "refused");
  assert.equal(none.report.faultCode, "refused");
});

Deno.test("OANDA: a market that closes is told once, its prices are indicative; and that it opens again", async () => {
  await using venue = new OandaServer();
  // The last price of Friday, told on a Saturday.
  venue.price({ ...JPY, tradeable: false, time: "2018-02-09T22:15:00.655886229Z" });
  await using run = new FeedRun(source(venue, { pairs: [USDJPY] }));
  await run.until("closed", (run) => quotes(run, USDJPY).length === 1);
  venue.price({ ...JPY, tradeable: false });
  await run.until("still closed", (run) => quotes(run, USDJPY).length === 2);
  assert.deepEqual(statuses(run, USDJPY), [StatusCode.connected, StatusCode.marketClosed]);
  assert(quotes(run, USDJPY).every(({ flags }) => (flags & EventFlag.indicative) !== 0));
  assert.equal(run.report.refusedCount, 0);
  // It opens while nobody listens.
  venue.price(JPY);
  await venue.restart();
  await run.until("open", (run) => statuses(run, USDJPY).includes(StatusCode.marketOpen));
  assert.equal(quotes(run, USDJPY).at(-1)!.flags & EventFlag.indicative, 0);
});

Deno.test("OANDA: heartbeats keep a quiet stream; without them, and half-open, it is dead and tried again", async () => {
  await using venue = new OandaServer();
  venue.price(EUR);
  await using run = new FeedRun(source(venue, { pairs: [EURUSD], silenceMsMax: 400 }));
  await run.until("many heartbeats", ({ report }) => (report?.messageCount ?? 0) > 20);
  assert.equal(run.report.reconnectCount, 0);
  venue.isHeartless = true;
  await run.until("silent", ({ reports }) => reports.some(({ faultCode }) => faultCode === "silent"));
  venue.isSilent = true;
  const before = run.report.reconnectCount;
  await run.until("silent again", ({ report }) => report.reconnectCount > before + 1 && report.faultCode === "silent");
  venue.isSilent = venue.isHeartless = false;
  await run.until("live", ({ report }) => report.state === "live" && report.pairs[0]!.state === "live");
  // A report of it may come before its frames.
  await run.until("connected", (run) => statuses(run, EURUSD).at(-1) === StatusCode.connected);
  await run.until("its price", (run) => run.events.at(-1)!.kind === EventKind.quote);
  assert(statuses(run, EURUSD).includes(StatusCode.disconnected));
  assert.deepEqual(ladderOf(run.eventsOf(EURUSD))[0], [[1.19197, 5e5], [1.19195, 1e7]]);
});

Deno.test("OANDA: a wrong token, one that runs out, limits and errors are told as what they are", async () => {
  await using venue = new OandaServer();
  venue.price(EUR);
  const wrong = "s3cret-wrong-token";
  await using refused = new FeedRun(source(venue, { token: wrong }));
  await refused.until("refused", ({ report }) => report?.state === "refused");
  assert.equal(refused.report.faultCode, "auth");
  refused.assertHidden(wrong);

  await using run = new FeedRun(source(venue, { pairs: [EURUSD] }), { sleepDivisor: 10_000 });
  await run.until("live", ({ report }) => report?.state === "live");
  const meets = async (code: string) => {
    const from = run.reports.length;
    venue.disconnect();
    await run.until(code, ({ reports }) => reports.slice(from).some(({ faultCode }) => faultCode === code));
  };
  venue.expire();
  await meets("auth");
  venue.isExpired = false;
  venue.refusal = { status: 429, headers: { "retry-after": "7" } };
  await meets("rate-limited");
  assert(run.lines.some((line) => /trying again in 7\.\d s/.test(line)), run.lines.at(-1));
  venue.refusal = { status: 503, headers: { "retry-after": "3" }, body: "<html>maintenance</html>" };
  await meets("http");
  venue.refusal = { status: 400, body: JSON.stringify({ errorMessage: `no account ${OANDA_ACCOUNT}` }) };
  await meets("refused");
  venue.refusal = undefined;
  venue.streamError = `Invalid value of ${OANDA_ACCOUNT}`;
  const reason = "OANDA answered with status 400: Invalid value of (hidden)";
  await run.until(reason, ({ lines }) => lines.some((line) => line.includes(reason)));
  venue.streamError = undefined;
  venue.refusal = { status: 200, body: "no JSON" };
  await meets("protocol");
  venue.refusal = undefined;
  await run.until("live again", ({ report }) => report.state === "live");
  run.assertHidden(OANDA_TOKEN, OANDA_ACCOUNT);
});

Deno.test("OANDA: garbage between prices is refused by its reason, and what comes twice or late is dropped", async () => {
  await using venue = new OandaServer();
  venue.isHeartless = true;
  venue.price({ ...EUR, time: "2026-01-05T10:00:00.000000002Z" });
  await using run = new FeedRun(source(venue, { pairs: [EURUSD], silenceMsMax: 60_000 }));
  await run.until("the first", (run) => quotes(run, EURUSD).length === 1);
  venue.raw('{"type":"PRICE","instrument":"EUR_USD"\n\n   \nno\n{"type":"NEWS"}\nnull\n[]\n');
  venue.raw('{"type":"PRICE","instrument":"EUR_USD","time":"2026-01-05T10:00:01Z","bids":[{}],"asks":[]}\n');
  venue.raw('{"type":"PRICE","instrument":"AUD_USD","time":"2026-01-05T10:00:01Z","bids":[],"asks":[]}\n');
  venue.price({ ...EUR, time: "2026-01-05T10:00:00.000000002Z" });
  venue.price({ ...EUR, time: "2026-01-05T09:59:59Z" });
  venue.price(EUR);
  await run.until("the last", (run) => quotes(run, EURUSD).length === 2);
  await run.until("a report of it", ({ report }) => report.duplicateCount === 2);
  assert.deepEqual(run.report.refused, {
    "line-malformed": 2,
    "kind-unknown": 3,
    "column-missing": 1,
    "pair-unknown": 1,
  });
  assert.equal(run.report.reconnectCount, 0);
  assert(isDeepStrictEqual(ladderOf(run.eventsOf(EURUSD))[0], [[1.19197, 5e5], [1.19195, 1e7]]));
});
