import assert from "node:assert/strict";
import { EventFlag, EventKind, type MarketEvent, type Pair, parsePair } from "../../actors/contract/mod.ts";
import { type AlphaVantageOptions, alphaVantageSource } from "../../actors/feeds/sources/alphavantage/mod.ts";
import { ALPHAVANTAGE_KEY, AlphaVantageServer } from "../support/venues/alphavantage_server.ts";
import { FeedRun } from "../support/venues/feed_run.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const GBPUSD = parsePair("GBPUSD") as Pair;

/** Minutes become milliseconds. */
const SLEEP_DIVISOR = 60_000;

const source = (venue: AlphaVantageServer, options: Partial<AlphaVantageOptions> = {}) =>
  alphaVantageSource({
    pairs: [EURUSD, USDJPY],
    key: ALPHAVANTAGE_KEY,
    url: `${venue.url}/query`,
    requestsPerMinute: 60,
    requestsPerDay: 1_000_000,
    silenceMsMax: 1_000,
    ...options,
  });

const start = (venue: AlphaVantageServer, options: Partial<AlphaVantageOptions> = {}) =>
  new FeedRun(source(venue, options), { sleepDivisor: SLEEP_DIVISOR });

function fill(venue: AlphaVantageServer): void {
  venue.rates.set("EURUSD", { rate: "1.1", refreshed: utc(0), bid: "1.11912539", ask: "1.11921917" });
  venue.rates.set("USDJPY", { rate: "150", refreshed: utc(0), bid: "151.201", ask: "151.212" });
}

/** As the vendor writes it, so many seconds from now. */
function utc(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19).replace("T", " ");
}

const quotes = (run: FeedRun, pair: Pair): MarketEvent[] =>
  run.eventsOf(pair).filter(({ kind }) => kind === EventKind.quote);

Deno.test("Alpha Vantage: pairs in turn, a quote for each refresh, what is not refreshed dropped", async () => {
  await using venue = new AlphaVantageServer();
  fill(venue);
  await using run = start(venue);
  await run.until("both, and again", ({ report }) => (report?.duplicateCount ?? 0) > 3);
  assert.deepEqual(venue.asked.slice(0, 4), ["EURUSD", "USDJPY", "EURUSD", "USDJPY"]);
  assert.deepEqual(quotes(run, EURUSD).map(({ price, price2 }) => [price, price2]), [[1.11912539, 1.11921917]]);
  venue.rates.set("EURUSD", { rate: "1.2", refreshed: utc(1), bid: "1.2", ask: "1.3" });
  await run.until("a refresh", (run) => quotes(run, EURUSD).length === 2);
  assert.equal(quotes(run, USDJPY).length, 1);
  assert(run.events.every(({ kind, flags }) => kind !== EventKind.quote || (flags & EventFlag.conflated) !== 0));
  assert.equal(run.report.address, `${venue.url}/query`);
  assert.equal(run.report.state, "live");
  run.assertHidden(ALPHAVANTAGE_KEY);
});

Deno.test("Alpha Vantage: a rate without bid and ask is no quote, and says so", async () => {
  await using venue = new AlphaVantageServer();
  fill(venue);
  venue.rates.set("USDJPY", { rate: "150.1", refreshed: "2019-04-19 04:41:57" });
  await using run = start(venue);
  await run.until("refused", ({ report }) => (report?.refused["column-missing"] ?? 0) > 1);
  const [eur, jpy] = run.report.pairs;
  assert.deepEqual([eur!.state, jpy!.state, jpy!.fault], ["live", "waiting", "the answer has no bid and ask"]);
  assert.equal(quotes(run, USDJPY).length, 0);
});

