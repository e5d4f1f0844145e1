import { deepEqual, equal, ok } from "node:assert/strict";
import { METRIC_NAMES, METRICS, type MetricSpec } from "../../actors/contract/metric_catalogue.ts";
import { METRIC_GROUPS, metricView, UNIT_VIEWS } from "./metric_catalogue.ts";

const EURUSD = { pipSize: 0.0001, priceDecimals: 5 };

function written(name: Parameters<typeof metricView>[0], value: number): string {
  const { write, unit } = metricView(name);
  return `${write(value, EURUSD)} ${unit}`.trim();
}

Deno.test("`METRIC_GROUPS` shows every metric of the contract once, in its order", () => {
  deepEqual(METRIC_GROUPS.flatMap(({ metrics }) => metrics.map(({ name }) => name)), METRIC_NAMES);
  for (const { title, headlines } of METRIC_GROUPS) ok(title.length > 0 && headlines.length > 0, title);
});

Deno.test("`UNIT_VIEWS` knows every unit of the contract, and no other", () => {
  const specs = Object.values(METRICS).flatMap((group) => Object.values<MetricSpec>(group));
  deepEqual(Object.keys(UNIT_VIEWS).sort(), [...new Set(specs.map(({ unit }) => unit))].sort());
});

Deno.test("labels of a group tell its metrics apart, with their units", () => {
  for (const { title, metrics } of METRIC_GROUPS) {
    const words = metrics.map(({ label, unit }) => `${label} ${unit}`);
    equal(new Set(words).size, words.length, `${title}: ${words}`);
  }
});

Deno.test("numbers are written as their unit wants", () => {
  equal(written("price.mid", 1.10305), "1.10305");
  equal(written("spread.quotedPips", 0.4), "0.40 pips");
  equal(written("spread.zScore", 2.34), "+2.3 σ");
  equal(written("spread.realized5sBps", -0.0342), "−0.034 bps");
  equal(written("depth.bid2bpsSize", 12_500_000), "12.5m");
  equal(written("flow.ofi1sSize", 1_500_000), "+1.50m");
  equal(written("flow.tradedPerSecond", 42_000), "42k /s");
  equal(written("impact.amihudPerMillion", 0.00000123), "1.2·10⁻⁶ /M");
  equal(written("volatility.regime", -1), "low");
  equal(written("volatility.archP", 0.0004), "0.000");
  equal(written("liquidity.score", 61.4), "61 /100");
});
