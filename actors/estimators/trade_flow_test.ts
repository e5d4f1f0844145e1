import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { TradeFlow } from "./trade_flow.ts";

const START_US = 1_700_000_000_000_000;
const S_US = 1_000_000;

const close = (actual: number | undefined, expected: number) =>
  assert(Math.abs(actual! - expected) <= 1e-9 * Math.abs(expected), `${actual} is not ${expected}`);

Deno.test("`TradeFlow` gives the figures of a minute of trades, by hand", () => {
  const flow = new TradeFlow();
  flow.bookEvent(START_US);
  for (let i = 0; i < 7; i++) flow.bookEvent(START_US + i * S_US);
  flow.update(START_US + 8 * S_US, 150.01, 3e6, 1);
  flow.update(START_US + 9 * S_US, 150.02, 1e6, 1);
  flow.update(START_US + 9 * S_US, 149.99, 2e6, -1);
  flow.update(START_US + 10 * S_US, 150, 4e6, 0);
  assert.equal(flow.buySize, 4e6);
  assert.equal(flow.sellSize, 2e6);
  assert.equal(flow.imbalance, 2 / 6);
  assert.equal(flow.count, 4);
  assert.equal(flow.tradedPerSecond, 1e6);
  close(flow.vwap, (150.01 * 3 + 150.02 + 149.99 * 2 + 150 * 4) / 10);
  assert.equal(flow.orderToTradeRatio, 2);
});

Deno.test("`TradeFlow` has no figures without a trade, whatever happens in the book", () => {
  const flow = new TradeFlow();
  const figures =
    () => [flow.buySize, flow.sellSize, flow.imbalance, flow.tradedPerSecond, flow.vwap, flow.orderToTradeRatio];
  assert.deepEqual(figures(), Array(6).fill(undefined));
  for (let i = 0; i < 100; i++) flow.bookEvent(START_US + i * S_US);
  assert.deepEqual(figures(), Array(6).fill(undefined));
  assert.equal(flow.count, 0);
  flow.update(START_US + 100 * S_US, 1.1, 1e6, 1);
  flow.advance(START_US + 161 * S_US);
  assert.deepEqual(figures(), Array(6).fill(undefined), "the trade is older than the window");
});

Deno.test("`TradeFlow` knows no sides where nobody does, and one side where the other took nothing", () => {
  const flow = new TradeFlow();
  flow.update(START_US, 1.1, 1e6, 0);
  assert.deepEqual([flow.buySize, flow.sellSize, flow.imbalance], [undefined, undefined, undefined]);
  flow.update(START_US, 1.1, 1e6, -1);
  assert.deepEqual([flow.buySize, flow.sellSize, flow.imbalance], [0, 1e6, -1]);
});

Deno.test("`TradeFlow.tradedPerSecond` is over what has been seen of the window, a tenth of it at least", () => {
  const flow = new TradeFlow({ windowUs: 10 * S_US });
  flow.update(START_US, 1.1, 3e6, 1);
  assert.equal(flow.tradedPerSecond, undefined);
  flow.advance(START_US + 999_999);
  assert.equal(flow.tradedPerSecond, undefined);
  flow.advance(START_US + S_US);
  assert.equal(flow.tradedPerSecond, 3e6);
  flow.advance(START_US + 6 * S_US);
  assert.equal(flow.tradedPerSecond, 5e5);
  flow.update(START_US + 1_000 * S_US, 1.1, 2e6, 1);
  // Ten seconds and what has gone of the slot, a sixth of a second long.
  assert(flow.tradedPerSecond! <= 2e5 && flow.tradedPerSecond! > 2e5 / (1 + 1 / 60));
});

