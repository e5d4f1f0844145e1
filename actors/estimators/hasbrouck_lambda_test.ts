import assert from "node:assert/strict";
import { dollarBars, dollarBarsAbsent } from "../../tests/support/dollar_bars.ts";
import { HasbrouckLambda } from "./hasbrouck_lambda.ts";

const START_US = 1_700_000_000_000_000;
const SECOND_US = 1_000_000;

function assertClose(actual: number | undefined, expected: number, relative: number, name = "") {
  assert(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${name}: ${actual}, not ${expected}`,
  );
}

Deno.test({
  name: "`HasbrouckLambda` agrees with mlfinlab where the two say the same (skipped without reference/mlfinlab)",
  ignore: dollarBarsAbsent,
  fn() {
    // mlfinlab's is the mean of ln(P/P')/(sign·√dollars). Its bars have about the same dollars each, so that it is the slope of
    // the regression where as many bars rose as fell.
    const bars = dollarBars();
    let compared = 0;
    for (let end = 21; end < bars.length; end++) {
      const window = bars.slice(end - 19, end + 1);
      const changes = window.map(({ close }, i) => close - bars[end - 20 + i]!.close);
      if (changes.includes(0) || changes.filter((change) => change > 0).length !== 10) continue;
      const hasbrouck = new HasbrouckLambda({ intervalUs: SECOND_US, count: 20 });
      hasbrouck.quote(START_US - 1, bars[end - 20]!.close);
      window.forEach(({ close, dollars }, i) => {
        const timeUs = START_US + i * SECOND_US;
        hasbrouck.trade({ timeUs, price: 1, size: dollars, sign: changes[i]! > 0 ? 1 : -1 });
        hasbrouck.quote(timeUs + 1, close);
      });
      hasbrouck.advance(START_US + 20 * SECOND_US);
      assert.equal(hasbrouck.count, 20);
      // From bps per root of a million to plain returns per root of one.
      assertClose(1e-7 * hasbrouck.slope!, window.at(-1)!.expected.hasbrouck_20, 0.01, `bar ${end}`);
      compared++;
    }
    assert(compared > 50, `${compared} windows compared`);
  },
});

Deno.test("`HasbrouckLambda` takes the root of each trade's notional, not of their sum", () => {
  const slopeOf = (sizes: readonly number[]) => {
    const hasbrouck = new HasbrouckLambda({ intervalUs: SECOND_US, count: 3, countMin: 3 });
    hasbrouck.quote(START_US - 1, 150);
    for (const size of sizes) hasbrouck.trade({ timeUs: START_US, price: 150, size, sign: 1 });
    hasbrouck.quote(START_US + 1, 150.03); // 2 bps
    hasbrouck.advance(START_US + 3 * SECOND_US);
    return hasbrouck.slope;
  };
  assertClose(slopeOf([4e6 / 150]), 2 / 2, 1e-9, "one trade of 4 millions");
  assertClose(slopeOf([1e6 / 150, 1e6 / 150, 1e6 / 150, 1e6 / 150]), 2 / 4, 1e-9, "four of one");
});

Deno.test("`HasbrouckLambda.trade()` ignores trades without a notional", () => {
  const hasbrouck = new HasbrouckLambda();
  for (const [price, size] of [[1.1, 0], [0, 1], [NaN, 1], [1.1, NaN], [-1, 1], [1.7e308, 1.7e308]] as const) {
    hasbrouck.trade({ timeUs: START_US, price, size, sign: 1 });
  }
  assert(!hasbrouck.hasEvents);
});

Deno.test("`HasbrouckLambda` tells trades of unknown side from none", () => {
  const hasbrouck = new HasbrouckLambda();
  hasbrouck.trade({ timeUs: START_US, price: 1.1, size: 1e6, sign: 0 });
  assert(hasbrouck.hasEvents && !hasbrouck.hasDirection);
});
