/**
 * The book behind the mid: what is drawn is what the archive and the live book say, and the list as somebody arranges it.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { launchBrowser } from "../support/browser.ts";
import { Stack } from "../support/stack.ts";
import { openPage, state } from "./open_page.ts";

const order = (page: Page) =>
  page.$$eval('[data-testid="watchlist"] [data-pair]', (rows) => rows.map((row) => row.getAttribute("data-pair")));

/** How many pixels of the mid's plot are bluish and how many orange: bids and asks. */
function painted(page: Page): Promise<{ bids: number; asks: number }> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="chart"] canvas');
    if (canvas === null) return { bids: 0, asks: 0 };
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    let [bids, asks] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      const blueness = data[at + 2]! - data[at]!;
      if (blueness > 40) bids++;
      else if (blueness < -40) asks++;
    }
    return { bids, asks };
  });
}

/** Looks at every frame until both sides are there. */
async function untilPainted(page: Page): Promise<void> {
  for (;;) {
    const { bids, asks } = await painted(page);
    if (bids > 500 && asks > 500) return;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

Deno.test("the chart shows the book over time, and the list is as one arranges it", async (t) => {
  await buildUi();
  await using stack = await Stack.start({
    pairs: "EURUSD,USDJPY,EURJPY",
    roles: ["clickhouse", "actors", "gateway", "feed"],
  });
  await using browser = await launchBrowser();
  const { page, faults } = await openPage(browser, `${stack.url}/#/EURUSD?span=5m`);
  await state(page, "live");
  await t.step("paints bids and asks, live and from the archive after a reload", async () => {
    await untilPainted(page);
    await stack.until<{ bids: number[][] }>(
      "/api/pairs/EURUSD/depth?columns=900",
      ({ bids }) => bids.filter((levels) => levels.length > 0).length > 8,
    );
    const live = await painted(page);
    await page.reload();
    await state(page, "live");
    await page.waitForResponse((response) => response.url().includes("/depth?") && response.ok());
    await untilPainted(page);
    const again = await painted(page);
    assert(again.bids > live.bids / 3 && again.asks > live.asks / 3, JSON.stringify({ live, again }));
  });

  await t.step("hides it by its key, and remembers that", async () => {
    await page.keyboard.press("b");
    await page.waitForSelector('[data-testid="chart-depth"][aria-pressed="false"]');
    await page.reload();
    await page.waitForSelector('[data-testid="chart-depth"][aria-pressed="false"]');
    await page.click('[data-testid="chart-depth"]');
    await page.waitForSelector('[data-testid="chart-depth"][aria-pressed="true"]');
  });

  await t.step("finds pairs, lets one stand first, and keeps both over a reload", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("jpy");
    await page.waitForSelector('[data-pair="EURUSD"]', { state: "detached" });
    await page.click('[data-testid="favourite-EURJPY"]');
    assert.deepEqual(await order(page), ["EURJPY", "USDJPY"]);
    await page.reload();
    await page.waitForSelector('[data-testid="favourite-EURJPY"][aria-pressed="true"]');
    assert.deepEqual(await order(page), ["EURJPY", "USDJPY"]);
    await page.fill('[data-testid="list-query"]', "");
    await page.selectOption('[data-testid="list-sort"]', "name");
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="watchlist"] [data-pair]').length === 3);
    assert.deepEqual(await order(page), ["EURJPY", "EURUSD", "USDJPY"]);
    assert.match(page.url(), /sort=name/);
  });

  await t.step("tells its keys", async () => {
    await page.click('[data-testid="chart-depth"]');
    await page.keyboard.press("?");
    await page.waitForSelector('[data-testid="keys-help"][open]');
    await page.keyboard.press("Escape");
    await page.waitForSelector('[data-testid="keys-help"]:not([open])', { state: "attached" });
  });
  assert.deepEqual(faults, []);
});
