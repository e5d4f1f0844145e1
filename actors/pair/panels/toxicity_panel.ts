/**
 * Toxicity: how one-sided the traded volume is.
 *
 * @module
 */
import type { MetricOptions } from "../../contract/mod.ts";
import type { Panel, PanelValues } from "./panel.ts";

export class ToxicityPanel implements Panel<"toxicity"> {
  readonly estimators = [] as const;

  constructor(_options: MetricOptions) {}

  values(): PanelValues<"toxicity"> {
    return { vpin: "off", vpinCdf: "off", vpinBucketSize: "off" };
  }
}
