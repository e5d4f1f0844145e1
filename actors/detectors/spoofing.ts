/**
 * Spoofing and layering: sizes on one side near the touch, a trade on the other, and then they are withdrawn, not filled.
 *
 * Logic: sizes that are shown are followed (`_shown_sizes.ts`). One that goes in one go, hardly filled, after a short rest, soon after a
 * trade on the other side, is a spoof where it alone was many times a usual level, and layering where three or more of its side came
 * and went together. Sizes shown on both sides at once are a maker's. Repetition within a case raises the severity.
 * Input: levels, every change of them; single orders where they are told; trades. Score: 1 − tail probability of such a size among all
 * additions near the touch; of several, the sum of their sizes counts.
 * Warm-up: a minute of a market. Cost: a logarithm per addition near the touch, a walk over 24 sizes per large one.
 * Limits: what is shown for more than half a minute, or withdrawn bit by bit, is taken for genuine; on levels without orders, whoever adds
 * and takes at the same price in the same moment is counted in. It is consistent with spoofing, no more.
 * Source: CFTC orders against Coscia (2013), Sarao (2015) and others for sizes and times; Fabre, Challet (2025) for rests.
 *
 * @module
 */
import { type DetectionOptions, Side, US_PER_HOUR, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { type ShownSize, ShownSizes } from "./_shown_sizes.ts";
import { joined, separated } from "./_state.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import type { OrderChange } from "./order_tape.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const QUIET_US = 15 * US_PER_SECOND;
/** Layers go within so long of each other. */
const TOGETHER_US = 1_500 * US_PER_MS;
/** A size that appears on the other side within so long makes the two a maker's. */
const TWO_SIDED_US = 1_000 * US_PER_MS;
/** Orders of one price that come within so long are one size. */
const PIECES_US = 100 * US_PER_MS;
const CRITICAL_RATIO = 10;
const CRITICAL_REPEATS = 3;
const CRITICAL_LEVELS = 5;
/** Layers count from this share of the ratio that one alone must have. */
const PIECE_RATIO_MIN = 0.9;

export class Spoofing implements Detector {
  readonly cases: readonly [Case<"spoofing">, Case<"layering">];
  readonly #spoof: DetectionOptions["spoofing"];
  readonly #layer: DetectionOptions["layering"];
  readonly #shown: ShownSizes;
  readonly #additions = new TrailingDistribution({ min: 0.01, max: 1e3, halfLifeUs: US_PER_HOUR, perDecade: 20 });
  #repeats = 0;

  constructor(maker: DetectorMaker) {
    this.#spoof = maker.options.spoofing;
    this.#layer = maker.options.layering;
    this.#shown = new ShownSizes({
      pieceRatio: Math.max(PIECE_RATIO_MIN, Math.min(this.#layer.sizeRatio, this.#spoof.sizeRatio) * PIECE_RATIO_MIN),
      distanceBps: this.#spoof.distanceBps,
      growUs: PIECES_US,
      restUs: this.#spoof.restMs * US_PER_MS,
    });
    const side = (bidSide: number | undefined) => bidSide === 1 ? "bid" : "ask";
    this.cases = [
      maker.case("spoofing", {
        quietUs: QUIET_US,
        sentence: (
          { displayedSize = NaN, sizeRatio = NaN, restingMs = NaN, afterTradeMs = NaN, bidSide, repeatCount = 1 },
        ) =>
          `${million(displayedSize)} M stood on the ${side(bidSide)}, ${
            sizeRatio.toFixed(1)
          } times a usual level, for ${seconds(restingMs)} s and went unfilled ${
            seconds(afterTradeMs)
          } s after a trade on the other side${
            repeatCount > 1 ? `, ${repeatCount} times` : ""
          }: consistent with spoofing`,
      }),
      maker.case("layering", {
        quietUs: QUIET_US,
        sentence: ({ levelCount = NaN, displayedSize = NaN, restingMs = NaN, afterTradeMs = NaN, bidSide }) =>
          `${levelCount} levels of the ${side(bidSide)} grew together by ${million(displayedSize)} M, stood for ${
            seconds(restingMs)
          } s and went unfilled ${seconds(afterTradeMs)} s after a trade on the other side: consistent with layering`,
      }),
    ];
  }

  onLevel(change: LevelChange, market: MarketView): void {
    if (market.orders.count > 0) return;
    if (change.added > 0) this.#learn(change.added, market);
    this.#gone(this.#shown.level(change, market), market);
  }

  onOrder(change: OrderChange, market: MarketView): void {
    if (change.before === 0) this.#learn(change.after, market);
    this.#gone(this.#shown.order(change, market), market);
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    this.#shown.trade(trade, market);
  }

  #learn(size: number, { timeUs, usual: { levelSize } }: MarketView): void {
    if (levelSize !== undefined && !this.cases[0].isOpen && !this.cases[1].isOpen) {
      this.#additions.add(timeUs, size / levelSize);
    }
  }

  #gone(size: ShownSize | undefined, market: MarketView): void {
    if (size === undefined || size.oppositeSize === 0) return;
    const { timeUs } = market;
    const restUs = timeUs - size.bornUs;
    if (restUs > this.#spoof.restMs * US_PER_MS || size.filled > this.#spoof.filledShare * size.size) return;
    const layers = this.#layersOf(size, timeUs);
    if (layers.length >= this.#layer.levels) return this.#tellLayering(size, layers, market);
    // Layers of it that have not gone yet: wait for them.
    if (this.#shown.companions(size, this.#layer.growMs * US_PER_MS) >= this.#layer.levels - 1) return;
    if (size.size < this.#spoof.sizeRatio * size.unit || this.#isTwoSided(size)) return;
    if (timeUs - size.oppositeUs > this.#spoof.withdrawMs * US_PER_MS) return;
    const score = 1 - (this.#additions.tail(size.size / size.unit) ?? 1);
    if (1 - score > this.#spoof.tailMax) return;
    const [one] = this.cases;
    this.#repeats = one.isOpen ? this.#repeats + 1 : 1;
    const sizeRatio = size.size / size.unit;
    one.tell({
      timeUs,
      sequence: market.sequence,
      startUs: size.bornUs,
      sequenceFirst: size.sequence,
      score,
      severity: sizeRatio > CRITICAL_RATIO || this.#repeats >= CRITICAL_REPEATS ? "critical" : "warning",
      evidence: {
        displayedSize: size.size,
        usualSize: size.unit,
        sizeRatio,
        withdrawnSize: size.size - size.filled,
        filledSize: size.filled,
        oppositeSize: size.oppositeSize,
        restingMs: restUs / US_PER_MS,
        afterTradeMs: (timeUs - size.oppositeUs) / US_PER_MS,
        distanceBps: size.distanceBps,
        repeatCount: this.#repeats,
        bidSide: size.side === Side.bid ? 1 : 0,
      },
    }, market.sink);
  }

  /** Sizes of its side that came with it and have gone with it, itself among them, one a price. */
  #layersOf(size: ShownSize, timeUs: number): ShownSize[] {
    const layers: ShownSize[] = [];
    for (const one of this.#shown.slots) {
      if (one.side !== size.side || one.goneUs === 0 || timeUs - one.goneUs > TOGETHER_US) continue;
      if (Math.abs(one.bornUs - size.bornUs) > this.#layer.growMs * US_PER_MS || one.oppositeSize === 0) continue;
      if (one.size < this.#layer.sizeRatio * PIECE_RATIO_MIN * one.unit) continue;
      if (!layers.some(({ price }) => price === one.price)) layers.push(one);
    }
    return layers;
  }

  #isTwoSided(size: ShownSize): boolean {
    return this.#shown.slots.some((one) =>
      one.side !== 0 && one.side !== size.side && Math.abs(one.bornUs - size.bornUs) < TWO_SIDED_US &&
      one.size > 0.5 * size.size
    );
  }

  #tellLayering(size: ShownSize, layers: readonly ShownSize[], market: MarketView): void {
    const { timeUs, sequence } = market;
    const total = layers.reduce((sum, one) => sum + one.size, 0);
    const oppositeUs = Math.max(...layers.map((one) => one.oppositeUs));
    if (timeUs - oppositeUs > this.#layer.withdrawMs * US_PER_MS) return;
    const score = 1 - (this.#additions.tail(total / size.unit) ?? 1);
    if (1 - score > this.#spoof.tailMax) return;
    const first = layers.reduce((a, b) => a.bornUs <= b.bornUs ? a : b);
    this.cases[1].tell({
      timeUs,
      sequence,
      startUs: first.bornUs,
      sequenceFirst: first.sequence,
      score,
      severity: layers.length >= CRITICAL_LEVELS ? "critical" : "warning",
      evidence: {
        levelCount: layers.length,
        displayedSize: total,
        usualSize: size.unit,
        withdrawnSize: total - layers.reduce((sum, one) => sum + one.filled, 0),
        oppositeSize: Math.max(...layers.map((one) => one.oppositeSize)),
        restingMs: (timeUs - first.bornUs) / US_PER_MS,
        afterTradeMs: (timeUs - oppositeUs) / US_PER_MS,
        bidSide: size.side === Side.bid ? 1 : 0,
      },
    }, market.sink);
  }

  onInterrupted(): void {
    this.#shown.interrupt();
  }

  snapshot(): number[] {
    return [this.#repeats, ...joined([this.#shown, this.#additions])];
  }

  restore(state: readonly number[]): void {
    this.#repeats = state[0]!;
    separated([this.#shown, this.#additions], state, 1);
  }
}

const million = (size: number): string => (size / 1e6).toPrecision(3);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
