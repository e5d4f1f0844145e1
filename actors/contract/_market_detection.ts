/**
 * Options of the detectors that say something of the market.
 *
 * @module
 */
import { count, ms, ratio, seconds, section, share } from "./_option_fields.ts";

export const MARKET_DETECTION = {
  spreadBlowout: section({
    z: ratio(1, 100).default(4).describe("Robust standard scores of the smoothed log spread"),
    medianRatio: ratio(1, 100).default(3.6).describe("Times the trailing median, smoothed"),
    halfLifeMs: ms(1, 60_000).default(300).describe("Of the smoothing, in event time"),
  }),
  depthDepletion: section({
    distanceBps: ratio(0.1, 100).default(2),
    quantile: share().default(0.01).describe("Trailing quantile of depth"),
    ratio: share().default(0.165).describe("Of the trailing median, at most"),
    shortfallS: seconds(0, 600).default(1.5).describe("Logarithm of what is short of it, summed over time"),
  }),
  volatilityCluster: section({
    ratio: ratio(1, 100).default(3.6).describe("Volatility of half a minute over that of ten minutes"),
  }),
  jump: section({
    sigmas: ratio(1, 1_000).default(9).describe("Standard deviations of a second that a move within it must have"),
    spreads: ratio(0, 1_000).default(1.5).describe("Usual spreads that it must have"),
    tailMax: share().default(2e-4).describe("Share of the seconds before with a larger one, at most"),
  }),
  liquidityHole: section({
    quantile: share().default(0.999).describe("Trailing quantile of inter-arrival times"),
    silenceMsMin: ms(0, 3_600_000).default(1_000),
    sigmas: ratio(1, 100).default(3).describe("Move of the mid over the silence"),
  }),
  flashCrash: section({
    windowS: seconds(1, 600).default(30).describe("Longest time from beginning to extreme"),
    sigmas: ratio(1, 100).default(7.5),
    spreadRatio: ratio(1, 100).default(2.1).describe("Spread over the usual one, for half of the way at least"),
    depthRatio: share().default(0.33).describe("Depth over the usual one, likewise, at most"),
    moveBpsMin: ratio(0, 1_000).default(4),
    retraceS: seconds(1, 3_600).default(120).describe("How long a retrace is waited for"),
  }),
  crossed: section({
    holdMs: ms(0, 60_000).default(200).describe("How long it must last"),
    brokenMs: ms(0, 60_000).default(2_000).describe("A gap or reconnect so short before tells of a broken book"),
  }),
  badTick: section({
    mads: ratio(1, 1_000).default(12).describe("Median absolute deviations off the local median"),
    windowCount: count(11, 1_001).default(61).describe("Quotes that the median is of"),
    revertMs: ms(0, 60_000).default(2_000).describe("The next quote must take it back within"),
    deviationBpsMin: ratio(0, 1_000).default(1),
  }),
  toxicity: section({
    cdf: share().default(0.995).describe("VPIN's trailing distribution function"),
    vpinMin: share().default(0.88),
  }),
};
