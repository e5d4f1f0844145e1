import assert from "node:assert/strict";
import { Alert } from "./alert.ts";
import { Anomaly } from "./anomaly.ts";
import { HistoryAnswer, PairsAnswer, Problem } from "./api.ts";
import { LIVE_LEVELS_MAX, LiveBook, LiveMessage, LiveRequest, PairInfo } from "./live.ts";
import { ALL_PAIRS, pairLabel, pairSpec } from "./pairs.ts";

const BOOK: LiveBook = { pair: "EURUSD", timeUs: 1, sequence: 0, bids: [[1.1, 1e6]], asks: [] };
const ANOMALY: Anomaly = {
  v: 1,
  id: "pair.EURUSD:17",
  pair: "EURUSD",
  kind: "spread-blowout",
  phase: "open",
  startUs: 1,
  endUs: 2,
  score: 0.99,
  severity: "warning",
  evidence: { spreadBps: 4.2 },
  sentence: "The spread is ten times its usual.",
  sequenceFirst: 1,
  sequenceLast: 2,
  detectorVersion: 1,
};
const ALERT: Alert = {
  v: 1,
  id: "a",
  pair: "EURUSD",
  kind: "spread-blowout",
  severity: "critical",
  state: "open",
  timeUs: 1,
  rule: "spread",
  score: 1,
  sentence: "",
};

Deno.test("`LiveBook` takes a book with absent numbers and at most LIVE_LEVELS_MAX levels of a side", () => {
  assert.deepEqual(LiveBook.parse(BOOK), BOOK);
  const levels = Array.from({ length: LIVE_LEVELS_MAX }, (_, i): [number, number] => [1 + i, 1]);
  assert(LiveBook.safeParse({ ...BOOK, asks: levels, lastTrade: { price: 1, size: 2, side: "sell" } }).success);
  assert(!LiveBook.safeParse({ ...BOOK, asks: [...levels, [99, 1]] }).success);
  for (const change of [{ bid: null }, { bidSize: Infinity }, { timeUs: 0 }, { more: 1 }, { bids: [[1]] }]) {
    assert(!LiveBook.safeParse({ ...BOOK, ...change }).success, JSON.stringify(change));
  }
});

Deno.test("`LiveMessage` and `LiveRequest` are told apart by their type", () => {
  assert.equal(LiveMessage.parse({ type: "hello", v: 1, serverTimeMs: 1, pairs: [] }).type, "hello");
  assert.equal(LiveMessage.parse({ type: "update", serverTimeMs: 1, books: [BOOK], samples: [] }).type, "update");
  for (const message of [{ type: "bye" }, { type: "update" }, null, "hello"]) {
    assert(!LiveMessage.safeParse(message).success);
  }
  assert.equal(LiveRequest.parse({ type: "detail", pair: null }).pair, null);
  assert(!LiveRequest.safeParse({ type: "detail" }).success);
});

Deno.test("`PairInfo` says what the table of pairs says", () => {
  for (const pair of ALL_PAIRS) PairInfo.parse({ ...pairSpec(pair), label: pairLabel(pair) });
});

Deno.test("`Anomaly` refuses scores beyond 0 to 1, odd kinds and evidence that is no number", () => {
  assert.deepEqual(Anomaly.parse(ANOMALY), ANOMALY);
  const changes = [{ score: 1.01 }, { score: -0.1 }, { kind: "Spread" }, { kind: "" }, { evidence: { x: "1" } }, {
    v: 2,
  }];
  for (const change of changes) assert(!Anomaly.safeParse({ ...ANOMALY, ...change }).success, JSON.stringify(change));
});

Deno.test("`Alert` refuses unknown severities and states", () => {
  assert.deepEqual(Alert.parse(ALERT), ALERT);
  for (const change of [{ severity: "fatal" }, { state: "closed" }, { rule: "" }, { sentence: "x".repeat(501) }]) {
    assert(!Alert.safeParse({ ...ALERT, ...change }).success, JSON.stringify(change));
  }
});

Deno.test("the API's answers take absent values as `null`", () => {
  const columns = { timeUs: [1, 2], bid: [1.1, null] };
  HistoryAnswer.parse({ pair: "EURUSD", step: "1s", fromUs: 1, toUs: 3, columns });
  assert(!HistoryAnswer.safeParse({ pair: "EURUSD", step: "1h", fromUs: 1, toUs: 3, columns }).success);
  const info = { ...pairSpec(ALL_PAIRS[0]!), label: "EUR/USD", firstTimeUs: null, lastTimeUs: 1 };
  assert.equal(PairsAnswer.parse({ pairs: [info] }).pairs.length, 1);
  assert.equal(Problem.parse({ type: "urn:fxmm:problem:x", title: "x", status: 400 }).status, 400);
});
