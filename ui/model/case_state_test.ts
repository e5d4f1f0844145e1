import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Anomaly } from "../../actors/contract/mod.ts";
import { anomalyOf } from "../../tests/support/anomalies.ts";
import {
  addOlderCases,
  applyCases,
  CASES_KEPT_MAX,
  CASES_PAGE_MAX,
  chooseCases,
  durationText,
  hasRoom,
  isWithin,
  kindTitle,
  matches,
  openByPair,
  rarityText,
  scoreText,
} from "./case_state.ts";

const told = (cases: Anomaly[], whole = false, openCount = 0) =>
  ({ type: "cases", serverTimeMs: 1, whole, followed: true, openCount, cases }) as const;

/** Closed cases of a pair, a second apart. */
const closedOf = ({ count, pair = "EURUSD", startS = 0 }: { count: number; pair?: string; startS?: number }) =>
  Array.from(
    { length: count },
    (_, i) => anomalyOf({ id: `${pair}-${startS + i}`, pair, startS: startS + i, phase: "close" }),
  );

Deno.test("`applyCases()` keeps the newest message of each, open cases on top, of each the newest first", () => {
  let state = applyCases(undefined, told([anomalyOf({ id: "a", startS: 1 }), anomalyOf({ id: "b", startS: 2 })], true));
  state = applyCases(state, told([anomalyOf({ id: "b", startS: 2, phase: "close" })]));
  state = applyCases(state, told([anomalyOf({ id: "c", startS: 3, phase: "update" })]));
  state = applyCases(state, told([anomalyOf({ id: "d", startS: 4, phase: "close" })]));
  state = addOlderCases(state, [anomalyOf({ id: "Z", startS: 4, phase: "close" })]);
  deepStrictEqual([...state.cases.values()].map(({ id, phase }) => `${id} ${phase}`), [
    "c update",
    "a open",
    "Z close",
    "d close",
    "b close",
  ]);
});

Deno.test("`applyCases()` takes the gateway's count of open cases, whichever of them are known here", () => {
  const state = applyCases(undefined, told([anomalyOf({ id: "a" })], true, 130));
  strictEqual(state.openCount, 130);
  strictEqual(addOlderCases(state, [anomalyOf({ id: "z" })]).openCount, 130);
  strictEqual(applyCases(state, told([], false, 0)).openCount, 0);
});

Deno.test("`applyCases()` of a whole message forgets what was open and is not in it, and keeps what is over", () => {
  const before = applyCases(undefined, told([anomalyOf({ id: "open" }), anomalyOf({ id: "over", phase: "close" })]));
  const after = applyCases(before, told([anomalyOf({ id: "new" })], true));
  deepStrictEqual([...after.cases.keys()].sort(), ["new", "over"]);
});

Deno.test("`addOlderCases()` adds what is older, and does not undo what is known by now", () => {
  const state = applyCases(undefined, told([anomalyOf({ id: "a", startS: 5, phase: "close" })]));
  const more = addOlderCases(state, [anomalyOf({ id: "a", startS: 5 }), anomalyOf({ id: "z", startS: 1 })]);
  deepStrictEqual([...more.cases.values()].map(({ id, phase }) => [id, phase]), [["z", "open"], ["a", "close"]]);
  deepStrictEqual([...more.fetched], ["z"]);
  deepStrictEqual([...applyCases(more, told([anomalyOf({ id: "z", phase: "close" })])).fetched], []);
});

Deno.test("what is kept is bounded: the oldest go, open ones last", () => {
  const many = Array.from(
    { length: CASES_KEPT_MAX + 10 },
    (_, i) => anomalyOf({ id: `c${i}`, startS: i, phase: i === 0 ? "open" : "close" }),
  );
  const { cases } = addOlderCases(undefined, many);
  strictEqual(cases.size, CASES_KEPT_MAX);
  deepStrictEqual([cases.has("c0"), cases.has("c1"), cases.has("c10"), cases.has("c11")], [true, false, false, true]);
});

Deno.test("what was just fetched is not what overflow drops: that is what the choice does not list", () => {
  const filter = { pair: "EURUSD" };
  const state = applyCases(undefined, told(closedOf({ pair: "USDJPY", count: CASES_KEPT_MAX, startS: 10_000 })));
  const fetched = closedOf({ count: CASES_PAGE_MAX });
  strictEqual(hasRoom(state, {}), false);
  strictEqual(hasRoom(state, filter), true);
  const more = addOlderCases(state, fetched, filter);
  strictEqual(more.cases.size, CASES_KEPT_MAX);
  strictEqual(fetched.every(({ id }) => more.cases.has(id)), true);
  const later = applyCases(more, told([anomalyOf({ id: "new", startS: 20_000 })]), filter);
  strictEqual(later.cases.size, CASES_KEPT_MAX);
  strictEqual(fetched.every(({ id }) => later.cases.has(id)), true);
});

