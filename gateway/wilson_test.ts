import assert from "node:assert/strict";
import { wilsonInterval } from "./wilson.ts";

Deno.test("`wilsonInterval()` is what the tables say, and keeps within 0 and 1", () => {
  const rounded = (hits: number, count: number) => {
    const { low, high } = wilsonInterval(hits, count)!;
    return [low.toFixed(4), high.toFixed(4)];
  };
  assert.deepEqual(rounded(3, 3), ["0.4385", "1.0000"]);
  assert.deepEqual(rounded(0, 10), ["0.0000", "0.2775"]);
  // Newcombe, Stat. Med. 17 (1998) 857, table I, method 3.
  assert.deepEqual(rounded(81, 263), ["0.2553", "0.3662"]);
  assert.deepEqual(rounded(15, 148), ["0.0624", "0.1605"]);
  assert.equal(wilsonInterval(0, 0), undefined);
});
