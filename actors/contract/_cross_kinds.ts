/**
 * Kinds of anomaly that are of several pairs together. The actor across all pairs finds them.
 *
 * @module
 */
import { detector } from "./detector_spec.ts";

export const CROSS_KINDS = {
  "triangle": detector("Triangle", {
    family: "cross",
    needs: ["quotes"],
    detector: "triangle_edges",
    version: 2,
    doc: "A round through three pairs pays after the spreads of all legs, for longer than quotes take to come.",
    evidence: {
      edgeBps: "What a round pays now",
      edgeBpsMax: "At most, in this case",
      usualBps: "What it usually pays: minus its cost",
      durationMs: "How long it has paid",
    },
  }),
  "correlation-break": detector("Correlation break", {
    family: "cross",
    needs: ["quotes"],
    detector: "correlation_breaks",
    version: 2,
    doc: "Three pairs of which two determine the third have parted: they explain little of what it does.",
    evidence: {
      explainedShare:
        "Share of the variance of one that two others explain, in minutes (R²), of the one explained least",
      usualShare: "Usual share",
      triangleCount: "Triangles of it that have broken",
    },
  }),
  "stale-quote": detector("Stale quote", {
    family: "cross",
    needs: ["quotes"],
    detector: "stale_quotes",
    doc: "A pair is silent for longer than it ever is while two others imply that its price has moved.",
    evidence: {
      silenceMs: "How long it has been silent",
      usualMs: "What 99.9 % of its silences do not exceed",
      moveBps: "How far the implied price has moved from its own since",
      moveSpreads: "The same in its own spreads",
    },
  }),
} as const;
