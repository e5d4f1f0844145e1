import assert from "node:assert/strict";
import type { FeedReport } from "../../actors/contract/mod.ts";
import { launchBrowser } from "../support/browser.ts";
import { Dev } from "../support/dev.ts";
import { KrakenServer } from "../support/venues/kraken_server.ts";
import { openPage, state } from "./open_page.ts";

Deno.test("`FEED=kraken deno task dev` shows the venue's books, and what becomes of the venue", async (t) => {
  const dataDir = await Deno.makeTempDir({ prefix: "kraken-page-" });
  await using venue = new KrakenServer();
  for (let i = 0; i < 10; i++) {
    venue.update("EUR/USD", ["bids", (109180 - i) / 1e5, 250_000 + i], ["asks", (109190 + i) / 1e5, 300_000 + i]);
    venue.update("USD/JPY", ["bids", (151200 - i) / 1e3, 500 + i], ["asks", (151210 + i) / 1e3, 700 + i]);
  }
  try {
    await using dev = new Dev(dataDir, { FEED: "kraken", KRAKEN_URL: venue.url, PAIRS: "EURUSD,USDJPY,NZDUSD" });
    const url = await dev.ready;
    await using browser = await launchBrowser();
    const { page, faults } = await openPage(browser, url, { width: 1440, height: 1200 });
    await state(page, "live");
    const shows = (selector: string, text: string) =>
      page.waitForFunction(
        ([selector, text]) => document.querySelector(selector!)?.textContent?.includes(text!),
        [selector, text],
      );
    const feed = async (): Promise<FeedReport> => (await (await fetch(`${url}/api/feeds`)).json()).feeds[0];

    await t.step("its levels stand in the ladder, its touch in the price panel", async () => {
      await page.click('[data-testid="row-EURUSD"]');
      for (const price of ["1.09180", "1.09171", "1.09190", "1.09199"]) await shows('[data-testid="ladder"]', price);
      await shows('[data-testid="detail-mid"]', "1.09185");
    });
    await t.step("a trade and a change arrive", async () => {
      venue.update("EUR/USD", ["bids", 1.09187, 125_000]);
      venue.trade("EUR/USD", "buy", 1.0919, 75_000);
      await shows('[data-testid="ladder"]', "1.09187");
      await shows("body", "75k");
    });
    await t.step("the feed is listed, with the pair that it does not serve", async () => {
      await page.waitForSelector('[data-testid="feed-kraken"]', { state: "attached" });
      const { state, gives, pairs, address } = await feed();
      assert.deepEqual([state, gives, address], ["live", ["levels", "trades"], venue.url]);
      assert.deepEqual(pairs.map(({ symbol, state }) => [symbol, state]), [
        ["EUR/USD", "live"],
        ["USD/JPY", "live"],
        ["NZD/USD", "refused"],
      ]);
    });
    await t.step("the venue goes away and comes back with another book", async () => {
      venue.refusal = { status: 503 };
      venue.disconnect();
      await page.waitForFunction(
        () => /503/.test(document.querySelector('[data-testid="feed-kraken"]')?.textContent ?? ""),
      );
      venue.update("EUR/USD", ["bids", 1.09187, 0], ["asks", 1.09186, 90_000]);
      venue.refusal = undefined;
      await shows('[data-testid="ladder"]', "1.09186");
      assert((await feed()).reconnectCount > 0);
    });
    assert.deepEqual(faults, []);
    await browser.close();
    await dev.stop();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
