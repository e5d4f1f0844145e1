/**
 * The thresholds that people write first, as the mark to beat: spread above twice its mean, more than 100 quotes a second, a touch that
 * is 70 % one-sided, an equal buy and sell within a minute.
 *
 * One case for each minute in which a rule holds, so that a rule that is always true is not counted a thousand times.
 *
 * @module
 */
import { EventKind, type MarketEvent, type Pair, Side, US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import type { FoundCase } from "./matching.ts";

const SPREAD_RATIO = 2;
const QUOTES_PER_SECOND_MAX = 100;
const IMBALANCE_MAX = 0.7;
const EQUAL_WITHIN_US = US_PER_MINUTE;
/** Trades that are looked back at. */
const TRADES_MAX = 256;

/** Kinds that a rule stands for. */
export const STATIC_KINDS: Readonly<Record<string, readonly string[]>> = {
  spread: ["spread-blowout"],
  rate: ["quote-stuffing", "flickering"],
  imbalance: ["spoofing", "layering", "imbalance-flip"],
  equal: ["wash-trading"],
};

export class StaticRules {
  readonly cases: FoundCase[] = [];
  readonly #pair: Pair;
  readonly #raisedUs = new Map<string, number>();
  readonly #trades: { timeUs: number; size: number; side: number }[] = [];
  #spreadSum = 0;
  #spreadCount = 0;
  #secondUs = 0;
  #quotes = 0;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  take(event: MarketEvent): void {
    if (event.kind === EventKind.quote) this.#quote(event);
    else if (event.kind === EventKind.level) this.#count(event.eventTimeUs);
    else if (event.kind === EventKind.trade) this.#trade(event);
  }

  #count(timeUs: number): void {
    if (timeUs - this.#secondUs >= US_PER_SECOND) {
      this.#secondUs = timeUs;
      this.#quotes = 0;
    }
    if (++this.#quotes > QUOTES_PER_SECOND_MAX) this.#raise("rate", timeUs);
  }

  #quote({ eventTimeUs, price, price2, size, size2 }: MarketEvent): void {
    this.#count(eventTimeUs);
    const spread = price2 - price;
    if (spread === spread) {
      this.#spreadSum += spread;
      this.#spreadCount++;
      if (spread > (SPREAD_RATIO * this.#spreadSum) / this.#spreadCount) this.#raise("spread", eventTimeUs);
    }
    if (Math.abs(size - size2) / (size + size2) > IMBALANCE_MAX) this.#raise("imbalance", eventTimeUs);
  }

  #trade({ eventTimeUs, size, side }: MarketEvent): void {
    const trades = this.#trades;
    while (trades.length > 0 && eventTimeUs - trades[0]!.timeUs > EQUAL_WITHIN_US) trades.shift();
    const opposite = side === Side.buy ? Side.sell : Side.buy;
    if (trades.some((one) => one.size === size && one.side === opposite)) this.#raise("equal", eventTimeUs);
    trades.push({ timeUs: eventTimeUs, size, side });
    if (trades.length > TRADES_MAX) trades.shift();
  }

  #raise(rule: string, timeUs: number): void {
    if (timeUs - (this.#raisedUs.get(rule) ?? -Infinity) < US_PER_MINUTE) return;
    this.#raisedUs.set(rule, timeUs);
    for (const kind of STATIC_KINDS[rule]!) {
      this.cases.push({
        id: `${this.#pair}-${kind}-${timeUs}`,
        pair: this.#pair,
        kind,
        others: [],
        startUs: timeUs,
        openedUs: timeUs,
        lastUs: timeUs,
        score: 1,
        severity: "warning",
        sentence: rule,
      });
    }
  }
}
