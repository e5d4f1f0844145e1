/**
 * How long things took: fail-overs, hand-overs, samples.
 *
 * All times are those at which the server stored a message, so they are of one clock. The moment of a kill is read from the clock of
 * the same machine.
 *
 * @module
 */
import type { ActorTopic, Pair } from "../../actors/contract/mod.ts";
import type { ExpectedPair, StoredSample } from "./check.ts";
import type { ProcessLife } from "./fleet.ts";
import type { PhaseName } from "./plan.ts";
import type { LeaseChange, Recorder } from "./record.ts";

/** Samples that close this long after a hand-over may still be late because of it. */
const SETTLE_MS = 250;

export interface Failover {
  readonly pair: Pair;
  readonly killMs: number;
  /** From the kill to: the lease is taken; the first entry is folded; the first sample of the new owner is stored. */
  readonly takenMs: number;
  readonly foldedMs: number;
  readonly sampleMs: number;
}

export interface Handover {
  readonly pair: Pair;
  readonly releaseMs: number;
  /** From the release to: the lease is taken; the first entry is folded. */
  readonly takenMs: number;
  readonly foldedMs: number;
  /** How long the first entry that the new owner folds had lain in the log: what the move adds to the way of an entry. */
  readonly gapMs: number;
  /** Largest latency of the samples around the move. */
  readonly latencyMs: number;
}

export interface SampleLatency {
  readonly closedMs: number;
  readonly latencyMs: number;
}

export interface History {
  readonly recorder: Recorder;
  readonly lives: readonly ProcessLife[];
  readonly expected: ReadonlyMap<ActorTopic, ExpectedPair>;
  readonly stored: ReadonlyMap<ActorTopic, readonly StoredSample[]>;
}

/** Every pair that a killed process owned, and when it went on elsewhere. One that was not taken at all is left out. */
export function failovers({ recorder, lives, stored }: History): Failover[] {
  return lives.filter(({ end }) => end === "kill").flatMap(({ name, startMs, endMs: killMs, threads }) =>
    [...recorder.leases].flatMap(([pair, changes]) => {
      const last = changes.findLast(({ storedMs }) => storedMs <= killMs!);
      const owner = last?.record.owner;
      const isIts = owner != null && (threads === 0 ? owner.node === name : owner.node.startsWith(`${name}-`));
      if (!isIts || last!.record.sinceMs < startMs) return [];
      const taken = changes.find(({ storedMs, record }) =>
        storedMs > killMs! && record.term > last!.record.term && record.owner !== null
      );
      const sample = stored.get(pair)!.find(({ storedMs }) => taken !== undefined && storedMs > taken.storedMs);
      if (taken === undefined || sample === undefined) return [];
      return [{
        pair,
        killMs: killMs!,
        takenMs: taken.storedMs - killMs!,
        foldedMs: (firstFold(recorder, taken) ?? NaN) - killMs!,
        sampleMs: sample.storedMs - killMs!,
      }];
    })
  );
}

/** Every lease that was given away, and when the next owner went on. */
export function handovers({ recorder, expected, stored }: History): Handover[] {
  return [...recorder.leases].flatMap(([pair, changes]) =>
    changes.flatMap((release, i) => {
      const taken = changes.slice(i + 1).find(({ record }) => record.owner !== null);
      if (release.record.owner !== null || taken === undefined) return [];
      const foldedAtMs = firstFold(recorder, taken);
      const next = expected.get(pair)!.frames.find(({ sequence }) => sequence > taken.snapshotSequence);
      if (foldedAtMs === undefined || next === undefined) return [];
      const around = latenciesOf(expected.get(pair)!, stored.get(pair)!).filter(({ closedMs }) =>
        closedMs >= next.storedMs - SETTLE_MS && closedMs <= foldedAtMs + SETTLE_MS
      );
      return [{
        pair,
        releaseMs: release.storedMs,
        takenMs: taken.storedMs - release.storedMs,
        foldedMs: foldedAtMs - release.storedMs,
        gapMs: foldedAtMs - next.storedMs,
        latencyMs: Math.max(0, ...around.map(({ latencyMs }) => latencyMs)),
      }];
    })
  );
}

/** Outputs that were folded again and left out, since they were there: behind the snapshot of each start, before its lease. */
export function repeatedCount({ recorder, expected, stored }: History): number {
  let count = 0;
  for (const [pair, changes] of recorder.leases) {
    const starts = changes.filter(({ record }, i) =>
      record.owner !== null && record.term !== changes[i - 1]?.record.term
    );
    for (const { snapshotSequence, storedMs } of starts) {
      const { samples } = expected.get(pair)!;
      count += samples.filter(({ closedBy }, i) =>
        closedBy.sequence > snapshotSequence && (stored.get(pair)![i]?.storedMs ?? Infinity) < storedMs
      ).length;
    }
  }
  return count;
}

/** How long each sample was on its way: from the storing of the frame that closes it to its own. */
export function latenciesOf({ samples }: ExpectedPair, stored: readonly StoredSample[]): SampleLatency[] {
  return samples.flatMap(({ closedBy }, i) => {
    const sample = stored[i];
    if (sample === undefined) return [];
    return [{ closedMs: closedBy.storedMs, latencyMs: sample.storedMs - closedBy.storedMs }];
  });
}

/** When the owner that took a lease was first seen to have folded something. */
function firstFold(recorder: Recorder, { pair, storedMs, snapshotSequence }: LeaseChange): number | undefined {
  return recorder.views.get(pair)!.find((view) => view.storedMs > storedMs && view.sequence > snapshotSequence)
    ?.storedMs;
}

/** `p50 12  p99 30  max 41 ms (n=7)`, by nearest rank. */
export function percentiles(values: readonly number[]): string {
  if (values.length === 0) return "none";
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  const shown = (value: number) => value < 10 ? value.toFixed(1) : value.toFixed(0);
  return `p50 ${shown(at(0.5)).padStart(5)}   p99 ${shown(at(0.99)).padStart(5)}   max ${
    shown(at(1)).padStart(5)
  } ms   n ${sorted.length}`;
}

export type PhaseSpan = { name: PhaseName; fromMs: number; toMs: number };
