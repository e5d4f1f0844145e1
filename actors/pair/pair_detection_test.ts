import assert from "node:assert/strict";
import { EURUSD, eventOf, Fold, level, pack, quote, START_US, trade } from "../../tests/support/pair_fold.ts";
import { Anomaly, EventFlag, EventKind, type MarketEvent, MetricOptions, pairSpec } from "../contract/mod.ts";
import { type Detector, type DetectorEntry, DetectorMaker } from "../detectors/mod.ts";
import { createScenarioMarket } from "../feeds/mod.ts";
import { DETECTOR_FAULTS_MAX, PairDetection } from "./pair_detection.ts";
import { PairState } from "./pair_state.ts";

const SECOND_US = 1e6;
const options = MetricOptions.parse({});

/** A touch of about a pip, ten times a second, that is wide for two seconds from the 150th on. */
function blowout(seconds = 200): MarketEvent[] {
  return Array.from({ length: 10 * seconds }, (_, i) => {
    const wide = i >= 1_500 && i < 1_520;
    const bid = 1.1 + (i % 5) / 1e5;
    return quote(START_US + i * SECOND_US / 10, bid, bid + (wide ? 0.0009 : 0.0001 + (i % 3) / 1e5));
  });
}

Deno.test("one burst of wide quotes is one case: opened, updated once a second, closed, with evidence", () => {
  const { anomalies } = new Fold().receive(pack(blowout()));
  const cases = anomalies.filter(({ kind }) => kind === "spread-blowout").map((one) => Anomaly.parse(one));
  assert.deepEqual(
    cases.map(({ phase }) => phase),
    ["open", "update", "update", "close"].slice(0, cases.length - 1).concat("close"),
  );
  assert.equal(new Set(cases.map(({ id }) => id)).size, 1);
  const last = cases.at(-1)!;
  assert(last.evidence.spreadBps! > 8 && last.evidence.usualBps! < 1.2 && last.score > 0.99);
  assert.match(last.sentence, /times its usual/);
  assert(last.sequenceFirst <= last.sequenceLast && last.startUs < last.endUs);
});

Deno.test("cases are the same, bit for bit, wherever the actor is stopped and restored", () => {
  const events: MarketEvent[] = [];
  const market = createScenarioMarket({
    seed: 4,
    pairs: [EURUSD],
    startTimeUs: START_US,
    detail: "l3",
    warmupUs: 120 * SECOND_US,
    meanIntervalUs: 30 * SECOND_US,
    pauseUs: 20 * SECOND_US,
  }, () => {});
  market.advance(START_US + 900 * SECOND_US, (_pair, event) => events.push({ ...event }));
  const frames = pack(events);
  const whole = new Fold().receive(frames);
  assert(whole.anomalies.length > 10, `${whole.anomalies.length} messages`);
  for (let cut = 0; cut < frames.length; cut += Math.ceil(frames.length / 12)) {
    const before = new Fold().receive(frames.slice(0, cut));
    const restored = new Fold();
    restored.state = restored.actor.restore(before.actor.snapshot(before.state), before.actor.versions);
    restored.sequence = cut;
    restored.receive(frames.slice(cut));
    assert.deepEqual([...before.anomalyPayloads, ...restored.anomalyPayloads], whole.anomalyPayloads, `cut ${cut}`);
  }
});

Deno.test("a feed is told why a detector does not run: no trades, no levels, a conflated source, off", () => {
  const reasonOf = (fold: Fold, kind: string) => fold.state.detection.statuses.find((one) => one.kind === kind)!.reason;
  const quotes = new Fold().receive(pack(blowout(2)));
  assert.equal(reasonOf(quotes, "toxicity"), "trades");
  assert.equal(reasonOf(quotes, "depth-depletion"), "levels");
  assert.equal(reasonOf(quotes, "quote-stuffing"), undefined);
  quotes.take({ ...quote(START_US + 60 * SECOND_US, 1.1, 1.1001), flags: EventFlag.lastOfBatch | EventFlag.conflated });
  assert.equal(reasonOf(quotes, "quote-stuffing"), "conflated");
  quotes.take(trade(START_US + 61 * SECOND_US, 1.1, 1e6), level(START_US + 62 * SECOND_US, "bid", 1.1, 1e6));
  assert.equal(reasonOf(quotes, "toxicity"), undefined);
  assert.equal(reasonOf(quotes, "depth-depletion"), undefined);
  assert.equal(reasonOf(new Fold({ detection: { jump: { enabled: false } } }), "jump"), "off");
});

