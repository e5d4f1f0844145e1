import assert from "node:assert/strict";
import {
  Anomaly,
  DEFAULT_MARKET_OPTIONS,
  emptyEvent,
  EventFlag,
  EventKind,
  FrameWriter,
  MarketOptions,
  type MarketSample,
  type Pair,
  parsePair,
  Random,
  sourceId,
} from "../contract/mod.ts";
import { type MarketEntry, MarketFold, START_US } from "../../tests/support/market_fold.ts";
import { marketSampleOf } from "../../tests/support/market_samples.ts";
import { crossDetectors, type CrossEntry, MarketDetection } from "./market_detection.ts";

const PAIRS = ["EURUSD", "USDJPY", "EURJPY"].map((pair) => parsePair(pair)!);
const [EURUSD, USDJPY, EURJPY] = PAIRS as [Pair, Pair, Pair];
const MINUTE = 60;
/** Half a spread, relative. */
const HALF = 2e-5;

interface Walk {
  seconds: number;
  seed?: number;
  /** Relative distance of EURJPY from what the two others imply, at a second. */
  dislocation?: (second: number) => number;
  /** Whether a pair says nothing at a second. */
  silent?: (pair: Pair, second: number) => boolean;
}

/** Three pairs that agree, four quotes a second of each; USDJPY moves by 2 bps a second, EURUSD by 1. */
function walk({ seconds, seed = 1, dislocation = () => 0, silent = () => false }: Walk): MarketEntry[] {
  const random = new Random(seed);
  const writer = new FrameWriter();
  const entries: MarketEntry[] = [];
  let [logEur, logYen] = [Math.log(1.1), Math.log(150)];
  for (let step = 0; step < 4 * seconds; step++) {
    const second = step / 4;
    logEur += 0.5e-4 * random.normal();
    logYen += 1e-4 * random.normal();
    const mids = [logEur, logYen, logEur + logYen + dislocation(second)].map(Math.exp);
    PAIRS.forEach((pair, k) => {
      if (silent(pair, second)) return;
      const mid = mids[k]!;
      writer.add({
        ...emptyEvent(),
        kind: EventKind.quote,
        eventTimeUs: START_US + step * 250_000 + k,
        flags: EventFlag.lastOfBatch,
        price: mid * (1 - HALF),
        size: 1e6,
        price2: mid * (1 + HALF),
        size2: 1e6,
      });
      const receiveTimeUs = START_US + step * 250_000 + k;
      entries.push({
        pair,
        data: writer.finish({ sourceId: sourceId("t"), sourceSequence: entries.length + 1, receiveTimeUs }),
      });
    });
  }
  return entries;
}

const fold = (options: Walk) => new MarketFold().receive(walk(options));
const opened = ({ anomalies }: MarketFold) => anomalies.filter(({ phase }) => phase === "open");

Deno.test("pairs that agree make no case, however they move", () => {
  assert.deepEqual(fold({ seconds: 40 * MINUTE }).anomalies, []);
});

Deno.test("a cross that is off what its legs imply is a triangle's case, of that pair, and ends with it", () => {
  const at = 10 * MINUTE;
  const one = fold({ seconds: 11 * MINUTE, dislocation: (s) => s >= at && s < at + 12 ? 5e-4 : 0 });
  const [open, ...rest] = one.anomalies.map((message) => Anomaly.parse(message));
  assert.deepEqual(
    [open!.kind, open!.pair, open!.others, rest.at(-1)!.phase, opened(one).length],
    ["triangle", EURJPY, [EURUSD, USDJPY], "close", 1],
  );
  // Five bps off, less three half spreads of 0.2 bps.
  assert(Math.abs(open!.evidence.edgeBps! - (5 - 0.6)) < 0.3, `${open!.evidence.edgeBps}`);
  assert((open!.endUs - START_US) / 1e6 - at < 6, "told within seconds");
  assert(open!.score > 0.97 && open!.sequenceFirst < open!.sequenceLast);
});

Deno.test("a triangle that pays less than the spreads cost, or for a moment, is none", () => {
  const at = 10 * MINUTE;
  for (const [size, length] of [[0.5e-4, 30], [5e-4, 0.75]] as const) {
    const one = fold({ seconds: 11 * MINUTE, dislocation: (s) => s >= at && s < at + length ? size : 0 });
    assert.deepEqual(one.anomalies, []);
  }
});

Deno.test("a pair that is silent while others move is stale; its case begins with its last quote", () => {
  const at = 10 * MINUTE;
  const one = fold({ seconds: 12 * MINUTE, silent: (pair, s) => pair === USDJPY && s >= at && s < at + 60 });
  const stale = opened(one).filter(({ kind }) => kind === "stale-quote");
  assert.deepEqual(stale.map(({ pair }) => pair), [USDJPY]);
  assert(Math.abs((stale[0]!.startUs - START_US) / 1e6 - at) < 1);
  assert(stale[0]!.evidence.silenceMs! >= 6_000 && stale[0]!.evidence.moveSpreads! >= 2);
  assert.equal(one.anomalies.filter(({ kind }) => kind === "stale-quote").at(-1)!.phase, "close");
});

