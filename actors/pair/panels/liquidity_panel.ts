/**
 * Liquidity: what a size costs, how fast the book comes back, and a score of both.
 *
 * Spread, depth and cost are ranked in hundredths of a pip and base units, not relative to the mid: relative to it, a spread of
 * one tick would be another one with each move, and its rank the rank of the mid.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type AbsentReason, type MetricOptions, US_PER_MS, US_PER_SECOND } from "../../contract/mod.ts";
import {
  buySlippageBps,
  depthWithinBps,
  type LiquidityMeasures,
  LiquidityScore,
  midPrice,
  Resiliency,
  roundTripCostBps,
  sellSlippageBps,
} from "../../estimators/mod.ts";
import { ladderReason, type Panel, type PanelValues, touchReason, valueOr } from "./panel.ts";

export interface LiquidityPanelOptions {
  options: MetricOptions;
  /** One pip, in quote currency. */
  pipSize: number;
}

type Notional = MetricOptions["liquidity"]["notionalsMillion"][number];
interface CostOfSize {
  roundTrip: number | AbsentReason;
  buy: number | AbsentReason;
  sell: number | AbsentReason;
}

const OFF: CostOfSize = { roundTrip: "off", buy: "off", sell: "off" };
const MILLION = 1e6;
/** What the score ranks, whatever else is chosen. */
const SCORE_DISTANCE_BPS = 2;
const SCORE_SIZE = MILLION;
/** Parts of a pip that spreads and costs are compared in. */
const PARTS_PER_PIP = 100;

export class LiquidityPanel implements Panel<"liquidity"> {
  readonly #partSize: number;
  readonly #notionals: readonly Notional[];
  readonly #spreadResiliency: Resiliency;
  readonly #depthResiliency: Resiliency;
  readonly #score: LiquidityScore;

  constructor({ options: { liquidity }, pipSize }: LiquidityPanelOptions) {
    this.#partSize = pipSize / PARTS_PER_PIP;
    this.#notionals = liquidity.notionalsMillion;
    const windowUs = liquidity.resiliencyWindowS * US_PER_SECOND;
    const count = liquidity.resiliencyCount;
    this.#spreadResiliency = new Resiliency({ windowUs, count, depleted: "high" });
    this.#depthResiliency = new Resiliency({ windowUs, count, depleted: "low" });
    this.#score = new LiquidityScore({ windowS: liquidity.rankWindowS });
  }

  onTouch(timeUs: number, { bid, ask, bidSize, askSize, fromSnapshot }: Book): void {
    if (fromSnapshot) {
      this.#spreadResiliency.restart();
      this.#depthResiliency.restart();
    }
    this.#spreadResiliency.update(timeUs, this.#parts(ask - bid));
    this.#depthResiliency.update(timeUs, (bidSize + askSize) / 2);
  }

  onSecond(secondUs: number, passed: number, book: Book): void {
    this.#score.fold(secondUs, passed, this.#spreadResiliency.updatedUs, this.#measures(book));
  }

  values(_nowUs: number, book: Book): PanelValues<"liquidity"> {
    const [million1, million5, million10] = [this.#cost(book, 1), this.#cost(book, 5), this.#cost(book, 10)];
    const measures = this.#measures(book);
    const ranks = this.#score.ranks(measures);
    const warming = touchReason(book, "warming");
    const noSizes = Number.isNaN(book.bidSize + book.askSize) ? "no-sizes" : "warming";
    // A measure that is there lacks time alone; one that is not says why.
    const depthAbsent = Number.isNaN(measures.depth) ? ladderReason(book, touchReason(book, "thin-book")) : "warming";
    const costAbsent = Number.isNaN(measures.cost) ? ladderReason(book, touchReason(book, "undefined")) : "warming";
    const tightnessAbsent = Number.isNaN(measures.spread) ? touchReason(book, "undefined") : "warming";
    const scoreAbsent = [
      [ranks.tightness, tightnessAbsent],
      [ranks.depth, depthAbsent],
      [ranks.cost, costAbsent],
    ].find(([rank]) => rank === undefined)?.[1] as AbsentReason | undefined;
    return {
      xlm1mBps: million1.roundTrip,
      xlm5mBps: million5.roundTrip,
      xlm10mBps: million10.roundTrip,
      buySlippage1mBps: million1.buy,
      buySlippage5mBps: million5.buy,
      buySlippage10mBps: million10.buy,
      sellSlippage1mBps: million1.sell,
      sellSlippage5mBps: million5.sell,
      sellSlippage10mBps: million10.sell,
      spreadResiliencyMs: valueOr(inMs(this.#spreadResiliency.halfLifeUs), warming),
      depthResiliencyMs: valueOr(inMs(this.#depthResiliency.halfLifeUs), touchReason(book, noSizes)),
      score: valueOr(ranks.score, scoreAbsent ?? warming),
      tightnessRank: valueOr(ranks.tightness, tightnessAbsent),
      depthRank: valueOr(ranks.depth, depthAbsent),
      costRank: valueOr(ranks.cost, costAbsent),
      resiliencyRank: valueOr(ranks.resiliency, warming),
    };
  }

  #cost(book: Book, notionalMillion: Notional): CostOfSize {
    if (!this.#notionals.includes(notionalMillion)) return OFF;
    const mid = midPrice(book.bid, book.ask) ?? NaN;
    const size = notionalMillion * MILLION;
    const absent = ladderReason(book, touchReason(book, "thin-book"));
    return {
      roundTrip: valueOr(roundTripCostBps(book.bids, book.asks, mid, size), absent),
      buy: valueOr(buySlippageBps(book.asks, mid, size), absent),
      sell: valueOr(sellSlippageBps(book.bids, mid, size), absent),
    };
  }

  #measures({ bid, ask, bids, asks }: Book): LiquidityMeasures {
    const mid = (bid + ask) / 2;
    const bidDepth = depthWithinBps(bids, mid, SCORE_DISTANCE_BPS) ?? NaN;
    const askDepth = depthWithinBps(asks, mid, SCORE_DISTANCE_BPS) ?? NaN;
    // What is crossed is no bargain: neither its spread nor its cost can be ranked.
    const isCrossed = ask < bid;
    const cost = isCrossed ? NaN : this.#parts(asks.vwapOf(SCORE_SIZE) - bids.vwapOf(SCORE_SIZE));
    const thin = !isCrossed && Number.isNaN(cost) && bids.count > 0 && asks.count > 0;
    return {
      spread: isCrossed ? NaN : this.#parts(ask - bid),
      depth: bidDepth + askDepth,
      cost: thin ? Infinity : cost,
      resiliency: this.#spreadResiliency.halfLifeUs ?? NaN,
    };
  }

  #parts(price: number): number {
    return Math.round(price / this.#partSize);
  }

  get estimators() {
    return [
      ["spreadResiliency", this.#spreadResiliency],
      ["depthResiliency", this.#depthResiliency],
      ["liquidityScore", this.#score],
    ] as const;
  }
}

function inMs(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / US_PER_MS;
}
