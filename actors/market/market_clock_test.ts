import assert from "node:assert/strict";
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { START_US } from "../../tests/support/market_fold.ts";
import {
  AHEAD_OF_RECEIPT_US_MAX,
  AHEAD_ROW_COUNT,
  BEHIND_ROW_COUNT,
  BEHIND_US_MIN,
  MarketClock,
} from "./market_clock.ts";

const LATE_US = 250_000;
/** A clock to which each event comes in an entry of its own, received long after. */
class EntryClock extends MarketClock {
  override admit(timeUs: number) {
    this.open(Infinity);
    return super.admit(timeUs);
  }
}
const clockAt = (timeUs: number) => {
  const clock = new EntryClock(LATE_US);
  clock.admit(timeUs);
  return clock;
};

Deno.test("`MarketClock` takes what is no older than its watermark", () => {
  const clock = clockAt(START_US);
  assert.equal(clock.watermarkUs, START_US - LATE_US);
  assert.equal(clock.admit(START_US - LATE_US), "taken");
  assert.equal(clock.admit(START_US - LATE_US - 1), "late");
  assert.equal(clock.admit(START_US - BEHIND_US_MIN), "late");
  assert.equal(clock.admit(START_US + 10), "taken");
  assert.equal(clock.newestUs, START_US + 10);
  clock.hurry(START_US + 5);
  assert.equal(clock.admit(START_US + 4), "late");
  assert.equal(clock.admit(START_US + 5), "taken");
});

Deno.test("`MarketClock` is not frozen by one wrong stamp from the future, and follows a market that opens again", () => {
  const clock = clockAt(START_US);
  const mondayUs = START_US + 2 * 86_400e6;
  assert.equal(clock.admit(mondayUs), "time-ahead");
  assert.equal(clock.admit(START_US + 1), "taken");
  for (let k = 1; k < AHEAD_ROW_COUNT; k++) assert.equal(clock.admit(mondayUs + k), "time-ahead");
  assert.equal(clock.newestUs, START_US + 1);
  assert.equal(clock.admit(mondayUs), "taken");
  assert.equal(clock.newestUs, mondayUs);
  assert.equal(clock.admit(mondayUs + CLOSED_MARKET_US), "taken", "an hour is no closed market");
});

Deno.test("`MarketClock` begins anew only where nothing near it comes in between", () => {
  const clock = clockAt(START_US);
  const pastUs = START_US - 14 * 365 * 86_400e6;
  for (let round = 0; round < 3; round++) {
    for (let k = 1; k < BEHIND_ROW_COUNT; k++) assert.equal(clock.admit(pastUs + k), "time-behind");
    assert.equal(clock.admit(START_US - 1), "taken", "others are live");
  }
  for (let k = 1; k < BEHIND_ROW_COUNT; k++) clock.admit(pastUs + k);
  assert.equal(clock.admit(pastUs), "restarted");
  assert.equal(clock.newestUs, pastUs);
  assert.equal(clock.watermarkUs, pastUs - LATE_US);
  assert.equal(clock.admit(pastUs + 5), "taken");
});

Deno.test("`MarketClock` takes the many events of one entry for one", () => {
  for (
    const [awayUs, admission, rowCount] of [
      [2 * CLOSED_MARKET_US, "time-ahead", AHEAD_ROW_COUNT],
      [-2 * BEHIND_US_MIN, "time-behind", BEHIND_ROW_COUNT],
    ] as const
  ) {
    const clock = new MarketClock(LATE_US);
    clock.admit(START_US);
    for (let entry = 1; entry < rowCount; entry++) {
      clock.open(Infinity);
      for (let k = 0; k < 20; k++) assert.equal(clock.admit(START_US + awayUs + k), admission, `entry ${entry}`);
    }
    assert.equal(clock.newestUs, START_US);
    clock.open(Infinity);
    clock.admit(START_US + awayUs);
    assert.equal(clock.newestUs, START_US + awayUs);
  }
});

Deno.test("`MarketClock` does not take a stamp that is ahead of its receipt for the end of a pause", () => {
  const clock = new MarketClock(LATE_US);
  const skewUs = 5 * 60e6;
  for (let k = 0; k < 100; k++) {
    clock.open(START_US + k);
    assert.equal(clock.admit(START_US + skewUs + k), "taken", "feeds whose clocks are wrong together are in order");
  }
  const newestUs = clock.newestUs;
  const ahead = (timeUs: number, receiveTimeUs: number) => {
    clock.open(receiveTimeUs);
    return clock.admit(timeUs);
  };
  assert.equal(ahead(newestUs + AHEAD_OF_RECEIPT_US_MAX + 1, START_US + 1_000), "time-ahead");
  assert.equal(ahead(newestUs + AHEAD_OF_RECEIPT_US_MAX, START_US + 1_000), "taken");
  const laterUs = newestUs + 30 * 60e6;
  assert.equal(ahead(laterUs, laterUs), "taken", "a pause that was one");
});

Deno.test("`MarketClock` recovers from a stamp that was ahead by less than an hour", () => {
  const clock = clockAt(START_US);
  assert.equal(clock.admit(START_US + 30 * 60e6), "taken");
  let refused = 0;
  while (clock.admit(START_US + refused) !== "restarted") refused++;
  assert.equal(refused, BEHIND_ROW_COUNT - 1);
});

Deno.test("`MarketClock` restored continues in the middle of a row", () => {
  const clock = clockAt(START_US);
  for (let k = 1; k < AHEAD_ROW_COUNT; k++) clock.admit(START_US + 2 * CLOSED_MARKET_US);
  const restored = new EntryClock(LATE_US);
  restored.restore(clock.snapshot());
  assert.equal(restored.admit(START_US + 2 * CLOSED_MARKET_US), "taken");
});
