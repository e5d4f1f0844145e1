import assert from "node:assert/strict";
import { MILLION, TradingMarket } from "../../tests/support/trading_market.ts";

const KIND = "fix-pressure";

interface Fix {
  /** When the fix is. */
  at: string;
  moveTicks?: number;
  backTicks?: number;
  /** Trades with the drift in each second of the window. */
  withDrift?: number;
  against?: number;
}

/** Twenty minutes around a fix, with a drift in its window that is taken back. */
function fix({ at, moveTicks = 90, backTicks = 60, withDrift = 1, against = 0 }: Fix): TradingMarket {
  const market = new TradingMarket({ startUs: (Date.parse(at) - 600_000) * 1_000 }).run(450);
  const up = Math.sign(moveTicks) as 1 | -1;
  market.run(300, {
    moveTicks,
    each(step) {
      if (step % 10 !== 0) return;
      for (let k = 0; k < withDrift; k++) market.trade({ sign: up, size: 2 * MILLION });
      for (let k = 0; k < against; k++) market.trade({ sign: -up as 1 | -1, size: 2 * MILLION });
    },
  });
  return market.run(10).run(90, { moveTicks: -backTicks }).run(120);
}

const WINTER = "2024-03-13T16:00:00Z";
const SUMMER = "2024-07-10T15:00:00Z";

Deno.test("`FixPressure` finds a drift in the window that is taken back, by the clock of London, up and down", () => {
  for (const at of [WINTER, SUMMER, "2024-04-01T15:00:00Z"]) {
    for (const up of [1, -1]) {
      const [found, ...more] = fix({ at, moveTicks: 90 * up, backTicks: 60 * up }).openings(KIND);
      assert(found !== undefined && more.length === 0, at);
      const { driftBps, reversalBps, flowShare, driftSigmas } = found.evidence;
      assert(up * driftBps! > 6 && up * reversalBps! < -2 && up * flowShare! > 0.5 && driftSigmas! > 2.5);
      assert.equal(found.startUs, (Date.parse(at) - 150_000) * 1_000);
      assert(found.score > 0.99 && found.severity !== "info");
      assert.match(found.sentence, /consistent with pressure on the fix$/);
    }
  }
});

Deno.test("`FixPressure` says nothing at another hour: that of the other half of the year, or noon", () => {
  for (const at of ["2024-03-13T15:00:00Z", "2024-07-10T16:00:00Z", "2024-03-13T12:00:00Z"]) {
    assert.deepEqual(fix({ at }).openings(KIND), [], at);
  }
});

Deno.test("`FixPressure` leaves alone a drift that stays, one that is usual, and one with the flow against it", () => {
  assert.deepEqual(fix({ at: WINTER, backTicks: 0 }).openings(KIND), []);
  assert.deepEqual(fix({ at: WINTER, moveTicks: 6, backTicks: 6 }).openings(KIND), []);
  assert.deepEqual(fix({ at: WINTER, withDrift: 0, against: 1 }).openings(KIND), []);
});

Deno.test("`FixPressure` on quotes alone says it as a remark", () => {
  const market = fix({ at: WINTER, withDrift: 0 });
  const quotes = market.events.filter(({ kind }) => kind === 1);
  market.events.splice(0, market.events.length, ...quotes);
  const [found] = market.openings(KIND);
  assert.equal(found?.severity, "info");
  assert.equal(found.evidence.flowShare, undefined);
  assert.doesNotMatch(found.sentence, /flow/);
});

Deno.test("`FixPressure` says nothing where it came into the window late or the market is closed", () => {
  const late = new TradingMarket({ startUs: (Date.parse(WINTER) - 60_000) * 1_000 });
  assert.deepEqual(late.run(200, { moveTicks: 90 }).run(90, { moveTicks: -60 }).run(60).openings(KIND), []);
  const silent = new TradingMarket({ startUs: (Date.parse(WINTER) - 600_000) * 1_000 }).run(300);
  silent.timeUs += 600e6;
  assert.deepEqual(silent.run(60, { moveTicks: 90 }).openings(KIND), []);
});

Deno.test("`FixPressure` tells the usual drift from the second day on, and is restored anywhere", () => {
  const market = fix({ at: WINTER });
  const next = fix({ at: "2024-03-14T16:00:00Z", moveTicks: -90, backTicks: -60 });
  market.events.push(...next.events);
  const found = market.openings(KIND);
  assert.equal(found.length, 2);
  assert.equal(found[0]!.evidence.usualDriftBps, undefined);
  assert(Math.abs(found[1]!.evidence.usualDriftBps! - Math.abs(found[0]!.evidence.driftBps!)) < 1);
  market.assertRestorable(KIND);
});
