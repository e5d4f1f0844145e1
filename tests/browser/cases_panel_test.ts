import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import type { Page } from "playwright-core";
import { connectNats } from "../../actors/adapters/nats.ts";
import { type Anomaly, anomalySubject, type CasesAnswer, marketSubject, parsePair } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { anomalyOf, CASES_START_US } from "../support/anomalies.ts";
import { launchBrowser } from "../support/browser.ts";
import { testFrames } from "../support/frames.ts";
import { Stack } from "../support/stack.ts";
import { ClusterWriter } from "./cluster_writer.ts";
import { openPage } from "./open_page.ts";

const PAIRS = ["EURUSD", "USDJPY"];
const EURUSD = parsePair("EURUSD")!;

const BLOWOUT = { id: "EURUSD-spread-blowout-a", startS: 0 };
const SPOOF = {
  id: "USDJPY-spoofing-b",
  pair: "USDJPY",
  kind: "spoofing",
  severity: "critical",
  startS: 20,
  sentence: "24 M stood on the bid <b>and went</b>",
  evidence: { displayedSize: 24e6, sizeRatio: 12, afterTradeMs: 2300 },
} as const;

/** Closed cases that began together, before the others: more than the gateway tells of. */
const MANY = Array.from(
  { length: 230 },
  (_, i) => anomalyOf({ id: `EURUSD-jump-m${i}`, kind: "jump", phase: "close", startS: -100, score: 0.875 }),
);

/** Resolves once an element's text is as wanted. */
function text(page: Page, testId: string, wanted: RegExp): Promise<unknown> {
  return page.waitForFunction(
    ([id, pattern]) => new RegExp(pattern).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""),
    [testId, wanted.source] as const,
  );
}

/** Resolves once so many rows are listed; their ids, from the top. */
async function rowIds(page: Page, count: number): Promise<string[]> {
  const rows = '[data-testid="case-list"] > li';
  await page.waitForFunction(
    ([rows, count]) => document.querySelectorAll(rows).length === count,
    [rows, count] as const,
  );
  return await page.$$eval(
    rows,
    (items) => items.map((item) => item.getAttribute("data-testid")!.slice("case-".length)),
  );
}

const overflows = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > globalThis.innerWidth);

const gone = (page: Page, selector: string) => page.waitForSelector(selector, { state: "detached" });

