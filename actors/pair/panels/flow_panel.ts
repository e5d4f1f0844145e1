/**
 * Order flow: what arrived at the book, and what aggressors took.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type AbsentReason, type MetricOptions, OFI_LEVELS, type OfiLevel, US_PER_SECOND } from "../../contract/mod.ts";
import {
  IntegratedOfi,
  MultiLevelOfi,
  OrderFlowImbalance,
  type SignedTrade,
  TradeFlow,
  type TradeSigner,
} from "../../estimators/mod.ts";
import { type Panel, type PanelValues, sizeReason, valueOr } from "./panel.ts";

export interface FlowPanelOptions {
  options: MetricOptions;
  /** Who signs the trades, to say how well the rule does. */
  signer: TradeSigner;
}

type LevelValues = Pick<PanelValues<"flow">, `ofiLevel${OfiLevel}Size`>;

export class FlowPanel implements Panel<"flow"> {
  readonly #signer: TradeSigner;
  readonly #ofi = new OrderFlowImbalance();
  readonly #levels: MultiLevelOfi;
  readonly #integrated: IntegratedOfi;
  readonly #trades: TradeFlow;

  constructor({ options: { flow }, signer }: FlowPanelOptions) {
    this.#signer = signer;
    this.#levels = new MultiLevelOfi({ levels: flow.ofiLevels });
    this.#integrated = new IntegratedOfi({ levels: flow.ofiLevels });
    this.#trades = new TradeFlow({ windowUs: flow.windowS * US_PER_SECOND });
  }

  onTouch(timeUs: number, book: Book): void {
    if (book.fromSnapshot) this.#ofi.restart();
    this.#ofi.update(timeUs, book.bid, book.bidSize, book.ask, book.askSize);
  }

  onBookEvent(timeUs: number, book: Book, settled: boolean): void {
    this.#trades.bookEvent(timeUs);
    if (!settled) return;
    const levels = this.#levels;
    if (book.levelsFromSnapshot) levels.restart();
    if (levels.update(timeUs, book.bids, book.asks)) this.#integrated.update(timeUs, levels.flows, levels.depthSize);
  }

  onTrade({ timeUs, price, size, sign }: SignedTrade): void {
    this.#trades.update(timeUs, price, size, sign);
  }

  values(nowUs: number, book: Book): PanelValues<"flow"> {
    const ofi = this.#ofi;
    const trades = this.#trades;
    for (const estimator of [ofi, this.#levels, this.#integrated, trades]) estimator.advance(nowUs);
    const traded = trades.count > 0;
    const noTrades: AbsentReason = traded ? "undefined" : "no-trades";
    const noSigns: AbsentReason = traded ? "no-signs" : "no-trades";
    const noFlow = sizeReason(book, ofi.sum10s === undefined ? "warming" : "undefined");
    return {
      ofi1sSize: valueOr(ofi.sum1s, noFlow),
      ofi10sSize: valueOr(ofi.sum10s, noFlow),
      ofi10sNormalised: valueOr(ofi.normalised10s, noFlow),
      ...this.#levelValues(book),
      integratedOfi: valueOr(
        this.#integrated.value,
        levelReason(book, 1, this.#integrated.warm ? "undefined" : "warming"),
      ),
      buySize: valueOr(trades.buySize, noSigns),
      sellSize: valueOr(trades.sellSize, noSigns),
      tradeImbalance: valueOr(trades.imbalance, noSigns),
      tradeCount: traded ? trades.count : noTrades,
      tradedPerSecond: valueOr(trades.tradedPerSecond, traded ? "warming" : noTrades),
      vwap: valueOr(trades.vwap, noTrades),
      orderToTradeRatio: valueOr(trades.orderToTradeRatio, noTrades),
      signAgreement: valueOr(this.#signer.agreement, noSigns),
    };
  }

  #levelValues(book: Book): LevelValues {
    const levels = this.#levels;
    const values: Partial<LevelValues> = {};
    for (const level of OFI_LEVELS) {
      values[`ofiLevel${level}Size`] = level > levels.levels
        ? "off"
        : valueOr(levels.sum(level), levelReason(book, level, "warming"));
    }
    return values as LevelValues;
  }

  get estimators() {
    return [
      ["ofi", this.#ofi],
      ["ofiLevels", this.#levels],
      ["ofiIntegrated", this.#integrated],
      ["tradeFlow", this.#trades],
    ] as const;
  }
}

/** Why a figure of a level of the book is absent; where nothing else is wrong `otherwise`. */
function levelReason({ bids, asks }: Book, level: number, otherwise: AbsentReason): AbsentReason {
  if (bids.count + asks.count === 0) return "no-levels";
  if (bids.count === 0 || asks.count === 0) return "one-sided";
  return Math.min(bids.count, asks.count) < level ? "thin-book" : otherwise;
}
