/**
 * Toxic flow: VPIN is in the top percent of its trailing distribution, and high.
 *
 * Logic: VPIN and its distribution function as the metrics have them, at each sample; the case stays open until VPIN has fallen below the
 * 90 % quantile.
 * Input: trades. Score: VPIN's trailing distribution function. Warm-up: that of VPIN. Cost: O(1) per sample.
 * Source: Easley, López de Prado, O'Hara (2012), Flow toxicity and liquidity in a high-frequency world.
 *
 * @module
 */
import { type DetectionOptions, type MetricSample, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";

const QUIET_US = 30 * US_PER_SECOND;
const CALM_CDF = 0.9;
const CRITICAL_VPIN = 0.75;

export class Toxicity implements Detector {
  readonly cases: readonly [Case<"toxicity">];
  readonly #options: DetectionOptions["toxicity"];

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

  onSample({ values: { toxicity: { vpin, vpinCdf } } }: MetricSample, market: MarketView): void {
    if (vpin === undefined || vpinCdf === undefined) return;
    const [one] = this.cases;
    const { timeUs, sequence, sink } = market;
    if (one.isOpen && vpinCdf >= CALM_CDF) one.prolong(timeUs, sequence);
    if (vpinCdf < this.#options.cdf || vpin < this.#options.vpinMin) return;
    if (one.isOpen && vpin <= (one.value("vpin") ?? 0)) return;
    one.tell({
      timeUs,
      sequence,
      score: vpinCdf,
      severity: vpin > CRITICAL_VPIN ? "critical" : "warning",
      evidence: { vpin, cdf: vpinCdf },
    }, sink);
  }

  snapshot(): number[] {
    return [];
  }

  restore(): void {}
}
