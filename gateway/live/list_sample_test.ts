import assert from "node:assert/strict";
import { MetricSample } from "../../actors/contract/mod.ts";
import { sampleOf } from "../../tests/support/samples.ts";
import { listSample } from "./list_sample.ts";

Deno.test("`listSample()` keeps what a list shows, and is a sample still", () => {
  const sample = sampleOf({
    values: { price: { mid: 1.1, bid: 1 }, spread: { timeWeightedPips: 0.5, p99Bps: 3 }, flow: { buySize: 7 } },
    absent: { "depth.touchImbalance": "no-sizes", "toxicity.vpin": "warming" },
  });
  const cut = MetricSample.parse(listSample(sample));
  assert.deepEqual([cut.values.price, cut.values.spread, cut.values.flow], [
    { mid: 1.1 },
    { timeWeightedPips: 0.5 },
    {},
  ]);
  assert.deepEqual(cut.absent, { "depth.touchImbalance": "no-sizes" });
  assert.deepEqual([cut.sessions, cut.counts], [sample.sessions, sample.counts]);
  assert.equal(listSample(sample), listSample(sample), "made once for all clients");
});
