import assert from "node:assert/strict";
import { EventFlag, EventKind, type MarketEvent, type Pair, parsePair, StatusCode } from "../../actors/contract/mod.ts";
import { type TwelveDataOptions, twelveDataSource } from "../../actors/feeds/sources/twelvedata/mod.ts";
import { FeedRun } from "../support/venues/feed_run.ts";
import { TWELVEDATA_KEY, TwelveDataServer } from "../support/venues/twelvedata_server.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const GBPUSD = parsePair("GBPUSD") as Pair;

const source = (venue: TwelveDataServer, options: Partial<TwelveDataOptions> = {}) =>
  twelveDataSource({
    pairs: [EURUSD, USDJPY],
    key: TWELVEDATA_KEY,
    url: venue.url,
    heartbeatMs: 500,
    silenceMsMax: 1_000,
    ...options,
  });

const quotes = (run: FeedRun, pair: Pair): MarketEvent[] =>
  run.eventsOf(pair).filter(({ kind }) => kind === EventKind.quote);

const isLive = ({ report }: FeedRun) => report?.state === "live";

Deno.test("Twelve Data: prices with bid and ask are quotes; several of a second keep their order", async () => {
  await using venue = new TwelveDataServer();
  await using run = new FeedRun(source(venue));
  await run.until("live", isLive);
  assert.deepEqual(JSON.parse(venue.received[0]!), {
    action: "subscribe",
    params: { symbols: "EUR/USD,USD/JPY" },
  });
  const second = Math.floor(Date.now() / 1_000);
  venue.price("EUR/USD", 1.1, 1.2, second);
  venue.price("EUR/USD", 1.1001, 1.2, second);
  venue.price("EUR/USD", 1.1002, 1.2, second + 1);
  venue.price("EUR/USD", 1.1003, 1.2, second - 10);
  venue.price("EUR/USD", undefined, undefined);
  venue.price("AUD/USD", 1.1003, 1.2);
  venue.price("USD/JPY", 151.2, 151.3, second);
  await run.until("all", (run) => quotes(run, USDJPY).length === 1);
  assert.deepEqual(quotes(run, EURUSD).map(({ price }) => price), [1.1, 1.1001, 1.1002]);
  assert(quotes(run, EURUSD).every(({ flags }) => (flags & EventFlag.conflated) !== 0));
  await run.until("a report", ({ report }) => report.duplicateCount === 1 && report.refusedCount === 2);
  assert.deepEqual(run.report.refused, { "column-missing": 1, "pair-unknown": 1 });
  assert.equal(run.report.address, venue.url);
  run.assertHidden(TWELVEDATA_KEY);
});

Deno.test("Twelve Data: symbols that fail are refused, the others served; where all fail, so is the feed", async () => {
  await using venue = new TwelveDataServer();
  await using run = new FeedRun(source(venue, { pairs: [EURUSD, GBPUSD] }));
  await run.until("live", isLive);
  assert.equal(run.report.pairs[1]!.state, "refused");
  await using none = new FeedRun(source(venue, { pairs: [GBPUSD] }));
  await none.until("refused", ({ report }) => report?.state === "refused");
  assert.equal(none.report.faultCode, "refused");
});

Deno.test("Twelve Data: heartbeats keep a quiet connection; half-open, it is dead and made again", async () => {
  await using venue = new TwelveDataServer();
  await using run = new FeedRun(source(venue, { heartbeatMs: 200, silenceMsMax: 400 }));
  await run.until("live", isLive);
  venue.price("EUR/USD", 1.1, 1.2);
  await venue.heard(10, (text) => text.includes("heartbeat"));
  assert.equal(run.report.reconnectCount, 0);
  venue.isDeaf = true;
  await run.until("silent", ({ reports }) => reports.some(({ faultCode }) => faultCode === "silent"));
  venue.isDeaf = false;
  const from = run.reports.length;
  await run.until("live again", ({ reports }) => reports.slice(from).some(({ state }) => state === "live"));
  await venue.restart();
  await venue.heard(3, (text) => text.includes("subscribe"));
  venue.price("EUR/USD", 1.1, 1.2);
  await run.until(
    "connected again",
    (run) =>
      run.eventsOf(EURUSD).filter(({ kind, side }) => kind === EventKind.status && side === StatusCode.connected)
        .length > 1,
  );
});

Deno.test("Twelve Data: a subscription that is never answered ends the connection", async () => {
  await using venue = new TwelveDataServer();
  venue.isMute = true;
  await using run = new FeedRun(source(venue, { heartbeatMs: 100 }));
  await run.until("given up", ({ reports }) => reports.some(({ faultCode }) => faultCode === "protocol"));
  venue.isMute = false;
  await run.until("live", isLive);
});

Deno.test("Twelve Data: a wrong key, one that runs out, limits and errors; the key is never shown", async () => {
  await using venue = new TwelveDataServer();
  const wrong = "s3cret wrong&key";
  await using refused = new FeedRun(source(venue, { key: wrong }));
  await refused.until("refused", ({ report }) => report?.state === "refused");
  assert.equal(refused.report.faultCode, "auth");
  refused.assertHidden(wrong);

  await using run = new FeedRun(source(venue), { sleepDivisor: 10_000 });
  await run.until("live", isLive);
  const meets = async (code: string, cause: () => void) => {
    const from = run.reports.length;
    cause();
    await run.until(code, ({ reports }) => reports.slice(from).some(({ faultCode }) => faultCode === code));
  };
  await meets("auth", () => venue.expire());
  venue.isExpired = false;
  await run.until("live", isLive);
  await meets(
    "auth",
    () => venue.say({ status: "error", code: 401, message: `apikey ${TWELVEDATA_KEY} is incorrect` }),
  );
  await run.until("live", isLive);
  await meets("rate-limited", () => venue.say({ status: "error", code: 429, message: "credits" }));
  await run.until("live", isLive);
  await meets("refused", () => venue.say({ event: "subscribe-status", status: "error", messages: [TWELVEDATA_KEY] }));
  await run.until("live", isLive);
  await meets("rate-limited", () => {
    venue.refusal = { status: 429, headers: { "retry-after": "7" }, body: TWELVEDATA_KEY };
    venue.disconnect();
  });
  assert(run.lines.some((line) => /trying again in 7\.\d s/.test(line)));
  run.assertHidden(TWELVEDATA_KEY);
});

Deno.test("Twelve Data: garbage between prices is refused and does no harm", async () => {
  await using venue = new TwelveDataServer();
  await using run = new FeedRun(source(venue));
  await run.until("live", isLive);
  for (const text of ["", `{"${TWELVEDATA_KEY}`, "null", "[]", '{"event":"price"}', '{"event":"x"}']) venue.say(text);
  venue.say({ status: "error", message: "odd" });
  venue.say({ event: "price", symbol: "EUR/USD", timestamp: 1e300, bid: 1, ask: 2 });
  venue.price("USD/JPY", 151.2, 151.3);
  await run.until("the price", (run) => quotes(run, USDJPY).length === 1);
  await run.until("a report", ({ report }) => report.eventCount > 0 && report.refusedCount >= 7);
  assert.equal(run.report.reconnectCount, 0);
  run.assertHidden(TWELVEDATA_KEY);
});