Deno.test("Alpha Vantage: limits told with status 200 are limits: the minute's first, then the day's", async () => {
  await using venue = new AlphaVantageServer();
  fill(venue);
  // The vendor repeats the key in some of its words.
  const note = JSON.stringify({ Note: `5 calls per minute for ${ALPHAVANTAGE_KEY}` });
  const information = JSON.stringify({
    Information: `Daily quota of 25 requests has been reached for ${ALPHAVANTAGE_KEY}`,
  });
  venue.next.push(note);
  await using run = start(venue, { pairs: [EURUSD] });
  await run.until("limited", ({ reports }) => reports.some(({ faultCode }) => faultCode === "rate-limited"));
  await run.until("live", ({ report }) => report.state === "live");
  const pauses = () => run.lines.map((line) => /trying again in (\d+)/.exec(line)?.[1]).filter((s) => s !== undefined);
  assert(Number(pauses()[0]) <= 60, pauses()[0]);
  const nowMs = Date.now();
  venue.next.push(information, information);
  await run.until("the day's", () => pauses().length === 3);
  const untilMidnightS = 86_400 - nowMs / 1_000 % 86_400;
  assert(Number(pauses()[1]) <= 60, pauses()[1]);
  assert(Math.abs(Number(pauses()[2]) - untilMidnightS) < 60, pauses()[2]);
  await run.until("live again", ({ report }) => report.state === "live");
  run.assertHidden(ALPHAVANTAGE_KEY);
});

Deno.test("Alpha Vantage: a day's requests that are spent are not exceeded", async () => {
  await using venue = new AlphaVantageServer();
  fill(venue);
  await using run = new FeedRun(source(venue, { requestsPerMinute: 1_200, requestsPerDay: 2 }));
  await run.until("two", (run) => quotes(run, EURUSD).length + quotes(run, USDJPY).length === 2);
  // Three looks at the silence later nothing else was asked, and nothing is taken for silent.
  const from = run.reports.length;
  await run.until("reports", ({ reports }) => reports.length > from + 8);
  assert.equal(venue.requests.length, 2);
  assert.equal(run.report.state, "live");
});

Deno.test("Alpha Vantage: a pair that is not there is refused; where all are, it may be the key; neither is shown", async () => {
  await using venue = new AlphaVantageServer();
  fill(venue);
  await using run = start(venue, { pairs: [EURUSD, GBPUSD] });
  await run.until(
    "refused",
    ({ report }) => report?.pairs[1]?.state === "refused" && report.pairs[0]!.state === "live",
  );
  assert.equal(venue.asked.filter((pair) => pair === "GBPUSD").length, 1);
  venue.isExpired = true;
  await run.until("the key ran out", ({ reports }) => reports.some(({ state }) => state === "refused"));
  assert(run.lines.some((line) => line.includes("ALPHAVANTAGE_KEY")));
  venue.isExpired = false;
  await run.until("live again", ({ report }) => report.state === "live");
  run.assertHidden(ALPHAVANTAGE_KEY);

  const wrong = "s3cret&wrong";
  await using other = start(venue, { key: wrong });
  await other.until("refused", ({ reports }) => reports.some(({ faultCode }) => faultCode === "refused"));
  other.assertHidden(wrong);
});

Deno.test("Alpha Vantage: garbage, statuses, silence and a server that comes back", async () => {
  await using venue = new AlphaVantageServer();
  fill(venue);
  venue.next.push("", "<html>", "[]", '{"Realtime Currency Exchange Rate":null}');
  await using run = start(venue, { silenceMsMax: 200 });
  await run.until("live", ({ report }) => report?.state === "live");
  assert.deepEqual(run.report.refused, { "line-malformed": 2, "kind-unknown": 2 });
  venue.next.push("no", "no", "no", "no", "no");
  await run.until("protocol", ({ reports }) => reports.some(({ faultCode }) => faultCode === "protocol"));
  venue.refusal = { status: 429, headers: { "retry-after": "9" } };
  await run.until("limited", ({ reports }) => reports.some(({ faultCode }) => faultCode === "rate-limited"));
  assert(run.lines.some((line) => /trying again in 9\.\d s/.test(line)));
  venue.refusal = undefined;
  venue.isSilent = true;
  await run.until("silent", ({ reports }) => reports.some(({ faultCode }) => faultCode === "silent"));
  venue.isSilent = false;
  await venue.restart();
  const { messageCount } = run.report;
  await run.until("live again", ({ report }) => report.state === "live" && report.messageCount > messageCount);
  run.assertHidden(ALPHAVANTAGE_KEY);
});
