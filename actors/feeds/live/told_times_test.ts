import assert from "node:assert/strict";
import fc from "fast-check";
import { type Pair, parsePair } from "../../contract/mod.ts";
import { ToldTimes } from "./told_times.ts";

const EURUSD = parsePair("EURUSD") as Pair;

Deno.test("ToldTimes.tell() tells the first picture as of now and the others as they are dated", () => {
  const times = new ToldTimes();
  assert.equal(times.has(EURUSD), false);
  assert.equal(times.tell(EURUSD, 100, 1_000), 1_000);
  assert.equal(times.has(EURUSD), true);
  assert.equal(times.tell(EURUSD, 900, 2_000), 1_000);
  assert.equal(times.tell(EURUSD, 1_500, 2_000), 1_500);
  assert.equal(times.tell(EURUSD, 1_500, 2_000), 1_500);
  assert.equal(times.tell(EURUSD, 1_499, 2_000), undefined);
});

Deno.test("ToldTimes.tell() never goes back, whatever the source says", () => {
  fc.assert(fc.property(fc.array(fc.nat(1_000)), fc.nat(1_000), (dates, nowUs) => {
    const times = new ToldTimes();
    const told = dates.map((date) => times.tell(EURUSD, date, nowUs)).filter((time) => time !== undefined);
    assert.deepEqual(told, told.toSorted((a, b) => a - b));
  }));
});
