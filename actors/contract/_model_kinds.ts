/**
 * Kinds of anomaly that a learnt model of the market finds.
 *
 * @module
 */
import { detector } from "./detector_spec.ts";

const FOREST_EVIDENCE = {
  modelScore: "Score of the forest, in [0, 1]",
  usualScore: "Its usual score",
  featureIndex: "Feature that is furthest from its usual range, by its number in the options",
  featureBands: "How far, in usual ranges (of nine tenths of the values)",
} as const;

export const MODEL_KINDS = {
  "half-space-trees": detector("Unusual market (half-space trees)", {
    family: "model",
    needs: ["quotes"],
    uses: ["sizes", "levels", "trades"],
    detector: "half_space_trees",
    version: 2,
    doc: "The features of the market lie where those of the last minutes hardly ever did.",
    evidence: FOREST_EVIDENCE,
  }),
  "isolation-forest": detector("Unusual market (isolation forest)", {
    family: "model",
    needs: ["quotes"],
    uses: ["sizes", "levels", "trades"],
    detector: "isolation_forest",
    version: 2,
    doc: "A few random cuts part the features of the market from those of the last half hour.",
    evidence: FOREST_EVIDENCE,
  }),
  "regime-shift": detector("Regime shift", {
    family: "model",
    needs: ["quotes"],
    uses: ["levels"],
    detector: "regime_shift",
    doc: "Spread, depth, volatility or rate of messages has moved to another level and stays there (Page–Hinkley).",
    evidence: {
      measureIndex: "What moved: 0 spread, 1 depth, 2 volatility, 3 rate of messages",
      beforeLevel: "Its level before: bps, base currency, bps in a second, messages in a second",
      afterLevel: "Its level since",
      ratio: "One over the other",
      statistic: "Page–Hinkley statistic, in standard deviations",
    },
  }),
} as const;
