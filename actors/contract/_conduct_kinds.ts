/**
 * Kinds of anomaly that are consistent with somebody's conduct. No public data proves intent.
 *
 * @module
 */
import { detector } from "./detector_spec.ts";

export const BOOK_CONDUCT_KINDS = {
  "quote-stuffing": detector("Quote stuffing", {
    family: "conduct",
    needs: ["quotes", "every-change"],
    uses: ["levels", "trades"],
    detector: "quote_stuffing",
    doc: "A burst of messages that neither trades nor moves the price.",
    evidence: {
      peakPerSecond: "Most messages in a second",
      usualPerSecond: "What is usual in this session",
      touchChangeCount: "Changes of the best prices in the case",
      cancelShare: "Share of what was added that was withdrawn",
      tradeCount: "Trades in the case",
      netMoveBps: "Net move of the mid",
    },
  }),
  "spoofing": detector("Spoofing", {
    family: "conduct",
    needs: ["levels", "every-change"],
    uses: ["trades", "orders"],
    detector: "spoofing",
    doc: "A large size on one side, a trade on the other, then the size is withdrawn unfilled.",
    evidence: {
      displayedSize: "Largest size that was shown",
      usualSize: "Usual size of a level",
      sizeRatio: "One over the other",
      withdrawnSize: "Withdrawn after the trade",
      filledSize: "Traded of it",
      oppositeSize: "Traded on the other side meanwhile",
      restingMs: "From showing to withdrawing",
      afterTradeMs: "From the trade to withdrawing",
      distanceBps: "From the touch when it was shown",
      repeatCount: "How often, within the case",
      bidSide: "1 where the size was on the bid",
    },
  }),
  "layering": detector("Layering", {
    family: "conduct",
    needs: ["levels", "every-change"],
    uses: ["trades", "orders"],
    detector: "layering",
    doc: "Three or more levels of one side grow together, the other side trades, and they go together.",
    evidence: {
      levelCount: "Levels that grew and went",
      displayedSize: "Size that was added to them together",
      usualSize: "Usual size of a level",
      withdrawnSize: "Withdrawn after the trade",
      oppositeSize: "Traded on the other side meanwhile",
      restingMs: "From growing to going",
      afterTradeMs: "From the trade to going",
      bidSide: "1 where the levels were on the bid",
    },
  }),
  "imbalance-flip": detector("Imbalance flip", {
    family: "conduct",
    needs: ["sizes", "every-change"],
    detector: "imbalance_flip",
    doc: "The touch turns from one heavy side to the other within half a second, and the price follows.",
    evidence: {
      fromImbalance: "Imbalance before, −1 to 1",
      toImbalance: "Imbalance after",
      flipMs: "How long it took",
      moveBps: "Move of the mid that followed",
      flipCount: "Flips within the case",
    },
  }),
  "ghost-liquidity": detector("Ghost liquidity", {
    family: "conduct",
    needs: ["levels", "trades", "every-change"],
    detector: "ghost_liquidity",
    doc: "What is shown goes right after a trade of its side, far more than usual.",
    evidence: {
      withdrawnShare: "Share of the passive side that went without trading after trades",
      usualShare: "What is usual",
      withdrawnSize: "Size that went so",
      tradeCount: "Trades in the case",
      within1msShare: "Of it, within 1 ms",
    },
  }),
  "flickering": detector("Flickering quotes", {
    family: "conduct",
    needs: ["levels", "every-change"],
    uses: ["orders"],
    detector: "flickering",
    doc: "Sizes at the touch that live for a moment only, far more than usual.",
    evidence: {
      flickerCount: "Short-lived additions in the case",
      flickerPerSecond: "The same a second",
      usualPerSecond: "What is usual",
      medianLifeMs: "Median life of them",
    },
  }),
} as const;

export const TRADE_CONDUCT_KINDS = {
  "wash-trading": detector("Wash trading", {
    family: "conduct",
    needs: ["trades"],
    uses: ["counterparties"],
    detector: "wash_trading",
    doc: "The same owner on both sides or a closed ring; without names, near-equal opposite trades far above chance.",
    evidence: {
      tradeCount: "Trades in the case",
      volumeSize: "Traded together",
      netSize: "What changed hands in the end",
      ownerCount: "Owners in the ring; left out where they are not told",
      matchCount: "Near-equal opposite trades; left out where owners are told",
      expectedCount: "Of those, what chance would give",
      pValue: "Chance of so many or more",
    },
  }),
  "momentum-ignition": detector("Momentum ignition", {
    family: "conduct",
    needs: ["quotes", "trades"],
    detector: "momentum_ignition",
    doc: "A burst of aggressive trades out of a quiet market, a fast move their way, then its reversal.",
    evidence: {
      burstSize: "Traded one way in the burst",
      usualSize: "Usual traded size of so long a time",
      burstShare: "Share of the volume that was one way",
      moveBps: "Move that followed",
      moveSigmas: "The same in standard deviations of so long a time",
      reversalPct: "How much of it was taken back",
    },
  }),
  "fix-pressure": detector("Fix pressure", {
    family: "conduct",
    needs: ["quotes"],
    uses: ["trades"],
    detector: "fix_pressure",
    doc: "Drift within the window of the 16:00 London fix that reverses after it, with one-sided flow.",
    evidence: {
      driftBps: "Drift within the window",
      reversalBps: "Taken back after it",
      flowShare: "Share of the volume that was one way, −1 to 1",
      driftSigmas: "Drift in standard deviations of so long a time",
      usualDriftBps: "Mean absolute drift of earlier windows",
    },
  }),
  "pinging": detector("Pinging", {
    family: "conduct",
    needs: ["trades"],
    uses: ["levels", "orders"],
    detector: "pinging",
    doc: "A run of tiny trades or orders at the touch, then a large one on the same side.",
    evidence: {
      pingCount: "Tiny trades or orders in the run",
      pingSize: "Median size of them",
      largeSize: "The large trade",
      usualSize: "Usual trade size",
      runMs: "From the first ping to the large trade",
      expectedCount: "Tiny ones that so long a time usually has",
    },
  }),
} as const;
