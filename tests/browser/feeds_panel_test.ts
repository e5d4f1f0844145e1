import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { FeedReport } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { launchBrowser } from "../support/browser.ts";
import { feedPairOf, feedReportOf } from "../support/feed_reports.ts";
import { Stack } from "../support/stack.ts";
import { ClusterWriter } from "./cluster_writer.ts";
import { openPage, state } from "./open_page.ts";

const HOSTILE = `<img src=x onerror="document.title='taken'">`;

/** Resolves once an element's text is as wanted. */
function text(page: Page, testId: string, wanted: RegExp): Promise<unknown> {
  return page.waitForFunction(
    ([id, pattern]) => new RegExp(pattern).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""),
    [testId, wanted.source] as const,
  );
}

const row = (source: string, rest = "") => `[data-testid="feed-${source}"]${rest}`;
const gone = (page: Page, selector: string) => page.waitForSelector(selector, { state: "detached" });
const figure = (page: Page, source: string, name: string) =>
  page.textContent(row(source, ` [data-figure="${name}"]`)).then((text) => text!.trim());

/** The feeds in the order they are listed. */
function listed(page: Page): Promise<string[]> {
  return page.$$eval(
    '[data-testid="feeds-table"] > tbody',
    (rows) => rows.map((row) => (row as HTMLElement).dataset.testid!.replace("feed-", "")),
  );
}

/** Whether the page, or a row of the panel, is wider than there is room. */
function overflows(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = (element: Element) => element.scrollWidth > element.clientWidth;
    return [
      ...(document.documentElement.scrollWidth > globalThis.innerWidth ? ["page"] : []),
      ...(wide(document.getElementById("feeds-body")!) ? ["body"] : []),
    ];
  });
}

/** The gateway's numbers of feeds. */
async function metricsOf(stack: Stack): Promise<string> {
  return await (await fetch(`${stack.url}/metrics`)).text();
}

function kraken(change: Partial<FeedReport> = {}): FeedReport {
  const nowMs = Date.now();
  return feedReportOf({
    timeMs: nowMs,
    startedMs: nowMs - 3_600_000,
    sinceMs: nowMs - 125_000,
    pairs: [
      feedPairOf({ lastEventUs: (nowMs - 3_000) * 1_000 }),
      feedPairOf({ pair: "USDJPY", symbol: "USD/JPY", lastEventUs: nowMs * 1_000 }),
    ],
    ...change,
  });
}

