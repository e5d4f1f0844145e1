import assert from "node:assert/strict";
import { QuoteSlope } from "./quote_slope.ts";

Deno.test("the example's estimator is its formula, and its command prints it", async () => {
  const slope = new QuoteSlope();
  assert.equal(slope.value, undefined);
  slope.update(0, 1, Math.E, 1.2, Math.E);
  slope.update(1, 1, Math.E, 1.4, Math.E);
  slope.update(2, 1, NaN, 1.4, Math.E);
  assert(Math.abs(slope.value! - 0.15) < 1e-12);

  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/EURUSD.csv`, "time,bid,ask,bid_size,ask_size\n1549238400000,1.1,1.2,1e6,1e6\n");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "--no-lock",
        "--allow-read",
        new URL("quote_slope.ts", import.meta.url).pathname,
        `${folder}/EURUSD.csv`,
      ],
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "quote slope in the last hour: 3.619e-3\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
