/**
 * The catalogue of detectors: every kind of anomaly with what it needs, what it means and the evidence that a case carries. Options,
 * documentation, API and page follow from it.
 *
 * @module
 */
import { BOOK_CONDUCT_KINDS, TRADE_CONDUCT_KINDS } from "./_conduct_kinds.ts";
import { MARKET_KINDS } from "./_market_kinds.ts";
import { MODEL_KINDS } from "./_model_kinds.ts";
import { CROSS_KINDS } from "./_cross_kinds.ts";
import type { DetectorSpec, Need } from "./detector_spec.ts";

export const DETECTORS = {
  ...MARKET_KINDS,
  ...BOOK_CONDUCT_KINDS,
  ...TRADE_CONDUCT_KINDS,
  ...MODEL_KINDS,
  ...CROSS_KINDS,
} as const satisfies Record<string, DetectorSpec>;

export type AnomalyKind = keyof typeof DETECTORS;
export const ANOMALY_KINDS = Object.keys(DETECTORS) as readonly AnomalyKind[];
/** Name of a number in the evidence of a kind. */
export type EvidenceName<K extends AnomalyKind> = keyof (typeof DETECTORS)[K]["evidence"] & string;

export const isAnomalyKind = (text: string): text is AnomalyKind => Object.hasOwn(DETECTORS, text);

/** Why a detector does not run for a pair. */
export type DetectorOffReason =
  /** Something it cannot do without has not been seen on this feed. */
  | Exclude<Need, "every-change">
  /** The feed sends some of its prices only. */
  | "conflated"
  /** Switched off in the options. */
  | "off"
  /** It threw too often. */
  | "failed";

/** How a detector of a pair is. */
export interface DetectorStatus {
  readonly kind: AnomalyKind;
  readonly on: boolean;
  readonly reason?: DetectorOffReason;
  /** How often it threw and was made anew. */
  readonly faultCount?: number;
  /** What it threw last. */
  readonly fault?: string;
}
