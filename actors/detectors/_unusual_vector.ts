/**
 * A forest as a detector: a case where the vectors of a market score for a while as they hardly ever did.
 *
 * Logic: each vector is scored, then learnt; the odds of scores are smoothed over about
 * a second, as a geometric mean so that one alone is not enough, and measured against their own distribution of the
 * last hour. A score becomes part of that some seconds later, so that those that lead to a case are not what it is measured by. While a
 * case is open nothing is learnt, for five minutes at most.
 *
 * @module
 */
import {
  type AnomalyKind,
  type Feature,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { LevelChange } from "./flow_tape.ts";
import { FeatureVector } from "./forests/mod.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

export type ForestKind = Extract<AnomalyKind, "half-space-trees" | "isolation-forest">;

/** A model of vectors. */
export interface VectorModel extends Estimator {
  /** How unusual a vector is, in [0, 1]; `undefined` before the model knows anything. */
  score(vector: Float64Array): number | undefined;
  learn(vector: Float64Array, timeUs: number): void;
}

/** How a model's scores are told apart. */
export interface UnusualVectorOptions {
  features: readonly Feature[];
  stepMs: number;
  tailMax: number;
  /** Power of the odds of a score: scores of some models lie close together. @default {1} */
  power?: number;
}

const QUIET_US = 10 * US_PER_SECOND;
/** Scores that wait to become part of the distribution: some seconds of them. */
const WAITING_COUNT = 20;
/** Scores that are known before one of them is unusual. */
const WARMUP_COUNT = 1_200;
/** Weight of a new score in the smoothed one. */
const SMOOTHING = 0.3;
/** An open case goes on while scores are among so many of the highest. */
const CALM_TAIL = 0.005;
/** What a feed does as it comes back says nothing of the market. */
const HELD_US = 3 * US_PER_SECOND;
const DISTURBED_US_MAX = 5 * US_PER_MINUTE;
const CRITICAL_TAIL = 1e-7;
/** Scores are near 1 or far below it: their odds have room above. */
const ODDS_FLOOR = 1e-6;

const WORDS: Readonly<Record<Feature, string>> = {
  "spread": "the spread",
  "touch-size": "the size at the touch",
  "imbalance": "the imbalance of the book",
  "order-flow": "the order flow",
  "return": "the return",
  "message-rate": "the rate of messages",
  "trade-rate": "the rate of trades",
  "cancel-share": "the share of cancellations",
  "microprice": "the microprice",
};

export class UnusualVector implements Detector {
  readonly cases: readonly [Case<ForestKind>];
  readonly #model: VectorModel;
  readonly #vector: FeatureVector;
  readonly #tailMax: number;
  readonly #power: number;
  readonly #scores = new TrailingDistribution({ min: 1e-4, max: 1e6, halfLifeUs: US_PER_HOUR, perDecade: 24 });
  readonly #waiting = new Float64Array(WAITING_COUNT).fill(NaN);
  #next = 0;
  #smoothed = NaN;
  #openedUs = 0;
  #heldUs = 0;

  constructor(maker: DetectorMaker, kind: ForestKind, options: UnusualVectorOptions & { model: VectorModel }) {
    const { features, stepMs, tailMax, power = 1, model } = options;
    this.#model = model;
    this.#vector = new FeatureVector(features, stepMs * US_PER_MS);
    this.#tailMax = tailMax;
    this.#power = power;
    this.cases = [
      maker.case(kind, {
        quietUs: QUIET_US,
        sentence: ({ featureIndex = 0, featureBands = NaN }) =>
          `The market was unlike its recent past; ${WORDS[features[featureIndex]!]} was furthest out, ${
            Math.abs(featureBands).toFixed(1)
          } times its usual range ${featureBands < 0 ? "below" : "above"} the middle`,
      }),
    ];
  }

  onLevel(change: LevelChange, market: MarketView): void {
    this.#vector.level(change, market);
  }

  onTrade(): void {
    this.#vector.trade();
  }

  onSettled(market: MarketView): void {
    const vector = this.#vector;
    if (market.suspect || !vector.take(market)) return;
    const [one] = this.cases;
    const { timeUs } = market;
    if (timeUs < this.#heldUs) return vector.next(market, false);
    const score = this.#model.score(vector.values);
    const learns = !one.isOpen || timeUs - this.#openedUs > DISTURBED_US_MAX;
    if (score !== undefined) {
      const odds = ((score + ODDS_FLOOR) / (1 - score + ODDS_FLOOR)) ** this.#power;
      this.#smoothed = this.#smoothed === this.#smoothed ? this.#smoothed * (odds / this.#smoothed) ** SMOOTHING : odds;
      this.#judge(score, market);
      if (learns) {
        this.#scores.add(timeUs, this.#waiting[this.#next]!);
        this.#waiting[this.#next] = this.#smoothed;
        this.#next = (this.#next + 1) % WAITING_COUNT;
      }
    }
    if (learns) this.#model.learn(vector.values, timeUs);
    vector.next(market, learns);
  }

  #judge(score: number, { timeUs, sequence, sink }: MarketView): void {
    if (this.#scores.weight < WARMUP_COUNT) return;
    const [one] = this.cases;
    const tail = this.#scores.tail(this.#smoothed)!;
    if (tail > this.#tailMax) {
      if (one.isOpen && tail <= CALM_TAIL) one.prolong(timeUs, sequence);
      return;
    }
    if (!one.isOpen) {
      this.#openedUs = timeUs;
      this.#waiting.fill(NaN);
    }
    const featureIndex = this.#vector.furthest;
    const usualOdds = this.#scores.quantile(0.5)! ** (1 / this.#power);
    one.tell({
      timeUs,
      sequence,
      score: 1 - tail,
      severity: tail < CRITICAL_TAIL ? "warning" : "info",
      evidence: {
        modelScore: score,
        usualScore: usualOdds / (1 + usualOdds),
        featureIndex,
        featureBands: this.#vector.places[featureIndex]! / 2,
      },
    }, sink);
  }

  onInterrupted({ timeUs }: MarketView): void {
    this.#vector.interrupt();
    this.#smoothed = NaN;
    this.#heldUs = timeUs + HELD_US;
  }

  snapshot(): number[] {
    const own = [this.#smoothed, this.#openedUs, this.#heldUs, this.#next, ...this.#waiting];
    return [...own, ...joined([this.#vector, this.#scores, this.#model])];
  }

  restore(state: readonly number[]): void {
    [this.#smoothed, this.#openedUs, this.#heldUs, this.#next] = state as [number, number, number, number];
    this.#waiting.set(state.slice(4, 4 + WAITING_COUNT));
    separated([this.#vector, this.#scores, this.#model], state, 4 + WAITING_COUNT);
  }
}

/** A seed that a pair, a kind and a version of its detector give. */
export function seedOf(text: string): number {
  let seed = 2_166_136_261;
  for (let i = 0; i < text.length; i++) seed = Math.imul(seed ^ text.charCodeAt(i), 16_777_619);
  return seed >>> 0;
}
