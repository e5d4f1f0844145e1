/**
 * Figures of alerts: a case published to its alert received by a plain subscriber, while the market around it is folded; beside it the
 * bare way, a message stored and received, in the same run.
 *
 * Run: `deno task bench alerts`
 *
 * @module
 */
import { jetstream } from "@nats-io/jetstream";
import { framePublisherOn } from "../../actors/adapters/frame_publisher.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import { anomalySubject, BUCKETS, type Pair, parsePair, STREAMS } from "../../actors/contract/mod.ts";
import { Kvm } from "@nats-io/kv";
import { anomalyOf } from "../support/anomalies.ts";
import { testFrames } from "../support/frames.ts";
import { Stack } from "../support/stack.ts";

const SECONDS = 15;
const CASES_PER_SECOND = 50;
/** Kinds in turn, each case over before the next of its kind. */
const KINDS = 20;
const CASE_MS = 200;
const EVENT_RATES = [0, 10_000, 100_000];
const EVENTS_PER_FRAME = 100;
const EURUSD = parsePair("EURUSD") as Pair;

function percentiles(ms: number[]): string {
  ms.sort((a, b) => a - b);
  const at = (p: number) => (ms[Math.min(ms.length - 1, Math.floor(p * ms.length))] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms  (${ms.length})`;
}

/** Cases of the storm, all of them within a second, each of a kind of its own. */
const STORM_CASES = 10_000;

await using stack = await Stack.start({ pairs: "EURUSD", roles: ["actors"] });
const nc = await connectNats({ url: stack.nats.url, name: "bench" });
const reader = await connectNats({ url: stack.nats.url, name: "bench reader" });
const js = jetstream(nc);
const rules = await new Kvm(nc).open(BUCKETS.rules.name);
await rules.put("default", JSON.stringify({ v: 1, when: { of: "case" }, rateMax: 1_000, rateS: 1, coolDownS: 0 }));
const publisher = framePublisherOn(nc);

const sentMs = new Map<string, number>();
const alertMs: number[] = [];
const bareMs: number[] = [];
reader.subscribe("fx.alert.>", {
  callback: (_error, message) => {
    const { anomalyId, state } = message.json<{ anomalyId: string; state: string }>();
    const at = sentMs.get(anomalyId);
    if (state === "open" && at !== undefined) alertMs.push(performance.now() - at);
  },
});
reader.subscribe("fx.truth.*", {
  callback: (_error, message) => {
    const at = sentMs.get(message.string());
    if (at !== undefined) bareMs.push(performance.now() - at);
  },
});
await reader.flush();

let number = 0;
for (const eventsPerSecond of EVENT_RATES) {
  alertMs.length = bareMs.length = 0;
  const frames = eventsPerSecond === 0 ? [] : testFrames({
    pair: EURUSD,
    eventCount: eventsPerSecond * SECONDS,
    eventsPerFrame: EVENTS_PER_FRAME,
    eventsPerSecond,
  });
  const startMs = performance.now();
  let published = 0;
  for (let i = 0; i < SECONDS * CASES_PER_SECOND; i++) {
    const dueMs = i * 1_000 / CASES_PER_SECOND;
    while (performance.now() - startMs < dueMs) await new Promise((resolve) => setTimeout(resolve, 1));
    for (; published < frames.length && published * EVENTS_PER_FRAME < eventsPerSecond * dueMs / 1_000; published++) {
      await publisher.publish(EURUSD, frames[published]!, `bench-${eventsPerSecond}-${published}`);
    }
    const id = `case-${++number}`;
    const kind = `kind-${number % KINDS}`;
    const anomaly = { ...anomalyOf({ startS: number, endS: number, phase: "open" }), id, kind };
    sentMs.set(id, performance.now());
    void js.publish(anomalySubject(EURUSD, kind), JSON.stringify(anomaly), { msgID: id });
    setTimeout(() => {
      const over = JSON.stringify({ ...anomaly, phase: "close" });
      void js.publish(anomalySubject(EURUSD, kind), over, { msgID: `${id}-over` });
    }, CASE_MS);
    const bare = `bare-${number}`;
    sentMs.set(bare, performance.now());
    void js.publish(`fx.truth.EURUSD`, bare, { msgID: bare });
  }
  await publisher.drain();
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(
    `${eventsPerSecond.toLocaleString("en").padStart(8)} events/s   case to alert      ${percentiles(alertMs)}`,
  );
  console.log(`                    bare ${STREAMS.truth.name.toLowerCase()} log     ${percentiles(bareMs)}`);
}

/** Memory of the actor node, as it reports it. */
async function actorsMb(): Promise<number> {
  const reports = await new Kvm(nc).open(BUCKETS.reports.name);
  const sizes: number[] = [];
  for await (const key of await reports.keys()) {
    sizes.push((await reports.get(key))?.json<{ memoryBytes: number }>().memoryBytes ?? 0);
  }
  return Math.round(Math.max(0, ...sizes) / 2 ** 20);
}

await rules.put("default", JSON.stringify({ v: 1, when: { of: "case" }, rateMax: 20, rateS: 60 }));
const opened: string[] = [];
const summed = Promise.withResolvers<number>();
reader.subscribe("fx.alert.>", {
  callback: (_error, message) => {
    const { state, kind, count } = message.json<{ state: string; kind: string; count: number }>();
    if (kind === "held-back") summed.resolve(count);
    else if (state === "open") opened.push(kind);
  },
});
await reader.flush();
const mbBefore = await actorsMb();
const stormMs = performance.now();
const stormS = number + 1_000;
const storm = (i: number, startS: number) => {
  const anomaly = { ...anomalyOf({ startS, endS: startS, phase: "open" }), id: `storm-${i}`, kind: `storm-${i}` };
  return js.publish(anomalySubject(EURUSD, anomaly.kind), JSON.stringify(anomaly), { msgID: `storm-${i}` });
};
for (let i = 0; i < STORM_CASES; i += 100) {
  await Promise.all(Array.from({ length: 100 }, (_, k) => storm(i + k, stormS + (i + k) / STORM_CASES)));
}
const publishedMs = performance.now();
// What comes behind the rule's span ends it.
await storm(STORM_CASES, stormS + 61);
const heldBackCount = await summed.promise;
console.log(
  `storm: ${STORM_CASES.toLocaleString("en")} cases published in ${(publishedMs - stormMs).toFixed(0)} ms; ` +
    `${opened.length} alerts and one that sums up ${heldBackCount.toLocaleString("en")}, ` +
    `${(performance.now() - publishedMs).toFixed(0)} ms behind the last; actor node ${mbBefore} MB before, ` +
    `${await new Promise((resolve) => setTimeout(resolve, 5_000)).then(actorsMb)} MB after`,
);
await nc.close();
await reader.close();
