import assert from "node:assert/strict";
import { parsePair, US_PER_HOUR } from "../contract/mod.ts";
import { PairHours } from "./pair_hours.ts";

Deno.test("PairHours.hours adds the time of every pair and leaves long silences out", () => {
  const hours = new PairHours();
  const [eurusd, usdjpy] = [parsePair("EURUSD")!, parsePair("USDJPY")!];
  assert.equal(hours.hours, 0);
  for (const at of [0, 0.5, 1.5, 10, 10.25]) hours.see(eurusd, at * US_PER_HOUR);
  for (const at of [4, 4.5, 4.25, 4.5]) hours.see(usdjpy, at * US_PER_HOUR);
  assert.equal(hours.hours, 1.75 + 0.75);
});
