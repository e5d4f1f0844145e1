/**
 * Impact: how far flow moves the mid.
 *
 * @module
 */
import type { MetricOptions } from "../../contract/mod.ts";
import type { TradeSpreads } from "../../estimators/mod.ts";
import type { Panel, PanelValues } from "./panel.ts";

export interface ImpactPanelOptions {
  options: MetricOptions;
  /** Shared with the panel of spreads, which keeps it. */
  tradeSpreads: TradeSpreads;
}

export class ImpactPanel implements Panel<"impact"> {
  readonly estimators = [] as const;

  constructor(_options: ImpactPanelOptions) {}

  values(): PanelValues<"impact"> {
    return {
      kyleBpsPerMillion: "off",
      kyleT: "off",
      kyleR2: "off",
      kyleCount: "off",
      hasbrouckBps: "off",
      hasbrouckT: "off",
      hasbrouckR2: "off",
      amihudPerMillion: "off",
      realizedAmihudPerMillion: "off",
      ofiBpsPerMillion: "off",
      ofiT: "off",
      ofiR2: "off",
      price1sBps: "off",
      price5sBps: "off",
      price30sBps: "off",
      price60sBps: "off",
      price300sBps: "off",
    };
  }
}