Deno.test("older cases are asked for until the list is full, and each is kept as it comes", () => {
  let state = applyCases(undefined, told([anomalyOf({ id: "live", startS: 10_000 })], true));
  let startS = 9_000;
  for (; hasRoom(state, {}); startS -= CASES_PAGE_MAX) {
    const page = closedOf({ count: CASES_PAGE_MAX, startS });
    state = addOlderCases(state, page);
    strictEqual(page.every(({ id }) => state.cases.has(id)), true);
  }
  strictEqual(state.cases.size, CASES_KEPT_MAX - CASES_PAGE_MAX + 1);
  strictEqual(hasRoom(undefined, {}), true);
});

Deno.test("`chooseCases()` keeps what was fetched for a narrower choice, and forgets it for any other", () => {
  const live = applyCases(undefined, told([anomalyOf({ id: "live" })]));
  const state = addOlderCases(live, closedOf({ count: 2 }));
  strictEqual(chooseCases(state, { filter: { open: true }, before: {} }), state);
  const forgot = chooseCases(state, { filter: {}, before: { pair: "EURUSD" } });
  deepStrictEqual([[...forgot.cases.keys()], forgot.fetched.size], [["live"], 0]);
});

Deno.test("`isWithin()` says whether one choice lists no more than another", () => {
  const all = { pair: "EURUSD", kind: "jump", severity: "critical", open: true } as const;
  for (const wider of [{}, all, { pair: "EURUSD" }, { kind: "jump" }, { severity: "warning" }] as const) {
    strictEqual(isWithin(all, wider), true, JSON.stringify(wider));
  }
  for (const other of [{ pair: "USDJPY" }, { kind: "spoofing" }] as const) strictEqual(isWithin(all, other), false);
  strictEqual(isWithin({ severity: "warning" }, { severity: "critical" }), false);
  strictEqual(isWithin({}, { open: true }), false);
});

Deno.test("`matches()` goes by pair, also one that a case merely names, kind, severity and what is open", () => {
  const one = anomalyOf({ pair: "EURJPY", kind: "triangle", others: ["EURUSD"], severity: "warning" });
  for (
    const filter of [{}, { pair: "EURUSD" }, { kind: "triangle" }, { severity: "warning" }, { open: true }] as const
  ) {
    strictEqual(matches(filter, one), true, JSON.stringify(filter));
  }
  for (const filter of [{ pair: "GBPUSD" }, { kind: "jump" }, { severity: "critical" }] as const) {
    strictEqual(matches(filter, one), false, JSON.stringify(filter));
  }
  strictEqual(matches({ open: true }, { ...one, phase: "close" }), false);
});

Deno.test("`openByPair()` counts what is open, and says the worst", () => {
  const state = applyCases(
    undefined,
    told([
      anomalyOf({ id: "a" }),
      anomalyOf({ id: "b", severity: "critical" }),
      anomalyOf({ id: "c", phase: "close", severity: "critical" }),
      anomalyOf({ id: "d", pair: "USDJPY", severity: "info" }),
    ]),
  );
  deepStrictEqual([...openByPair(state)].sort(), [["EURUSD", { count: 2, worst: "critical" }], [
    "USDJPY",
    { count: 1, worst: "info" },
  ]]);
});

Deno.test("words of a case", () => {
  strictEqual(kindTitle("spread-blowout"), "Spread blowout");
  strictEqual(kindTitle("of-tomorrow"), "of-tomorrow");
  strictEqual(durationText(anomalyOf({ endS: 0.25 })), "250 ms");
  strictEqual(durationText(anomalyOf({ endS: 75 })), "1 min 15 s");
  strictEqual(scoreText(anomalyOf({ score: 0.9 })), "0.90");
  strictEqual(rarityText(anomalyOf({ score: 0.5 })), "score 0.50");
  strictEqual(rarityText(anomalyOf({ score: 0.9998 })), "1 in 5,000");
  strictEqual(rarityText(anomalyOf({ score: 1 - 1e-9 })), "rarer than all before");
});
