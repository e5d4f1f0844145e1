/**
 * Order flow: what arrived at the book, and what aggressors took.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import type { AbsentReason, MetricOptions } from "../../contract/mod.ts";
import { OrderFlowImbalance, type SignedTrade, TradeFlow, type TradeSigner } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, sizeReason, valueOr } from "./panel.ts";

export interface FlowPanelOptions {
  options: MetricOptions;
  /** Who signs the trades, to say how well the rule does. */
  signer: TradeSigner;
}

export class FlowPanel implements Panel<"flow"> {
  readonly #signer: TradeSigner;
  readonly #ofi = new OrderFlowImbalance();
  readonly #trades = new TradeFlow();

  constructor({ signer }: FlowPanelOptions) {
    this.#signer = signer;
  }

  onTouch(timeUs: number, book: Book): void {
    if (book.fromSnapshot) this.#ofi.restart();
    this.#ofi.update(timeUs, book.bid, book.bidSize, book.ask, book.askSize);
  }

  onTrade({ timeUs, price, size, sign }: SignedTrade): void {
    this.#trades.update(timeUs, price, size, sign);
  }

  values(nowUs: number, book: Book): PanelValues<"flow"> {
    const ofi = this.#ofi;
    const trades = this.#trades;
    ofi.advance(nowUs);
    trades.advance(nowUs);
    const noTrades: AbsentReason = trades.count === 0 ? "no-trades" : "undefined";
    const noFlow = sizeReason(book, ofi.sum10s === undefined ? "warming" : "undefined");
    return {
      ofi1sSize: valueOr(ofi.sum1s, noFlow),
      ofi10sSize: valueOr(ofi.sum10s, noFlow),
      ofi10sNormalised: valueOr(ofi.normalised10s, noFlow),
      ofiLevel1Size: "off",
      ofiLevel2Size: "off",
      ofiLevel3Size: "off",
      ofiLevel4Size: "off",
      ofiLevel5Size: "off",
      ofiLevel6Size: "off",
      ofiLevel7Size: "off",
      ofiLevel8Size: "off",
      ofiLevel9Size: "off",
      ofiLevel10Size: "off",
      integratedOfi: "off",
      buySize: valueOr(trades.buySize, noTrades),
      sellSize: valueOr(trades.sellSize, noTrades),
      tradeImbalance: valueOr(trades.imbalance, noTrades === "undefined" ? "no-signs" : noTrades),
      tradeCount: trades.count > 0 ? trades.count : noTrades,
      tradedPerSecond: "off",
      vwap: valueOr(trades.vwap, noTrades),
      orderToTradeRatio: "off",
      signAgreement: valueOr(this.#signer.agreement, noTrades === "undefined" ? "no-signs" : noTrades),
    };
  }

  get estimators() {
    return [["ofi", this.#ofi], ["tradeFlow", this.#trades]] as const;
  }
}
