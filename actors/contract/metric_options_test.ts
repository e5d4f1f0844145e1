import assert from "node:assert/strict";
import { ConfigError } from "./errors.ts";
import { DEFAULT_METRIC_OPTIONS, MetricOptions, readMetricOptions } from "./metric_options.ts";

Deno.test("`MetricOptions` fills in what is left out, and keeps what is said", () => {
  assert.deepEqual(MetricOptions.parse({}), DEFAULT_METRIC_OPTIONS);
  const options = MetricOptions.parse({ spread: { windowS: 10 }, flow: { signRule: "clnv" } });
  assert.equal(options.spread.windowS, 10);
  assert.equal(options.spread.ewHalfLifeS, DEFAULT_METRIC_OPTIONS.spread.ewHalfLifeS);
  assert.equal(options.flow.signRule, "clnv");
  assert.deepEqual(MetricOptions.parse(JSON.parse(JSON.stringify(options))), options);
});

Deno.test("`readMetricOptions()` names every option that is wrong, and where", () => {
  assert.equal(readMetricOptions('{"impact": {"intervalS": 5}}', "a file").impact.intervalS, 5);
  const problemsOf = (text: string): readonly string[] => {
    try {
      readMetricOptions(text, "o.json");
    } catch (error) {
      assert(error instanceof ConfigError);
      return error.problems;
    }
    assert.fail(`${text} was taken`);
  };
  const problems = problemsOf(
    '{"spread": {"windowS": -1, "horizonsS": [1, 7]}, "flow": {"signRule": "guess"}, "more": 1}',
  );
  for (const [i, what] of ["spread.windowS", "spread.horizonsS.1", "flow.signRule", "more"].entries()) {
    assert(problems[i]!.startsWith("o.json: ") && problems[i]!.includes(what), problems[i]);
  }
  assert.match(problemsOf("{")[0]!, /^o\.json is not JSON/);
  assert.equal(problemsOf("[]").length, 1);
});
