import assert from "node:assert/strict";
import { level, quote, START_US } from "../../../tests/support/market_events.ts";
import { Book } from "../../book/mod.ts";
import { emptyEvent, EventFlag, EventKind, type MarketEvent, MetricOptions } from "../../contract/mod.ts";
import { type SignedTrade, TradeSigner } from "../../estimators/mod.ts";
import { FlowPanel } from "./flow_panel.ts";

const MORE = 0;
const LAST = EventFlag.lastOfBatch;
const PICTURE = EventFlag.snapshot;
const S_US = 1_000_000;

/** A panel and its book, told of events as the pair's state tells them. */
class Bench {
  readonly book = new Book();
  readonly panel: FlowPanel;

  constructor(ofiLevels = 3) {
    const options = MetricOptions.parse({ flow: { ofiLevels } });
    this.panel = new FlowPanel({ options, signer: new TradeSigner({ tickSize: 1e-6 }) });
  }

  take(...events: MarketEvent[]): this {
    for (const event of events) {
      const touched = this.book.apply(event);
      if (touched) this.panel.onTouch(event.eventTimeUs, this.book);
      this.panel.onBookEvent(event.eventTimeUs, this.book, (event.flags & LAST) !== 0);
    }
    return this;
  }

  trade(change: Partial<SignedTrade>): this {
    this.panel.onTrade({ timeUs: START_US, price: 1.1, size: 1e6, sign: 1, bid: 1, ask: 2, mid: 1.5, ...change });
    return this;
  }

  values(afterUs = 0) {
    return this.panel.values(START_US + afterUs, this.book);
  }

  get levels() {
    const { ofiLevel1Size, ofiLevel2Size, ofiLevel3Size, ofiLevel4Size } = this.values();
    return [ofiLevel1Size, ofiLevel2Size, ofiLevel3Size, ofiLevel4Size];
  }
}

const bid = (price: number, size: number, flags: number = LAST) => level(START_US, "bid", price, size, flags);
const ask = (price: number, size: number, flags: number = LAST) => level(START_US, "ask", price, size, flags);
const clear = (flags: number): MarketEvent => ({
  ...emptyEvent(),
  kind: EventKind.clear,
  eventTimeUs: START_US,
  flags,
});
const BOOK = [bid(100, 5, MORE), bid(99, 8, MORE), ask(101, 7, MORE), ask(102, 9)];

Deno.test("`FlowPanel` takes the flow of levels at the end of a batch, when the book is consistent", () => {
  const bench = new Bench().take(...BOOK);
  // A bid moves up by a level; in between there are both.
  bench.take(bid(100.5, 5, MORE), bid(100, 0, MORE));
  assert.deepEqual(bench.levels, ["warming", "warming", "thin-book", "off"]);
  bench.take(bid(99, 10));
  assert.deepEqual(bench.levels, [5, 2, "thin-book", "off"]);
  assert.equal(bench.values().ofi10sSize, 5, "as at the touch, which is that of the levels");
});

Deno.test("`FlowPanel` derives no flow from how a new picture of the levels differs", () => {
  for (
    const picture of [
      [clear(MORE), bid(90, 50, MORE), bid(89, 50, MORE), ask(91, 50, MORE), ask(92, 50)],
      [clear(LAST), bid(90, 50, PICTURE), bid(89, 50, PICTURE), ask(91, 50, PICTURE), ask(92, 50, PICTURE | LAST)],
      [bid(100, 50, PICTURE), bid(99, 50, PICTURE), ask(101, 50, PICTURE), ask(102, 50, PICTURE | LAST)],
      // Told level by level, each a batch of its own.
      [bid(100, 50, PICTURE | LAST), bid(99, 50, PICTURE | LAST), ask(101, 50, PICTURE | LAST)],
    ]
  ) {
    const bench = new Bench().take(...BOOK, ...picture);
    assert.deepEqual(bench.levels.slice(0, 2), ["warming", "warming"]);
    bench.take(bid(bench.book.bids.price(0), 51));
    assert.deepEqual(bench.levels.slice(0, 2), [1, 0]);
  }
});

Deno.test("`FlowPanel` starts the levels anew after a picture that a quote ends", () => {
  const touch = (bidPrice: number, flags: number) => ({ ...quote(START_US, bidPrice, 101, 5), flags });
  const bench = new Bench().take(...BOOK.slice(0, 3), ask(102, 9, MORE), touch(100, LAST));
  bench.take(bid(100, 0, PICTURE), bid(98, 50, PICTURE), touch(99, PICTURE | LAST));
  assert.deepEqual(bench.levels.slice(0, 2), ["warming", "warming"]);
  assert.equal(bench.values().ofi10sSize, "warming");
  bench.take(bid(98, 53, MORE), touch(99.5, LAST));
  assert.deepEqual(bench.levels.slice(0, 2), [0, 3]);
  assert.equal(bench.values().ofi10sSize, 5);
});

Deno.test("`FlowPanel` says why a flow is absent", () => {
  const reasons = (bench: Bench) => {
    const { ofi10sSize, ofiLevel1Size, ofiLevel3Size, integratedOfi } = bench.values();
    return [ofi10sSize, ofiLevel1Size, ofiLevel3Size, integratedOfi];
  };
  assert.deepEqual(reasons(new Bench()), ["no-quotes", "no-levels", "no-levels", "no-levels"]);
  const quotesOnly = new Bench().take(quote(START_US, 1, 2, NaN));
  assert.deepEqual(reasons(quotesOnly), ["no-sizes", "no-levels", "no-levels", "no-levels"]);
  assert.deepEqual(reasons(new Bench().take(bid(1, 5))), ["one-sided", "one-sided", "one-sided", "one-sided"]);
  assert.deepEqual(reasons(new Bench().take(...BOOK)), ["warming", "warming", "thin-book", "warming"]);
});

Deno.test("`FlowPanel` has all ten levels where they are asked for, and an integrated flow after thirty intervals", () => {
  const bench = new Bench(10);
  let timeUs = START_US;
  const at = (side: "bid" | "ask", price: number, size: number) => level(timeUs, side, price, size);
  for (let k = 0; k < 10; k++) bench.take(at("bid", 100 - k, 10), at("ask", 101 + k, 10));
  for (let i = 0; i < 40; i++) {
    timeUs = START_US + i * 10 * S_US;
    for (let k = 0; k < 10; k++) bench.take(at("bid", 100 - k, 10 + (i % 3) * (k + 1)));
  }
  const values = bench.values(timeUs - START_US + S_US);
  assert.deepEqual(Object.values(values).filter((value) => value === "off"), []);
  assert.equal(values.ofiLevel1Size, -2);
  assert(typeof values.integratedOfi === "number", `${values.integratedOfi}`);
});

Deno.test("`FlowPanel` tells of trades, and why it cannot", () => {
  const bench = new Bench().take(quote(START_US, 1, 2));
  const names = ["buySize", "tradeImbalance", "tradeCount", "tradedPerSecond", "vwap", "orderToTradeRatio"] as const;
  const told = (afterUs: number) => names.map((name) => bench.values(afterUs)[name]);
  assert.deepEqual(told(0), Array(6).fill("no-trades"));
  bench.trade({ sign: 0 });
  assert.deepEqual(told(0), ["no-signs", "no-signs", 1, "warming", 1.1, 1]);
  bench.trade({ size: 3e6 });
  assert.deepEqual(told(10 * S_US).slice(0, 4), [3e6, 1, 2, 4e5]);
  assert.deepEqual(told(100 * S_US), Array(6).fill("no-trades"));
});