Deno.test("cases", async (t) => {
  await buildUi();
  await using stack = await Stack.start({ pairs: PAIRS.join(), roles: ["clickhouse", "gateway"] });
  await using cluster = await ClusterWriter.open(stack.nats.url);
  await using browser = await launchBrowser();
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const js = jetstream(nc);
  const say = (one: Anomaly) => js.publish(anomalySubject(parsePair(one.pair)!, one.kind), JSON.stringify(one));
  for (const pair of PAIRS) {
    const timeUs = Date.now() * 1_000;
    await cluster.put("latest", `${pair}.book`, { pair, timeUs, sequence: 1, bid: 1.1, ask: 1.2, bids: [], asks: [] });
  }
  await cluster.put("latest", "EURUSD.detectors", {
    pair: "EURUSD",
    timeUs: 1,
    detectors: [{ kind: "jump", on: true }, { kind: "spoofing", on: false, reason: "levels" }],
  });
  const { page, faults } = await openPage(browser, `${stack.url}/#/EURUSD`);

  await t.step("says that there is none yet", async () => {
    await text(page, "cases-empty", /No case yet/);
    await text(page, "cases-summary", /nothing open/);
  });

  await t.step("lists a case as it opens, with a badge at its pair and a count in the head", async () => {
    for (const data of testFrames({ pair: EURUSD, eventCount: 8_000, startTimeUs: CASES_START_US - 40e6 })) {
      await js.publish(marketSubject(EURUSD), data);
    }
    await say(anomalyOf(BLOWOUT));
    await text(page, `case-${BLOWOUT.id}`, /score 1\.0022:13:20EUR\/USDSpread blowout.*open/);
    await text(page, "open-count", /^1 open case$/);
    await text(page, "open-EURUSD", /^1$/);
    await say(anomalyOf(SPOOF));
    await text(page, "cases-summary", /2 open1 critical/);
    await text(page, "open-USDJPY", /^1$/);
  });

  await t.step("shows a case: evidence with units, what it says as text, and the pair it is of", async () => {
    await page.click(`[data-testid="case-${SPOOF.id}"] button`);
    await text(page, "case-sentence", /^24 M stood on the bid <b>and went<\/b>$/);
    await text(page, "case-evidence", /Displayed size.*24\.0m.*Size ratio.*12\.0 ×.*After trade.*2300 ms/);
    await page.waitForSelector('[data-testid="row-USDJPY"][aria-selected="true"]');
    assert.match(page.url(), /case=USDJPY-spoofing-b/);
  });

  await t.step("closes it by Escape, back in the list, where the arrows go from row to row", async () => {
    await page.keyboard.press("Escape");
    await gone(page, '[data-testid="case-detail"]');
    await page.waitForFunction(
      (id) => document.activeElement?.closest("li")?.getAttribute("data-testid") === `case-${id}`,
      SPOOF.id,
    );
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await text(page, "case-detail", /Spread blowout/);
  });

  await t.step("draws the market around it, and follows it to its end", async () => {
    await page.waitForSelector('[data-testid="case-chart"] path');
    await say(anomalyOf({ ...BLOWOUT, phase: "close", endS: 3 }));
    await text(page, `case-${BLOWOUT.id}`, /3 s$/);
    await text(page, "case-detail", /· 3 s ·/);
    await text(page, "open-count", /^1 open case$/);
    await gone(page, '[data-testid="open-EURUSD"]');
  });

  await t.step("keeps open cases above closed ones that began later", async () => {
    await say(anomalyOf({ id: "EURUSD-jump-c", kind: "jump", startS: 40, phase: "close" }));
    assert.deepEqual(await rowIds(page, 3), [SPOOF.id, "EURUSD-jump-c", BLOWOUT.id]);
  });

  await t.step("copies the command that shows it again, or says that it cannot, and selects it", async () => {
    const clipboard = (write: string | undefined) =>
      page.evaluate((write) => {
        const writeText = () => write === "taken" ? Promise.resolve() : Promise.reject(new DOMException(write));
        const value = write === undefined ? undefined : { writeText };
        Object.defineProperty(navigator, "clipboard", { value, configurable: true });
      }, write);
    for (const write of [undefined, "refused"]) {
      await clipboard(write);
      await page.evaluate(() => getSelection()!.removeAllRanges());
      await page.click('[data-testid="case-copy"]');
      await text(page, "case-copy-status", /does not let this page copy.*by hand/);
      await page.waitForFunction(
        (id) => getSelection()!.toString() === `deno task replay --case ${id}`,
        BLOWOUT.id,
      );
      await clipboard("taken");
      await page.click('[data-testid="case-copy"]');
      await text(page, "case-copy-status", /^Copied$/);
    }
  });

  await t.step("counts what is open as the gateway does, not by its rows", async () => {
    const other = await openPage(browser, stack.url);
    await other.page.routeWebSocket(/\/live$/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((data) => socket.send(String(data).replace(/"openCount":\d+/, '"openCount":73')));
    });
    await other.page.reload();
    await text(other.page, "cases-summary", /^73 open1 critical$/);
    await text(other.page, "open-count", /^73 open cases$/);
    await other.page.context().close();
  });

  await t.step("a link to it opens it elsewhere, with how it developed", async () => {
    const other = await openPage(browser, `${stack.url}/#/?case=${BLOWOUT.id}`);
    await text(other.page, "case-sentence", /7 times its usual width/);
    await other.page.click("summary:has-text('How it developed')");
    await text(other.page, "case-history", /open.*close/);
    assert.deepEqual(other.faults, []);
    await other.page.context().close();
  });

  await t.step("lists what is chosen, and keeps the choice in the address", async () => {
    await page.selectOption('[data-testid="cases-severity"]', "critical");
    await gone(page, `[data-testid="case-${BLOWOUT.id}"]`);
    assert.match(page.url(), /severity=critical/);
    await page.reload();
    await page.waitForSelector(`[data-testid="case-${SPOOF.id}"]`);
    assert.equal(await page.$(`[data-testid="case-${BLOWOUT.id}"]`), null);
    await page.selectOption('[data-testid="cases-severity"]', "");
    await page.selectOption('[data-testid="cases-kind"]', "spread-blowout");
    await gone(page, `[data-testid="case-${SPOOF.id}"]`);
    await page.selectOption('[data-testid="cases-kind"]', "");
    await page.click('[data-testid="cases-open"]');
    await gone(page, `[data-testid="case-${BLOWOUT.id}"]`);
    await page.click('[data-testid="cases-open"]');
  });

  await t.step("fetches older ones from the archive by cursor, each once, to their end", async () => {
    for (const one of MANY) await say(one);
    await stack.until<CasesAnswer>(
      "/api/cases?from=0&limit=500",
      ({ cases }) => cases.length === MANY.length + 3,
    );
    await page.reload();
    await rowIds(page, 100);
    const cursors: (string | null)[] = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === "/api/cases") cursors.push(searchParams.get("cursor"));
    });
    await page.click('[data-testid="cases-older"]');
    await page.waitForSelector('[data-testid="cases-older"]:enabled');
    while (await page.isVisible('[data-testid="cases-older"]')) {
      await page.click('[data-testid="cases-older"]');
      await page.waitForSelector('[data-testid="cases-older"]:enabled, [data-testid="cases-end"]');
    }
    await text(page, "cases-end", /none before these/);
    const ids = await rowIds(page, MANY.length + 3);
    assert.equal(new Set(ids).size, MANY.length + 3);
    assert.equal(ids[0], SPOOF.id);
    assert.deepEqual([cursors[0], cursors.length >= 3, cursors.slice(1).every((one) => one !== null)], [
      null,
      true,
      true,
    ]);
  });

  await t.step("says when the list is full, and goes on with a narrower choice", async () => {
    const other = await openPage(browser, stack.url);
    let startS = -1_000;
    await other.page.route("**/api/cases?*", (route) => {
      const cases = Array.from(
        { length: 100 },
        () => anomalyOf({ id: `EURUSD-jump${startS}`, kind: "jump", phase: "close", startS: startS-- }),
      );
      return route.fulfill({ json: { cases, next: `1.${startS}` } satisfies CasesAnswer });
    });
    for (let count = 200; count <= 1_000; count += 100) {
      await rowIds(other.page, count - 100);
      await other.page.click('[data-testid="cases-older"]');
    }
    const ids = await rowIds(other.page, 1_000);
    assert.equal(ids.at(-1), `EURUSD-jump${startS + 1}`);
    await text(other.page, "cases-end", /^The list is full with 1,000 cases: narrow the choice to see older ones$/);
    await other.page.selectOption('[data-testid="cases-severity"]', "critical");
    await other.page.click('[data-testid="cases-older"]');
    assert.deepEqual(other.faults, []);
    await other.page.context().close();
  });

  await t.step("a case that nobody knows is said to be unknown", async () => {
    const other = await openPage(browser, `${stack.url}/#/?case=EURUSD-jump-nowhere`);
    await text(other.page, "case-error", /No such case/);
    await text(other.page, "case-detail", /not known here/);
    await other.page.context().close();
  });

  await t.step("says which detectors watch the pair, and why another does not", async () => {
    await page.click('[data-testid="case-close"]');
    await page.click('[data-testid="row-EURUSD"]');
    await text(page, "detectors", /1 of 2 detectors watch this pair/);
    await page.click('[data-testid="detectors"] summary');
    await text(page, "detectors", /Jumpon.*Spoofingoff: no levels behind the touch/);
  });

  await t.step("fits a phone: a case has the screen, and back goes to the list", async () => {
    const phone = await openPage(browser, stack.url, { width: 390, height: 844 });
    const score = await phone.page.waitForSelector(`[data-testid="case-${SPOOF.id}"] [data-testid="case-score"]`);
    assert.match(await score.innerText(), /1\.00$/);
    assert(await score.evaluate((element) => element.scrollWidth <= element.clientWidth));
    assert.equal(await overflows(phone.page), false);
    await phone.page.click(`[data-testid="case-${SPOOF.id}"] button`);
    await text(phone.page, "case-sentence", /24 M/);
    assert.equal(await phone.page.isVisible('[data-testid="watchlist"]'), false);
    assert.equal(await overflows(phone.page), false);
    await phone.page.goBack();
    await phone.page.waitForSelector('[data-testid="watchlist"]');
    assert(await phone.page.isVisible('[data-testid="watchlist"]'));
    assert.deepEqual(phone.faults, []);
    await phone.page.context().close();
  });

  await t.step("says so when the gateway hears of no cases, and keeps what was heard", async () => {
    await stack.nats.server.kill();
    await text(page, "cases-summary", /Not followed now/);
    assert(await page.isVisible(`[data-testid="case-${SPOOF.id}"]`));
  });

  await t.step("makes no error", () => assert.deepEqual(faults, []));
  await page.context().close();
  await nc.close();
});
