import assert from "node:assert/strict";
import { DEFAULT_MARKET_OPTIONS, MetricOptions, parsePair, type TruthLabel } from "../contract/mod.ts";
import { compare, comparisonText } from "./comparison.ts";
import { type FoundCase, judge } from "./matching.ts";
import { runMarket } from "./market_run.ts";
import { reportOf } from "./report.ts";
import { bootstrap, f1Of, quantile, wilson } from "./statistics.ts";
import { confusionOf, figuresOf } from "./tally.ts";

const SECOND_US = 1e6;
const T = 1_700_000_000 * SECOND_US;

function label(kind: string, atS: number, change: Partial<TruthLabel> = {}): TruthLabel {
  const startUs = T + atS * SECOND_US;
  return {
    v: 1,
    id: `${kind}-${atS}`,
    pair: "EURUSD",
    kind,
    benign: false,
    startUs,
    completeUs: startUs + 2 * SECOND_US,
    endUs: startUs + 5 * SECOND_US,
    subtlety: 0.1,
    parameters: {},
    ...change,
  };
}

function found(kind: string, atS: number, change: Partial<FoundCase> = {}): FoundCase {
  const openedUs = T + atS * SECOND_US;
  return {
    id: `${kind}@${atS}`,
    pair: "EURUSD",
    kind,
    others: [],
    startUs: openedUs - SECOND_US,
    openedUs,
    lastUs: openedUs,
    score: 1,
    severity: "warning",
    sentence: "",
    ...change,
  };
}

Deno.test("judge() tells true, repeated, companion, confused and false cases apart", () => {
  const labels = [label("flash-crash", 100), label("news-burst", 300, { benign: true }), label("spoofing", 500)];
  const cases = [
    found("flash-crash", 103),
    found("flash-crash", 105),
    found("spread-blowout", 104),
    found("jump", 301),
    found("spoofing", 302),
    found("layering", 503),
    found("spoofing", 900),
    found("spoofing", 503, { pair: "USDJPY" }),
    found("jump", 102, { pair: "EURJPY" }),
    found("jump", 102, { pair: "AUDNZD" }),
  ];
  const verdicts = new Map(judge(cases, labels).map((one) => [one.found.id + one.found.pair, one.verdict]));
  assert.deepEqual([...cases].map(({ id, pair }) => verdicts.get(id + pair)), [
    "true",
    "repeat",
    "companion",
    "companion",
    "false",
    "confused",
    "false",
    "false",
    "companion",
    "false",
  ]);
});

Deno.test("judge() finds a planted case that lies within an open one of its kind which speaks of its pair", () => {
  const labels = [label("correlation-break", 100), label("correlation-break", 120), label("correlation-break", 190)];
  const open = found("correlation-break", 101, { pair: "EURJPY", others: ["EURUSD"], lastUs: T + 150 * SECOND_US });
  const judged = judge([open], labels).map(({ label, verdict }) => [label?.startUs, verdict]);
  assert.deepEqual(judged, [[labels[0]!.startUs, "true"], [labels[1]!.startUs, "true"]]);
});

Deno.test("figuresOf() counts what was found, missed and said falsely, with delays and recall by subtlety", () => {
  const labels = [label("spoofing", 100), label("spoofing", 300, { subtlety: 0.9 })];
  const judged = judge([found("spoofing", 103), found("spoofing", 900)], labels);
  const figures = figuresOf("spoofing", [{ seed: 1, pairHours: 1, eventCount: 1, labels, judged, offKinds: [] }]);
  assert.deepEqual([figures.planted, figures.found, figures.falsely], [2, 1, 1]);
  assert.deepEqual([figures.precision, figures.recall, figures.f1, figures.delayP50S], [0.5, 0.5, 0.5, 1]);
  assert.deepEqual(figures.recallBySubtlety, [1, undefined, undefined, 0]);
  assert.deepEqual([...confusionOf([{ seed: 1, pairHours: 1, eventCount: 1, labels, judged, offKinds: [] }]).keys()], [
    "spoofing",
    "nothing",
  ]);
});

Deno.test("wilson(), f1Of() and quantile() give the figures of their formulas", () => {
  const { low, high } = wilson(8, 10)!;
  assert(Math.abs(low - 0.4901625) < 1e-6 && Math.abs(high - 0.9433178) < 1e-6, `${low} ${high}`);
  assert.equal(wilson(0, 0), undefined);
  assert.equal(f1Of(8, 2, 2), 0.8);
  assert(Number.isNaN(f1Of(0, 0, 0)));
  assert.equal(quantile([1, 2, 4], 0.75), 3);
  assert.equal(quantile([], 0.5), undefined);
  const interval = bootstrap([1, 2, 3, 4], (groups) => groups.reduce((sum, one) => sum + one, 0) / groups.length)!;
  assert(interval.low >= 1 && interval.low < 2.5 && interval.high > 2.5 && interval.high <= 4);
});

Deno.test("compare() finds what another configuration keeps, changes, gains and loses", () => {
  const { kept, changed, gained, lost } = compare(
    [found("jump", 10), found("spoofing", 50), found("locked", 70)],
    [found("jump", 12), found("spoofing", 500), found("locked", 70)],
  );
  const ids = (cases: readonly FoundCase[]) => cases.map(({ id }) => id);
  assert.deepEqual([kept, gained, lost].map(ids), [["jump@12", "locked@70"], ["spoofing@500"], ["spoofing@50"]]);
  assert.deepEqual(changed.map(({ before, after }) => [before.id, after.id]), [["jump@10", "jump@12"]]);
});

Deno.test("comparisonText() names what differs and the alerts of each a day", () => {
  const text = comparisonText(
    compare([found("jump", 10), found("spoofing", 50)], [found("jump", 12, { severity: "critical" })]),
    12,
  );
  assert.match(
    text,
    /^2 cases before, 1 after: 0 gained, 1 lost, 1 changed; 4\.0 alerts a day and pair before, 2\.0 after/,
  );
  assert.match(text, /\| jump \| 1 \| 1 \| 0 \| 0 \| 2\.0 \| 2\.0 \|/);
  assert.match(text, /jump: {2}\(told 2\.00 s later; warning before, critical after\)/);
});

Deno.test("kinds that a feed cannot support are off, not missed", () => {
  const of = (detail: "l1" | "l3") =>
    runMarket({
      seed: 1,
      pairs: [parsePair("EURUSD")!],
      startTimeUs: Date.parse("2024-03-13T14:20:00Z") * 1_000,
      hours: 0.02,
      detail,
      counterparties: true,
      quiet: false,
      metrics: MetricOptions.parse({ detection: { jump: { enabled: false } } }),
      market: DEFAULT_MARKET_OPTIONS,
    }).ours;
  const [quotes, orders] = [of("l1"), of("l3")];
  assert(quotes.offKinds.includes("spoofing") && quotes.offKinds.includes("jump"));
  assert(!quotes.offKinds.includes("spread-blowout"));
  assert.deepEqual(orders.offKinds, ["jump"]);
  const planted = [{ ...quotes, labels: [label("spoofing", 1), label("locked", 2)] }];
  const report = reportOf({ planted, quiet: [quotes], plantedStatic: planted, quietStatic: [quotes] });
  assert.match(report, /\| spoofing \| off, 1 planted \|/);
  assert.match(report, /\| locked \| 0\/1 \|/);
});