/** A detector that throws at every second, and one that counts them. */
function entries(seen: { seconds: number }): DetectorEntry[] {
  const broken = (): Detector => ({
    cases: [],
    onSecond: () => {
      throw new Error("a defect");
    },
    snapshot: () => [],
    restore: () => {},
  });
  const counting = (): Detector => ({
    cases: [],
    onSecond: () => void seen.seconds++,
    snapshot: () => [],
    restore: () => {},
  });
  return [{ kinds: ["jump"], enabled: true, make: broken }, { kinds: ["bad-tick"], enabled: true, make: counting }];
}

Deno.test("a detector that throws is made anew, counted, and left out in the end; the others go on", () => {
  const seen = { seconds: 0 };
  const state = new PairState(EURUSD, options, () => new PairDetection(EURUSD, options.detection, entries(seen)));
  const samples: string[] = [];
  const head = { sourceId: 1, sourceSequence: 1, receiveTimeUs: START_US + 1e12 };
  for (const event of blowout(30)) {
    state.apply(
      event,
      head as never,
      (subject, payload) => void (subject.startsWith("fx.metrics.") && samples.push(payload)),
    );
  }
  const [jump, badTick] = state.detection.statuses;
  assert.deepEqual([jump!.reason, jump!.faultCount, jump!.fault], ["failed", DETECTOR_FAULTS_MAX + 1, "a defect"]);
  assert.equal(badTick!.on, true);
  assert(seen.seconds > 20, `${seen.seconds}`);
  assert.deepEqual(JSON.parse(samples.at(-1)!).counts.detectorFaults, { jump: DETECTOR_FAULTS_MAX + 1 });
});

Deno.test("a case that is open when entries are lost, or another source begins, is closed", () => {
  const events = blowout().slice(0, 1_512);
  const fold = new Fold().receive(pack(events));
  assert.equal(fold.anomalies.at(-1)!.phase, "open");
  fold.actor.gap!(fold.state, (_subject, payload) => fold.anomalyPayloads.push(payload));
  assert.equal(fold.anomalies.at(-1)!.phase, "close");
});

Deno.test("a book that is told anew is no burst of messages and no withdrawal", () => {
  const picture = (timeUs: number) => [
    eventOf(EventKind.clear, timeUs, { flags: EventFlag.snapshot }),
    ...Array.from(
      { length: 40 },
      (_, k) =>
        level(
          timeUs,
          k % 2 === 0 ? "bid" : "ask",
          Number((1.1 + (k % 2 === 0 ? -k : k + 1) / 1e5).toFixed(5)),
          5e6,
          k === 39 ? 3 : 1,
        ),
    ),
  ];
  const events = [...picture(START_US)];
  for (let i = 0; i < 4_000; i++) {
    const timeUs = START_US + (i + 1) * SECOND_US / 10;
    if (i > 3_000) events.push(...picture(timeUs));
    else events.push(level(timeUs, "bid", 1.1, 1e6 * (1 + i % 4)));
  }
  const { anomalies } = new Fold().receive(pack(events));
  assert.deepEqual(anomalies.filter(({ kind }) => ["quote-stuffing", "spoofing", "layering"].includes(kind)), []);
});

Deno.test("a maker gives a case the pair, the limits and the versions of its kind", () => {
  const one = new DetectorMaker(EURUSD, options.detection).case("jump", { quietUs: 1, sentence: () => "moved" });
  const said: Anomaly[] = [];
  const told = { timeUs: START_US, sequence: 7, severity: "info", evidence: { moveBps: 1 / 3 } } as const;
  assert.equal(one.tell({ ...told, score: 0.5 }, () => assert.fail("a low score opens none")), false);
  assert.equal(
    one.tell({ ...told, score: 2 }, (_subject, payload) => said.push(Anomaly.parse(JSON.parse(payload)))),
    true,
  );
  assert.deepEqual([said[0]!.pair, said[0]!.evidence, said[0]!.sequenceFirst], [pairSpec(EURUSD).pair, {
    moveBps: 0.333333,
  }, 7]);
  assert(said[0]!.score < 1);
});
