/**
 * Cost of each detector: the pair actor's fold of the same seeded market with that one alone, less the fold with none. Beside them all
 * together, and decoding the frames, the limit; what a vector costs each forest, and the longest slice of a training, beside a copy of
 * the vector.
 *
 * @module
 */
import {
  DEFAULT_DETECTION_OPTIONS,
  type DetectionOptions,
  FEATURES,
  FrameReader,
  FrameWriter,
  type MarketEvent,
  MetricOptions,
  parsePair,
  Random,
  sourceId,
} from "../contract/mod.ts";
import { createSimulator } from "../feeds/simulator/mod.ts";
import { createPairActor } from "../pair/mod.ts";
import {
  FEATURE_LEVELS,
  HalfSpaceTrees,
  IsolationForest,
  OnlineIsolationForest,
  RandomCutForest,
  SeededHalfSpaceSplits,
  VectorWindow,
} from "./mod.ts";

const isTiny = Deno.args.includes("--tiny");
const EVENTS = isTiny ? 5_000 : 300_000;
const VECTORS = isTiny ? 600 : 20_000;
const ROUNDS = isTiny ? 1 : 3;
const PAIR = parsePair("EURUSD")!;

const SECTIONS = Object.entries(DEFAULT_DETECTION_OPTIONS).flatMap(([name, value]) =>
  typeof value === "object" && "enabled" in value ? [name as keyof DetectionOptions] : []
);

/** Frames of a market of single orders, and how many entries they have. */
function framesOf(ratePerSecond: number): { frames: Uint8Array[]; entryCount: number } {
  const startTimeUs = Date.parse("2024-03-13T14:00:00Z") * 1_000;
  const simulator = createSimulator({
    seed: 1,
    pairs: [PAIR],
    startTimeUs,
    ratePerSecond,
    detail: "l3",
    counterparties: true,
  });
  const writer = new FrameWriter();
  const frames: Uint8Array[] = [];
  let entryCount = 0;
  const finish = (receiveTimeUs: number) => {
    if (writer.entryCount === 0) return;
    entryCount += writer.entryCount;
    frames.push(writer.finish({ sourceId: sourceId("bench"), sourceSequence: frames.length + 1, receiveTimeUs }));
  };
  for (let timeUs = startTimeUs; entryCount < EVENTS; timeUs += 20_000) {
    simulator.advance(timeUs, (_pair, event: MarketEvent) => {
      if (writer.add(event)) return;
      finish(timeUs);
      writer.add(event);
    });
    finish(timeUs);
  }
  return { frames, entryCount };
}

/** Nanoseconds an entry, the best of some rounds. */
function foldNs({ frames, entryCount }: ReturnType<typeof framesOf>, on: readonly string[]): number {
  const detection = Object.fromEntries(SECTIONS.map((name) => [name, { enabled: on.includes(name) }]));
  const actor = createPairActor(PAIR, MetricOptions.parse({ detection }));
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const state = actor.initial();
    const start = performance.now();
    frames.forEach((data, i) => actor.receive(state, { sequence: i + 1, data }, () => {}));
    best = Math.min(best, performance.now() - start);
  }
  return (best * 1e6) / entryCount;
}

for (const rate of [200, 2_000]) {
  const market = framesOf(rate);
  const reader = new FrameReader();
  const start = performance.now();
  for (const frame of market.frames) {
    reader.open(frame);
    while (reader.next());
  }
  const decodeNs = ((performance.now() - start) * 1e6) / market.entryCount;
  foldNs(market, SECTIONS);
  const none = foldNs(market, []);
  const all = foldNs(market, SECTIONS);
  console.log(`market of single orders, ${rate} updates/s, ${market.entryCount} entries; ns an entry`);
  console.log(`  limit: decode of the frames ${decodeNs.toFixed(0).padStart(29)}`);
  console.log(`  fold without detectors ${none.toFixed(0).padStart(34)}`);
  for (const name of SECTIONS) {
    console.log(`  ${name.padEnd(24)} ${(foldNs(market, [name]) - none).toFixed(0).padStart(31)}`);
  }
  console.log(`  fold with all ${all.toFixed(0).padStart(43)}  ${(1e3 / all).toFixed(2)} M entries/s on one core`);
}

/** Times of every call once the code is compiled, nanoseconds: median and longest. */
function timed(count: number, call: (i: number) => void): string {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) call(i);
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    call(i);
    times[i] = (performance.now() - start) * 1e6;
  }
  times.sort();
  const quantile = (p: number) => `${times[Math.floor(count * p)]!.toFixed(0).padStart(7)} ns`;
  // The longest is mostly a collection of garbage that falls into it.
  return `p50 ${quantile(0.5)}  p99 ${quantile(0.99)}  p99.9 ${quantile(0.999)}  longest ${
    (times[count - 1]! / 1e3).toFixed(0).padStart(5)
  } µs`;
}

const dimensions = FEATURES.length;
const random = new Random(1);
const vectors = Array.from({ length: VECTORS }, () =>
  Float64Array.from({ length: dimensions }, () => {
    const z = random.normal();
    return Math.round((0.5 + (0.5 * z) / (1 + Math.abs(z))) * FEATURE_LEVELS) / FEATURE_LEVELS;
  }));
const copy = new Float64Array(dimensions);
console.log("a vector of nine features");
console.log(`  limit: copy of it        ${timed(VECTORS, (i) => copy.set(vectors[i]!))}`);
const halfSpace = new HalfSpaceTrees({
  dimensions,
  splits: new SeededHalfSpaceSplits(1, dimensions),
  treesPerStep: 5,
  levels: FEATURE_LEVELS,
});
console.log(`  half-space trees, learn  ${timed(VECTORS, (i) => halfSpace.learn(vectors[i]!))}`);
console.log(`  half-space trees, score  ${timed(VECTORS, (i) => halfSpace.score(vectors[i]!))}`);
const forest = new IsolationForest({ dimensions, capacity: 512, seed: 1, levels: FEATURE_LEVELS });
const window = new VectorWindow({ dimensions, capacity: 512 });
for (const vector of vectors.slice(0, 512)) window.push(vector);
const slice = (i: number) => {
  if (i % 60 === 0) forest.begin(window);
  forest.grow(2);
};
console.log(`  isolation forest, slice  ${timed(VECTORS, slice)}`);
console.log(`  isolation forest, score  ${timed(VECTORS, (i) => forest.score(vectors[i]!))}`);
const online = new OnlineIsolationForest({ dimensions, windowCount: 512, seed: 1, levels: FEATURE_LEVELS });
const renew = (i: number) => {
  if (i >= 512) online.forget(vectors[i - 512]!);
  online.learn(vectors[i]!);
};
console.log(`  online forest, renew     ${timed(VECTORS, renew)}`);
console.log(`  online forest, score     ${timed(VECTORS, (i) => online.score(vectors[i]!))}`);
const cuts = new RandomCutForest({ points: window, seed: 1 });
for (let slot = 0; slot < window.count; slot++) cuts.learn(slot);
const replace = (i: number) => {
  cuts.forget(i % 512);
  window.set(i % 512, vectors[i]!);
  cuts.learn(i % 512);
};
console.log(`  random cuts, renew       ${timed(VECTORS, replace)}`);
console.log(`  random cuts, score       ${timed(VECTORS, (i) => cuts.score(vectors[i]!))}`);