Deno.test("a whole feed that is silent, and a pair that is silent in a market that stands, are not stale", () => {
  const at = 10 * MINUTE;
  const all = fold({ seconds: 12 * MINUTE, silent: (_, s) => s >= at && s < at + 60 });
  assert.deepEqual(opened(all).map(({ kind }) => kind), []);
});

Deno.test("a pair that goes its own way has parted, from both that determine it", () => {
  const at = 25 * MINUTE;
  const random = new Random(5);
  let own = 0;
  const one = fold({
    seconds: 32 * MINUTE,
    dislocation: (s) => {
      if (s < at) return 0;
      own += 1.5e-4 * random.normal();
      return own;
    },
  });
  const broken = opened(one).filter(({ kind }) => kind === "correlation-break");
  assert.deepEqual(broken.map(({ pair, others }) => [pair, others]), [[EURJPY, [EURUSD, USDJPY]]]);
  assert(broken[0]!.evidence.explainedShare! < 0.4 && broken[0]!.evidence.usualShare! > 0.9);
});

Deno.test("detectors that are off say nothing", () => {
  const at = 10 * MINUTE;
  const options = MarketOptions.parse({ detection: { triangle: { enabled: false } } });
  const entries = walk({ seconds: 11 * MINUTE, dislocation: (s) => s >= at ? 5e-4 : 0 });
  assert.deepEqual(new MarketFold({ options }).receive(entries).anomalies, []);
});

Deno.test("cases are the same bit for bit, wherever the actor is restored", () => {
  const at = 10 * MINUTE;
  const entries = walk({
    seconds: 11 * MINUTE + 30,
    dislocation: (s) => s >= at && s < at + 12 ? 5e-4 : 0,
    silent: (pair, s) => pair === USDJPY && s >= at + 30 && s < at + 60,
  });
  const whole = new MarketFold().receive(entries);
  assert.equal(new Set(whole.anomalies.map(({ kind }) => kind)).size, 2);
  const cuts = [0.3, 0.88, 0.885, 0.89, 0.9, 0.93, 0.95, 0.97].map((share) => Math.floor(share * entries.length));
  for (const cut of cuts) {
    const parted = new MarketFold().receive(entries.slice(0, cut)).restart().receive(entries.slice(cut));
    assert.deepEqual(parted.anomalyPayloads, whole.anomalyPayloads, `cut ${cut}`);
  }
});

Deno.test("a case goes on over a change of the options, and over a gap until it has been quiet", () => {
  const at = 10 * MINUTE;
  const seconds = 12 * MINUTE;
  const entries = walk({ seconds, dislocation: (s) => s >= at && s < at + 12 ? 5e-4 : 0 });
  const cut = Math.floor(((at + 8) / seconds) * entries.length);
  const before = new MarketFold().receive(entries.slice(0, cut));
  assert.equal(before.anomalies.at(-1)!.phase, "update");
  const after = new MarketFold({ options: MarketOptions.parse({ leadLag: { windowS: 60 } }) });
  after.state = after.actor.restore(before.actor.snapshot(before.state), after.actor.versions);
  after.sequence = before.sequence;
  after.receive(entries.slice(cut));
  const ended = after.anomalies.filter(({ phase, kind }) => phase === "close" && kind === "triangle");
  assert.deepEqual(ended.map(({ id }) => id), [before.anomalies[0]!.id]);
  before.actor.gap!(before.state, () => {});
  before.receive(entries.slice(cut));
  assert.equal(before.anomalies.at(-1)!.phase, "close");
});

/** A detection whose second detector throws at some samples. */
function failing(throws: (count: number) => boolean) {
  const options = DEFAULT_MARKET_OPTIONS.detection;
  let count = 0;
  const entries = crossDetectors(options).map((entry): CrossEntry =>
    entry.kind !== "correlation-break" ? entry : {
      ...entry,
      make: (view) => {
        const detector = entry.make(view);
        return Object.assign(Object.create(detector), {
          cases: detector.cases,
          add: (pair: Pair) => detector.add(pair),
          snapshot: () => detector.snapshot(),
          restore: (state: readonly number[]) => detector.restore(state),
          interrupt: () => detector.interrupt(),
          sample: (sample: MarketSample) => {
            if (throws(++count)) throw new Error("defect");
            detector.sample(sample);
          },
        });
      },
    }
  );
  return new MarketDetection(options, entries);
}

Deno.test("a detector that throws is made anew and counted, left out in the end, and the others go on", () => {
  const detection = failing((count) => count <= 10);
  for (const pair of PAIRS) detection.add(pair);
  const samples: MarketSample[] = Array.from(
    { length: 20 },
    (_, i) => ({ ...marketSampleOf({ pairs: PAIRS, timeUs: START_US + i * 1e6 }), triangles: [] }),
  );
  for (const sample of samples) detection.sample(sample, 1, () => {});
  assert.deepEqual(detection.faults, { "correlation-break": 4 });
  const other = failing(() => false);
  for (const pair of PAIRS) other.add(pair);
  other.restore(detection.snapshot());
  assert.deepEqual(other.faults, { "correlation-break": 4 });
});
