import assert from "node:assert/strict";
import { SESSION_KEY_COUNT, SessionClock } from "./sessions.ts";
import { US_PER_DAY, US_PER_HOUR, US_PER_MINUTE } from "./units.ts";

const clock = new SessionClock();

function at(iso: string) {
  const { sessions, tradingDate, weekOpen, dayStartUs } = advanced(iso);
  return { sessions: sessions.join(" "), tradingDate, weekOpen, dayStart: new Date(dayStartUs / 1_000).toISOString() };
}

function advanced(iso: string): SessionClock {
  clock.advance(Date.parse(iso) * 1_000);
  return clock;
}

Deno.test("`SessionClock` opens and closes the sessions by the clocks of their cities", () => {
  // January: Sydney UTC+11, Tokyo UTC+9, London UTC, New York UTC−5.
  assert.equal(at("2024-01-16T20:59:59Z").sessions, "new-york");
  assert.equal(at("2024-01-16T21:00:00Z").sessions, "sydney new-york");
  assert.equal(at("2024-01-16T22:00:00Z").sessions, "sydney");
  assert.equal(at("2024-01-16T23:00:00Z").sessions, "sydney tokyo");
  assert.equal(at("2024-01-17T06:00:00Z").sessions, "tokyo");
  assert.equal(at("2024-01-17T08:00:00Z").sessions, "london");
  assert.equal(at("2024-01-17T13:00:00Z").sessions, "london new-york");
  assert.equal(at("2024-01-17T17:00:00Z").sessions, "new-york");
  // July: Sydney UTC+10, London UTC+1, New York UTC−4.
  assert.equal(at("2024-07-16T21:30:00Z").sessions, "");
  assert.equal(at("2024-07-16T22:00:00Z").sessions, "sydney");
  assert.equal(at("2024-07-17T07:00:00Z").sessions, "tokyo london");
  assert.equal(at("2024-07-17T12:00:00Z").sessions, "london new-york");
});

Deno.test("`SessionClock` knows that London and New York change their clocks weeks apart", () => {
  assert.equal(at("2024-03-15T12:30:00Z").sessions, "london new-york"); // New York has UTC−4, London UTC
  assert.equal(at("2024-03-15T16:30:00Z").sessions, "london new-york");
  assert.equal(at("2024-03-15T21:00:00Z").weekOpen, false);
  assert.equal(at("2024-11-01T20:59:59Z").weekOpen, true); // London UTC, New York still UTC−4
  assert.equal(at("2024-11-01T21:00:00Z").weekOpen, false);
  assert.equal(at("2024-11-08T21:59:59Z").weekOpen, true); // both on winter time
  assert.equal(at("2024-11-08T22:00:00Z").weekOpen, false);
});

Deno.test("`SessionClock` rolls the trading day at 17:00 in New York, and opens the week on Sunday", () => {
  assert.deepEqual(at("2024-01-14T21:59:59Z"), {
    sessions: "sydney",
    tradingDate: "2024-01-14",
    weekOpen: false,
    dayStart: "2024-01-13T22:00:00.000Z",
  });
  assert.deepEqual(at("2024-01-14T22:00:00Z"), {
    sessions: "sydney",
    tradingDate: "2024-01-15",
    weekOpen: true,
    dayStart: "2024-01-14T22:00:00.000Z",
  });
  assert.equal(at("2024-01-19T22:00:00Z").tradingDate, "2024-01-20");
  // The day on which New York changes its clock has 23 hours.
  assert.equal(at("2024-03-10T20:59:59Z").dayStart, "2024-03-09T22:00:00.000Z");
  assert.equal(at("2024-03-10T21:00:00Z").dayStart, "2024-03-10T21:00:00.000Z");
});

Deno.test("`SessionClock` says the same whichever way it comes to a time", () => {
  const startUs = Date.parse("2024-03-08T00:00:00Z") * 1_000;
  const walking = new SessionClock();
  for (let timeUs = startUs; timeUs < startUs + 7 * US_PER_DAY; timeUs += 7 * US_PER_MINUTE) {
    walking.advance(timeUs);
    const fresh = new SessionClock();
    fresh.advance(timeUs + 1);
    assert.deepEqual(walking.sessions, fresh.sessions);
    assert.equal(walking.tradingDate, fresh.tradingDate);
    assert(walking.dayStartUs <= timeUs && timeUs < walking.dayStartUs + 25 * US_PER_HOUR);
    assert(walking.sessionKey >= 0 && walking.sessionKey < SESSION_KEY_COUNT);
  }
  walking.advance(startUs);
  assert.equal(walking.tradingDate, "2024-03-08");
});
