/**
 * Liquidity hole: nobody quoted for longer than nearly ever, and then the price is elsewhere.
 *
 * Logic: the time between two changes of the book beyond its trailing 99.9 % quantile and a floor, followed by a mid that moved by more
 * than so many standard deviations of so long a time, and by more than the spread. A pause that the feed tells (disconnect, gap) is none.
 * Input: quotes, or levels. Score: 1 − tail probability of the silence.
 * Warm-up: a minute of a market. Cost: a logarithm per batch.
 *
 * @module
 */
import {
  BPS_PER_ONE,
  type DetectionOptions,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const QUIET_US = 5 * US_PER_SECOND;
/** Longer silences are of a closed market. */
const CLOSED_US = US_PER_HOUR;
/** Changes before anything is known of silences. */
const WARMUP_COUNT = 300;
/** The price may take so long to be where it is. */
const SETTLE_US = 300 * US_PER_MS;
const CRITICAL_SIGMAS = 10;

export class LiquidityHole implements Detector {
  readonly cases: readonly [Case<"liquidity-hole">];
  readonly #options: DetectionOptions["liquidityHole"];
  readonly #silences = new TrailingDistribution({ min: 1, max: 4e6, halfLifeUs: 30 * US_PER_MINUTE, perDecade: 12 });
  #lastUs = 0;
  #mid = NaN;
  /** A silence that has ended just now: how long it was, the mid before, until when the price is looked at. */
  #silenceUs = 0;
  #midBefore = NaN;
  #untilUs = 0;
  #startUs = 0;
  /** What pauses were shorter than before it, and how many are longer. */
  #p999Ms = NaN;
  #tail = 1;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.liquidityHole;
    this.cases = [
      maker.case("liquidity-hole", {
        quietUs: QUIET_US,
        sentence: ({ silenceMs = NaN, gapBps = NaN, p999Ms = NaN }) =>
          `No quote for ${(silenceMs / 1_000).toFixed(1)} s, where 99.9 % of pauses are shorter than ${
            (p999Ms / 1_000).toFixed(1)
          } s; then the mid was ${gapBps.toFixed(2)} bps away`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    this.#look(market);
  }

  onSettled(market: MarketView): void {
    this.#look(market);
  }

  #look(market: MarketView): void {
    const { timeUs, mid } = market;
    const silenceUs = timeUs - this.#lastUs;
    if (this.#lastUs > 0 && silenceUs > 0) this.#take(market, silenceUs);
    this.#lastUs = timeUs;
    if (this.#untilUs > 0) this.#judge(market);
    if (mid === mid && !market.suspect) this.#mid = mid;
  }

  #take({ timeUs }: MarketView, silenceUs: number): void {
    const silenceMs = silenceUs / US_PER_MS;
    if (this.#silences.weight >= WARMUP_COUNT && silenceMs >= this.#options.silenceMsMin && silenceUs < CLOSED_US) {
      const p999Ms = this.#silences.quantile(this.#options.quantile)!;
      if (silenceMs > p999Ms) {
        this.#silenceUs = silenceUs;
        this.#p999Ms = p999Ms;
        this.#tail = this.#silences.tail(silenceMs)!;
        this.#midBefore = this.#mid;
        this.#startUs = this.#lastUs;
        this.#untilUs = timeUs + SETTLE_US;
      }
    }
    if (silenceUs < CLOSED_US) this.#silences.add(timeUs, silenceMs);
  }

  #judge(market: MarketView): void {
    const { timeUs, mid, usual, sequence } = market;
    if (timeUs > this.#untilUs) this.#untilUs = 0;
    const sigmaBps = usual.sigmaBps(this.#silenceUs);
    const gapBps = BPS_PER_ONE * Math.log(mid / this.#midBefore);
    if (sigmaBps === undefined || usual.spreadBps === undefined || market.suspect) return;
    const gapSigmas = Math.abs(gapBps) / sigmaBps;
    if (!(gapSigmas > this.#options.sigmas) || Math.abs(gapBps) < usual.spreadBps) return;
    const silenceMs = this.#silenceUs / US_PER_MS;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: this.#startUs,
      score: 1 - this.#tail,
      severity: gapSigmas > CRITICAL_SIGMAS ? "critical" : "warning",
      evidence: { silenceMs, p999Ms: this.#p999Ms, gapBps, gapSigmas },
    }, market.sink);
    this.#untilUs = 0;
  }

  onInterrupted(): void {
    this.#lastUs = this.#untilUs = 0;
  }

  snapshot(): number[] {
    return [
      this.#lastUs,
      this.#mid,
      this.#silenceUs,
      this.#midBefore,
      this.#untilUs,
      this.#startUs,
      this.#p999Ms,
      this.#tail,
      ...joined([this.#silences]),
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#lastUs,
      this.#mid,
      this.#silenceUs,
      this.#midBefore,
      this.#untilUs,
      this.#startUs,
      this.#p999Ms,
      this.#tail,
    ] = state as [number, number, number, number, number, number, number, number];
    separated([this.#silences], state, 8);
  }
}
