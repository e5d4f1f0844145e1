/**
 * Kinds of anomaly that say something of the market, whoever did it.
 *
 * @module
 */
import { detector } from "./detector_spec.ts";

export const MARKET_KINDS = {
  "spread-blowout": detector("Spread blowout", {
    family: "market",
    needs: ["quotes"],
    detector: "spread_blowout",
    version: 3,
    doc: "The spread is far above what it is at this hour, for longer than a moment.",
    evidence: {
      spreadBps: "Widest spread of the case",
      usualBps: "Trailing median before it",
      z: "Robust standard scores of its logarithm, smoothed over a moment",
      quoteCount: "Quotes in the case",
    },
  }),
  "depth-depletion": detector("Depth depletion", {
    family: "market",
    needs: ["levels"],
    detector: "depth_depletion",
    version: 2,
    doc: "Depth near the mid is below its trailing 1 % quantile, on one side or both.",
    evidence: {
      depthSize: "Least depth within the distance, of the thinner side",
      usualSize: "Trailing median of it before",
      sideCount: "Sides that were depleted",
      bid: "1 where the bid was, 0 otherwise",
      ask: "1 where the ask was, 0 otherwise",
    },
  }),
  "volatility-cluster": detector("Volatility cluster", {
    family: "market",
    needs: ["quotes"],
    detector: "volatility_cluster",
    version: 3,
    doc: "Volatility is a multiple of what it was, and large moves follow large moves.",
    evidence: {
      ratio: "Volatility of the last half minute over that of ten minutes",
      fastPct: "Volatility of the last half minute, percent a year",
      archP: "p-value of the ARCH-LM test over the last hour, where there is one",
    },
  }),
  "jump": detector("Jump", {
    family: "market",
    needs: ["quotes"],
    detector: "jump",
    version: 3,
    doc: "The mid moved by more than volatility before it explains (Lee–Mykland).",
    evidence: {
      moveBps: "The return",
      statistic: "The same in standard deviations of a second",
      critical: "Where a jump begins",
    },
  }),
  "liquidity-hole": detector("Liquidity hole", {
    family: "market",
    needs: ["quotes"],
    detector: "liquidity_hole",
    version: 2,
    doc: "No quote for longer than nearly ever, then a price elsewhere.",
    evidence: {
      silenceMs: "How long there was no change of the touch",
      p999Ms: "Trailing 99.9 % quantile of such silences",
      gapBps: "Move of the mid over it",
      gapSigmas: "The same in standard deviations of so long a time",
    },
  }),
  "flash-crash": detector("Flash crash", {
    family: "market",
    needs: ["quotes"],
    uses: ["levels", "trades"],
    detector: "flash_crash",
    version: 3,
    doc:
      "A fast one-way move beyond local volatility, with a wide spread and a book that collapses; the retrace is added later.",
    evidence: {
      moveBps: "From where it began to the extreme",
      sigmas: "The same in standard deviations of so long a time",
      durationMs: "From the beginning to the extreme",
      spreadRatio: "Widest spread over the usual one",
      depthRatio: "Least depth over the usual one",
      retracePct: "How much of the move was taken back",
    },
  }),
  "crossed": detector("Crossed market", {
    family: "market",
    needs: ["quotes"],
    detector: "crossed",
    version: 2,
    doc: "The bid is above the ask for longer than a limit; first it is asked whether the book itself is broken.",
    evidence: {
      overlapBps: "How far the bid was above the ask, at most",
      durationMs: "How long",
      brokenBook: "1 where a gap, a reconnect or levels that do not fit the quotes tell of a broken book",
    },
  }),
  "locked": detector("Locked market", {
    family: "market",
    needs: ["quotes"],
    detector: "crossed",
    version: 2,
    doc: "The bid is the ask for longer than a limit.",
    evidence: {
      durationMs: "How long",
      brokenBook: "1 where a gap, a reconnect or levels that do not fit the quotes tell of a broken book",
    },
  }),
  "bad-tick": detector("Bad tick", {
    family: "market",
    needs: ["quotes"],
    detector: "bad_tick",
    version: 2,
    doc: "A price far off the local range that the next tick takes back: flagged, and left out of the detectors.",
    evidence: {
      deviationBps: "How far off",
      mads: "The same in median absolute deviations",
      price: "The mid that was told",
      usualPrice: "Local median",
    },
  }),
  "toxicity": detector("Toxic flow", {
    family: "market",
    needs: ["trades"],
    detector: "toxicity",
    doc: "VPIN is in the top percent of its trailing distribution.",
    evidence: {
      vpin: "VPIN, 0 to 1",
      cdf: "Its trailing distribution function",
    },
  }),
} as const;
