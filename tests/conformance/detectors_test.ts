/**
 * What holds of every detector, whatever it is told: cases as the catalogue says, nothing made of nothing, and no fault.
 */
import assert from "node:assert/strict";
import {
  type Anomaly,
  Anomaly as AnomalySchema,
  ANOMALY_KINDS,
  type AnomalyKind,
  DEFAULT_MARKET_OPTIONS,
  DETECTORS,
  EventFlag,
  EventKind,
  type MarketEvent,
  MetricOptions,
  parsePair,
  Random,
  StatusCode,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../../actors/contract/mod.ts";
import { Folding } from "../../actors/evaluation/mod.ts";
import { createScenarioMarket, createSimulator } from "../../actors/feeds/mod.ts";
import { testFrames } from "../support/frames.ts";
import { EURUSD, eventOf, Fold, level, pack, quote, START_US, trade } from "../support/pair_fold.ts";

const FRAME_US = 20_000;
const PAIRS = ["EURUSD", "USDJPY", "EURJPY"].map((pair) => parsePair(pair)!);
const MARKET_START_US = Date.parse("2024-03-13T14:20:00Z") * 1_000;

const faultsOf = ({ last }: Fold) => last.counts.detectorFaults;
const kindsOf = ({ anomalies }: Fold) => new Set(anomalies.map(({ kind }) => kind));

/** Every case that is open in the end was told as open and not closed; the others have one opening and one end. */
function assertLives(messages: readonly Anomaly[]): void {
  for (const of of Map.groupBy(messages, ({ id }) => id).values()) {
    const phases = of.map(({ phase }) => phase);
    assert.equal(phases[0], "open");
    assert(phases.slice(1, -1).every((phase) => phase === "update"), phases.join());
    of.forEach(({ startUs, endUs, score }, i) => {
      assert(startUs <= endUs);
      if (i > 0) assert(endUs >= of[i - 1]!.endUs && score >= of[i - 1]!.score && startUs === of[0]!.startUs);
    });
  }
}

Deno.test("every message about a case is of the schema, with the numbers of its catalogue, and tells one life", () => {
  const metrics = MetricOptions.parse({ toxicity: { bucketSize: 5_000_000 } });
  const folding = new Folding({ pairs: PAIRS, metrics, market: DEFAULT_MARKET_OPTIONS });
  const market = createScenarioMarket(
    { seed: 11, pairs: PAIRS, startTimeUs: MARKET_START_US, detail: "l3", counterparties: true, meanIntervalUs: 80e6 },
    () => {},
  );
  for (let timeUs = MARKET_START_US; timeUs < MARKET_START_US + 0.9 * US_PER_HOUR; timeUs += FRAME_US) {
    market.advance(timeUs, (pair, event) => folding.take(pair, event));
    folding.flush(timeUs);
  }
  const messages = [...folding.collector.messages.values()].flat();
  const seen = new Set<string>();
  for (const message of messages) {
    AnomalySchema.parse(message);
    const { kind, pair, others = [], evidence, sentence, detectorVersion, sequenceFirst, sequenceLast } = message;
    assert(ANOMALY_KINDS.includes(kind as AnomalyKind), kind);
    const { evidence: known, version } = DETECTORS[kind as AnomalyKind];
    for (const name of Object.keys(evidence)) assert(Object.hasOwn(known, name), `${kind} ${name}`);
    assert(Object.keys(evidence).length > 0, kind);
    assert(sentence.length > 20 && !/NaN|undefined|Infinity/.test(sentence), `${kind}: ${sentence}`);
    assert.equal(detectorVersion, version);
    assert(sequenceFirst <= sequenceLast && !others.includes(pair));
    seen.add(kind);
  }
  assertLives(messages);
  assert(seen.size >= 12, [...seen].join());
});

/** A maker's book of five levels a side around a mid that walks, and a trade now and then. */
function quietMarket(minutes: number, random = new Random(3)): MarketEvent[] {
  const events: MarketEvent[] = [];
  let tick = 110_000;
  for (let k = 0; k < minutes * 240; k++) {
    const timeUs = START_US + k * 250_000;
    if (random.uniform() < 0.2) tick += random.uniform() < 0.5 ? -1 : 1;
    events.push(quote(timeUs, tick * 1e-5, (tick + 5) * 1e-5, 1e6 * (3 + random.below(5))));
    if (k % 8 === 5) {
      const side = random.uniform() < 0.5 ? 1 : 2;
      events.push(trade(timeUs + 1, (side === 1 ? tick + 5 : tick) * 1e-5, 1e6 * (1 + random.below(2)), side));
    }
  }
  return events;
}

for (
  const [name, events] of [
    ["quotes that never change", Array.from({ length: 20_000 }, (_, k) => quote(START_US + k * 200_000, 1.1, 1.10005))],
    [
      "ten quotes an hour for two days",
      Array.from(
        { length: 480 },
        (_, k) => quote(START_US + k * 360_000_000, 1.1 + (k % 3) * 1e-5, 1.10005 + (k % 3) * 1e-5),
      ),
    ],
    ["a quiet market", quietMarket(60)],
    ["one side only", Array.from({ length: 5_000 }, (_, k) => quote(START_US + k * 200_000, 1.1, NaN))],
    [
      "status and clear alone",
      Array.from(
        { length: 500 },
        (_, k) =>
          eventOf(k % 2 ? EventKind.status : EventKind.clear, START_US + k * US_PER_SECOND, {
            side: StatusCode.connected,
          }),
      ),
    ],
  ] as const
) {
  Deno.test(`${name} make no case and no fault`, () => {
    const fold = new Fold().receive(pack(events));
    const { anomalies } = fold;
    assert.deepEqual(anomalies.map(({ kind, sentence }) => `${kind}: ${sentence}`), []);
    if (fold.payloads.length > 0) assert.equal(faultsOf(fold), undefined);
  });
}

Deno.test("20,000 events a second are no conduct, and no fault", () => {
  const fold = new Fold().receive(testFrames({ pair: EURUSD, eventCount: 400_000, eventsPerSecond: 20_000 }));
  assert.equal(faultsOf(fold), undefined);
  assert.deepEqual([...kindsOf(fold)].filter((kind) => ["quote-stuffing", "wash-trading"].includes(kind)), []);
  assert(fold.anomalyPayloads.length < 200, `${fold.anomalyPayloads.length} messages`);
});

Deno.test("clocks that jump forward, back, and to and fro break no detector, and no case stays open behind them", () => {
  const calm = quietMarket(10);
  const wide = Array.from({ length: 20 }, (_, k) => quote(calm.at(-1)!.eventTimeUs + (k + 1) * 100_000, 1.099, 1.101));
  for (const jumpUs of [US_PER_HOUR, -US_PER_MINUTE, 12 * US_PER_HOUR, -US_PER_HOUR]) {
    const shifted = quietMarket(10, new Random(4)).map((event, k) => ({
      ...event,
      eventTimeUs: event.eventTimeUs + 11 * US_PER_MINUTE + jumpUs + (k % 50 === 7 ? -5 * US_PER_SECOND : 0),
    }));
    const fold = new Fold().receive(pack([...calm, ...wide, ...shifted]));
    assert.equal(faultsOf(fold), undefined, `${jumpUs}`);
    assert(kindsOf(fold).has("spread-blowout"));
    assertLives(fold.anomalies);
    if (jumpUs > 0) {
      const open = [...Map.groupBy(fold.anomalies, ({ id }) => id).values()].filter((of) =>
        of.at(-1)!.phase !== "close"
      );
      assert.deepEqual(open.map(([first]) => first!.kind), []);
    }
  }
});

Deno.test("trades that are told twice count once", () => {
  const events = quietMarket(30);
  const twice = events.flatMap((event) => event.kind === EventKind.trade ? [event, { ...event }] : [event]);
  const fold = new Fold().receive(pack(twice));
  assert.deepEqual([...kindsOf(fold)], []);
});

/** A book of ten levels a side, told level by level. */
function bookOf(timeUs: number, flags: number): MarketEvent[] {
  const sides = [["bid", 110_000, -1], ["ask", 110_005, 1]] as const;
  return sides.flatMap(([side, best, step]) =>
    Array.from({ length: 10 }, (_, k) => level(timeUs, side, (best + step * k) * 1e-5, 2e6 + k * 1e5, flags))
  );
}

Deno.test("a feed that reconnects and tells its book again, over and over, is no stuffing, no withdrawal and no hole", () => {
  const events: MarketEvent[] = bookOf(START_US, 0);
  for (let k = 1; k < 4 * 900; k++) {
    const timeUs = START_US + k * 250_000;
    if (k % 120 === 0 && k > 1_200) {
      events.push(eventOf(EventKind.status, timeUs, { side: StatusCode.disconnected }));
      events.push(eventOf(EventKind.status, timeUs + 1, { side: StatusCode.connected }));
      events.push(eventOf(EventKind.clear, timeUs + 2, { flags: EventFlag.snapshot }));
      events.push(...bookOf(timeUs + 3, EventFlag.snapshot));
    }
    events.push(level(timeUs + 10, k % 2 ? "bid" : "ask", (k % 2 ? 109_999 : 110_006) * 1e-5, 2e6 + (k % 5) * 1e5));
  }
  const fold = new Fold().receive(pack(events));
  assert.deepEqual(fold.anomalies.map(({ kind, sentence }) => `${kind}: ${sentence}`), []);
});

Deno.test("a book that is crossed behind a gap is said to be broken, not the market", () => {
  const calm = quietMarket(5);
  const timeUs = calm.at(-1)!.eventTimeUs;
  const crossed = Array.from({ length: 30 }, (_, k) => quote(timeUs + (k + 2) * 100_000, 1.1005, 1.1));
  const fold = new Fold().receive(
    pack([...calm, eventOf(EventKind.status, timeUs + 1, { side: StatusCode.gap }), ...crossed]),
  );
  const found = fold.anomalies.filter(({ kind }) => kind === "crossed");
  assert(found.length > 0);
  for (const { evidence, severity } of found) assert.deepEqual([evidence.brokenBook, severity], [1, "info"]);
});

Deno.test("single orders of a busy market, restored at any cut, go on bit for bit", () => {
  const startTimeUs = MARKET_START_US;
  const simulator = createSimulator({
    seed: 5,
    pairs: [EURUSD],
    startTimeUs,
    ratePerSecond: 60,
    detail: "l3",
    counterparties: true,
  });
  const events: MarketEvent[] = [];
  for (let timeUs = startTimeUs; timeUs < startTimeUs + 6 * US_PER_MINUTE; timeUs += FRAME_US) {
    simulator.advance(timeUs, (_pair, event) => events.push({ ...event }));
  }
  const frames = pack(events, { receiveTimeUs: startTimeUs + US_PER_HOUR });
  const whole = new Fold().receive(frames);
  for (const share of [0.2, 0.5, 0.77, 0.9]) {
    const cut = Math.floor(share * frames.length);
    const parted = new Fold().receive(frames.slice(0, cut));
    parted.state = parted.actor.restore(parted.actor.snapshot(parted.state), parted.actor.versions);
    parted.receive(frames.slice(cut));
    assert.deepEqual(parted.anomalyPayloads, whole.anomalyPayloads);
    assert.deepEqual(parted.payloads.at(-1), whole.payloads.at(-1));
  }
});

for (const model of ["retrained", "online", "random-cut"] as const) {
  Deno.test(`an isolation forest that is ${model} tells a market unlike its past, and goes on from its state bit for bit`, () => {
    const calm = quietMarket(25);
    const random = new Random(8);
    const wild = Array.from({ length: 60 }, (_, k) => {
      const mid = 1.1 + 2e-3 * random.normal();
      return quote(calm.at(-1)!.eventTimeUs + (k + 1) * 100_000, mid, mid + 1e-3, 40e6);
    });
    const frames = pack([
      ...calm,
      ...wild,
      ...quietMarket(2).map((event) => ({
        ...event,
        eventTimeUs: event.eventTimeUs + 26 * US_PER_MINUTE,
      })),
    ]);
    const options = { detection: { isolationForest: { model, reservoirCount: 256, windowS: 600, tailMax: 0.005 } } };
    const whole = new Fold(options).receive(frames);
    assert.equal(faultsOf(whole), undefined);
    const [found] = whole.anomalies.filter(({ kind }) => kind === "isolation-forest");
    assert(found !== undefined && found.endUs - calm.at(-1)!.eventTimeUs < 6 * US_PER_SECOND);
    for (const share of [0.3, 0.8, 0.93]) {
      const cut = Math.floor(share * frames.length);
      const parted = new Fold(options).receive(frames.slice(0, cut));
      parted.state = parted.actor.restore(parted.actor.snapshot(parted.state), parted.actor.versions);
      parted.receive(frames.slice(cut));
      assert.deepEqual(parted.anomalyPayloads, whole.anomalyPayloads);
    }
  });
}
