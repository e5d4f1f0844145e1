/**
 * Liquidity: what a size costs, how fast the book comes back, and a score of both.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import type { MetricOptions } from "../../contract/mod.ts";
import type { Panel, PanelValues } from "./panel.ts";

export class LiquidityPanel implements Panel<"liquidity"> {
  readonly estimators = [] as const;

  constructor(_options: MetricOptions) {}

  values(_nowUs: number, _book: Book): PanelValues<"liquidity"> {
    return {
      xlm1mBps: "off",
      xlm5mBps: "off",
      xlm10mBps: "off",
      buySlippage1mBps: "off",
      buySlippage5mBps: "off",
      buySlippage10mBps: "off",
      sellSlippage1mBps: "off",
      sellSlippage5mBps: "off",
      sellSlippage10mBps: "off",
      spreadResiliencyMs: "off",
      depthResiliencyMs: "off",
      score: "off",
      tightnessRank: "off",
      depthRank: "off",
      costRank: "off",
      resiliencyRank: "off",
    };
  }
}
