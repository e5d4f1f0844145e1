import { strictEqual } from "node:assert/strict";
import { backoffMs } from "./backoff.ts";

Deno.test("`backoffMs()` doubles up to the longest wait", () => {
  const random = () => 1;
  const waits = [1, 2, 3, 4, 40].map((failed) => backoffMs(failed, { firstMs: 100, longestMs: 500, random }));
  strictEqual(waits.join(), "100,200,400,500,500");
});

Deno.test("`backoffMs()` never waits less than half", () => {
  strictEqual(backoffMs(3, { firstMs: 100, longestMs: 1000, random: () => 0 }), 200);
});
