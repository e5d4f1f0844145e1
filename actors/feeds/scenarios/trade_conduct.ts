/**
 * Trades that are not what they seem: washes between one's own, pings before a large order, moves that are made to be reversed.
 *
 * @module
 */
import { opposite, Side, takerOf, upOf } from "./_sides.ts";
import type { Scenario, Stage } from "./stage.ts";

/** Pairs of trades, or rounds of a ring, after which a wash is plain to see. */
const WASH_PLAIN = 2;

export const washTrading: Scenario = {
  kind: "wash-trading",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const ring = stage.note("ownerCount", stage.chance(0.4) ? 1 : stage.chance(0.5) ? 2 : 3 + stage.random.below(2));
    const owners = Array.from({ length: ring }, () => venue.newOwner());
    const rounds = Math.max(3, Math.round(stage.between("roundCount", 8, 3)));
    const size = stage.lots(venue.usual.tradeSize * stage.draw("sizeTrades", 1, 5));
    const gapMs = stage.between("gapMs", 600, 4_000);
    const perRound = ring === 1 ? 1 : ring;
    stage.repeat((k) => {
      const round = Math.floor(k / perRound);
      if (round === WASH_PLAIN) stage.complete();
      if (round >= rounds) {
        stage.end();
        return undefined;
      }
      const bid = venue.best(Side.bid);
      const ask = venue.best(Side.ask);
      if (bid === undefined || ask === undefined) return 200;
      const aggressor = k % 2 === 0 ? Side.buy : Side.sell;
      const from = owners[k % ring]!;
      const to = owners[(k + 1) % ring]!;
      const traded = stage.lots(size * (1 + 0.01 * (stage.random.uniform() - 0.5)));
      venue.print({
        tick: aggressor === Side.buy ? ask : bid,
        size: traded,
        seller: from,
        buyer: to,
        aggressor,
      });
      return gapMs * (0.4 + 1.2 * stage.random.uniform());
    });
  },
};

export const pinging: Scenario = {
  kind: "pinging",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const side = stage.side();
    const count = Math.max(7, Math.round(stage.between("pingCount", 20, 8)));
    const gapMs = stage.between("gapMs", 120, 700);
    const large = stage.between("largeTrades", 9, 4);
    stage.repeat((k) => {
      if (k < count) {
        venue.take({ side: takerOf(side), size: 100_000, owner });
        return gapMs * (0.5 + stage.random.uniform());
      }
      const size = Math.min(stage.lots(large * venue.usual.tradeSize), 0.8 * venue.depth(side, 10));
      venue.take({ side: takerOf(side), size: stage.lots(size), owner });
      stage.complete();
      stage.end();
      return undefined;
    });
  },
};

/** Move the price step by step, about so many ticks in so many ms. */
export function drift(stage: Stage, ticks: number, durationMs: number, done: () => void, each?: () => void): void {
  const steps = Math.max(3, Math.round(durationMs / 200));
  stage.repeat((k) => {
    if (k >= steps) {
      done();
      return undefined;
    }
    stage.venue.push(ticks / steps);
    each?.();
    return (durationMs / steps) * (0.6 + 0.8 * stage.random.uniform());
  });
}

export const momentumIgnition: Scenario = {
  kind: "momentum-ignition",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const side = stage.side();
    const trades = Math.max(6, Math.round(stage.between("tradeCount", 16, 7)));
    const burstMs = stage.draw("burstMs", 800, 2_500);
    const sigmas = stage.between("moveSigmas", 16, 6);
    const moveTicks = Math.max(
      2 * venue.usual.spreadTicks,
      sigmas * venue.usual.sigmaTicks * Math.sqrt(burstMs / 1_000),
    );
    stage.note("moveTicks", moveTicks);
    const up = -upOf(side);
    const size = () => stage.lots(venue.usual.tradeSize * (1 + 2.5 * stage.random.uniform()));
    let left = trades;
    drift(stage, up * moveTicks, burstMs, () => {
      stage.after(stage.draw("holdMs", 500, 4_000), () => {
        const back = stage.draw("reversalShare", 0.6, 0.95);
        const backMs = stage.draw("reversalMs", 3_000, 20_000);
        stage.after(0.6 * backMs, () => stage.complete());
        drift(stage, -up * moveTicks * back, backMs, () => stage.end(), () => {
          if (stage.chance(0.15)) venue.take({ side: takerOf(opposite(side)), size: size(), owner });
        });
      });
    }, () => {
      for (let k = 0; k < Math.ceil(trades / Math.max(3, Math.round(burstMs / 200))) && left > 0; k++, left--) {
        venue.take({ side: takerOf(side), size: size(), owner });
      }
    });
  },
};

/** Half of the window around the fix, and how long the price takes to come back. */
const FIX_HALF_MS = 150_000;

export const fixPressure: Scenario = {
  kind: "fix-pressure",
  benign: false,
  atFix: true,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const side = stage.side();
    const up = -upOf(side);
    const sigmas = stage.between("driftSigmas", 6, 3);
    const moveTicks = sigmas * venue.usual.sigmaTicks * Math.sqrt((2 * FIX_HALF_MS) / 1_000);
    stage.note("moveTicks", moveTicks);
    const pieces = stage.between("tradesPerSecond", 1.5, 0.6);
    drift(stage, up * moveTicks, 2 * FIX_HALF_MS - 8_000, () => {
      stage.after(stage.draw("holdMs", 5_000, 20_000), () => {
        const back = stage.draw("reversalShare", 0.5, 0.9);
        const backMs = stage.draw("reversalMs", 60_000, 150_000);
        stage.after(0.65 * backMs, () => stage.complete());
        drift(stage, -up * moveTicks * back, backMs, () => stage.end());
      });
    }, () => {
      if (!stage.chance(pieces * 0.2)) return;
      const size = stage.lots(venue.usual.tradeSize * (0.5 + 2 * stage.random.uniform()));
      venue.take({ side: takerOf(side), size, owner });
    });
  },
};
