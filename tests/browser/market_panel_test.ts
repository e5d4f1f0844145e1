import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { MarketAnswer, MetricSample } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { launchBrowser } from "../support/browser.ts";
import { marketSampleOf } from "../support/market_samples.ts";
import { sampleOf } from "../support/samples.ts";
import { Stack } from "../support/stack.ts";
import { ClusterWriter } from "./cluster_writer.ts";
import { openPage } from "./open_page.ts";

const PAIRS = ["EURUSD", "USDJPY", "GBPUSD"];

/** Resolves once an element's text is as wanted. */
function text(page: Page, testId: string, wanted: RegExp): Promise<unknown> {
  return page.waitForFunction(
    ([id, pattern]) => new RegExp(pattern).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""),
    [testId, wanted.source] as const,
  );
}

async function putPair(cluster: ClusterWriter, pair: string, sample: Partial<Parameters<typeof sampleOf>[0]> = {}) {
  const timeUs = Date.now() * 1_000;
  await cluster.put("latest", `${pair}.book`, { pair, timeUs, sequence: 1, bid: 1.1, ask: 1.2, bids: [], asks: [] });
  await cluster.put("latest", `${pair}.sample`, sampleOf({ pair, timeUs, ...sample }));
}

const VALUES = {
  spread: { quotedPips: 0.4, zScore: 2.34 },
  toxicity: { vpin: 0.37 },
  impact: { amihudPerMillion: 1.2e-6 },
  volatility: { regime: 1 },
} satisfies Partial<MetricSample["values"]>;
const ABSENT: MetricSample["absent"] = {
  "impact.kyleT": "warming",
  "flow.vwap": "no-trades",
  "volatility.garchPct": "off",
  "liquidity.xlm10mBps": "thin-book",
};

Deno.test("metric groups and market panel", async (t) => {
  await buildUi();
  await using stack = await Stack.start({ pairs: PAIRS.join(), roles: ["clickhouse", "gateway"] });
  await using cluster = await ClusterWriter.open(stack.nats.url);
  await using browser = await launchBrowser();
  for (const pair of PAIRS) await putPair(cluster, pair);
  await putPair(cluster, "EURUSD", { values: VALUES, absent: ABSENT });
  const { page, faults } = await openPage(browser, `${stack.url}/#/EURUSD`);

  await t.step(
    "shows every group of metrics: what has a value, why another has none, and nothing that is off",
    async () => {
      await text(page, "toxicity.vpin", /^VPIN0\.37$/);
      await text(page, "spread.zScore", /\+2\.3σ/);
      await text(page, "impact.amihudPerMillion", /1\.2·10⁻⁶/);
      await text(page, "volatility.regime", /high/);
      await text(page, "impact.kyleT", /warming up/);
      await text(page, "flow.vwap", /no trades/);
      await text(page, "liquidity.xlm10mBps", /book too thin/);
      assert.equal(await page.$('[data-testid="volatility.garchPct"]'), null);
      for (
        const group of ["price", "spread", "depth", "liquidity", "flow", "toxicity", "impact", "volatility", "arrival"]
      ) {
        assert(await page.isVisible(`[data-testid="group-${group}"]`), group);
      }
    },
  );

  await t.step("names the sessions that are open", async () => {
    await text(page, "detail-note", /^London · New York$/);
  });

  await t.step("folds a group to its headlines by keyboard, and remembers it", async () => {
    const head = '[data-testid="group-spread"] button';
    await page.focus(head);
    await page.keyboard.press("Enter");
    await page.waitForSelector('[data-testid="spread.zScore"]', { state: "detached" });
    await text(page, "group-spread", /Quoted 0\.40pips.*\+2\.3σ/);
    await page.reload();
    await page.waitForSelector(`${head}[aria-expanded="false"]`);
    await page.click(head);
    await page.waitForSelector('[data-testid="spread.zScore"]');
  });

  await t.step("says that there is no market sample yet", async () => {
    await text(page, "market-summary", /no market sample yet/);
    await text(page, "market-empty", /said nothing yet/);
    assert.equal((await stack.get<MarketAnswer>("/api/market")).sample, null);
  });

  await t.step("shows strengths, correlations with what has parted, triangles and leads", async () => {
    const sample = marketSampleOf({ timeUs: Date.now() * 1_000 });
    await cluster.put("latest", "MARKET.sample", sample);
    await text(page, "strength-EUR", /^EUR\+12\.0–$/);
    await text(page, "market-summary", /1 triangle earns.*1 break/);
    await text(page, "market-triangles", /EUR\/JPY through USD\+0\.12\+0\.34/);
    await text(page, "market-leads", /EUR\/JPY before USD\/JPY100\+0\.70/);
    await text(page, "market-breaks", /EUR\/USD – GBP\/USD parted: \+0\.20 now, \+0\.85 before/);
    assert.equal((await page.$$('[data-testid="market-matrix"] tbody td')).length, 28);
    const broken = await page.$$eval(
      '[data-broken="true"]',
      (cells) => cells.map((cell) => (cell as HTMLElement).title),
    );
    assert.deepEqual(broken.map((title) => title.slice(0, 19)), ["GBP/USD and EUR/USD"]);
    assert.deepEqual((await stack.get<MarketAnswer>("/api/market")).sample, sample);
  });

  await t.step("follows the market, and says why a number is not there", async () => {
    await cluster.put("latest", "MARKET.sample", marketSampleOf({ pairs: PAIRS, correlation: () => "warming" }));
    await text(page, "market-matrix", /^USD\/JPY·GBP\/USD··/);
    await page.waitForSelector('[title="USD/JPY and EUR/USD: not known yet"]');
    await text(page, "market", /no three pairs close a round/);
  });

  await t.step("says that it is old when nothing new comes", async () => {
    await text(page, "market-summary", /no update for (1[5-9]|2\d) s/);
    await page.waitForSelector("#market-body.dimmed-inside");
  });

  await t.step("fits a phone: folded at first, and no wider than the screen with thirty pairs", async () => {
    const pairs = ["EUR", "GBP", "AUD", "NZD", "CAD"].flatMap((base) =>
      ["USD", "JPY", "CHF", "SEK", "NOK", "SGD"].map((quote) => base + quote)
    );
    await cluster.put("latest", "MARKET.sample", marketSampleOf({ pairs, timeUs: Date.now() * 1_000 }));
    const phone = await openPage(browser, `${stack.url}/#/EURUSD`, { width: 390, height: 844 });
    await phone.page.waitForSelector('#market-head[aria-expanded="false"]');
    await text(phone.page, "group-toxicity", /VPIN 0\.37/);
    assert.equal(await phone.page.$('[data-testid="toxicity.vpin"]'), null);
    await phone.page.click("#market-head");
    await phone.page.waitForSelector('[data-testid="market-matrix"][data-small="true"]');
    assert(await phone.page.evaluate(() => document.documentElement.scrollWidth <= globalThis.innerWidth));
    assert.deepEqual(phone.faults, []);
    await phone.page.context().close();
  });

  await t.step("makes no error", () => assert.deepEqual(faults, []));
  await page.context().close();
});