Deno.test("feeds panel", async (t) => {
  await buildUi();
  await using stack = await Stack.start({ pairs: "EURUSD,USDJPY", roles: ["clickhouse", "gateway"] });
  await using writer = await ClusterWriter.open(stack.nats.url);
  await using browser = await launchBrowser();
  const { page, faults } = await openPage(browser, stack.url, { width: 1440, height: 1100 });

  await t.step("says what to do while no feed reports", async () => {
    await text(page, "feeds-empty", /FEED=kraken deno task dev.*docs\/FEEDS\.md/);
    await text(page, "feeds-summary", /^no feed reports$/);
    assert.equal(await page.$('[data-testid="feeds-mark"]'), null);
  });

  await t.step("shows a feed: its state in a word, what it gives and every figure with its meaning", async () => {
    await writer.feed(kraken({ duplicateCount: 1_204, gapCount: 2, conflated: true }));
    await page.waitForSelector(row("kraken", '[data-health="live"]'));
    await text(page, "feed-kraken", /kraken●liveL2trades≈conflated/);
    const figures = ["pairs", "messages", "events", "latency", "clock", "gaps", "checksums", "duplicates", "refused"];
    assert.deepEqual(await Promise.all(figures.map((name) => figure(page, "kraken", name))), [
      "2/2",
      "12.3",
      "10.5",
      "42 / 130",
      "+21",
      "2",
      "0",
      "1.2k",
      "0",
    ]);
    const untold = await page.locator(row("kraken", " td:not([title])")).count();
    assert.equal(untold, 1, "the cell of what it gives, whose marks have theirs");
    await text(page, "feeds-summary", /^all live$/);
    await text(page, "feeds-totals", /^1 feed · 12\.3 msg\/s · 10\.5 ev\/s$/);
    const { feeds } = await stack.get<{ feeds: FeedReport[] }>("/api/feeds");
    assert.deepEqual(feeds.map(({ source, gapCount }) => [source, gapCount]), [["kraken", 2]]);
    assert.match(await metricsOf(stack), /^fxmm_feed_messages_total\{source="kraken"\} 4200$/m);
  });

  await t.step(
    "unfolds by keyboard to address, counts, reasons and pairs, and keeps so while reports come",
    async () => {
      await page.focus(row("kraken", " button"));
      await page.keyboard.press("Enter");
      await page.waitForSelector(row("kraken", ' button[aria-expanded="true"]'));
      await text(page, "feed-kraken-detail", /Addresswss:\/\/ws\.kraken\.com\/v2Nodefeeds-1.*Live.*2 min ago/);
      await text(page, "feed-kraken-pairs", /EUR\/USDEUR\/USD● live1\.2k\d+s/);
      await writer.feed(kraken({
        refusedCount: 9,
        refused: { "time-in-future": 2, "price-not-positive": 7 },
        crossedCount: 4,
        pairs: [feedPairOf(), feedPairOf({ pair: "USDJPY", symbol: "USD/JPY", state: "refused", fault: "not served" })],
      }));
      await text(page, "feed-kraken-refused", /price-not-positive7time-in-future2$/);
      await text(page, "feed-kraken-detail", /Crossed◆ 4Locked0/);
      await text(page, "feed-kraken-pairs", /USD\/JPY✕ refused.*not served.*EUR\/USD● live/);
      await text(page, "feeds-summary", /^1 pair not served$/);
      assert.match(await figure(page, "kraken", "pairs"), /1\/2/);
      assert.equal(await page.$('[data-testid="feeds-mark"]'), null, "the feed is live");
      await page.keyboard.press("Space");
      await gone(page, '[data-testid="feed-kraken-detail"]');
      await writer.feed(kraken());
      await text(page, "feeds-summary", /^all live$/);
    },
  );

  await t.step(
    "shows the fault of a feed that is not live in its row, what to do, and a mark in the head",
    async () => {
      const oanda = { source: "oanda", faultCode: "auth", fault: "401 insufficient authorization" };
      await writer.feed(kraken({ ...oanda, state: "waiting" }));
      await text(page, "feed-oanda", /waiting.*auth401 insufficient authorization/);
      await text(page, "feeds-mark", /oanda waiting/);
      await writer.feed(kraken({ ...oanda, state: "refused" }));
      await text(page, "feeds-mark", /oanda refused/);
      assert.deepEqual(await listed(page), ["oanda", "kraken"]);
      await page.click(row("oanda", " button"));
      await text(page, "feed-oanda-advice", /^auth: 401 insufficient authorization The source does not accept its key/);
      await page.click("#feeds-head");
      await gone(page, "#feeds-body");
      await page.click('[data-testid="feeds-mark"]');
      await page.waitForSelector("#feeds-body");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "feeds-head");
    },
  );

  await t.step("keeps a feed whose report has expired as silent, with what to do", async () => {
    writer.silence("kraken");
    await page.waitForSelector(row("kraken", '[data-health="silent"]'));
    await text(page, "feed-kraken", /silent since \d\d:\d\d:\d\d, for \d+ s: node feeds-1.*FEED=kraken deno task feed/);
    await text(page, "feeds-summary", /oanda refused.*kraken silent/);
    assert.match(await metricsOf(stack), /^fxmm_feed_up\{source="kraken"\} 0$/m);
    const { gone } = await stack.get<{ gone: string[] }>("/api/feeds");
    assert.deepEqual(gone, ["kraken"]);
    const other = await openPage(browser, stack.url, { width: 1440, height: 1100 });
    await other.page.waitForSelector(row("oanda"));
    assert.deepEqual(await listed(other.page), ["oanda"], "another page never knew it");
    await other.page.context().close();
    await writer.feed(kraken());
    await page.waitForSelector(row("kraken", '[data-health="live"]'));
  });

  await t.step("leaves out what is not of the schema, counts it, and shows the others", async () => {
    await writer.put("feeds", "garbage", "{");
    await writer.put("feeds", "other", kraken());
    await writer.put("feeds", "more", { ...kraken({ source: "more" }), price: 1 });
    await writer.feed(kraken({ source: "after" }));
    await page.waitForSelector(row("after"));
    assert.deepEqual(await listed(page), ["oanda", "after", "kraken"]);
    assert.match(await metricsOf(stack), /^fxmm_feeds_rejected_total 3$/m);
    writer.silence("after");
    await writer.delete("feeds", "after");
    await page.waitForSelector(row("after", '[data-health="silent"]'));
  });

  await t.step("shows what a source says as text, and a long one within its row", async () => {
    await writer.feed(kraken({
      source: "hostile",
      state: "waiting",
      fault: `${HOSTILE}${"x".repeat(200)}`,
      faultCode: "closed",
      address: `wss://${"long.".repeat(50)}example`,
      refused: { [HOSTILE]: 3, ["y".repeat(500)]: 1 },
      refusedCount: 4,
      pairs: [feedPairOf({ symbol: HOSTILE, state: "refused", fault: `${HOSTILE} ${"z".repeat(250)}` })],
    }));
    await text(page, "feed-hostile", /closed<img src=x onerror=/);
    await page.click(row("hostile", " button"));
    await text(page, "feed-hostile-refused", /<img src=x onerror=.*3/);
    await text(page, "feed-hostile-pairs", /<img src=x/);
    assert.equal(await page.$('[data-testid="feeds"] img'), null);
    assert.notEqual(await page.title(), "taken");
    assert.deepEqual(await overflows(page), []);
  });

  await t.step("fits a phone as cards, folded at first, with thirty feeds and two hundred pairs", async () => {
    const letters = (k: number) => String.fromCharCode(65 + k % 26, 65 + Math.floor(k / 26) % 26, 65);
    const pairs = Array.from({ length: 200 }, (_, k) => feedPairOf({ pair: `${letters(k)}USD`, symbol: `S${k}` }));
    for (let k = 0; k < 30; k++) await writer.feed(kraken({ source: `feed-${k}`, pairs: k === 0 ? pairs : [] }));
    const phone = await openPage(browser, stack.url, { width: 390, height: 844 });
    await text(phone.page, "feeds-mark", /feed/);
    assert.equal(await phone.page.getAttribute("#feeds-head", "aria-expanded"), "false");
    await phone.page.click('[data-testid="feeds-mark"]');
    await phone.page.waitForSelector("#feeds-body");
    await phone.page.waitForSelector(row("feed-29"));
    assert.equal((await listed(phone.page)).length, 33, "the one that is gone was never known here");
    for (const source of ["feed-0", "hostile"]) await phone.page.click(row(source, " button"));
    await phone.page.waitForSelector('[data-testid="feed-feed-0-pairs"]');
    const pairCount = () => phone.page.locator('[data-testid="feed-feed-0-pairs"] > tbody').count();
    assert.equal(await pairCount(), 40);
    await phone.page.click("text=Show all 200");
    assert.equal(await pairCount(), 200);
    assert.deepEqual(await overflows(phone.page), []);
    assert.deepEqual(await overflows(page), []);
    assert.deepEqual(phone.faults, []);
    await phone.page.context().close();
  });

  await t.step("leaves room in the head of a phone for whatever else is told there", async () => {
    await writer.pair("EURUSD");
    const old = { pair: "EURUSD", timeUs: 1_352_881_800_000_000, sequence: 1, bid: 1.1, ask: 1.2, bids: [], asks: [] };
    await writer.put("latest", "EURUSD.book", old);
    const phone = await openPage(browser, stack.url, { width: 390, height: 844 });
    await phone.page.routeWebSocket(/\/live$/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((data) => socket.send(String(data).replace(/"openCount":\d+/, '"openCount":12')));
    });
    await phone.page.reload();
    for (const testId of ["open-count", "cluster-alarm", "feeds-mark"]) {
      await phone.page.waitForSelector(`[data-testid="${testId}"]`);
    }
    await phone.page.waitForSelector("text=REPLAY");
    assert(await phone.page.evaluate(() => document.documentElement.scrollWidth <= globalThis.innerWidth));
    await phone.page.context().close();
  });

  await t.step(
    "is marked as old while the gateway is gone, and says when the gateway itself hears nothing",
    async () => {
      await stack.kill("gateway");
      await state(page, "lost");
      await text(page, "feeds-summary", /^Not live, as of \d/);
      assert.equal(await page.$('[data-testid="feeds-mark"]'), null, "what is not live is no alarm");
      await stack.start("gateway");
      await state(page, "live");
      await text(page, "feeds-summary", /hostile waiting/);
      await stack.nats.server.kill();
      await text(page, "feeds-summary", /hears nothing from NATS/);
      assert(await page.isVisible(row("kraken")));
    },
  );

  await t.step("makes no error", () => assert.deepEqual(faults, []));
  await page.context().close();
});
