/**
 * What the tests of the estimators across pairs, and of their actor, have in common.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Anomaly, MarketSample, marketSubject, type Pair } from "../../actors/contract/mod.ts";
import type { Estimator } from "../../actors/estimators/mod.ts";
import { createMarketActor, type MarketActorOptions } from "../../actors/market/mod.ts";

/** One tick of a test: who, when, and the logarithm of the mid. */
export type PairTick = readonly [pair: number, timeUs: number, logMid: number];

export const START_US = 1_700_000_000_000_000;

/** Ticks of several pairs in order of time: bursts, equal times within and across pairs, pauses, now and then a closed market. */
export function randomTicks(random: () => number, count: number, pairCount: number): PairTick[] {
  let timeUs = START_US;
  const logMids = Array.from({ length: pairCount }, (_, pair) => pair);
  return Array.from({ length: count }, () => {
    const kind = random();
    if (kind > 0.98) timeUs += 3_700e6 * random();
    else if (kind > 0.9) timeUs += 9e6 * random();
    else if (kind > 0.3) timeUs += 400_000 * random();
    timeUs = Math.floor(timeUs);
    const pair = Math.floor(random() * pairCount);
    logMids[pair]! += (random() - 0.5) * 1e-3;
    return [pair, timeUs, logMids[pair]!] as const;
  });
}

/** The ticks of one pair as the formulas take them: of several at one time the last one. */
export function distinctTicks(ticks: readonly PairTick[], pair: number): { timeUs: number; logMid: number }[] {
  const list: { timeUs: number; logMid: number }[] = [];
  for (const [who, timeUs, logMid] of ticks) {
    if (who !== pair) continue;
    if (list.at(-1)?.timeUs === timeUs) list.pop();
    list.push({ timeUs, logMid });
  }
  return list;
}

export function assertNear(actual: number | undefined, expected: number | undefined, message: string): void {
  const near = actual === expected || (actual !== undefined && expected !== undefined &&
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)));
  assert(near, `${message}: ${actual}, the formula gives ${expected}`);
}

export interface RestoreCase<Step> {
  make(): Estimator;
  update(estimator: Estimator, step: Step): void;
  steps: readonly Step[];
  /** Steps between two cuts. @default {7} */
  cutEvery?: number;
}

/** Restored at any cut, over JSON and on top of another state, an estimator ends as the one that was not interrupted. */
export function assertRestores<Step>({ make, update, steps, cutEvery = 7 }: RestoreCase<Step>): void {
  const overJson = (state: number[]) => JSON.parse(JSON.stringify(state), (_, value) => value === null ? NaN : value);
  const whole = make();
  const states = [overJson(whole.snapshot())];
  for (const step of steps) {
    update(whole, step);
    states.push(overJson(whole.snapshot()));
  }
  for (let cut = 0; cut <= steps.length; cut += cutEvery) {
    const restored = make();
    update(restored, steps[0]!);
    restored.restore(states[cut]);
    for (let k = cut; k < steps.length; k++) update(restored, steps[k]!);
    assert.deepEqual(restored.snapshot(), whole.snapshot(), `cut ${cut}`);
  }
}

export interface MarketEntry {
  pair: Pair;
  data: Uint8Array;
}

/** A market actor that is fed by hand. */
export class MarketFold {
  readonly actor;
  state;
  /** Samples as they were emitted. */
  readonly payloads: string[] = [];
  /** The same of what is said about cases. */
  readonly anomalyPayloads: string[] = [];
  sequence = 0;

  constructor(options: MarketActorOptions = {}) {
    this.actor = createMarketActor(options);
    this.state = this.actor.initial();
  }

  receive(entries: readonly MarketEntry[]): this {
    for (const { pair, data } of entries) {
      const entry = { sequence: ++this.sequence, subject: marketSubject(pair), data };
      this.actor.receive(this.state, entry, (subject, payload) => {
        (subject.startsWith("fx.anomaly.") ? this.anomalyPayloads : this.payloads).push(payload);
      });
    }
    return this;
  }

  /** Its state written down and read again, in place of it. */
  restart(): this {
    this.state = this.actor.restore(this.actor.snapshot(this.state), this.actor.versions);
    return this;
  }

  get anomalies(): Anomaly[] {
    return this.anomalyPayloads.map((payload) => JSON.parse(payload));
  }

  get samples(): MarketSample[] {
    return this.payloads.map((payload) => MarketSample.parse(JSON.parse(payload)));
  }
}
