import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { arrange, neighbour, watchOrder } from "./watch_order.ts";

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

Deno.test("`arrange()` lists what is asked for, favourites first, in the order that was chosen", () => {
  const order = ["EURUSD", "USDJPY", "GBPUSD", "EURJPY"];
  const as = (change: Partial<Parameters<typeof arrange>[1]>) =>
    arrange(order, { favourites: new Set(), query: "", sort: undefined, stress: new Map(), ...change });
  deepStrictEqual(as({}), order);
  deepStrictEqual(as({ favourites: new Set(["EURJPY"]) }), ["EURJPY", "EURUSD", "USDJPY", "GBPUSD"]);
  deepStrictEqual(as({ query: "jpy" }), ["USDJPY", "EURJPY"]);
  deepStrictEqual(as({ query: "eur/ jpy" }), ["EURJPY"]);
  deepStrictEqual(as({ query: "XAU" }), []);
  deepStrictEqual(as({ sort: "name" }), ["EURJPY", "EURUSD", "GBPUSD", "USDJPY"]);
  const stress = new Map([["GBPUSD", 0.9], ["EURJPY", 0.5]]);
  deepStrictEqual(as({ sort: "stress", stress }), ["GBPUSD", "EURJPY", "EURUSD", "USDJPY"]);
});