Deno.test("`TradeFlow` takes bursts of one microsecond and windows that slots do not divide", () => {
  for (const windowUs of [S_US, 7 * S_US, 3_600 * S_US]) {
    const flow = new TradeFlow({ windowUs });
    for (let i = 0; i < 1_000; i++) flow.update(START_US + (i % 2), 1.1, 1, 1);
    assert.equal(flow.count, 1_000);
    flow.advance(START_US + windowUs - windowUs / 30);
    assert.equal(flow.count, 1_000);
    flow.advance(START_US + windowUs + windowUs / 30);
    assert.equal(flow.count, 0);
  }
});

interface Trade {
  timeUs: number;
  price: number;
  size: number;
  sign: number;
}

/** Figures of a window from a list of trades, one by one. */
function batch(trades: readonly Trade[], bookEventsUs: readonly number[], nowUs: number) {
  const startUs = (Math.floor(nowUs / S_US) - 60) * S_US;
  const inside = trades.filter(({ timeUs }) => timeUs >= startUs && timeUs <= nowUs);
  const total = (of: (trade: Trade) => number) => inside.reduce((sum, trade) => sum + of(trade), 0);
  return {
    count: inside.length,
    buySize: total(({ size, sign }) => sign > 0 ? size : 0),
    sellSize: total(({ size, sign }) => sign < 0 ? size : 0),
    vwap: total(({ price, size }) => price * size) / total(({ size }) => size),
    perSecond: (total(({ size }) => size) / (nowUs - startUs)) * S_US,
    ratio: bookEventsUs.filter((timeUs) => timeUs >= startUs && timeUs <= nowUs).length / inside.length,
  };
}

const AMAZON = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name:
    "`TradeFlow` gives the figures of a session of shares, executions by their messages (skipped without lob/lobster)",
  ignore: AMAZON.absent,
  fn() {
    const { rowCount, timeUs, type, size, price, direction } = readLobster(AMAZON.path);
    const flow = new TradeFlow();
    const trades: Trade[] = [];
    const bookEventsUs: number[] = [];
    let compared = 0;
    for (let row = 0; row < rowCount; row++) {
      const nowUs = timeUs[row]!;
      if (type[row] === 4 || type[row] === 5) {
        // The order is the maker's: whoever takes is on the other side.
        const trade = { timeUs: nowUs, price: price[row]! / 1e4, size: size[row]!, sign: -direction[row]! };
        flow.update(nowUs, trade.price, trade.size, trade.sign);
        trades.push(trade);
      }
      if (type[row] !== 5) {
        flow.bookEvent(nowUs);
        bookEventsUs.push(nowUs);
      }
      if (row % 5_000 !== 4_999) continue;
      const expected = batch(trades, bookEventsUs, nowUs);
      assert.equal(flow.count, expected.count);
      assert.equal(flow.buySize, expected.buySize);
      assert.equal(flow.sellSize, expected.sellSize);
      close(flow.vwap, expected.vwap);
      close(flow.tradedPerSecond, expected.perSecond);
      close(flow.orderToTradeRatio, expected.ratio);
      compared++;
    }
    assert(compared > 20);
  },
});

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
const DIRECTIONS = `${DATA}/reference/highfrequency/tq_lag2_direction.csv.gz`;

Deno.test({
  name: "`TradeFlow` nets to the signs of the R package highfrequency (skipped without reference/highfrequency)",
  ignore: !existsSync(DIRECTIONS),
  fn() {
    const [head, ...lines] = gunzipSync(Deno.readFileSync(DIRECTIONS)).toString().trimEnd().split("\n");
    const columns = head!.replaceAll('"', "").split(",");
    const direction = columns.findIndex((name) => /direction/i.test(name));
    assert(direction >= 0, head);
    const flow = new TradeFlow({ windowUs: 3_600 * S_US });
    // One share each, so that bought less sold is the sum of the signs, which the package's tests give as −1572.
    for (const line of lines) flow.update(START_US, 1, 1, Number(line.split(",")[direction]));
    assert.equal(flow.buySize! - flow.sellSize!, -1572);
    close(flow.imbalance, -1572 / lines.length);
  },
});
