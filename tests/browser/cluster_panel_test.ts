import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { ClusterAnswer } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { launchBrowser } from "../support/browser.ts";
import { Stack } from "../support/stack.ts";
import { ClusterWriter, lease, nodeRecord, nodeReport, taskReport } from "./cluster_writer.ts";
import { openPage, state } from "./open_page.ts";

const PAIRS = ["EURUSD", "USDJPY", "GBPUSD"];
const OWNERS = { EURUSD: "node-a", USDJPY: "node-b", GBPUSD: "node-c" } as const;

/** Resolves once an element's text is as wanted. */
function text(page: Page, testId: string, wanted: RegExp): Promise<unknown> {
  return page.waitForFunction(
    ([id, pattern]) => new RegExp(pattern).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""),
    [testId, wanted.source] as const,
  );
}

/** The tasks in the order they are listed. */
function listed(page: Page): Promise<(string | undefined)[]> {
  return page.$$eval(
    '[data-testid="cluster-tasks"] > tbody',
    (rows) => rows.map((row) => (row as HTMLElement).dataset.testid?.replace("task-pair.", "")),
  );
}

async function putBook(cluster: ClusterWriter, pair: string): Promise<void> {
  const book = { pair, timeUs: Date.now() * 1_000, sequence: 1, bid: 1.1, ask: 1.2, bids: [], asks: [] };
  await cluster.put("latest", `${pair}.book`, book);
}

