/**
 * Toxic flow: VPIN is in the top percent of its trailing distribution, and high.
 *
 * Logic: VPIN as the metrics have it, at each second, against the distribution of its values of the last hours; the case stays open
 * until VPIN has fallen below the 90 % quantile.
 * Input: trades. Score: 1 − tail probability of VPIN. Warm-up: that of VPIN, and ten minutes of it. Cost: O(1) a second.
 * Source: Easley, López de Prado, O'Hara (2012), Flow toxicity and liquidity in a high-frequency world.
 *
 * @module
 */
import { type DetectionOptions, type MetricSample, US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const QUIET_US = 30 * US_PER_SECOND;
const CALM_QUANTILE = 0.9;
/** Seconds with a VPIN before one of them is unusual. */
const WARMUP_COUNT = 600;
const CRITICAL_VPIN = 0.97;
/** Odds of a VPIN of 1 are those of this much less. */
const ODDS_FLOOR = 0.005;

export class Toxicity implements Detector {
  readonly cases: readonly [Case<"toxicity">];
  readonly #options: DetectionOptions["toxicity"];
  readonly #values = new TrailingDistribution({ min: 0.01, max: 1e3, halfLifeUs: 90 * US_PER_MINUTE, perDecade: 40 });

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.toxicity;
    this.cases = [
      maker.case("toxicity", {
        quietUs: QUIET_US,
        sentence: ({ vpin = NaN, cdf = NaN }) =>
          `VPIN was ${vpin.toFixed(2)}, higher than ${
            (100 * cdf).toFixed(1)
          } % of its recent values: flow was one-sided`,
      }),
    ];
  }

  onSample({ timeUs: sampleUs, values: { toxicity: { vpin } } }: MetricSample, market: MarketView): void {
    if (vpin === undefined || sampleUs % US_PER_SECOND !== 0) return;
    const [one] = this.cases;
    const { timeUs, sequence, sink } = market;
    const tail = this.#values.weight >= WARMUP_COUNT ? this.#values.tail(oddsOf(vpin))! : 1;
    if (tail <= 1 - this.#options.cdf && vpin >= this.#options.vpinMin && vpin > (one.value("vpin") ?? 0)) {
      one.tell({
        timeUs,
        sequence,
        score: 1 - tail,
        severity: vpin > CRITICAL_VPIN ? "critical" : "warning",
        evidence: { vpin, cdf: 1 - tail },
      }, sink);
    } else if (one.isOpen && oddsOf(vpin) >= this.#values.quantile(CALM_QUANTILE)!) one.prolong(timeUs, sequence);
    if (!one.isOpen) this.#values.add(timeUs, oddsOf(vpin));
  }

  snapshot(): number[] {
    return joined([this.#values]);
  }

  restore(state: readonly number[]): void {
    separated([this.#values], state);
  }
}

/** VPIN on a scale without an upper end, so that its tail can be told. */
const oddsOf = (vpin: number): number => (vpin + ODDS_FLOOR) / (1 - vpin + ODDS_FLOOR);
