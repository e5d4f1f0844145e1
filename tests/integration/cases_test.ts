/**
 * Cases on their way: from the log into ClickHouse and to the API, and from the log to pages.
 */
import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import {
  type Anomaly,
  anomalySubject,
  CaseAnswer,
  CasesAnswer,
  CaseSummaryAnswer,
  marketSubject,
  type Pair,
  parseEventJson,
  parsePair,
  STREAMS,
  TruthAnswer,
  TruthLabel,
  truthSubject,
} from "../../actors/contract/mod.ts";
import { createApp } from "../../gateway/app.ts";
import { AnomalyRows, Archiver, type Rows, TruthRows } from "../../gateway/archive/mod.ts";
import { CaseStore } from "../../gateway/case_store.ts";
import { followLog, RecentCases } from "../../gateway/live/mod.ts";
import { QueryQueue } from "../../gateway/query_queue.ts";
import { anomalyOf, CASES_START_US } from "../support/anomalies.ts";
import { appDeps } from "../support/app_deps.ts";
import { testFrames } from "../support/frames.ts";
import { Stack } from "../support/stack.ts";
import { archiveStage } from "./_archive_stage.ts";

const label = (id: string, atS: number, benign = false) =>
  TruthLabel.parse({
    v: 1,
    id,
    pair: "EURUSD",
    kind: benign ? "news-burst" : "spoofing",
    benign,
    startUs: CASES_START_US + atS * 1e6,
    completeUs: CASES_START_US + atS * 1e6 + 1,
    endUs: CASES_START_US + atS * 1e6 + 2,
    subtlety: 0.25,
    parameters: { sizeRatio: 12 },
  });