Deno.test("cluster panel", async (t) => {
  await buildUi();
  await using stack = await Stack.start({ pairs: PAIRS.join(), roles: ["clickhouse", "gateway"] });
  await using cluster = await ClusterWriter.open(stack.nats.url);
  await using browser = await launchBrowser();
  const { page, faults } = await openPage(browser, stack.url);

  await t.step("says what to do while no node lives", async () => {
    await text(page, "cluster-empty", /deno task actors/);
    await text(page, "cluster-summary", /no actor node/);
    assert.equal(await page.isVisible('[data-testid="cluster-alarm"]'), false, "no pair is let down");
  });

  await t.step("says that pairs are unowned until a node takes them", async () => {
    for (const pair of PAIRS) await cluster.pair(pair);
    await text(page, "cluster-alarm", /no actor node, 3 unowned/);
    await text(page, "task-pair.EURUSD", /nobody.*unowned/);
    for (const [pair, node] of Object.entries(OWNERS)) {
      await cluster.live(nodeRecord(node));
      await cluster.report(nodeReport(node, [taskReport(`pair.${pair}`)]));
      await cluster.lease(`pair.${pair}`, lease(node, { sinceMs: Date.now() }));
    }
    await text(page, "cluster-summary", /every pair has its node/);
    await page.waitForSelector('[data-testid="cluster-alarm"]', { state: "detached" });
    for (const [pair, node] of Object.entries(OWNERS)) await text(page, `owner-pair.${pair}`, new RegExp(`^${node}$`));
    assert.deepEqual(await listed(page), ["EURUSD", "GBPUSD", "USDJPY"]);
  });

  await t.step("sees a node go by its age, and its pair on top as failing over", async () => {
    cluster.kill("node-b");
    await text(page, "task-pair.USDJPY", /node-b.*failing over/);
    assert.deepEqual(await listed(page), ["USDJPY", "EURUSD", "GBPUSD"]);
    await text(page, "node-node-b", /gone/);
    await text(page, "cluster-alarm", /1 failing over, 1 node gone/);
    const { tasks } = await stack.get<ClusterAnswer>("/api/cluster");
    assert.equal(tasks.find(({ pair }) => pair === "USDJPY")!.state, "failing-over");
  });

  await t.step("sees the owner change, when and how", async () => {
    const taken = lease("node-c", { sinceMs: Date.now(), cause: "failover", from: "node-b", failoverCount: 1 });
    await cluster.lease("pair.USDJPY", taken);
    await text(page, "owner-pair.USDJPY", /^node-c$/);
    await text(page, "task-pair.USDJPY", /\d s ago, failover from node-b/);
    await cluster.delete("reports", "actors.node-b");
    await text(page, "cluster-summary", /every pair has its node/);
    await page.waitForSelector('[data-testid="node-node-b"]', { state: "detached" });
  });

  await t.step("names lag, dead entries, faults, draining and what is paused", async () => {
    await cluster.report(nodeReport("node-a", [taskReport("pair.EURUSD", { lagMs: 12_345, lagMessages: 41_234 })]));
    await cluster.live(nodeRecord("node-c", { draining: true }));
    await cluster.report(
      nodeReport("node-c", [
        taskReport("pair.USDJPY", { deadCount: 3 }),
        taskReport("pair.GBPUSD", { fault: "no log" }),
      ]),
    );
    await text(page, "task-pair.EURUSD", /lag.*12 s · 41k msg/);
    await text(page, "task-pair.USDJPY", /3 dead/);
    await text(page, "task-pair.GBPUSD", /fault.*no log/);
    await text(page, "node-node-c", /draining/);
    assert.deepEqual(await listed(page), ["GBPUSD", "EURUSD", "USDJPY"]);
    await cluster.pair("GBPUSD", "paused");
    await cluster.lease("pair.GBPUSD", lease(null, { from: "node-c" }));
    await text(page, "task-pair.GBPUSD", /paused/);
    await text(page, "cluster-summary", /^1 with lag1 with dead entries$/);
  });

  await t.step("leaves out a record that is not of the schema, and counts it", async () => {
    await cluster.put("leases", "pair.EURUSD", "{}");
    await text(page, "task-pair.EURUSD", /nobody.*unowned/);
    const metrics = await (await fetch(`${stack.url}/metrics`)).text();
    assert.match(metrics, /^fxmm_cluster_rejected_total\{bucket="fx-leases"\} 1$/m);
    assert.match(metrics, /^fxmm_cluster_unowned_tasks 1$/m);
    await cluster.lease("pair.EURUSD", lease("node-a"));
    await text(page, "owner-pair.EURUSD", /^node-a$/);
  });

  await t.step("is reached and folded by keyboard, stays so, and scrolls without changing the pair", async () => {
    for (const pair of PAIRS) await putBook(cluster, pair);
    await page.waitForSelector('[data-testid="row-EURUSD"][aria-selected="true"]');
    await page.focus("#cluster-body");
    const { hash } = new URL(page.url());
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    assert.equal(new URL(page.url()).hash, hash);
    await page.keyboard.press("Shift+Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "cluster-head");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#cluster-body", { state: "detached" });
    assert.equal(await page.getAttribute("#cluster-head", "aria-expanded"), "false");
    await text(page, "cluster-summary", /with lag/);
    await page.reload();
    await page.waitForSelector('#cluster-head[aria-expanded="false"]');
    await page.press("#cluster-head", "Enter");
    await page.waitForSelector("#cluster-body");
  });

  await t.step("is marked as old while the gateway is gone, and whole again afterwards", async () => {
    await stack.kill("gateway");
    await state(page, "lost");
    await text(page, "cluster-summary", /^Not live, as of \d/);
    await cluster.lease("pair.USDJPY", lease("node-a", { cause: "handover", from: "node-c", sinceMs: Date.now() }));
    await stack.start("gateway");
    await state(page, "live");
    await text(page, "owner-pair.USDJPY", /^node-a$/);
    await text(page, "task-pair.USDJPY", /hand-over from node-c/);
  });

  await t.step("says that the gateway hears nothing while NATS is away, and is right again afterwards", async () => {
    const reconnected = cluster.reconnected();
    await stack.nats.server.kill();
    await text(page, "cluster-summary", /hears nothing from NATS/);
    await text(page, "owner-pair.USDJPY", /^node-a$/);
    await stack.nats.restart({ kill: true });
    await reconnected;
    await cluster.lease("pair.USDJPY", lease("node-c", { cause: "handover", from: "node-a", sinceMs: Date.now() }));
    await text(page, "owner-pair.USDJPY", /^node-c$/);
    await text(page, "cluster-summary", /^1 with lag1 with dead entries$/);
  });

  await t.step("stands below everything on a phone, folded, with its alarm in the header", async () => {
    await cluster.lease("pair.EURUSD", lease(null, { from: "node-a" }));
    const phone = await openPage(browser, stack.url, { width: 390, height: 844 });
    await text(phone.page, "cluster-alarm", /1 unowned/);
    assert.equal(await phone.page.getAttribute("#cluster-head", "aria-expanded"), "false");
    await phone.page.click('[data-testid="cluster-alarm"]');
    await phone.page.waitForSelector("#cluster-body");
    assert.equal(await phone.page.evaluate(() => document.activeElement?.id), "cluster-head");
    const top = async (testId: string) => (await phone.page.locator(`[data-testid="${testId}"]`).boundingBox())!.y;
    assert(await top("cluster") > await top("row-GBPUSD"));
    assert(await phone.page.evaluate(() => document.documentElement.scrollWidth <= globalThis.innerWidth));
    assert.deepEqual(phone.faults, []);
    await phone.page.context().close();
  });

  await t.step("makes no error", () => assert.deepEqual(faults, []));
  await page.context().close();
});
