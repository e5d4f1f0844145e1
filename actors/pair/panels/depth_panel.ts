/**
 * Depth: at the touch, over levels, within distances of the mid.
 *
 * @module
 */
import type { Book, Ladder } from "../../book/mod.ts";
import type { AbsentReason, MetricOptions } from "../../contract/mod.ts";
import {
  depthImbalance,
  depthOverLevels,
  depthWithinBps,
  finite,
  midPrice,
  touchImbalance,
} from "../../estimators/mod.ts";
import { ladderReason, type Panel, type PanelValues, sizeReason, touchReason, valueOr } from "./panel.ts";

type Distance = MetricOptions["depth"]["distancesBps"][number];
interface WithinDistance {
  bid: number | AbsentReason;
  ask: number | AbsentReason;
  imbalance: number | AbsentReason;
}

const OFF: WithinDistance = { bid: "off", ask: "off", imbalance: "off" };

export class DepthPanel implements Panel<"depth"> {
  readonly #levels: number;
  readonly #distancesBps: readonly Distance[];
  readonly estimators = [] as const;

  constructor({ depth }: MetricOptions) {
    this.#levels = depth.levels;
    this.#distancesBps = depth.distancesBps;
  }

  values(_nowUs: number, book: Book): PanelValues<"depth"> {
    const { bids, asks, bidSize, askSize } = book;
    const bidLevels = depthOverLevels(bids, this.#levels);
    const askLevels = depthOverLevels(asks, this.#levels);
    const noLevels = ladderReason(book, "undefined");
    const sizes = sizeReason(book, "undefined");
    const [within1, within2, within5, within10] = [
      this.#within(book, 1),
      this.#within(book, 2),
      this.#within(book, 5),
      this.#within(book, 10),
    ];
    return {
      bidTouchSize: valueOr(finite(bidSize), !Number.isNaN(book.bid) && sizes === "one-sided" ? "no-sizes" : sizes),
      askTouchSize: valueOr(finite(askSize), !Number.isNaN(book.ask) && sizes === "one-sided" ? "no-sizes" : sizes),
      touchImbalance: valueOr(touchImbalance(bidSize, askSize), sizes),
      bidLevelsSize: valueOr(bidLevels, noLevels),
      askLevelsSize: valueOr(askLevels, noLevels),
      levelsImbalance: valueOr(depthImbalance(bidLevels, askLevels), noLevels),
      bid1bpsSize: within1.bid,
      bid2bpsSize: within2.bid,
      bid5bpsSize: within5.bid,
      bid10bpsSize: within10.bid,
      ask1bpsSize: within1.ask,
      ask2bpsSize: within2.ask,
      ask5bpsSize: within5.ask,
      ask10bpsSize: within10.ask,
      imbalance1bps: within1.imbalance,
      imbalance2bps: within2.imbalance,
      imbalance5bps: within5.imbalance,
      imbalance10bps: within10.imbalance,
    };
  }

  #within(book: Book, distanceBps: Distance): WithinDistance {
    if (!this.#distancesBps.includes(distanceBps)) return OFF;
    const mid = midPrice(book.bid, book.ask);
    const sizeOf = (ladder: Ladder) => mid === undefined ? undefined : depthWithinBps(ladder, mid, distanceBps);
    const bid = sizeOf(book.bids);
    const ask = sizeOf(book.asks);
    const absent = ladderReason(book, touchReason(book, "thin-book"));
    return {
      bid: valueOr(bid, absent),
      ask: valueOr(ask, absent),
      imbalance: valueOr(depthImbalance(bid, ask), bid === undefined || ask === undefined ? absent : "undefined"),
    };
  }
}
