import assert from "node:assert/strict";
import { ladderOf, type Levels, lobsterBooks } from "../../tests/support/ladders.ts";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { Ladder } from "../book/mod.ts";
import { buySlippageBps, roundTripCostBps, sellSlippageBps } from "./round_trip_cost.ts";

const close = (actual: number | undefined, expected: number) =>
  assert(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

// Gomber and Schweickert (2002): a measure of 10 bps means that buying and selling for 25,000 euro costs 25 euro.
Deno.test("`roundTripCostBps()` times the value of an order is what the round trip costs in money", () => {
  const bids = ladderOf("bid", [[99.97, 100], [99.95, 200]]);
  const asks = ladderOf("ask", [[100.03, 100], [100.06, 300]]);
  const shares = 250;
  const paid = 100 * 100.03 + 150 * 100.06;
  const got = 100 * 99.97 + 150 * 99.95;
  const xlm = roundTripCostBps(bids, asks, 100, shares);
  close(xlm, 1e4 * (paid - got) / (shares * 100));
  close((xlm! / 1e4) * shares * 100, paid - got);
});

Deno.test("slippages of both sides add up to the round trip; the touch alone costs the quoted spread", () => {
  const bids = ladderOf("bid", [[1.0999, 1e6], [1.0997, 9e6]]);
  const asks = ladderOf("ask", [[1.1001, 2e6], [1.1004, 8e6]]);
  for (const million of [1, 5, 10]) {
    const size = million * 1e6;
    const both = buySlippageBps(asks, 1.1, size)! + sellSlippageBps(bids, 1.1, size)!;
    close(roundTripCostBps(bids, asks, 1.1, size), both);
  }
  close(roundTripCostBps(bids, asks, 1.1, 1e6), 1e4 * 0.0002 / 1.1);
  // Two million at 1.1001 and three at 1.1004: 1.10028.
  close(buySlippageBps(asks, 1.1, 5e6), 1e4 * 0.00028 / 1.1);
});

Deno.test("a size that the book does not hold has no cost, however little is missing", () => {
  const bids = ladderOf("bid", [[99, 5]]);
  const asks = ladderOf("ask", [[101, 5], [102, 5]]);
  assert.equal(roundTripCostBps(bids, asks, 100, 6), undefined);
  assert.equal(sellSlippageBps(bids, 100, 5.001), undefined);
  assert.equal(buySlippageBps(asks, 100, 10), 150);
  assert.equal(buySlippageBps(asks, 100, 11), undefined);
  assert.equal(roundTripCostBps(new Ladder("bid"), asks, 100, 1), undefined);
  for (const mid of [NaN, 0]) assert.equal(buySlippageBps(asks, mid, 1), undefined);
  assert.equal(buySlippageBps(asks, 100, 0), undefined);
});

const AMZN = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name: "the cost of every hundredth book of Amazon is that of its shares one by one (skipped without lob/lobster)",
  ignore: AMZN.absent,
  fn() {
    const held = new Map<number, number>();
    for (const { bids, asks } of lobsterBooks(readLobster(AMZN.path), 100)) {
      const mid = (bids[0]![0] + asks[0]![0]) / 2;
      for (const shares of [1, 100, 500, 1_000]) {
        const vwap = (levels: Levels) => {
          const prices = levels.flatMap(([price, size]) => Array<number>(size).fill(price)).slice(0, shares);
          return prices.length < shares ? NaN : prices.reduce((total, price) => total + price, 0) / shares;
        };
        const expected = (1e4 * (vwap(asks) - vwap(bids))) / mid;
        const actual = roundTripCostBps(ladderOf("bid", bids), ladderOf("ask", asks), mid, shares);
        if (Number.isNaN(expected)) assert.equal(actual, undefined);
        else assert(Math.abs(actual! - expected) < 1e-7);
        if (actual !== undefined) held.set(shares, (held.get(shares) ?? 0) + 1);
      }
    }
    assert.equal(held.get(1), 1_560);
    assert(held.get(1_000)! > 0 && held.get(1_000)! < held.get(500)! && held.get(500)! < 1_560);
  },
});
