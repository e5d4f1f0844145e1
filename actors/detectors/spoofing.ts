/**
 * Spoofing and layering: sizes on one side near the touch, a trade on the other, and then they are withdrawn, not filled.
 *
 * Logic: sizes that are shown are followed (`_shown_sizes.ts`). One that goes in one go, hardly filled, after a short rest, soon after a
 * trade on the other side, is a spoof where it alone is strong enough: its ratio to a usual level, less behind the touch, where sizes are
 * larger anyway; with single orders, more where a genuine order of the other side was filled meanwhile, less where none was. It is layering
 * where three or more of its side came in one moment and went one after another. What is replaced in the same batch is quoted anew; a like
 * size of the other side at the same time is a maker's; one that follows at once is a flip; layers from the touch on that go right after a
 * trade of their own side are ghosts. A second one of a case need not be as strong.
 * All is judged half a second after it went: trades that are told late explain it until then.
 * Input: levels, every change of them; trades with sides; single orders where they are told.
 * Score: 1 − tail probability of such a strength among all additions near the touch; of layers, of their total.
 * Warm-up: a minute of a market. Cost: a logarithm per addition near the touch, a walk over 32 sizes per large one and per trade.
 * Limits: what is shown for more than a quarter of a minute, or withdrawn bit by bit, is taken for genuine; on levels without orders,
 * whoever adds and takes at the same price in the same moment is counted in. It is consistent with spoofing, no more.
 * Source: CFTC orders against Coscia (2013), Sarao (2015) and others for sizes and times; Fabre, Challet (2025) for rests.
 *
 * @module
 */
