/**
 * Figures of the page under load: 28 pairs, one of them open with its book, 50,000 events a second behind it. Frames, the share of time in
 * which the main thread is busy, memory, and bytes on the wire.
 *
 * Everything runs on this machine, the browser without a graphics card beside it: the page has what they leave.
 *
 * Run: `deno task bench page_bench`; `PAGE_BENCH_SECONDS` for a longer look (60)
 *
 * @module
 */
import { framePublisherOn } from "../../actors/adapters/frame_publisher.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import { ALL_PAIRS } from "../../actors/contract/mod.ts";
import { buildUi } from "../../deploy/tools/build_ui.ts";
import { launchBrowser } from "../support/browser.ts";
import { testFrames } from "../support/frames.ts";
import { Stack } from "../support/stack.ts";

const SECONDS = Number(Deno.env.get("PAGE_BENCH_SECONDS") ?? 60);
const PAIRS = ALL_PAIRS.slice(0, 28);
const EVENTS_PER_SECOND = 50_000;
const EVENTS_PER_FRAME = 50;
/** What comes before counts for nothing: history, the first layout. */
const WARMUP_S = 15;

await buildUi();
await using stack = await Stack.start({ pairs: PAIRS.join(), roles: ["clickhouse", "actors", "gateway"] });
const nc = await connectNats({ url: stack.nats.url, name: "bench" });
const publisher = framePublisherOn(nc);
const perPair = Math.round(EVENTS_PER_SECOND / PAIRS.length);
const startUs = Date.now() * 1_000;
const frames = PAIRS.map((pair) => ({
  pair,
  frames: testFrames({
    pair,
    eventCount: perPair * (SECONDS + WARMUP_S + 5),
    eventsPerFrame: EVENTS_PER_FRAME,
    eventsPerSecond: perPair,
    startTimeUs: startUs,
  }),
}));

let published = 0;
let isOver = false;
const publishing = (async () => {
  const startMs = performance.now();
  const framesPerSecond = perPair / EVENTS_PER_FRAME;
  for (let at = 0; !isOver; at++) {
    while (performance.now() - startMs < at * 1_000 / framesPerSecond) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (isOver) return;
    }
    for (const { pair, frames: own } of frames) {
      const frame = own[at];
      if (frame === undefined) return;
      await publisher.publish(pair, frame, `bench-${pair}-${at}`);
      published += EVENTS_PER_FRAME;
    }
  }
})();

await using browser = await launchBrowser();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
const cdp = await context.newCDPSession(page);
let wireBytes = 0;
await cdp.send("Network.enable");
await cdp.send("Performance.enable");
cdp.on("Network.webSocketFrameReceived", ({ response }) => void (wireBytes += response.payloadData.length));
await page.goto(`${stack.url}/#/EURUSD`);
await page.waitForSelector('[data-testid="connection"][data-state="live"]');
await page.waitForTimeout(WARMUP_S * 1_000);

const metrics = async () =>
  Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
const heapMb = async () => {
  await cdp.send("HeapProfiler.collectGarbage");
  return (await metrics()).JSHeapUsedSize! / 2 ** 20;
};
await page.evaluate(() => {
  const deltas: number[] = [];
  Object.assign(globalThis, { deltas });
  let last = performance.now();
  const look = (now: number) => {
    deltas.push(now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
const [heapBefore, before] = [await heapMb(), await metrics()];
wireBytes = 0;
const [publishedBefore, startMs] = [published, performance.now()];
await page.waitForTimeout(SECONDS * 1_000);
const after = await metrics();
const wallS = (performance.now() - startMs) / 1_000;
const [eventRate, wireRate] = [(published - publishedBefore) / wallS, wireBytes / wallS];
const deltas = await page.evaluate(() => (globalThis as unknown as { deltas: number[] }).deltas);
const heapAfter = await heapMb();
deltas.sort((a, b) => a - b);
const at = (p: number) => deltas[Math.floor(p * (deltas.length - 1))]!.toFixed(1);
const busy = (name: string) =>
  (100 * (after[name]! - before[name]!) / (after.Timestamp! - before.Timestamp!)).toFixed(1);
console.log(
  [
    `  ${PAIRS.length} pairs, ${Math.round(eventRate).toLocaleString("en")} events/s, ${wallS.toFixed(0)} s`,
    `  frames: p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} max ${at(1)} ms (${deltas.length})`,
    `  main thread busy ${busy("TaskDuration")} %: script ${busy("ScriptDuration")}, style ${
      busy("RecalcStyleDuration")
    }, layout ${busy("LayoutDuration")}`,
    `  heap ${heapBefore.toFixed(1)} MB before, ${heapAfter.toFixed(1)} MB after`,
    `  wire ${(wireRate / 1_000).toFixed(1)} kB/s`,
  ].join("\n"),
);
isOver = true;
await publishing;
await publisher.drain();
await nc.close();
