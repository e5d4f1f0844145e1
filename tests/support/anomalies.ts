/**
 * Messages about cases.
 *
 * @module
 */
import { Anomaly } from "../../actors/contract/mod.ts";

/** 2023-11-14T22:13:20Z. */
export const CASES_START_US = 1_700_000_000_000_000;

/** A case of a wide spread; `startS` and `endS` are seconds behind {@linkcode CASES_START_US}. */
export function anomalyOf(
  { startS = 0, endS = startS + 1, ...change }: Partial<Anomaly> & { startS?: number; endS?: number } = {},
): Anomaly {
  return Anomaly.parse({
    v: 1,
    id: "EURUSD-spread-blowout-1",
    pair: "EURUSD",
    kind: "spread-blowout",
    phase: "open",
    startUs: CASES_START_US + 1e6 * startS,
    endUs: CASES_START_US + 1e6 * endS,
    score: 0.999,
    severity: "warning",
    evidence: { spreadBps: 1.5, medianBps: 0.2 },
    sentence: "The spread was 7 times its usual width.",
    sequenceFirst: 10,
    sequenceLast: 12,
    detectorVersion: 1,
    ...change,
  });
}

export const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
