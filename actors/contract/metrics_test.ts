import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { METRIC_NAMES, type MetricName, METRICS } from "./metric_catalogue.ts";
import type { MetricSpec } from "./metric_spec.ts";
import { MetricSample } from "./metrics.ts";

const SAMPLE: MetricSample = {
  v: 2,
  pair: "EURUSD",
  timeUs: 1_700_000_000_250_000,
  sessions: ["london", "new-york"],
  values: {
    price: { bid: 1.1 },
    spread: {},
    depth: {},
    liquidity: {},
    flow: {},
    toxicity: {},
    impact: {},
    volatility: {},
    arrival: { quotesPerSecond: 0 },
  },
  absent: { "price.ask": "one-sided" },
  counts: { quotes: 1, levels: 0, trades: 0, rejected: { "frame-truncated": 2 } },
};

Deno.test("METRIC_NAMES lists every metric of the catalogue once, in its order", () => {
  const names = Object.entries<object>(METRICS).flatMap(([group, metrics]) =>
    Object.keys(metrics).map((n) => `${group}.${n}`)
  );
  assert.deepEqual(METRIC_NAMES, names);
  assert.equal(new Set(METRIC_NAMES).size, METRIC_NAMES.length);
});

Deno.test("every metric has a unit, words, an estimator that is there, and its unit last in its name", () => {
  const endings: Record<string, RegExp> = {
    pips: /Pips$/,
    bps: /(Bps|\dsBps)$/,
    size: /Size$/,
    "1/s": /PerSecond$/,
    "size/s": /PerSecond$/,
    ms: /Ms$/,
    "% per year": /Pct$/,
    "bps/M": /BpsPerMillion$/,
    "1/M": /PerMillion$/,
    ratio: /Ratio$/,
  };
  const metrics = Object.entries<Record<string, MetricSpec>>(METRICS).flatMap(([group, specs]) =>
    Object.entries(specs).map(([name, spec]) => ({ group, name, ...spec }))
  );
  for (const { group, name, unit, label, doc, estimator } of metrics) {
    assert(unit !== "" && label !== "" && doc !== "", `${group}.${name}`);
    assert.match(name, endings[unit] ?? /^[a-z][A-Za-z0-9]*$/);
    assert(existsSync(new URL(`../estimators/${estimator}.ts`, import.meta.url)), `${group}.${name}: ${estimator}.ts`);
  }
});

Deno.test("`MetricSample` takes every metric of the catalogue", () => {
  const values: Record<string, Record<string, number>> = {};
  for (const name of METRIC_NAMES) {
    const [group, short] = name.split(".") as [string, string];
    (values[group] ??= {})[short] = 1;
  }
  const sample = { ...SAMPLE, values, absent: {} };
  assert.deepEqual(MetricSample.parse(JSON.parse(JSON.stringify(sample))), sample);
});

Deno.test("`MetricSample` refuses unknown names, reasons, versions and numbers that are none", () => {
  assert.deepEqual(MetricSample.parse(SAMPLE), SAMPLE);
  const wrong: unknown[] = [
    { ...SAMPLE, v: 1 },
    { ...SAMPLE, sessions: ["frankfurt"] },
    { ...SAMPLE, pair: "EUR/USD" },
    { ...SAMPLE, timeUs: 0 },
    { ...SAMPLE, timeUs: 1.5 },
    { ...SAMPLE, more: 1 },
    { ...SAMPLE, absent: { "price.ask": "because" } },
    { ...SAMPLE, counts: { ...SAMPLE.counts, trades: -1 } },
    { ...SAMPLE, values: { ...SAMPLE.values, price: { bids: 1 } } },
    { ...SAMPLE, values: { ...SAMPLE.values, price: { bid: NaN } } },
    { ...SAMPLE, values: { ...SAMPLE.values, price: { bid: Infinity } } },
    { ...SAMPLE, values: { ...SAMPLE.values, price: { bid: null } } },
    { ...SAMPLE, values: { ...SAMPLE.values, price: undefined } },
  ];
  for (const sample of wrong) assert(!MetricSample.safeParse(sample).success, JSON.stringify(sample));
});

Deno.test("a metric's name is a type: an unknown one does not compile", () => {
  // @ts-expect-error: no such metric
  const name: MetricName = "spread.quoted";
  assert(!METRIC_NAMES.includes(name));
});
