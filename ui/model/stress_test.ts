import assert from "node:assert/strict";
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { sampleOf } from "../../tests/support/samples.ts";
import { stressOf } from "./stress.ts";

const of = (zScore?: number, vpinCdf?: number, fastRank?: number) =>
  stressOf(sampleOf({
    values: {
      spread: zScore === undefined ? {} : { zScore },
      toxicity: vpinCdf === undefined ? {} : { vpinCdf },
      volatility: fastRank === undefined ? {} : { fastRank },
    } as Partial<MetricSample["values"]>,
  }));

Deno.test("`stressOf()` is the largest of what is unusual, and says what that is", () => {
  assert.deepEqual(stressOf(undefined), { value: 0, level: "calm", causes: [] });
  assert.deepEqual(of(), { value: 0, level: "calm", causes: [] });
  assert.deepEqual(of(0.5, 0.5, 50).level, "calm");
  assert.deepEqual(of(3), { value: 0.5, level: "raised", causes: ["spread 3.0 σ above its normal"] });
  assert.deepEqual(of(9, 0.9, 99).level, "high");
  assert.deepEqual(of(1.5, 0.96).causes, ["flow more toxic than 96 % of what was seen lately"]);
  assert.equal(of(-4, 0.1, 3).value, 0);
});
