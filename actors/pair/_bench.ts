/**
 * Cost of the pair actor's fold with every estimator on, over frames in memory, seeded: the simulated market (ten-level changes,
 * touches and trades), and levels, quotes and trades as 7 : 2 : 1. Beside it decoding the same frames, the limit; what a sample, a
 * snapshot and a restore cost; and the bytes of a pair's state.
 *
 * @module
 */
import { FrameReader, parsePair } from "../contract/mod.ts";
import { testFrames } from "../../tests/support/frames.ts";
import { simulatedFrames } from "../../tests/support/simulated_frames.ts";
import { createPairActor } from "./mod.ts";

const EVENTS = Deno.args.includes("--tiny") ? 5_000 : 500_000;
const ROUNDS = 3;
const pair = parsePair("EURUSD")!;

interface Work {
  name: string;
  frames: Uint8Array[];
  eventCount: number;
}

function report(name: string, eventCount: number, ms: number, extra = ""): void {
  const perSecond = eventCount / (ms / 1000);
  console.log(
    `${name.padEnd(44)} ${(perSecond / 1e6).toFixed(2).padStart(8)} M events/s ${
      ((ms * 1e6) / eventCount).toFixed(0).padStart(7)
    } ns/event ${extra}`,
  );
}

function fold({ name, frames, eventCount }: Work): void {
  const actor = createPairActor(pair);
  let ms = Infinity;
  let samples = 0;
  let sampleBytes = 0;
  let state = actor.initial();
  for (let round = 0; round < ROUNDS; round++) {
    samples = sampleBytes = 0;
    state = actor.initial();
    const start = performance.now();
    for (let i = 0; i < frames.length; i++) {
      actor.receive(state, { sequence: i + 1, data: frames[i]! }, (_subject, payload) => {
        samples++;
        sampleBytes += payload.length;
      });
    }
    ms = Math.min(ms, performance.now() - start);
  }
  const snapshotStart = performance.now();
  const bytes = actor.snapshot(state);
  const restoreStart = performance.now();
  actor.restore(bytes, actor.versions);
  const restoreEnd = performance.now();
  report(
    name,
    eventCount,
    ms,
    `${samples} samples of ${(sampleBytes / samples).toFixed(0)} bytes, snapshot ${
      (bytes.length / 1024).toFixed(0)
    } KiB in ${(restoreStart - snapshotStart).toFixed(1)} ms, restored in ${(restoreEnd - restoreStart).toFixed(1)} ms`,
  );
}

const works: Work[] = [20, 200, 2_000].map((ratePerSecond) => {
  const frames = simulatedFrames({ pairs: [pair], eventCount: EVENTS, ratePerSecond });
  return {
    name: `fold, simulated market, ${ratePerSecond} updates/s`,
    frames: frames.map(({ data }) => data),
    eventCount: frames.reduce((sum, { eventCount }) => sum + eventCount, 0),
  };
});
for (const eventsPerSecond of [200, 2_000, 20_000]) {
  const frames = testFrames({ pair, eventCount: EVENTS, eventsPerSecond, eventsPerFrame: 100 });
  works.push({ name: `fold, levels, quotes, trades, ${eventsPerSecond} events/s`, frames, eventCount: EVENTS });
}
for (const work of works) fold(work);

const { frames, eventCount } = works[2]!;
const reader = new FrameReader();
const start = performance.now();
let count = 0;
for (const frame of frames) {
  reader.open(frame);
  while (reader.next()) count++;
}
report("limit: decode of the same frames", eventCount, performance.now() - start, `${count} events`);
