import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Anomaly } from "../../actors/contract/mod.ts";
import { anomalyOf } from "../../tests/support/anomalies.ts";
import {
  addOlderCases,
  applyCases,
  CASES_KEPT_MAX,
  durationText,
  kindTitle,
  matches,
  openByPair,
  rarityText,
} from "./case_state.ts";

const told = (cases: Anomaly[], whole = false) =>
  ({ type: "cases", serverTimeMs: 1, whole, followed: true, openCount: 0, cases }) as const;

Deno.test("`applyCases()` keeps the newest message of each, the newest cases first", () => {
  let state = applyCases(undefined, told([anomalyOf({ id: "a", startS: 1 }), anomalyOf({ id: "b", startS: 2 })], true));
  state = applyCases(state, told([anomalyOf({ id: "a", startS: 1, phase: "close" })]));
  deepStrictEqual([...state.cases.values()].map(({ id, phase }) => [id, phase]), [["b", "open"], ["a", "close"]]);
});

Deno.test("`applyCases()` of a whole message forgets what was open and is not in it, and keeps what is over", () => {
  const before = applyCases(undefined, told([anomalyOf({ id: "open" }), anomalyOf({ id: "over", phase: "close" })]));
  const after = applyCases(before, told([anomalyOf({ id: "new" })], true));
  deepStrictEqual([...after.cases.keys()].sort(), ["new", "over"]);
});

Deno.test("`addOlderCases()` adds what is older, and does not undo what is known by now", () => {
  const state = applyCases(undefined, told([anomalyOf({ id: "a", startS: 5, phase: "close" })]));
  const more = addOlderCases(state, [anomalyOf({ id: "a", startS: 5 }), anomalyOf({ id: "z", startS: 1 })]);
  deepStrictEqual([...more.cases.values()].map(({ id, phase }) => [id, phase]), [["a", "close"], ["z", "open"]]);
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
  strictEqual(rarityText(anomalyOf({ score: 0.5 })), "score 0.50");
  strictEqual(rarityText(anomalyOf({ score: 0.9998 })), "1 in 5,000");
  strictEqual(rarityText(anomalyOf({ score: 1 - 1e-9 })), "rarer than all before");
});
