import assert from "node:assert/strict";
import { EventFlag, EventKind, type MarketEvent, type Pair, parsePair } from "../../actors/contract/mod.ts";
import { type TrueFxOptions, trueFxSource } from "../../actors/feeds/sources/truefx/mod.ts";
import { FeedRun } from "../support/venues/feed_run.ts";
import { TRUEFX_PASSWORD, TRUEFX_USER, TrueFxServer } from "../support/venues/truefx_server.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const NZDUSD = parsePair("NZDUSD") as Pair;

const LOGIN = { user: TRUEFX_USER, password: TRUEFX_PASSWORD };

const source = (venue: TrueFxServer, options: Partial<TrueFxOptions> = {}) =>
  trueFxSource({
    pairs: [EURUSD, USDJPY],
    url: `${venue.url}/rates/connect.html`,
    intervalMs: 250,
    silenceMsMax: 1_000,
    ...options,
  });

function fill(venue: TrueFxServer, timeMs = Date.now()): void {
  venue.rate("EUR/USD", ["1.09", "034"], ["1.09", "038"], timeMs);
  venue.rate("USD/JPY", ["123.", "778"], ["123.", "781"], timeMs);
  venue.rate("GBP/USD", ["1.56", "332"], ["1.56", "337"], timeMs);
  venue.rate("NZD/USD", ["0.65", "001"], ["0.65", "004"], timeMs);
}

const quotes = (run: FeedRun, pair: Pair): MarketEvent[] =>
  run.eventsOf(pair).filter(({ kind }) => kind === EventKind.quote);

/** Resolves when the venue was asked so many times more. */
const asked = (run: FeedRun, venue: TrueFxServer, more: number) => {
  const from = venue.requests.length;
  return run.until(`${more} requests`, () => venue.requests.length >= from + more);
};

Deno.test("TrueFX: figure and points make a price, and only rows that changed are quotes", async () => {
  await using venue = new TrueFxServer();
  const timeMs = Date.now();
  fill(venue, timeMs);
  await using run = new FeedRun(source(venue));
  await run.until("both", (run) => quotes(run, EURUSD).length === 1 && quotes(run, USDJPY).length === 1);
  const [[eur], [jpy]] = [quotes(run, EURUSD), quotes(run, USDJPY)];
  assert.deepEqual([eur!.price, eur!.price2, jpy!.price, jpy!.price2], [1.09034, 1.09038, 123.778, 123.781]);
  await asked(run, venue, 4);
  venue.rate("EUR/USD", ["1.09", "035"], ["1.09", "038"], timeMs + 700);
  await run.until("a change", (run) => quotes(run, EURUSD).length === 2);
  assert.equal(quotes(run, USDJPY).length, 1);
  assert(quotes(run, EURUSD).every(({ flags }) => (flags & EventFlag.conflated) !== 0));
  venue.rate("EUR/USD", ["1.09", "036"], ["1.09", "038"], timeMs - 60_000);
  await run.until("late", ({ report }) => report.duplicateCount > 0);
  assert.equal(run.report.refusedCount, 0);
  assert.equal(run.report.address, `${venue.url}/rates/connect.html`);
});

Deno.test("TrueFX: without a user only the free pairs are there, and the others say what they need", async () => {
  await using venue = new TrueFxServer();
  fill(venue);
  await using run = new FeedRun(source(venue, { pairs: [EURUSD, NZDUSD] }));
  await run.until("refused", ({ report }) => report?.pairs[1]?.state === "refused");
  assert.match(run.report.pairs[1]!.fault!, /TRUEFX_USER and TRUEFX_PASSWORD/);
  await using none = new FeedRun(source(venue, { pairs: [NZDUSD] }));
  await none.until("refused", ({ report }) => report?.state === "refused");
});

Deno.test("TrueFX: a session serves more pairs; one that runs out is made anew", async () => {
  await using venue = new TrueFxServer();
  fill(venue);
  await using run = new FeedRun(source(venue, { ...LOGIN, pairs: [EURUSD, NZDUSD] }));
  await run.until("both", (run) => quotes(run, EURUSD).length === 1 && quotes(run, NZDUSD).length === 1);
  assert.equal(venue.sessionCount, 1);
  await asked(run, venue, 3);
  assert.equal(quotes(run, EURUSD).length, 1);
  venue.expireSessions();
  await run.until("another session", () => venue.sessionCount === 2);
  venue.rate("NZD/USD", ["0.65", "002"], ["0.65", "004"], Date.now());
  await run.until("a change", (run) => quotes(run, NZDUSD).length === 2);
  assert.equal(run.report.reconnectCount, 0);
  run.assertHidden(TRUEFX_USER, TRUEFX_PASSWORD);

  // Of the pairs that everybody sees it cannot be told that a session ran out: it is made anew before.
  const before = venue.sessionCount;
  await using short = new FeedRun(source(venue, { ...LOGIN, pairs: [EURUSD], sessionMsMax: 50 }));
  await short.until("sessions", () => venue.sessionCount > before + 2);
  assert.equal(quotes(short, EURUSD).length, 1);
});

Deno.test("TrueFX: a wrong password is refused and not shown; so is one that is taken no more", async () => {
  await using venue = new TrueFxServer();
  fill(venue);
  const password = "s3cret:wrong&";
  await using refused = new FeedRun(source(venue, { ...LOGIN, password }));
  await refused.until("refused", ({ report }) => report?.state === "refused");
  assert.equal(refused.report.faultCode, "auth");
  refused.assertHidden(TRUEFX_USER, password);

  await using run = new FeedRun(source(venue, { ...LOGIN, sessionMsMax: 50 }), { sleepDivisor: 1_000 });
  await run.until("live", ({ report }) => report?.state === "live");
  await run.until("refused", ({ reports }) => {
    if (venue.next.length === 0) venue.next.push("not authorized\r\n");
    return reports.some(({ faultCode }) => faultCode === "auth");
  });
  run.assertHidden(TRUEFX_USER, TRUEFX_PASSWORD);
});

Deno.test("TrueFX: garbage, limits, silence and a server that comes back", async () => {
  await using venue = new TrueFxServer();
  fill(venue);
  venue.next.push("EUR/USD,no,1.09,034,1.09,038\r\n<html>\r\n", "EUR/USD,1437569931314,1.09,0x4,1.09,038,,,", "");
  await using run = new FeedRun(source(venue, { silenceMsMax: 200 }), { sleepDivisor: 1_000 });
  await run.until("live", ({ report }) => report?.state === "live");
  assert.deepEqual(run.report.refused, { "line-malformed": 3 });
  venue.next.push(...Array.from({ length: 10 }, () => "<html>"));
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
});
