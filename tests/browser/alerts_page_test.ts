import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import type { Page } from "playwright-core";
import { connectNats } from "../../actors/adapters/nats.ts";
import {
  type AlertsAnswer,
  type Anomaly,
  anomalySubject,
  marketSubject,
  parsePair,
} from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { anomalyOf } from "../support/anomalies.ts";
import { launchBrowser } from "../support/browser.ts";
import { testFrames } from "../support/frames.ts";
import { Stack } from "../support/stack.ts";
import { openPage } from "./open_page.ts";

const EURUSD = parsePair("EURUSD")!;

/** Resolves once an element's text is as wanted. */
function text(page: Page, testId: string, wanted: RegExp): Promise<unknown> {
  return page.waitForFunction(
    ([id, pattern]) => new RegExp(pattern).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""),
    [testId, wanted.source] as const,
  );
}

const click = (page: Page, testId: string) => page.click(`[data-testid="${testId}"]`);
const rows = '[data-testid="alert-list"] > li';
const listed = (page: Page, count: number) =>
  page.waitForFunction(
    ([rows, count]) => document.querySelectorAll(rows).length === count,
    [rows, count] as const,
  );
const overflows = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > globalThis.innerWidth);

/** Someone who looks. */
async function person(page: Page, name: string): Promise<Page> {
  await page.evaluate((name) => localStorage.setItem("fxmm.person", name), name);
  await page.reload();
  return page;
}

