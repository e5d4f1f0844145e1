import assert from "node:assert/strict";
import { chiSquareSurvival, normalCdf } from "./distributions.ts";

function assertClose(actual: number, expected: number, relative: number, name: string) {
  assert(Math.abs(actual - expected) <= relative * expected, `${name}: ${actual}, not ${expected}`);
}

Deno.test("`normalCdf()` gives the table of Abramowitz and Stegun (1964), 26.1", () => {
  const table = [
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [1.5, 0.933192798731142],
    [2, 0.977249868051821],
    [3, 0.998650101968370],
    [4, 0.999968328758167],
  ] as const;
  for (const [x, share] of table) {
    assertClose(normalCdf(x), share, 1e-14, `Φ(${x})`);
    assertClose(normalCdf(-x), 1 - share, 1e-10, `Φ(−${x})`);
  }
});

Deno.test("`normalCdf()` gives the quantiles that tests are judged by (NIST/SEMATECH handbook, 1.3.6.7.1)", () => {
  for (const [share, x] of [[0.9, 1.2815516], [0.95, 1.6448536], [0.975, 1.9599640], [0.99, 2.3263479]] as const) {
    assertClose(normalCdf(x), share, 1e-8, `Φ(${x})`);
  }
  assertClose(normalCdf(2.5758293), 0.995, 1e-8, "Φ(2.5758)");
});

Deno.test("`normalCdf()` keeps its digits far in the lower tail, and never leaves 0 to 1", () => {
  assertClose(normalCdf(-5), 2.866515718791939e-7, 1e-12, "Φ(−5)");
  assertClose(normalCdf(-10), 7.61985302416052e-24, 1e-12, "Φ(−10)");
  assertClose(normalCdf(-37), 5.725571222524e-300, 1e-10, "Φ(−37)");
  for (const x of [40, 1e5, 1e200, Infinity]) {
    assert.equal(normalCdf(x), 1);
    assert.equal(normalCdf(-x), 0);
  }
});

Deno.test("`normalCdf()` rises, also where its series and its fraction meet", () => {
  let previous = 0;
  for (let x = -8; x <= 8; x += 1 / 128) {
    const share = normalCdf(x);
    assert(share >= previous, `at ${x}`);
    assert(Math.abs(share + normalCdf(-x) - 1) < 1e-15);
    previous = share;
  }
});

Deno.test("`chiSquareSurvival()` gives the critical values of the NIST/SEMATECH handbook, 1.3.6.7.4", () => {
  const shares = [0.1, 0.05, 0.025, 0.01, 0.001];
  const table: Record<number, number[]> = {
    1: [2.706, 3.841, 5.024, 6.635, 10.828],
    2: [4.605, 5.991, 7.378, 9.210, 13.816],
    3: [6.251, 7.815, 9.348, 11.345, 16.266],
    5: [9.236, 11.070, 12.833, 15.086, 20.515],
    10: [15.987, 18.307, 20.483, 23.209, 29.588],
    30: [40.256, 43.773, 46.979, 50.892, 59.703],
    100: [118.498, 124.342, 129.561, 135.807, 149.449],
  };
  for (const [degrees, critical] of Object.entries(table)) {
    critical.forEach((x, i) =>
      assertClose(chiSquareSurvival(x, Number(degrees)), shares[i]!, 5e-4, `${degrees}: ${x}`)
    );
  }
});

Deno.test("`chiSquareSurvival()` is e^(−x/2) for two degrees, and twice a normal's tail for one", () => {
  for (const x of [1e-9, 0.1, 1, 2, 5, 40, 700, 1_400]) {
    assertClose(chiSquareSurvival(x, 2), Math.exp(-x / 2), 1e-12, `two degrees at ${x}`);
    assertClose(chiSquareSurvival(x, 1), 2 * normalCdf(-Math.sqrt(x)), 1e-12, `one degree at ${x}`);
  }
});

Deno.test("`chiSquareSurvival()` is 1 up to 0 and 0 at infinity", () => {
  for (const degrees of [1, 5, 500]) {
    assert.equal(chiSquareSurvival(0, degrees), 1);
    assert.equal(chiSquareSurvival(-1, degrees), 1);
    assert.equal(chiSquareSurvival(Infinity, degrees), 0);
  }
});
