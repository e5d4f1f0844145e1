import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LiveMessage } from "../../actors/contract/live.ts";
import { anomalyOf } from "../../tests/support/anomalies.ts";
import { feedPairOf, feedReportOf } from "../../tests/support/feed_reports.ts";
import { parseLiveMessage } from "./live_message.ts";

const BOOK = { pair: "EURUSD", timeUs: 1, sequence: 1, bid: 1.1, ask: 1.2, bids: [[1.1, 1e6]], asks: [] };

Deno.test("`parseLiveMessage()` reads what the contract's schema writes", () => {
  const message = LiveMessage.parse({ type: "update", serverTimeMs: 5, books: [BOOK], samples: [] });
  deepStrictEqual(parseLiveMessage(JSON.stringify(message)), message);
});

Deno.test("`parseLiveMessage()` refuses what is no message of this version", () => {
  for (
    const text of ["", "{", "1", "null", "[]", "{}", '{"type":"update","serverTimeMs":1}', '{"type":"hello","v":1}']
  ) {
    strictEqual(parseLiveMessage(text), undefined, text);
  }
  strictEqual(parseLiveMessage('{"type":"hello","v":2,"serverTimeMs":1,"pairs":[]}'), undefined);
});

Deno.test("`parseLiveMessage()` leaves out books and samples that are not whole", () => {
  const text = JSON.stringify({ type: "update", serverTimeMs: 5, books: [BOOK, { pair: "EURUSD" }, 7], samples: [{}] });
  const message = parseLiveMessage(text);
  deepStrictEqual(message?.type === "update" && [message.books.length, message.samples.length], [1, 0]);
});

Deno.test("`parseLiveMessage()` reads the cluster as the contract's schema writes it, and leaves out rows that are not whole", () => {
  const node = { group: "actors", node: "a", taskCount: 1, failoverCount: 0, handoverCount: 2, gone: true };
  const task = { name: "pair.EURUSD", owner: "a", sinceMs: 7, cause: "failover", from: "b", lagMs: 120 };
  for (const nodes of [[node], undefined]) {
    const message = LiveMessage.parse({
      type: "cluster",
      serverTimeMs: 5,
      whole: true,
      followed: true,
      ...(nodes && { nodes }),
      tasks: [task],
    });
    deepStrictEqual(parseLiveMessage(JSON.stringify(message)), message);
  }
  const torn = { type: "cluster", serverTimeMs: 5, nodes: [node, { node: "a" }, null], tasks: [task, {}, 7] };
  const message = parseLiveMessage(JSON.stringify(torn));
  deepStrictEqual(message?.type === "cluster" && [message.nodes, message.tasks], [[node], [task]]);
});

Deno.test("`parseLiveMessage()` reads the market as the contract's schema writes it, whole or not at all", () => {
  const market = {
    type: "market",
    serverTimeMs: 5,
    ageMs: 3,
    timeUs: 7,
    pairs: ["EURUSD", "USDJPY"],
    correlations: [0.4],
    breakCount: 1,
    breaks: [{ a: "EURUSD", b: "USDJPY", z: 4, short: 0.1 }],
    leads: [{ leader: "EURUSD", follower: "USDJPY", lagMs: 100, correlation: 0.4 }],
    triangleCount: 1,
    triangles: [{ direct: "EURJPY", legs: ["EURUSD", "USDJPY"], edgeBps: -0.4 }],
    strengths: [{ currency: "EUR", dayBps: 3 }],
  };
  const message = LiveMessage.parse(market);
  deepStrictEqual(parseLiveMessage(JSON.stringify(message)), message);
  strictEqual(parseLiveMessage(JSON.stringify({ ...market, leads: undefined })), undefined);
});

Deno.test("`parseLiveMessage()` has no answer to a type of message that came after this page", () => {
  strictEqual(parseLiveMessage('{"type":"weather","serverTimeMs":1,"rows":[]}'), undefined);
});

Deno.test("`parseLiveMessage()` reads cases as the contract's schema writes them, and leaves out those that are not whole", () => {
  const message = LiveMessage.parse({
    type: "cases",
    serverTimeMs: 5,
    whole: true,
    followed: true,
    openCount: 1,
    cases: [anomalyOf()],
  });
  deepStrictEqual(parseLiveMessage(JSON.stringify(message)), message);
  const torn = {
    type: "cases",
    serverTimeMs: 5,
    cases: [anomalyOf(), { id: "a" }, null, { ...anomalyOf(), startUs: 0 }],
  };
  const read = parseLiveMessage(JSON.stringify(torn));
  deepStrictEqual(read?.type === "cases" && [read.cases.length, read.whole, read.openCount], [1, false, 0]);
});

Deno.test("`parseLiveMessage()` reads feeds as the contract's schema writes them, and leaves out those that are not whole", () => {
  const feed = feedReportOf({ refused: { "price-not-positive": 2 }, fault: "closed" });
  const message = LiveMessage.parse({ type: "feeds", serverTimeMs: 5, followed: true, feeds: [feed] });
  deepStrictEqual(parseLiveMessage(JSON.stringify(message)), message);
  const torn = [
    feed,
    null,
    {},
    { ...feed, state: "asleep" },
    { ...feed, gapCount: undefined },
    { ...feed, pairs: [{ ...feedPairOf(), state: "?" }] },
  ];
  const read = parseLiveMessage(JSON.stringify({ type: "feeds", serverTimeMs: 5, feeds: torn }));
  deepStrictEqual(read?.type === "feeds" && [read.feeds, read.followed], [[feed], false]);
});
