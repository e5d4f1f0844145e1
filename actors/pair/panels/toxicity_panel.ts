/**
 * Toxicity: how one-sided the traded volume is.
 *
 * @module
 */
import { type AbsentReason, type MetricOptions, US_PER_SECOND } from "../../contract/mod.ts";
import { type SignedTrade, Vpin } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, valueOr } from "./panel.ts";

export class ToxicityPanel implements Panel<"toxicity"> {
  readonly #vpin: Vpin;

  constructor({ toxicity: { bulkBarS, ...rest } }: MetricOptions) {
    this.#vpin = new Vpin({ ...rest, bulkBarUs: bulkBarS * US_PER_SECOND });
  }

  onTrade({ timeUs, price, size, sign }: SignedTrade): void {
    this.#vpin.update(timeUs, price, size, sign);
  }

  values(nowUs: number): PanelValues<"toxicity"> {
    const vpin = this.#vpin;
    vpin.advance(nowUs);
    const warming: AbsentReason = vpin.hasTrades ? "warming" : "no-trades";
    const { value, cdf, bucketSize } = vpin;
    return {
      vpin: valueOr(value, vpin.warm ? "no-signs" : warming),
      vpinCdf: valueOr(cdf, value === undefined && vpin.warm ? "no-signs" : warming),
      vpinBucketSize: valueOr(bucketSize, warming),
    };
  }

  get estimators() {
    return [["vpin", this.#vpin]] as const;
  }
}
