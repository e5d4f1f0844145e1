import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { neighbour, watchOrder } from "./watch_order.ts";

Deno.test("`watchOrder()` puts pairs with data first, most traded first, unknown ones last", () => {
  const pairs = ["NZDUSD", "XAUUSD", "USDJPY", "BTCUSD", "EURUSD"];
  deepStrictEqual(watchOrder(pairs, (pair) => pair !== "EURUSD"), ["USDJPY", "NZDUSD", "BTCUSD", "XAUUSD", "EURUSD"]);
});

Deno.test("`neighbour()` moves within the ends of the list", () => {
  const order = ["A", "B", "C"];
  strictEqual(neighbour(order, "A", 1), "B");
  strictEqual(neighbour(order, "C", 1), "C");
  strictEqual(neighbour(order, "A", -1), "A");
  strictEqual(neighbour(order, "A", Infinity), "C");
  strictEqual(neighbour(order, undefined, 1), "A");
  strictEqual(neighbour([], undefined, 1), undefined);
});
