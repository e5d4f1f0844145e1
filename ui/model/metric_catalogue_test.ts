import { ok, strictEqual } from "node:assert/strict";
import { METRIC_NAMES, METRICS } from "../../actors/contract/metrics.ts";
import { METRIC_GROUPS } from "./metric_catalogue.ts";

Deno.test("`METRIC_GROUPS` names metrics of the contract, each once, with the contract's unit", () => {
  const metrics = METRIC_GROUPS.flatMap((group) => group.metrics);
  strictEqual(new Set(metrics.map(({ name }) => name)).size, metrics.length);
  for (const { name, unit } of metrics) {
    ok(METRIC_NAMES.includes(name), name);
    const [group, key] = name.split(".") as ["flow", "ofi1sSize"];
    const stated: string = METRICS[group][key].unit;
    if (unit === "pips" || unit === "bps" || unit === "ms") strictEqual(unit, stated, name);
  }
});
