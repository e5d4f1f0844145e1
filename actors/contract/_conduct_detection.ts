/**
 * Options of the detectors of conduct.
 *
 * @module
 */
import { count, ms, ratio, seconds, section, share } from "./_option_fields.ts";

export const BOOK_CONDUCT_DETECTION = {
  quoteStuffing: section({
    perSecondMin: ratio(1, 100_000).default(90).describe("Changes at the touch in a second, at least"),
    rateRatio: ratio(1, 1_000).default(5).describe("The same over their trailing median"),
    cancelShare: share().default(0.8).describe("Of what was added, withdrawn"),
    netMoveSpreads: ratio(0, 100).default(2).describe("Net move of the mid, in usual spreads, at most"),
    orderToTrade: ratio(1, 100_000).default(25).describe("Changes for each trade, at least"),
  }),
  spoofing: section({
    sizeRatio: ratio(1, 100).default(8).describe("Displayed size over the usual size of a level, near the touch"),
    tailMax: share().default(1e-2).describe(
      "Share of the additions near the touch that are larger, at most; also of layers",
    ),
    distanceBps: ratio(0.1, 100).default(3).describe("From the touch, at most; also of layers"),
    restMs: ms(1, 600_000).default(18_000).describe("From showing to withdrawing, at most; also of layers"),
    withdrawMs: ms(1, 600_000).default(4_000).describe("From the opposite trade to the withdrawal, at most"),
    filledShare: share().default(0.15).describe("Of the size that may be filled, at most; also of layers"),
  }),
  layering: section({
    levels: count(2, 20).default(3),
    growMs: ms(1, 60_000).default(100).describe("Time in which the levels grow"),
    sizeRatio: ratio(1, 100).default(1.9).describe("What a level grows by on average, over its usual size"),
    withdrawMs: ms(1, 600_000).default(4_000).describe("From the opposite trade to the withdrawal, at most"),
  }),
  imbalanceFlip: section({
    imbalance: share().default(0.8),
    sizeRatio: ratio(1, 100).default(3).describe("Heavier side over the usual size of the touch"),
    flipMs: ms(1, 60_000).default(600),
    followMs: ms(1, 60_000).default(2_000).describe("The price follows within"),
  }),
  ghostLiquidity: section({
    windowS: seconds(1, 3_600).default(15),
    tradeCount: count(3, 32).default(6).describe("Takings of a side"),
    excessShare: share().default(0.4).describe("Withdrawn share above the usual one, after all takings but one"),
  }),
  flickering: section({
    lifeMs: ms(1, 60_000).default(500).describe("What is short-lived"),
    rateRatio: ratio(1, 1_000).default(2.5).describe("Flickers over their trailing median"),
    flickerShare: share().default(0.55).describe("Of the additions at the touch, at least"),
    perSecondMin: ratio(0, 10_000).default(6),
    perSecondMax: ratio(0, 10_000).default(42).describe("More is quote stuffing"),
    windowS: seconds(1, 60).default(5),
  }),
};

export const TRADE_CONDUCT_DETECTION = {
  washTrading: section({
    windowS: seconds(1, 3_600).default(60),
    pValue: share().default(1e-5),
    sizeTolerance: share().default(0.02),
    ringOwners: count(2, 8).default(4).describe("Owners of a ring at most"),
  }),
  momentumIgnition: section({
    burstMs: ms(250, 3_750).default(3_000).describe("Longest time of the burst"),
    volumeRatio: ratio(1, 1_000).default(9).describe("Volume one way over what is usual of so long a time"),
    burstShare: share().default(0.8).describe("Share of the volume that was one way"),
    takerShare: share().default(0.85).describe("Of the burst, by one taker, where owners are told"),
    moveSigmas: ratio(1, 100).default(4),
    reversalShare: share().default(0.4),
    reversalS: seconds(1, 3_600).default(30).describe("From the burst to its reversal, at most"),
  }),
  fixPressure: section({
    windowMinutes: ratio(0.5, 60).default(5),
    driftSigmas: ratio(0.5, 100).default(2.5),
    reversalShare: share().default(0.25),
    reversalMinutes: ratio(0.5, 60).default(5).describe("From the end of the window to the reversal, at most"),
    flowShare: share().default(0.35).describe(
      "Share of the volume that went with the least drift; less with a wider one",
    ),
  }),
  pinging: section({
    tinyShare: share().default(0.25).describe("Tiny: below this share of the usual trade"),
    count: count(2, 1_000).default(7),
    windowS: seconds(0.1, 600).default(7),
    largeRatio: ratio(1, 1_000).default(5),
  }),
};
