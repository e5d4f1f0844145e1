/**
 * Flickering quotes: sizes that come at the touch and are withdrawn within a moment, far more often than usual.
 *
 * Logic: an addition at or inside the touch that is withdrawn at the same price and size within half a second is a flicker; their rate over
 * the last seconds against its trailing median and a floor, and their share of all additions there: in news all sizes come and go faster,
 * flickers are most of what comes. A rate beyond what flickering is, is stuffing, and told as that; it is not learnt from either.
 * Input: levels; single orders where they are told. Score: 1 − tail probability of the flickers in a window.
 * Warm-up: a minute of a market. Cost: a walk over 16 additions per change at the touch.
 * Limits: a third of all orders lives for less than two seconds; only an excess is told.
 * Source: Hasbrouck, Saar (2009), Technology and liquidity provision: the blurring of traditional definitions.
 *
 * @module
 */
import { type DetectionOptions, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { LevelChange } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

/** Additions that may still be withdrawn. Overflow: the oldest is forgotten. */
const ADDITIONS_MAX = 16;
const FIELDS = 4;
const [TIME, SIDE, PRICE, SIZE] = [0, 1, 2, 3] as const;
/** Whole seconds of the window at most. */
const SECONDS_MAX = 60;
const TOUCH_BPS = 0.02;
const QUIET_US = 4 * US_PER_SECOND;
const WARMUP_COUNT = 60;
/** Seconds on end that are not learnt from, at most. */
const UNLEARNT_MAX = 300;
/** Lives of the last flickers. */
const LIVES = 32;

export class Flickering implements Detector {
  readonly cases: readonly [Case<"flickering">];
  readonly #options: DetectionOptions["flickering"];
  readonly #additions = new Float64Array(ADDITIONS_MAX * FIELDS);
  readonly #counts = new Float64Array(SECONDS_MAX);
  /** Additions at the touch, by the second as `#counts`. */
  readonly #added = new Float64Array(SECONDS_MAX);
  readonly #lives = new Float64Array(LIVES);
  readonly #perWindow = new TrailingDistribution({ min: 0.5, max: 1e5, halfLifeUs: 20 * US_PER_MINUTE, perDecade: 16 });
  #next = 0;
  #second = 0;
  #seconds = 0;
  #flickers = 0;
  #caseCount = 0;
  /** Seconds on end that were too many to be learnt from. */
  #unlearnt = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.flickering;
    this.cases = [
      maker.case("flickering", {
        quietUs: QUIET_US,
        sentence: ({ flickerCount = NaN, flickerPerSecond = NaN, usualPerSecond = NaN, medianLifeMs = NaN }) =>
          `${flickerCount} sizes came and went at the touch, ${flickerPerSecond.toFixed(1)} a second where ${
            usualPerSecond.toFixed(1)
          } are usual, half of them within ${medianLifeMs.toFixed(0)} ms`,
      }),
    ];
  }

  onLevel({ side, price, added, withdrawn, distanceBps }: LevelChange, market: MarketView): void {
    if (!(distanceBps <= TOUCH_BPS)) return;
    const { timeUs } = market;
    if (added > 0) {
      this.#added[this.#second]!++;
      this.#additions.set([timeUs, side, price, added], this.#next * FIELDS);
      this.#next = (this.#next + 1) % ADDITIONS_MAX;
      return;
    }
    if (!(withdrawn > 0)) return;
    for (let k = 1; k <= ADDITIONS_MAX; k++) {
      const at = ((this.#next - k + ADDITIONS_MAX) % ADDITIONS_MAX) * FIELDS;
      const list = this.#additions;
      const lifeUs = timeUs - list[at + TIME]!;
      if (lifeUs > this.#options.lifeMs * US_PER_MS) return;
      if (list[at + SIDE] !== side || list[at + PRICE] !== price || list[at + SIZE] !== withdrawn) continue;
      list[at + SIDE] = 0;
      // A size that is exchanged within one batch has not lived.
      if (lifeUs === 0) return;
      this.#counts[this.#second]!++;
      this.#lives[this.#flickers++ % LIVES] = lifeUs;
      this.#caseCount++;
      return;
    }
  }

  onSecond(market: MarketView): void {
    const { timeUs, sequence } = market;
    const { windowS, perSecondMin, perSecondMax, rateRatio, flickerShare } = this.#options;
    const window = Math.min(SECONDS_MAX, Math.round(windowS));
    let [count, added] = [0, 0];
    for (let back = 0; back < window; back++) {
      const at = (this.#second - back + SECONDS_MAX) % SECONDS_MAX;
      count += this.#counts[at]!;
      added += this.#added[at]!;
    }
    this.#second = (this.#second + 1) % SECONDS_MAX;
    this.#counts[this.#second] = this.#added[this.#second] = 0;
    if (++this.#seconds < window) return;
    const [one] = this.cases;
    const usual = this.#perWindow.weight >= WARMUP_COUNT ? this.#perWindow.quantile(0.5)! : NaN;
    const perSecond = count / window;
    const isMany = perSecond >= perSecondMin && count >= rateRatio * usual;
    if (isMany && perSecond <= perSecondMax && count >= flickerShare * added) {
      if (!one.isOpen) this.#caseCount = count;
      const known = Math.min(LIVES, this.#flickers);
      const lives = this.#lives.slice(0, known).sort();
      one.tell({
        timeUs,
        sequence,
        startUs: timeUs - window * US_PER_SECOND,
        score: 1 - this.#perWindow.tail(count)!,
        severity: "warning",
        evidence: {
          flickerCount: this.#caseCount,
          flickerPerSecond: perSecond,
          usualPerSecond: usual / window,
          medianLifeMs: lives[known >> 1]! / US_PER_MS,
        },
      }, market.sink);
    }
    this.#unlearnt = isMany || one.isOpen ? this.#unlearnt + 1 : 0;
    // What lasts is how it is now.
    if (this.#unlearnt === 0 || this.#unlearnt > UNLEARNT_MAX) this.#perWindow.add(timeUs, count);
  }

  onInterrupted(): void {
    this.#additions.fill(0);
  }

  snapshot(): number[] {
    return [
      this.#next,
      this.#second,
      this.#seconds,
      this.#flickers,
      this.#caseCount,
      this.#unlearnt,
      ...this.#additions,
      ...this.#counts,
      ...this.#added,
      ...this.#lives,
      ...joined([this.#perWindow]),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#next, this.#second, this.#seconds, this.#flickers, this.#caseCount, this.#unlearnt] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    let at = 6;
    for (const list of [this.#additions, this.#counts, this.#added, this.#lives]) {
      list.set(state.slice(at, at += list.length));
    }
    separated([this.#perWindow], state, at);
  }
}