import { type DetectionOptions, Side, US_PER_HOUR, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { awayBps, type ShownSize, ShownSizes } from "./_shown_sizes.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { EXPLAIN_US_MAX, type LevelChange, type TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import type { OrderChange } from "./order_tape.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const QUIET_US = 20 * US_PER_SECOND;
/** Layers go within so long of each other. */
const TOGETHER_US = 500 * US_PER_MS;
/** A size on the other side that follows within so long, and is so large against it, makes the two a flip. */
const FLIP_US = 600 * US_PER_MS;
const FLIP_SHARE = 0.4;
/** Orders of one price that come within so long are one size. */
const PIECES_US = 100 * US_PER_MS;
/** Up to so many usual spreads behind the touch a size counts whole, then less in proportion; beyond the last it is not looked at. */
const NEAR_SPREADS = 0.7;
const FAR_SPREADS = 2.2;
/** What went was quoted anew where its side was given this share of it in the same batch. */
const REPLACED_SHARE = 0.05;
const REPLACED_LAYER = 0.1;
/** It, or the layers that went together, are so much of what their side lost in that batch at least. */
const ALONE_MIN = 0.8;
const REST_US_MIN = 250 * US_PER_MS;
/** Strength where orders are told: with a genuine order that was filled meanwhile, and without. */
const GENUINE_WEIGHT = 1.6;
const ALONE_WEIGHT = 0.4;
/** The same where the price has come to it: whoever meant it may have thought better of it. */
const REACHED_WEIGHT = 0.5;
/** The same where the trade on the other side came before the size, not while it stood. */
const EARLY_WEIGHT = 0.7;
/** The genuine order is filled so long before the withdrawal at least. */
const REACTION_US_MIN = 250 * US_PER_MS;
/** Layers that are at the touch and go so soon after a trade of their side are ghosts. */
const GHOST_US = 250 * US_PER_MS;
const TOUCH_SPREADS = 0.05;
/** Strength that a repetition must have, of what the first one must. */
const REPEAT_SHARE = 0.6;
/** Smallest piece of a size, and smallest layer, in usual sizes of a level. */
const PIECE_RATIO_MIN = 0.9;
const LAYER_RATIO_MIN = 1.1;
/** Layers differ by so much at most. */
const LIKE_RATIO = 3;
/** The next layer is so far behind at most, usual spreads. */
const LAYER_GAP_SPREADS = 1.5;
/** Both sides of a maker's quotes come within so long. */
const QUOTE_US = 30 * US_PER_MS;
const CRITICAL_RATIO = 10;
const CRITICAL_REPEATS = 3;
const CRITICAL_LEVELS = 5;

export class Spoofing implements Detector {
  readonly cases: readonly [Case<"spoofing">, Case<"layering">];
  readonly #spoof: DetectionOptions["spoofing"];
  readonly #layer: DetectionOptions["layering"];
  readonly #shown: ShownSizes;
  readonly #additions = new TrailingDistribution({ min: 0.01, max: 1e3, halfLifeUs: US_PER_HOUR, perDecade: 20 });
  #repeats = 0;
  /** When something that went is to be judged; 0 for nothing. */
  #dueUs = 0;

  constructor(maker: DetectorMaker) {
    this.#spoof = maker.options.spoofing;
    this.#layer = maker.options.layering;
    this.#shown = new ShownSizes({
      pieceRatio: PIECE_RATIO_MIN,
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
    if (change.added > 0 && market.orders.count === 0) this.#learn(change.added, change.distanceBps, market);
    if (this.#shown.level(change, market)) this.#wait(market.timeUs);
  }

  onOrder(change: OrderChange, market: MarketView): void {
    if (change.before === 0) {
      this.#learn(change.after, awayBps(change.side, change.price, market), market);
    }
    if (this.#shown.order(change, market)) this.#wait(market.timeUs);
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    this.#shown.trade(trade, market);
  }

  onSettled(market: MarketView): void {
    if (this.#dueUs === 0) return this.#shown.clearBatch();
    this.#shown.settle(market.timeUs);
    if (market.timeUs >= this.#dueUs) this.#judgeAll(market);
  }

  #learn(size: number, distanceBps: number, { timeUs, usual: { levelSize, spreadBps } }: MarketView): void {
    if (levelSize === undefined || spreadBps === undefined || this.cases[0].isOpen || this.cases[1].isOpen) return;
    const spreads = distanceBps / spreadBps;
    if (spreads <= FAR_SPREADS) this.#additions.add(timeUs, strengthOf(size / levelSize, spreads));
  }

  #wait(timeUs: number): void {
    if (this.#dueUs === 0) this.#dueUs = timeUs + EXPLAIN_US_MAX;
  }

  #judgeAll(market: MarketView): void {
    const { timeUs } = market;
    this.#dueUs = 0;
    for (const size of this.#shown.slots) {
      if (size.side === 0 || size.goneUs === 0 || size.judged === 1) continue;
      const layers = this.#layersOf(size);
      const goneUs = layers.reduce((latest, one) => Math.max(latest, one.goneUs), size.goneUs);
      const dueUs = goneUs + EXPLAIN_US_MAX;
      if (timeUs < dueUs) {
        this.#dueUs = this.#dueUs === 0 ? dueUs : Math.min(this.#dueUs, dueUs);
        continue;
      }
      size.judged = 1;
      if (layers.length >= this.#layer.levels && isCompact(layers)) {
        for (const one of layers) one.judged = 1;
        this.#judgeLayers(layers, goneUs, market);
      } else if (this.#companions(size) < this.#layer.levels - 1) this.#judge(size, market);
    }
  }

  #judge(size: ShownSize, market: MarketView): void {
    const { restMs, filledShare, sizeRatio, withdrawMs, tailMax } = this.#spoof;
    const restUs = size.goneUs - size.bornUs;
    const afterUs = size.goneUs - size.oppositeUs;
    if (size.oppositeSize === 0 || afterUs > withdrawMs * US_PER_MS) return;
    if (restUs < REST_US_MIN || restUs > restMs * US_PER_MS || size.filled > filledShare * size.size) return;
    if (
      size.spreads > FAR_SPREADS || size.replaced > REPLACED_SHARE || size.alone < ALONE_MIN || this.#isOfMaker(size)
    ) return;
    const [one] = this.cases;
    const ratio = size.size / size.unit;
    const strength = strengthOf(ratio, size.spreads);
    const needed = sizeRatio * (one.isOpen ? REPEAT_SHARE : 1);
    if (strength * this.#weightOf(size, market) < needed) return;
    const tail = this.#additions.tail(strength) ?? 1;
    if (tail > tailMax) return;
    this.#repeats = one.isOpen ? this.#repeats + 1 : 1;
    one.tell({
      timeUs: market.timeUs,
      sequence: market.sequence,
      startUs: size.bornUs,
      sequenceFirst: size.sequence,
      score: 1 - tail,
      severity: ratio > CRITICAL_RATIO || this.#repeats >= CRITICAL_REPEATS ? "critical" : "warning",
      evidence: {
        displayedSize: size.size,
        usualSize: size.unit,
        sizeRatio: ratio,
        withdrawnSize: size.size - size.filled,
        filledSize: size.filled,
        oppositeSize: size.oppositeSize,
        restingMs: restUs / US_PER_MS,
        afterTradeMs: afterUs / US_PER_MS,
        distanceBps: size.distanceBps,
        repeatCount: this.#repeats,
        bidSide: size.side === Side.bid ? 1 : 0,
      },
    }, market.sink);
  }

  /** What a strength counts for: by what single orders say of a genuine one, how near the price has come, and when the trade was. */
  #weightOf({ genuineUs, goneUs, goneSpreads, bornUs, oppositeUs }: ShownSize, { orders }: MarketView): number {
    const reached = goneSpreads < TOUCH_SPREADS ? REACHED_WEIGHT : 1;
    if (orders.count === 0) return reached * (oppositeUs < bornUs ? EARLY_WEIGHT : 1);
    const afterUs = goneUs - genuineUs;
    const isMeant = afterUs > REACTION_US_MIN && afterUs < this.#spoof.withdrawMs * US_PER_MS;
    return reached * (isMeant ? GENUINE_WEIGHT : ALONE_WEIGHT);
  }

  /** A like size came on the other side with it, or one of the two as soon as the other had gone. */
  #isOfMaker(size: ShownSize): boolean {
    return size.paired === 1 ||
      this.#shown.slots.some((one) =>
        one.side !== 0 && one.side !== size.side && one.size > FLIP_SHARE * size.size &&
        (follows(one, size) || follows(size, one)) && one.spreads < FAR_SPREADS
      );
  }

  /** How many of its side that are like it came with it, whether they have gone or not. */
  #companions(size: ShownSize): number {
    let count = 0;
    for (const one of this.#shown.slots) {
      if (one === size || one.side !== size.side) continue;
      if (Math.abs(one.bornUs - size.bornUs) > this.#layer.growMs * US_PER_MS) continue;
      if (one.size > 0.5 * size.size && one.size < 2 * size.size) count++;
    }
    return count;
  }

  /** Sizes of its side that came with it and have gone with it, itself among them, one a price. */
  #layersOf(size: ShownSize): ShownSize[] {
    const layers: ShownSize[] = [];
    for (const one of this.#shown.slots) {
      if (one.side !== size.side || one.goneUs === 0 || one.judged === 1 && one !== size) continue;
      if (Math.abs(one.goneUs - size.goneUs) > TOGETHER_US) continue;
      if (Math.abs(one.bornUs - size.bornUs) > this.#layer.growMs * US_PER_MS) continue;
      if (one.size * LIKE_RATIO < size.size || one.size > LIKE_RATIO * size.size) continue;
      if (one.size < LAYER_RATIO_MIN * one.unit || one.replaced > REPLACED_LAYER) continue;
      if (!layers.some(({ price }) => price === one.price)) layers.push(one);
    }
    return layers;
  }

  #judgeLayers(layers: readonly ShownSize[], goneUs: number, market: MarketView): void {
    const first = layers.reduce((a, b) => a.bornUs <= b.bornUs ? a : b);
    const total = layers.reduce((sum, one) => sum + one.size, 0);
    const filled = layers.reduce((sum, one) => sum + one.filled, 0);
    const oppositeUs = Math.max(...layers.map((one) => one.oppositeUs));
    const restUs = goneUs - first.bornUs;
    const { restMs, filledShare, tailMax } = this.#spoof;
    const { withdrawMs, levels, sizeRatio } = this.#layer;
    if (oppositeUs === 0 || goneUs - oppositeUs > withdrawMs * US_PER_MS) return;
    if (restUs < REST_US_MIN || restUs > restMs * US_PER_MS || filled > filledShare * total) return;
    if (!wentAlone(layers) || this.#areGhosts(layers)) return;
    const ratio = total / first.unit;
    const strength = strengthOf(ratio, Math.min(...layers.map(({ spreads }) => spreads)));
    const weight = Math.max(...layers.map((one) => this.#weightOf(one, market)));
    if (strength * weight < levels * sizeRatio || this.#areOfMaker(layers)) return;
    const tail = this.#additions.tail(ratio) ?? 1;
    if (tail > tailMax) return;
    this.cases[1].tell({
      timeUs: market.timeUs,
      sequence: market.sequence,
      startUs: first.bornUs,
      sequenceFirst: first.sequence,
      score: 1 - tail,
      severity: layers.length >= CRITICAL_LEVELS ? "critical" : "warning",
      evidence: {
        levelCount: layers.length,
        displayedSize: total,
        usualSize: first.unit,
        withdrawnSize: total - filled,
        oppositeSize: Math.max(...layers.map((one) => one.oppositeSize)),
        restingMs: restUs / US_PER_MS,
        afterTradeMs: (goneUs - oppositeUs) / US_PER_MS,
        bidSide: first.side === Side.bid ? 1 : 0,
      },
    }, market.sink);
  }

  /** Nearly as many came on the other side in the same moment. */
  #areOfMaker(layers: readonly ShownSize[]): boolean {
    const [first] = layers as [ShownSize];
    let count = 0;
    for (const one of this.#shown.slots) {
      if (one.side === 0 || one.side === first.side) continue;
      if (Math.abs(one.bornUs - first.bornUs) < QUOTE_US && one.size > FLIP_SHARE * first.size) count++;
    }
    return count >= layers.length - 1;
  }

  #areGhosts(layers: readonly ShownSize[]): boolean {
    const firstGoneUs = layers.reduce((first, one) => Math.min(first, one.goneUs), Infinity);
    return layers.some(({ spreads }) => spreads < TOUCH_SPREADS) &&
      layers.some(({ ownUs }) => ownUs > 0 && Math.abs(firstGoneUs - ownUs) < GHOST_US);
  }

  onInterrupted(): void {
    this.#shown.interrupt();
    this.#dueUs = 0;
  }

  snapshot(): number[] {
    return [this.#repeats, this.#dueUs, ...joined([this.#shown, this.#additions])];
  }

  restore(state: readonly number[]): void {
    [this.#repeats, this.#dueUs] = state as [number, number];
    separated([this.#shown, this.#additions], state, 2);
  }
}

/** A size counts less behind the touch, where sizes are larger anyway. */
const strengthOf = (ratio: number, spreads: number): number => ratio / Math.max(1, spreads / NEAR_SPREADS);
/** Layers stand one behind the other, and go the nearest first, or all at once. */
function isCompact(layers: readonly ShownSize[]): boolean {
  const byDistance = [...layers].sort((a, b) => a.distanceBps - b.distanceBps);
  return byDistance.every((one, i) => {
    const before = byDistance[i - 1] ?? one;
    return one.goneUs >= before.goneUs && one.spreads - before.spreads < LAYER_GAP_SPREADS;
  });
}

/** In each of the batches with which some went, they are most of what their side lost. */
function wentAlone(layers: readonly ShownSize[]): boolean {
  return layers.every(({ goneUs }) =>
    layers.reduce((sum, one) => sum + (one.goneUs === goneUs ? one.alone : 0), 0) >= ALONE_MIN
  );
}

const follows = (one: ShownSize, other: ShownSize): boolean =>
  other.goneUs !== 0 && one.bornUs >= other.goneUs && one.bornUs - other.goneUs < FLIP_US;
const million = (size: number): string => (size / 1e6).toPrecision(3);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
