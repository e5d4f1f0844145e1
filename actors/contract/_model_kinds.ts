/**
 * Kinds of anomaly that a learnt model of the market finds.
 *
 * @module
 */
import { detector } from "./detector_spec.ts";

export const MODEL_KINDS = {
  "half-space-trees": detector("Unusual market (half-space trees)", {
    family: "model",
    needs: ["quotes"],
    uses: ["sizes", "levels", "trades"],
    detector: "half_space_trees_detector",
    doc: "The vector of features lies where the market of the last minutes hardly ever was.",
    evidence: {
      anomalyScore: "Score of the forest",
      threshold: "Trailing quantile that it passed",
      topFeatureZ: "Robust score of the feature that is furthest from its usual range",
      topFeatureIndex: "Which one, by its number in the list of features",
    },
  }),
  "isolation-forest": detector("Unusual market (isolation forest)", {
    family: "model",
    needs: ["quotes"],
    uses: ["sizes", "levels", "trades"],
    detector: "isolation_forest_detector",
    doc: "The vector of features is isolated by few splits from those of the trailing window.",
    evidence: {
      anomalyScore: "2^(−E[h]/c(n))",
      threshold: "Trailing quantile that it passed",
      topFeatureZ: "Robust score of the feature that is furthest from its usual range",
      topFeatureIndex: "Which one, by its number in the list of features",
    },
  }),
  "regime-shift": detector("Regime shift", {
    family: "model",
    needs: ["quotes"],
    uses: ["levels", "trades"],
    detector: "regime_shift",
    doc: "The level of a metric has moved to stay (Page–Hinkley).",
    evidence: {
      metricIndex: "Which metric: 0 spread, 1 depth, 2 volatility, 3 rate of quotes",
      beforeLevel: "Its level before, in its own unit",
      afterLevel: "Its level since",
      statistic: "Page–Hinkley statistic",
      threshold: "Where it is raised",
    },
  }),
} as const;