/** Until something holds; whoever changes it signals nothing. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.sleep(5);
}

Deno.test("cases and labels are archived once, and the API finds them by what they are", async () => {
  await using stage = await archiveStage();
  const js = jetstream(stage.nc);
  const say = (anomaly: Anomaly) =>
    js.publish(anomalySubject(parsePair(anomaly.pair)!, anomaly.kind), JSON.stringify(anomaly));
  const a = { id: "EURUSD-spread-blowout-a", startS: 10 };
  const b = { id: "EURJPY-triangle-b", startS: 20, pair: "EURJPY", kind: "triangle", others: ["EURUSD", "USDJPY"] };
  const c = { id: "EURUSD-spoofing-c", startS: 4_000, kind: "spoofing", severity: "critical" } as const;
  await say(anomalyOf({ ...a, phase: "open" }));
  await say(anomalyOf({ ...b, phase: "open" }));
  await say(anomalyOf({ ...a, phase: "update", endS: 12, severity: "critical" }));
  await say(anomalyOf({ ...a, phase: "close", endS: 14, severity: "critical", evidence: { spreadBps: 3 } }));
  await say(anomalyOf(c));
  for (const one of [label("l1", 1), label("l2", 2, true), label("l1", 1)]) {
    await js.publish(truthSubject(parsePair("EURUSD")!), JSON.stringify(one));
  }

  const archive = async (stream: string, makeRows: () => Rows, sequence: number) => {
    const archiver = new Archiver({
      stream,
      makeRows,
      clickhouse: stage.clickhouse,
      log: new JetStreamLog(stage.nc, stream),
      logLine: () => {},
      prepare: () => Promise.resolve(),
      sleep: systemClock.sleep,
    });
    const abort = new AbortController();
    const running = archiver.run(abort.signal);
    await until(() => archiver.stats.archivedSequence >= sequence);
    abort.abort();
    await running;
    assert.deepEqual(archiver.rejected, {});
  };
  await archive(STREAMS.anomalies.name, () => new AnomalyRows(), 5);
  await archive(STREAMS.truth.name, () => new TruthRows(), 3);

  const app = createApp(appDeps({ caseStore: new CaseStore(new QueryQueue(stage.clickhouse)) }));
  const get = async (path: string) => await (await app.request(path)).json();
  const windowFrom = (fromS: number) => `from=${CASES_START_US + fromS * 1e6}&to=${CASES_START_US + 86_400e6}`;
  const window = windowFrom(0);
  const cases = async (query: string, from = window) => CasesAnswer.parse(await get(`/api/cases?${from}&${query}`));
  const ids = async (query: string, from = window) => (await cases(query, from)).cases.map(({ id }) => id);

  const [first, second, third] = (await cases("")).cases;
  assert.deepEqual(first, anomalyOf(c));
  assert.deepEqual(second, anomalyOf({ ...b, phase: "open" }));
  assert.deepEqual(
    third,
    anomalyOf({ ...a, phase: "close", endS: 14, severity: "critical", evidence: { spreadBps: 3 } }),
  );
  assert.deepEqual(await ids("pair=EURJPY"), [b.id]);
  assert.deepEqual(await ids("kind=spoofing,triangle"), [c.id, b.id]);
  assert.deepEqual(await ids("severity=critical"), [c.id, a.id]);
  assert.deepEqual(await ids("phase=closed"), [a.id]);
  assert.deepEqual(await ids("phase=open"), [c.id, b.id]);
  assert.deepEqual(await ids("", windowFrom(15)), [c.id, b.id]);

  const page = await cases("limit=2");
  assert.deepEqual(page.cases.map(({ id }) => id), [c.id, b.id]);
  const rest = await cases(`limit=2&cursor=${page.next}`);
  assert.deepEqual([rest.cases.map(({ id }) => id), rest.next], [[a.id], undefined]);

  const one = CaseAnswer.parse(await get(`/api/cases/${a.id}`));
  assert.deepEqual([one.case.phase, one.history.map(({ phase }) => phase)], ["close", ["open", "update", "close"]]);
  assert.equal((await app.request("/api/cases/EURUSD-nothing-x")).status, 404);

  const summary = async (by: string) => CaseSummaryAnswer.parse(await get(`/api/cases/summary?${window}&by=${by}`));
  assert.deepEqual((await summary("pair")).groups, [
    { name: "EURJPY", openCount: 1, counts: { info: 0, warning: 1, critical: 0 } },
    { name: "EURUSD", openCount: 1, counts: { info: 0, warning: 0, critical: 2 } },
  ]);
  assert.deepEqual((await summary("hour")).groups.map(({ name }) => name), [
    "2023-11-14T22:00:00Z",
    "2023-11-14T23:00:00Z",
  ]);
  assert.match(await (await app.request(`/api/cases.csv?${window}`)).text(), /^id,pair.*\r\nEURUSD-spoofing-c,/);

  const truth = TruthAnswer.parse(await get(`/api/truth?${window}`));
  assert.deepEqual(truth.labels, [label("l2", 2, true), label("l1", 1)], "a label that is told twice is one");
  assert.deepEqual(TruthAnswer.parse(await get(`/api/truth?${window}&kind=spoofing&limit=1`)).labels.length, 1);
});

Deno.test("`followLog()` knows what the log holds, hears what comes, and says when it does not", async () => {
  await using stage = await archiveStage();
  const js = jetstream(stage.nc);
  const say = (anomaly: Anomaly) =>
    js.publish(anomalySubject(parsePair(anomaly.pair)!, anomaly.kind), JSON.stringify(anomaly));
  await say(anomalyOf({ id: "a" }));
  const cases = new RecentCases();
  const stop = new AbortController();
  const following = followLog(stage.nc, STREAMS.anomalies.name, { sink: cases, signal: stop.signal, log: () => {} });
  await until(() => cases.followed);
  assert.equal(cases.openCount, 1);
  await say(anomalyOf({ id: "a", phase: "close" }));
  await say(anomalyOf({ id: "b" }));
  await until(() => cases.get("b") !== undefined);
  assert.deepEqual([cases.get("a")?.phase, cases.openCount], ["close", 1]);

  const lost = until(() => !cases.followed);
  await stage.nats.restart({ kill: true });
  await lost;
  await until(() => cases.followed);
  await say(anomalyOf({ id: "c" }));
  await until(() => cases.get("c") !== undefined);
  assert.equal(cases.since(0).length, 3);
  stop.abort();
  await following;
  assert.equal(cases.followed, false);
});

Deno.test("`replay --case` shows the market around a case, from the log and from the archive, and says what it does not find", async () => {
  const EURUSD = parsePair("EURUSD")!;
  await using stack = await Stack.start({ pairs: "EURUSD,USDJPY", roles: ["clickhouse", "gateway"] });
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const js = jetstream(nc);
  const frames = (pair: Pair) => testFrames({ pair, eventCount: 8_000, startTimeUs: CASES_START_US - 40e6 });
  const sequences: number[] = [];
  const others = frames(parsePair("USDJPY")!);
  for (const [i, data] of frames(EURUSD).entries()) {
    sequences.push((await js.publish(marketSubject(EURUSD), data)).seq);
    await js.publish(marketSubject(parsePair("USDJPY")!), others[i]!);
  }
  const sequenceLast = sequences[Math.floor(sequences.length / 2)]!;
  const one = anomalyOf({ id: "EURUSD-spread-blowout-a", endS: 3, phase: "close", sequenceFirst: 1, sequenceLast });
  await js.publish(anomalySubject(EURUSD, one.kind), JSON.stringify(one));
  const env = { GATEWAY_URL: stack.url };
  const replay = (...args: string[]) => stack.run("actors/replay_main.ts", args, env);
  while ((await fetch(`${stack.url}/api/cases/${one.id}`)).status !== 200) await systemClock.sleep(20);

  const tape = await replay("--case", one.id, "--margin", "2");
  assert.equal(tape.code, 0, tape.stderr);
  assert.match(tape.stdout, /^Spread blowout of EURUSD/);
  const times = [...tape.stdout.matchAll(/^(\d\d:\d\d:\d\d\.\d{6}) /gm)].map(([, time]) => time!);
  assert(times.length > 400, `${times.length} events`);
  assert(times[0]! >= "22:13:18" && times.at(-1)! <= "22:13:25.1" && times.at(-1)! > "22:13:24.8");
  assert.match(tape.stdout, /┌ the case begins[\s\S]*│ bid [\s\S]*└ its last evidence/);

  const lines = (await replay("--case", one.id, "--margin", "2", "--json")).stdout.trim().split("\n");
  assert.equal(lines.length, times.length);
  for (const line of lines) assert(parseEventJson(line).ok, line);

  // What is purged before it is archived is stored nowhere.
  const archivedSequence = async () => {
    const { archives } = await stack.get<{ archives: { stream: string; archivedSequence: number }[] }>("/api/status");
    return archives.find(({ stream }) => stream === STREAMS.market.name)!.archivedSequence;
  };
  while (await archivedSequence() < sequences.at(-1)!) await systemClock.sleep(50);
  await (await jetstreamManager(nc)).streams.purge(STREAMS.market.name);
  const archived = await replay("--case", one.id, "--margin", "0");
  assert.equal(archived.code, 0);
  assert.match(archived.stderr, /The log has this market no more/);
  assert.match(archived.stdout, /quote {2}1\.\d+ \/ 1\.\d+/);

  const unknown = await replay("--case", "EURUSD-jump-nowhere");
  assert.deepEqual([unknown.code, /No such case/.test(unknown.stderr)], [1, true]);
  assert.equal((await replay("--case", one.id, "--margin", "x")).code, 2);
  await nc.close();
});
