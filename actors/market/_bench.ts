/**
 * Cost of the market actor's fold over frames in memory, seeded: the 28 pairs of eight currencies as the simulator makes them, 50,000
 * events a second of event time in total; beside it decoding the same frames, the limit. Also the bytes of a sample and of a snapshot.
 *
 * @module
 */
import {
  ALL_PAIRS,
  DEFAULT_MARKET_OPTIONS,
  emptyEvent,
  EventKind,
  FrameReader,
  FrameWriter,
  marketSubject,
} from "../contract/mod.ts";
import type { LogEntry } from "../runtime/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import { simulatedFrames } from "../../tests/support/simulated_frames.ts";
import { createMarketActor } from "./mod.ts";

const PAIRS = ALL_PAIRS.slice(0, 28);
const EVENTS_PER_SECOND = 50_000;
/** Events that one update of the simulated book makes, with the trades: measured. */
const EVENTS_PER_UPDATE = 2.4;
const EVENTS = Deno.args.includes("--tiny") ? 20_000 : 2_000_000;
const ROUNDS = 3;

function report(name: string, eventCount: number, ms: number, extra = ""): void {
  const perSecond = eventCount / (ms / 1000);
  console.log(
    `${name.padEnd(56)} ${(perSecond / 1e6).toFixed(2).padStart(8)} M events/s ${
      ((ms * 1e6) / eventCount).toFixed(0).padStart(7)
    } ns/event ${extra}`,
  );
}

interface Work {
  name: string;
  entries: LogEntry[];
  eventCount: number;
}

/** The simulated market: ten-level changes, touches, trades. */
function simulated(): Work {
  const ratePerSecond = EVENTS_PER_SECOND / PAIRS.length / EVENTS_PER_UPDATE;
  const frames = simulatedFrames({ pairs: PAIRS, eventCount: EVENTS, ratePerSecond });
  return {
    name: "simulated market",
    entries: frames.map(({ pair, data }, i) => ({ sequence: i + 1, subject: marketSubject(pair), data })),
    eventCount: frames.reduce((sum, frame) => sum + frame.eventCount, 0),
  };
}

/** Quotes alone, each with another mid: every event is a tick. */
function moving(): Work {
  const random = lcg(1);
  const writer = new FrameWriter();
  const entries: LogEntry[] = [];
  const event = { ...emptyEvent(), kind: EventKind.quote, size: 1e6, size2: 1e6 };
  const startUs = Date.parse("2024-03-13T14:00:00Z") * 1_000;
  const frameUs = 20_000;
  const perFrame = Math.round(EVENTS_PER_SECOND / PAIRS.length * frameUs / 1e6);
  for (let fromUs = startUs; entries.length * perFrame < EVENTS; fromUs += frameUs) {
    for (const pair of PAIRS) {
      const offsets = Array.from({ length: perFrame }, () => Math.floor(random() * frameUs)).sort((a, b) => a - b);
      for (const offsetUs of offsets) {
        event.eventTimeUs = fromUs + offsetUs;
        event.price = 1.1 + 0.001 * random();
        event.price2 = event.price + 0.0001;
        writer.add(event);
      }
      const data = writer.finish({ sourceId: 1, sourceSequence: entries.length + 1, receiveTimeUs: fromUs + frameUs });
      entries.push({ sequence: entries.length + 1, subject: marketSubject(pair), data });
    }
  }
  return { name: "quotes, each moves", entries, eventCount: entries.length * perFrame };
}

function fold({ name, entries, eventCount }: Work, turns: number): void {
  const { leadLag } = DEFAULT_MARKET_OPTIONS;
  const options = { ...DEFAULT_MARKET_OPTIONS, leadLag: { ...leadLag, combinationsPerSample: turns } };
  const actor = createMarketActor({ options });
  let ms = Infinity;
  let samples = 0;
  let sampleBytes = 0;
  let state = actor.initial();
  for (let round = 0; round < ROUNDS; round++) {
    state = actor.initial();
    samples = 0;
    const start = performance.now();
    for (const entry of entries) {
      actor.receive(state, entry, (_subject, payload) => {
        samples++;
        sampleBytes = payload.length;
      });
    }
    ms = Math.min(ms, performance.now() - start);
  }
  const snapshotStart = performance.now();
  const bytes = actor.snapshot(state);
  const restoreStart = performance.now();
  actor.restore(bytes, actor.versions);
  const restoreMs = performance.now() - restoreStart;
  const { ticks } = state.counts;
  report(
    `fold, ${name}, ${turns} lead-lags a second`,
    eventCount,
    ms,
    `${(ms * 1e6 / ticks).toFixed(0)} ns/tick of ${ticks}, ${samples} samples of ${sampleBytes} bytes, snapshot ${
      (bytes.length / 1024).toFixed(0)
    } KiB in ${(restoreStart - snapshotStart).toFixed(1)} ms, restored in ${restoreMs.toFixed(1)} ms`,
  );
}

function decode({ name, entries, eventCount }: Work): void {
  const reader = new FrameReader();
  const start = performance.now();
  let count = 0;
  for (const { data } of entries) {
    reader.open(data);
    while (reader.next()) count++;
  }
  report(`limit: decode, ${name}`, eventCount, performance.now() - start, `${count} events`);
}

for (const work of [simulated(), moving()]) {
  for (const turns of [DEFAULT_MARKET_OPTIONS.leadLag.combinationsPerSample, 0]) fold(work, turns);
  decode(work);
}
