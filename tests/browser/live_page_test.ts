import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { METRIC_GROUP_NAMES } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { launchBrowser } from "../support/browser.ts";
import { Stack } from "../support/stack.ts";
import { openPage, state } from "./open_page.ts";

const PAIRS = "EURUSD,USDJPY,EURJPY";

/** The text of an element, once it is a number above zero. */
async function priceOf(page: Page, testId: string): Promise<string> {
  const handle = await page.waitForFunction((id) => {
    const text = document.querySelector(`[data-testid="${id}"]`)?.textContent ?? "";
    return Number(text) > 0 ? { text } : undefined;
  }, testId);
  return (await handle.jsonValue())!.text;
}

Deno.test("live page", async (t) => {
  await buildUi();
  await using stack = await Stack.start({ pairs: PAIRS });
  await using browser = await launchBrowser();

  await t.step("says what to do while no pair has data", async () => {
    const { page, faults } = await openPage(browser, stack.url);
    await state(page, "live");
    await page.waitForSelector('[data-testid="empty"]');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  await stack.start("feed");
  const { page, faults } = await openPage(browser, stack.url);

  await t.step("shows every pair and prices that move", async () => {
    await state(page, "live");
    for (const pair of PAIRS.split(",")) {
      const first = await priceOf(page, `mid-${pair}`);
      await page.waitForFunction(
        ([id, before]) => {
          const text = document.querySelector(`[data-testid="${id}"]`)?.textContent ?? "";
          return Number(text) > 0 && text !== before;
        },
        [`mid-${pair}`, first] as const,
      );
    }
    assert.match((await page.textContent('[data-testid="spread-EURUSD"]'))!, /\d\.\d/);
  });

  await t.step("shows the pair that is selected: ladder, chart, price", async () => {
    await page.click('[data-testid="row-USDJPY"]');
    await page.waitForFunction(() => Number(document.querySelector('[data-testid="detail-mid"]')?.textContent) > 50);
    await page.waitForFunction(() =>
      (document.querySelector('[data-testid="ladder"]')?.textContent?.match(/\d+\.\d{3}/g) ?? []).length >= 20
    );
    const drawn = () => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="chart"] canvas');
      const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value, i) => i % 4 === 3 && value > 0) ?? false;
    };
    await page.waitForFunction(drawn);
  });

  await t.step("draws any metric below the mid, and keeps the choice in the address", async () => {
    const choice = '[data-testid="chart-metric"]';
    assert.deepEqual((await page.$$(`${choice} optgroup`)).length, METRIC_GROUP_NAMES.length);
    await page.selectOption(choice, "arrival.bookEventsPerSecond");
    assert.match(page.url(), /metric=arrival\.bookEventsPerSecond/);
    const readout = (pattern: RegExp) =>
      page.waitForFunction(
        (source) => new RegExp(source).test(document.querySelector('[data-testid="chart"]')?.textContent ?? ""),
        pattern.source,
      );
    await readout(/Book events \d+(\.\d+)? \/s/);
    await page.selectOption(choice, "");
    await readout(/Spread \d\.\d/);
  });

  await t.step("loses the gateway, shows it, and recovers by itself without losing the chart", async () => {
    await stack.kill("gateway");
    await state(page, "lost");
    assert((await page.textContent('[data-testid="banner"]'))!.length > 10);
    const before = (await page.textContent('[data-testid="mid-EURUSD"]'))!;
    assert(Number(before) > 0, "the last prices stay to be seen");
    await stack.start("gateway");
    await state(page, "live");
    await page.waitForSelector('[data-testid="banner"]', { state: "detached" });
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid="mid-EURUSD"]')?.textContent !== text,
      before,
    );
    assert(await page.isVisible('[data-testid="chart"] canvas'));
  });

  await t.step("goes nowhere else and makes no error", () => assert.deepEqual(faults, []));

  await t.step("fits a phone", async () => {
    const phone = await openPage(browser, stack.url, { width: 390, height: 844 });
    await priceOf(phone.page, "mid-EURUSD");
    assert(await phone.page.evaluate(() => document.documentElement.scrollWidth <= globalThis.innerWidth));
    await phone.page.click('[data-testid="row-EURUSD"]');
    await phone.page.waitForSelector('[data-testid="ladder"]');
    assert(await phone.page.evaluate(() => document.documentElement.scrollWidth <= globalThis.innerWidth));
    assert.deepEqual(phone.faults, []);
    await phone.page.context().close();
  });

  await t.step("the API's document is rendered, without going elsewhere", async () => {
    const docs = await openPage(browser, `${stack.url}/api/docs`);
    await docs.page.waitForSelector('[data-path="/api/pairs/{pair}/quotes"]');
    assert.deepEqual(docs.faults, []);
    await docs.page.context().close();
  });
  await page.context().close();
});

Deno.test("live page ends a replay on the file's last mid", async () => {
  await buildUi();
  await using stack = await Stack.start({ pairs: "EURUSD" });
  await using browser = await launchBrowser();
  const { page, faults } = await openPage(browser, stack.url);
  const file = new URL("../fixtures/dukascopy_eurusd_dirty.csv", import.meta.url).pathname;
  const replayed = await stack.run("actors/replay_main.ts", [file, "--pair", "EURUSD", "--speed", "max"]);
  assert.equal(replayed.code, 0, replayed.stderr);
  const rows = (await Deno.readTextFile(file)).trim().split("\r\n").map((line) => line.split(","));
  const [, bid, ask] = rows.findLast((row) => row.length === 5 && Number(row[1]) > 0)!;
  // Shown to a tenth of a pip: half of that is rounding.
  const last = (Number(bid) + Number(ask)) / 2;
  await page.waitForFunction(
    (mid) => Math.abs(Number(document.querySelector('[data-testid="detail-mid"]')?.textContent) - mid) < 0.0000051,
    last,
  );
  assert.deepEqual(faults, []);
  await page.context().close();
});
