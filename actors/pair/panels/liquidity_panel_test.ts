import assert from "node:assert/strict";
import { EURUSD, level, quote, START_US } from "../../../tests/support/market_events.ts";
import { Book } from "../../book/mod.ts";
import { MetricOptions, pairSpec } from "../../contract/mod.ts";
import { DepthPanel } from "./depth_panel.ts";
import { LiquidityPanel } from "./liquidity_panel.ts";
import { PricePanel } from "./price_panel.ts";

const { pipSize } = pairSpec(EURUSD);
const SECOND_US = 1_000_000;

/** Three levels a side, a tenth of a pip apart from 1.0999 and 1.1001 on, a million each. */
function bookOf(quoted: boolean, levels: boolean): Book {
  const book = new Book();
  for (let k = 0; levels && k < 3; k++) {
    book.apply(level(START_US, "bid", Number((1.0999 - k * 1e-5).toFixed(5)), 1e6));
    book.apply(level(START_US, "ask", Number((1.1001 + k * 1e-5).toFixed(5)), 1e6));
  }
  if (quoted) book.apply(quote(START_US, 1.0999, 1.1001));
  return book;
}

function panelsOf(input: Parameters<typeof MetricOptions.parse>[0] = {}) {
  const options = MetricOptions.parse(input);
  return {
    depth: new DepthPanel(options),
    liquidity: new LiquidityPanel({ options, pipSize }),
    price: new PricePanel({ options, pipSize }),
  };
}

Deno.test("a feed of quotes alone has no depth and no cost, but its tightness is ranked", () => {
  const { depth, liquidity } = panelsOf();
  const book = bookOf(true, false);
  liquidity.onTouch(START_US, book);
  liquidity.onSecond(START_US + 300 * SECOND_US, 300, book);
  const values = liquidity.values(START_US + 300 * SECOND_US, book);
  assert.equal(values.xlm1mBps, "no-levels");
  assert.equal(values.depthRank, "no-levels");
  assert.equal(values.costRank, "no-levels");
  assert.equal(values.resiliencyRank, "warming");
  assert.equal(values.score, "no-levels");
  assert.equal(values.tightnessRank, 50);
  assert.equal(depth.values(START_US, book).bid2bpsSize, "no-levels");
  assert.equal(depth.values(START_US, book).imbalance2bps, "no-levels");
});

Deno.test("a book of three million has a cost of one, and none of five", () => {
  const { depth, liquidity, price } = panelsOf();
  const book = bookOf(true, true);
  liquidity.onTouch(START_US, book);
  const values = liquidity.values(START_US, book);
  assert(Math.abs(Number(values.xlm1mBps) - 1e4 * 0.0002 / 1.1) < 1e-9);
  assert.equal(values.xlm5mBps, "thin-book");
  assert.equal(values.sellSlippage10mBps, "thin-book");
  assert.equal(values.score, "warming");
  const sizes = depth.values(START_US, book);
  assert.deepEqual([sizes.bid1bpsSize, sizes.ask1bpsSize, sizes.imbalance1bps], [1e6 * 2, 1e6 * 2, 0]);
  assert.equal(sizes.bid2bpsSize, 3e6);
  assert.equal(price.values(START_US, book).microprice, "warming");
});

Deno.test("what is not chosen is off, and the score does not depend on it", () => {
  const { depth, liquidity } = panelsOf({ depth: { distancesBps: [5] }, liquidity: { notionalsMillion: [] } });
  const book = bookOf(true, true);
  liquidity.onTouch(START_US, book);
  liquidity.onSecond(START_US + 300 * SECOND_US, 300, book);
  const values = liquidity.values(START_US, book);
  assert.deepEqual([values.xlm1mBps, values.buySlippage5mBps, values.sellSlippage10mBps], ["off", "off", "off"]);
  assert.deepEqual([values.tightnessRank, values.depthRank, values.costRank], [50, 50, 50]);
  const sizes = depth.values(START_US, book);
  assert.deepEqual([sizes.bid2bpsSize, sizes.imbalance10bps, sizes.ask5bpsSize], ["off", "off", 3e6]);
});

Deno.test("a side that is empty is why there is no figure of both", () => {
  const { depth, liquidity, price } = panelsOf();
  const book = bookOf(false, true);
  for (let k = 0; k < 3; k++) book.apply(level(START_US, "ask", Number((1.1001 + k * 1e-5).toFixed(5)), 0));
  assert.equal(liquidity.values(START_US, book).xlm1mBps, "one-sided");
  assert.equal(liquidity.values(START_US, book).score, "one-sided");
  assert.equal(depth.values(START_US, book).imbalance1bps, "one-sided");
  assert.equal(depth.values(START_US, book).bidLevelsSize, 3e6);
  assert.equal(price.values(START_US, book).microprice, "one-sided");
});

Deno.test("the panel of liquidity ranks a spread by the tick, wherever the mid is", () => {
  const { liquidity } = panelsOf();
  for (let second = 1; second <= 300; second++) {
    const book = new Book();
    const bid = 1.1 + second * 1e-5;
    book.apply(quote(START_US + second * SECOND_US, bid, bid + 2e-5));
    liquidity.onTouch(START_US + second * SECOND_US, book);
    liquidity.onSecond(START_US + second * SECOND_US, 1, book);
    if (second === 300) assert.equal(liquidity.values(START_US, book).tightnessRank, 50);
  }
});

Deno.test("a crossed touch is not the tightest there was: it has no rank, and leaves none behind", () => {
  const { liquidity } = panelsOf();
  const book = bookOf(true, true);
  liquidity.onTouch(START_US, book);
  liquidity.onSecond(START_US + 300 * SECOND_US, 300, book);
  book.apply(quote(START_US + 300 * SECOND_US, 1.1002, 1.1001));
  liquidity.onTouch(START_US + 300 * SECOND_US, book);
  const crossed = liquidity.values(START_US + 300 * SECOND_US, book);
  assert.deepEqual([crossed.tightnessRank, crossed.costRank, crossed.score], ["undefined", "undefined", "undefined"]);
  liquidity.onSecond(START_US + 400 * SECOND_US, 100, book);
  book.apply(quote(START_US + 400 * SECOND_US, 1.0999, 1.1001));
  liquidity.onTouch(START_US + 400 * SECOND_US, book);
  assert.equal(liquidity.values(START_US + 400 * SECOND_US, book).tightnessRank, 50);
});
