/**
 * Every view of the page, in dark and light, on a desk and on a phone: what a rule of WCAG 2.2 A or AA finds in it is a failure.
 */
import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { connectNats } from "../../actors/adapters/nats.ts";
import { anomalySubject, parsePair } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { anomalyOf } from "../support/anomalies.ts";
import { launchBrowser } from "../support/browser.ts";
import { Stack } from "../support/stack.ts";
import { openPage, state } from "./open_page.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const CASE = "EURUSD-spread-blowout-a";

interface Finding {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    (tags) =>
      (globalThis as unknown as { axe: { run(root: Document, options: unknown): Promise<{ violations: Finding[] }> } })
        .axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })
        .then(({ violations }) => violations),
    TAGS,
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary = "" }) =>
      `${id}: ${help}\n  ${html.slice(0, 160)}\n  ${failureSummary.slice(0, 300)}`
    )
  );
}

Deno.test("the page keeps the rules of WCAG 2.2 AA, in every view", async (t) => {
  await buildUi();
  await using stack = await Stack.start({
    pairs: "EURUSD,USDJPY,EURJPY",
    roles: ["clickhouse", "actors", "gateway", "feed"],
  });
  await using browser = await launchBrowser();
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const nowUs = Math.round(Date.now() * 1_000);
  for (
    const [id, kind, phase] of [[CASE, "spread-blowout", "open"], ["EURUSD-spoofing-b", "spoofing", "close"]] as const
  ) {
    const one = anomalyOf({ id, kind, phase: "open", severity: "critical", startUs: nowUs - 5e6, endUs: nowUs - 4e6 });
    const subject = anomalySubject(parsePair(one.pair)!, kind);
    await jetstream(nc).publish(subject, JSON.stringify(one));
    if (phase === "close") await jetstream(nc).publish(subject, JSON.stringify({ ...one, phase }));
  }
  const { alerts } = await stack.until<{ alerts: { id: string }[] }>(
    "/api/alerts?state=all",
    ({ alerts }) => alerts.length >= 2,
  );
  const views = {
    "overview and pair": "#/EURUSD",
    "phone list": "#/",
    "case": `#/EURUSD?case=${CASE}`,
    "alert": `#/EURUSD?alert=${alerts[0]!.id}&show=all`,
    "rules": "#/EURUSD?rules=1",
    "rule": "#/EURUSD?rule=default",
    "new rule": "#/EURUSD?rule=",
  };
  for (const colorScheme of ["dark", "light"] as const) {
    for (const width of [390, 1440]) {
      const { page } = await openPage(browser, stack.url, { width, height: width === 390 ? 844 : 900 });
      // A flash is over before anybody could measure its contrast.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await state(page, "live");
      await page.waitForFunction(() =>
        /\d/.test(document.querySelector('[data-testid="mid-EURUSD"]')?.textContent ?? "")
      );
      for (const [view, hash] of Object.entries(views)) {
        // The markup is the same in light and dark; on a phone one of them shows what is special there.
        if (width === 390 && colorScheme === "light" && view !== "phone list") continue;
        await t.step(`${view}, ${colorScheme}, ${width} px`, async () => {
          await page.goto(`${stack.url}/${hash}`);
          const wanted = view === "case" || view === "alert"
            ? `${view}-detail`
            : /rule/.test(view)
            ? "rules"
            : "alerts";
          await page.waitForSelector(`[data-testid="${wanted}"]`);
          assert.deepEqual(await findings(page), []);
        });
      }
      await page.context().close();
    }
  }
  await nc.close();
});