Deno.test("alerts and rules on the page", async (t) => {
  await buildUi();
  await using stack = await Stack.start({ pairs: "EURUSD,USDJPY", roles: ["clickhouse", "actors", "gateway"] });
  await using browser = await launchBrowser();
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const js = jetstream(nc);
  for (const data of testFrames({ pair: EURUSD, eventCount: 200, startTimeUs: (Date.now() - 60_000) * 1_000 })) {
    await js.publish(marketSubject(EURUSD), data);
  }
  let number = 0;
  const nowS = Math.round(Date.now() / 1_000);
  const say = async (id: string, more: Partial<Anomaly> = {}) => {
    const startUs = (nowS - 600 + ++number) * 1e6;
    const one = anomalyOf({ id, phase: "open", severity: "warning", startUs, endUs: startUs + 1, ...more });
    await js.publish(anomalySubject(parsePair(one.pair)!, one.kind), JSON.stringify(one), { msgID: `t${number}` });
  };
  const { page, faults } = await openPage(browser, `${stack.url}/#/EURUSD`);

  await t.step("says that none is open, and asks who one is before anything is done", async () => {
    await text(page, "alerts-empty", /No alert is open/);
    await say("EURUSD-spread-blowout-a");
    await listed(page, 1);
    await text(page, "alert-count", /1 new alert/);
    await page.focus(`${rows} button`);
    await page.keyboard.press("a");
    await page.waitForSelector('[data-testid="alert-me"]:focus');
    assert.equal(await page.isDisabled('[data-testid="act-acknowledge"]'), true);
    await page.fill('[data-testid="alert-me"]', "ann");
    await text(page, "alert-history", /opened, warning/);
  });

  const other = await person((await openPage(browser, `${stack.url}/#/EURUSD`)).page, "bob");

  await t.step("two who acknowledge at once see the one who was first", async () => {
    await other.click(`${rows} button`);
    await Promise.all([click(page, "act-acknowledge"), click(other, "act-acknowledge")]);
    await Promise.all([text(page, "alert-how", /acknowledged by/), text(other, "alert-how", /acknowledged by/)]);
    const whom = (page: Page) => page.textContent('[data-testid="act-acknowledge"]');
    const [seen, seenToo] = await Promise.all([whom(page), whom(other)]);
    assert.equal(seen, seenToo);
    assert.match(seen!, /^Acknowledged by (ann|bob)$/);
    await page.waitForSelector('[data-testid="alert-count"]', { state: "detached" });
  });

  await t.step("assigns, comments, judges and mutes; what was said is listed", async () => {
    await page.fill('[data-testid="alert-assignee"]', "carol");
    await click(page, "act-assign");
    await text(page, "alert-list", /→ carol/);
    await page.fill('[data-testid="alert-comment"]', "a desk's own <b>order</b>");
    await click(page, "act-comment");
    await text(page, "alert-history", /commented by ann: a desk's own <b>order<\/b>/);
    await click(page, "act-judge-false");
    await text(page, "alert-judged", /judged false/);
    await click(page, "act-mute-900");
    await text(page, "alert-how", /muted/);
    await click(other, "act-unmute");
    await page.waitForSelector('[data-testid="act-mute-900"]');
  });

  await t.step("lists by choice, which is in the address; a case is one click away", async () => {
    await say("USDJPY-spoofing-b", { pair: "USDJPY", kind: "spoofing", severity: "critical" });
    await say("EURUSD-jump-c", { kind: "jump" });
    await listed(page, 3);
    await page.selectOption('[data-testid="alerts-show"]', "waiting");
    await listed(page, 2);
    await page.selectOption('[data-testid="alerts-severity"]', "critical");
    await listed(page, 1);
    assert.match(page.url(), /show=waiting&alert-severity=critical/);
    await page.reload();
    await listed(page, 1);
    await page.click(`${rows} button`);
    await text(page, "alert-sentence", /./);
    await click(page, "alert-place");
    await page.waitForSelector('[data-testid="case-detail"]');
    assert.match(page.url(), /case=USDJPY-spoofing-b/);
    await page.goBack();
    await page.waitForSelector('[data-testid="alert-detail"]');
    await page.keyboard.press("Escape");
    await page.waitForSelector('[data-testid="alert-detail"]', { state: "detached" });
  });

  await t.step("calls for what opens while it looks, once for several, and not for what was there", async () => {
    const calls = (await openPage(browser, "about:blank")).page;
    await calls.addInitScript(() => {
      const told: string[] = [];
      Object.assign(globalThis, { told });
      class Stub {
        static permission = "granted";
        static requestPermission = () => Promise.resolve("granted");
        constructor(title: string, { body }: { body: string }) {
          told.push(`${title} | ${body}`);
        }
      }
      Object.assign(globalThis, { Notification: Stub });
    });
    await calls.goto(`${stack.url}/#/EURUSD`);
    await listed(calls, 3);
    await calls.click('[data-testid="alert-bell"] summary');
    await click(calls, "notify-desktop");
    await calls.waitForSelector('[data-testid="notify-desktop"]:checked');
    await say("EURUSD-flash-crash-d", { kind: "flash-crash", severity: "critical", sentence: "It fell." });
    await calls.waitForFunction(() => (globalThis as unknown as { told: string[] }).told.length === 1);
    for (const kind of ["layering", "pinging", "toxicity"]) await say(`EURUSD-${kind}-e`, { kind });
    await calls.waitForFunction(() => (globalThis as unknown as { told: string[] }).told.length === 2);
    const told = await calls.evaluate(() => (globalThis as unknown as { told: string[] }).told);
    assert.equal(told[0], "Critical: EUR/USD Flash crash | It fell.");
    assert.match(told[1]!, /^Warning: EUR\/USD .*, and 2 more/);
    await calls.close();
  });

  await t.step("a rule is written, and what is wrong with it stands at its field", async () => {
    await click(page, "rules-open");
    await text(page, "rule-list", /defaultany case, at least a warning/);
    await text(page, "routes-empty", /ALERT_ROUTES_FILE/);
    await text(page, "precision", /Spread blowout1010/);
    await click(page, "rule-new");
    await page.fill('[data-testid="rule-name"]', "My Rule");
    await page.selectOption('[data-testid="rule-of"]', "metric");
    await click(page, "rule-save");
    await page.waitForSelector("#rule-mark-error");
    await page.fill('[data-testid="rule-name"]', "wide");
    await page.selectOption('[data-testid="rule-metric"]', "spread.quotedPips");
    await page.fill('[data-testid="rule-mark"]', "500");
    await click(page, "rule-mute-add");
    await page.fill('[data-testid="rule-mute"] [aria-label="Time zone"]', "Europe/Atlantis");
    await click(page, "rule-save");
    await text(page, "rule-editor", /IANA time zone/);
    await page.fill('[data-testid="rule-mute"] [aria-label="Time zone"]', "Europe/London");
    await click(page, "rule-save");
    await text(page, "rule-saved", /in effect/);
    const { rules } = await stack.get<{ rules: { name: string; rule: { by: string } }[] }>("/api/rules");
    assert.deepEqual(rules.map(({ name, rule: { by } }) => `${name} ${by ?? ""}`), ["default ", "wide ann"]);
  });

  await t.step("two who write one rule: the second sees who was first", async () => {
    await other.goto(`${stack.url}/#/EURUSD?rule=wide`);
    await text(other, "rule-versions", /ann/);
    await page.fill('[data-testid="rule-mark"]', "600");
    await click(page, "rule-save");
    await text(page, "rule-versions", /changed when/);
    await other.fill('[data-testid="rule-mark"]', "700");
    await click(other, "rule-save");
    await text(other, "rule-conflict", /ann saved this rule/);
    await click(other, "rule-over");
    await text(other, "rule-saved", /in effect/);
    const { versions } = await stack.get<{ versions: { text: string }[] }>("/api/rules/wide/versions");
    assert.deepEqual(versions.map(({ text }) => JSON.parse(text).when.above), [500, 600, 700]);
  });

  await t.step("the same rule as JSON and as a form; what is no JSON is said", async () => {
    await click(other, "rule-as-json");
    const written = await other.inputValue('[data-testid="rule-json"]');
    assert.equal(JSON.parse(written).when.above, 700);
    await other.fill('[data-testid="rule-json"]', "{");
    await click(other, "rule-as-json");
    await text(other, "rule-problem", /This is no JSON/);
    await other.fill('[data-testid="rule-json"]', written.replace('"above": 700', '"above": 800'));
    await click(other, "rule-as-json");
    assert.equal(await other.inputValue('[data-testid="rule-mark"]'), "800");
  });

  await t.step("a dry run says what it would have done, and leads to the cases", async () => {
    const count = Number(
      (await stack.until<AlertsAnswer>("/api/alerts?state=all", ({ alerts }) => alerts.length === 7)).alerts.length,
    );
    // What was said last is in the archive within a second or two.
    await stack.until<{ cases: unknown[] }>("/api/cases", ({ cases }) => cases.length === count);
    await page.goto(`${stack.url}/#/EURUSD?rule=`);
    await click(page, "try-1");
    await text(page, "trial-outcome", /Would have fired 7 times in the last hour/);
    await click(page, "chip-spoofing");
    await text(page, "trial-outcome", /The rule has changed since/);
    await click(page, "try-1");
    await text(page, "trial-outcome", /Would have fired once/);
    await page.click('[data-testid="trial-alerts"] button');
    await page.waitForSelector('[data-testid="case-detail"]');
    await page.goBack();
    await page.fill('[data-testid="rule-scoreMin"]', "1");
    await click(page, "try-6");
    await text(page, "trial-outcome", /fired 0 times[^]*Nothing in this time matched/);
  });

  await t.step("a rule is deleted after one says so twice", async () => {
    await page.goto(`${stack.url}/#/EURUSD?rule=wide`);
    await click(page, "rule-delete");
    await click(page, "rule-delete-yes");
    await page.waitForSelector('[data-testid="rule-wide"]', { state: "detached" });
    await page.waitForSelector('[data-testid="rule-default"]');
  });

  await t.step("fits a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const hash of ["", "?rules=1", "?rule=default", "?show=all"]) {
      await page.goto(`${stack.url}/#/${hash}`);
      await page.waitForSelector(hash.startsWith("?rule") ? '[data-testid="rules"]' : '[data-testid="alert-list"] li');
      assert.equal(await overflows(page), false, hash);
    }
    await page.click(`${rows} button`);
    await page.waitForSelector('[data-testid="alert-actions"]');
    assert.equal(await overflows(page), false);
    await click(page, "alert-close");
  });

  await t.step("says that it hears nothing, and what nobody took", async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${stack.url}/#/EURUSD?show=all`);
    await page.click(`${rows}[data-state="waiting"] button`);
    await stack.kill("actors");
    await click(page, "act-resolve");
    await text(page, "act-error", /is an actor node running/);
    await stack.kill("gateway");
    await text(page, "alerts-summary", /Not followed now/);
  });
  assert.deepEqual(faults, []);
  await nc.close();
});
