import assert from "node:assert/strict";
import { poissonTail } from "./_poisson.ts";

Deno.test("`poissonTail()` is the chance of so many or more, also where it is tiny", () => {
  for (
    const [count, mean, expected] of [
      [1, 1, 1 - Math.exp(-1)],
      [3, 2, 1 - Math.exp(-2) * (1 + 2 + 2)],
      [10, 0.1, 2.516348e-17],
      [5, 50, 1],
    ] as const
  ) assert(Math.abs(poissonTail(count, mean) / expected - 1) < 1e-4, `${count}, ${mean}: ${poissonTail(count, mean)}`);
});

Deno.test("`poissonTail()` of none is certain, of any where none are expected impossible", () => {
  assert.deepEqual([poissonTail(0, 3), poissonTail(2, 0), poissonTail(2, NaN)], [1, 0, 0]);
});
