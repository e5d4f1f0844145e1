/**
 * Cost of the pair actor's fold over frames in memory: levels, quotes and trades as 7 : 2 : 1, seeded.
 *
 * @module
 */
import { FrameReader, parsePair } from "../contract/mod.ts";
import { testFrames } from "../../tests/support/frames.ts";
import { createPairActor } from "./mod.ts";

const EVENTS = 1_000_000;
const ROUNDS = 3;
const pair = parsePair("EURUSD")!;

function report(name: string, ms: number, extra = ""): void {
  const perSecond = EVENTS / (ms / 1000);
  console.log(
    `${name.padEnd(44)} ${(perSecond / 1e6).toFixed(2).padStart(8)} M events/s ${
      ((ms * 1e6) / EVENTS).toFixed(0).padStart(7)
    } ns/event ${extra}`,
  );
}

for (const eventsPerSecond of [20, 200, 2_000, 20_000]) {
  const frames = testFrames({ pair, eventCount: EVENTS, eventsPerSecond, eventsPerFrame: 100 });
  const actor = createPairActor(pair);
  let ms = Infinity;
  let samples = 0;
  let stateBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    samples = 0;
    const state = actor.initial();
    const start = performance.now();
    for (let i = 0; i < frames.length; i++) {
      actor.receive(state, { sequence: i + 1, data: frames[i]! }, () => samples++);
    }
    ms = Math.min(ms, performance.now() - start);
    stateBytes = actor.snapshot(state).length;
  }
  report(
    `fold, market at ${eventsPerSecond} events/s`,
    ms,
    `${samples} samples, snapshot ${(stateBytes / 1024).toFixed(1)} KiB`,
  );
}

const frames = testFrames({ pair, eventCount: EVENTS, eventsPerSecond: 2_000, eventsPerFrame: 100 });
const reader = new FrameReader();
const start = performance.now();
let count = 0;
for (const frame of frames) {
  reader.open(frame);
  while (reader.next()) count++;
}
report("limit: decode of the same frames", performance.now() - start, `${count} events`);
