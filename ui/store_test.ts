import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { effect } from "@preact/signals";
import type { LiveBook, PairInfo } from "../actors/contract/live.ts";
import { CHART_SPAN_DEFAULT } from "./model/location.ts";
import { midOf } from "./model/pair_state.ts";
import { anomalyOf } from "../tests/support/anomalies.ts";
import { feedReportOf } from "../tests/support/feed_reports.ts";
import { FEED_GONE_SHOWN_MS } from "./model/feed_state.ts";
import { PageStore } from "./store.ts";

function info(pair: string): PairInfo {
  return { pair, label: pair, base: pair.slice(0, 3), quote: pair.slice(3), pipSize: 1e-4, priceDecimals: 5 };
}

function book(pair: string, mid: number): LiveBook {
  return { pair, timeUs: 1_352_881_800_000_000, sequence: 1, bid: mid, ask: mid, bids: [], asks: [] };
}

/** A store that was greeted with these pairs, and the frames it asked for. */
function storeOf(pairs: string[], pair?: string) {
  const frames: (() => void)[] = [];
  const store = new PageStore({
    location: { pair, span: CHART_SPAN_DEFAULT },
    nowMs: 0,
    schedule: (callback) => frames.push(callback),
  });
  store.receive({ type: "hello", v: 1, serverTimeMs: 0, pairs: pairs.map(info) }, 0);
  const update = (nowMs: number, ...books: LiveBook[]) =>
    store.receive({ type: "update", serverTimeMs: nowMs, books, samples: [] }, nowMs);
  const frame = () => {
    for (const callback of frames.splice(0)) callback();
  };
  return { store, frames, update, frame };
}

Deno.test("`PageStore.receive()` shows a burst in one frame, and touches only the pairs that changed", () => {
  const { store, frames, update, frame } = storeOf(["EURUSD", "USDJPY"]);
  const seen: string[] = [];
  for (const pair of ["EURUSD", "USDJPY"]) effect(() => void seen.push(`${pair} ${midOf(store.pair(pair).value)}`));
  seen.length = 0;
  for (const mid of [1.1, 1.2, 1.3]) update(5, book("EURUSD", mid));
  strictEqual(frames.length, 1);
  deepStrictEqual(seen, []);
  frame();
  deepStrictEqual(seen, ["EURUSD 1.3"]);
});

Deno.test("`PageStore.selected` is the address's pair if there is one, else the first with data", () => {
  strictEqual(storeOf(["EURUSD", "USDJPY"], "USDJPY").store.selected.value, "USDJPY");
  const { store, update, frame } = storeOf(["EURUSD", "USDJPY", "GBPUSD"], "XXXYYY");
  strictEqual(store.selected.value, undefined);
  update(10, book("GBPUSD", 1));
  frame();
  strictEqual(store.selected.value, "GBPUSD");
  update(500, book("USDJPY", 1));
  frame();
  strictEqual(store.selected.value, "USDJPY", "a more traded pair that comes at once");
  update(60_000, book("EURUSD", 1));
  frame();
  strictEqual(store.selected.value, "USDJPY", "but not one that comes later");
  deepStrictEqual(store.order.value, ["EURUSD", "USDJPY", "GBPUSD"]);
});

Deno.test("`PageStore.receive()` keeps what it knows through another hello", () => {
  const { store, update, frame } = storeOf(["EURUSD", "USDJPY"]);
  update(5, book("EURUSD", 1.1), book("USDJPY", 80), book("ZZZZZZ", 1));
  frame();
  store.receive({ type: "hello", v: 1, serverTimeMs: 0, pairs: [info("EURUSD"), info("GBPUSD")] }, 6);
  frame();
  deepStrictEqual(store.order.value, ["EURUSD", "GBPUSD"]);
  strictEqual(midOf(store.pair("EURUSD").value), 1.1);
});

Deno.test("`PageStore.receive()` shows the cluster with the next frame, and the newest of a burst alone", () => {
  const { store, frames, frame } = storeOf(["EURUSD"]);
  const owners: (string | undefined)[] = [];
  effect(() => void owners.push(store.cluster.value?.tasks.get("pair.EURUSD")?.owner));
  for (const owner of ["a", "b"]) {
    const tasks = [{ name: "pair.EURUSD", owner }];
    store.receive({ type: "cluster", serverTimeMs: 0, whole: false, followed: true, tasks }, 5);
  }
  strictEqual(frames.length, 1);
  frame();
  deepStrictEqual(owners, [undefined, "b"]);
});

Deno.test("`PageStore.receiveOlderCases()` says what was new, and another choice forgets what was fetched", () => {
  const { store, frame } = storeOf(["EURUSD"]);
  strictEqual(store.hasRoomForCases(), true);
  const [live, older] = [anomalyOf({ id: "live", startS: 9 }), anomalyOf({ id: "older", phase: "close" })];
  store.receive({ type: "cases", serverTimeMs: 0, whole: true, followed: true, openCount: 1, cases: [live] }, 0);
  strictEqual(store.receiveOlderCases([live, older]), 1);
  strictEqual(store.receiveOlderCases([live, older]), 0);
  frame();
  deepStrictEqual([...store.cases.value!.cases.keys()], ["live", "older"]);
  store.location.value = { ...store.location.value, cases: { pair: "EURUSD" } };
  store.chooseCases({ kind: "jump" });
  frame();
  deepStrictEqual([...store.cases.value!.cases.keys()], ["live"]);
});

Deno.test("`PageStore.feeds` lets a feed that is gone go by the clock alone, and changes with nothing else", () => {
  const { store, frame } = storeOf(["EURUSD"]);
  let changeCount = 0;
  effect(() => void (store.feeds.value, changeCount++));
  store.receive({ type: "feeds", serverTimeMs: 0, followed: true, feeds: [feedReportOf()] }, 0);
  store.receive({ type: "feeds", serverTimeMs: 0, followed: true, feeds: [] }, 1_000);
  frame();
  strictEqual(store.feeds.value!.feeds.length, 1);
  store.nowMs.value = 1_000 + FEED_GONE_SHOWN_MS - 1;
  strictEqual(changeCount, 2);
  store.nowMs.value = 1_000 + FEED_GONE_SHOWN_MS;
  deepStrictEqual([store.feeds.value!.feeds.length, changeCount], [0, 3]);
});
