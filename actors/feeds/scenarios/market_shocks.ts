/**
 * Shocks of price and liquidity that nobody need have meant.
 *
 * @module
 */
import { Side, takerOf, upOf } from "./_sides.ts";
import type { Scenario, Stage } from "./stage.ts";
import { drift } from "./trade_conduct.ts";

/** Standard deviation of the mid over so long a time, ticks. */
const sigmaOver = (stage: Stage, ms: number) => stage.venue.usual.sigmaTicks * Math.sqrt(ms / 1_000);

/** Change what ordinary participants do, and change it back. */
export function withMood(
  stage: Stage,
  mood: Partial<Stage["venue"]["mood"]>,
  durationMs: number,
  done: () => void,
): void {
  const own = stage.venue.mood;
  Object.assign(own, mood);
  stage.after(durationMs, () => {
    for (const name of Object.keys(mood) as (keyof typeof own)[]) own[name] = 1;
    done();
  });
}

export const spreadBlowout: Scenario = {
  kind: "spread-blowout",
  benign: false,
  play(stage) {
    const { venue } = stage;
    withMood(
      stage,
      { spread: stage.between("spreadRatio", 12, 4.5) },
      stage.draw("durationMs", 2_000, 15_000),
      () => stage.end(),
    );
    venue.pull();
    stage.after(700, () => stage.complete());
  },
};

export const depthDepletion: Scenario = {
  kind: "depth-depletion",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const both = stage.note("bothSides", stage.random.below(2)) === 1;
    const side = both ? undefined : stage.side();
    const size = stage.between("sizeRatio", 0.06, 0.18);
    const durationMs = stage.draw("durationMs", 4_000, 20_000);
    withMood(stage, { size }, durationMs, () => stage.end());
    venue.pull(side);
    // Those of the other side come back thin too, by and by: it is one-sided for a moment only.
    stage.after(1_000, () => stage.complete());
  },
};

export const liquidityHole: Scenario = {
  kind: "liquidity-hole",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const silenceMs = stage.between("silenceMs", 20_000, 4_000);
    const sigmas = stage.between("gapSigmas", 14, 6);
    const ticks = Math.max(2 * venue.usual.spreadTicks, sigmas * sigmaOver(stage, silenceMs));
    stage.note("gapTicks", ticks);
    const up = upOf(stage.side());
    venue.feed.stall(silenceMs * 1_000);
    stage.after(0.6 * silenceMs, () => venue.push(up * ticks));
    stage.after(silenceMs + 50, () => {
      stage.complete();
      stage.after(500, () => stage.end());
    });
  },
};

export const flashCrash: Scenario = {
  kind: "flash-crash",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const side = stage.side();
    const crashMs = stage.draw("crashMs", 2_000, 10_000);
    const sigmas = stage.between("moveSigmas", 40, 14);
    const ticks = Math.max(5 * venue.usual.spreadTicks, sigmas * sigmaOver(stage, crashMs));
    stage.note("moveTicks", ticks);
    const up = -upOf(side);
    Object.assign(venue.mood, {
      spread: stage.between("spreadRatio", 5, 2.6),
      size: stage.between("sizeRatio", 0.15, 0.35),
      pace: 3,
    });
    venue.pull(side);
    const sell = () => {
      if (stage.chance(0.8)) {
        venue.take({ side: takerOf(side), size: stage.lots(2 * venue.usual.tradeSize), owner: venue.someOwner() });
      }
    };
    drift(stage, up * ticks, crashMs, () => {
      stage.complete();
      const backMs = stage.draw("retraceMs", 10_000, 40_000);
      drift(stage, -up * ticks * stage.draw("retraceShare", 0.4, 0.9), backMs, () => {
        Object.assign(venue.mood, { spread: 1, size: 1, pace: 1 });
        stage.end();
      });
      stage.after(backMs / 3, () => Object.assign(venue.mood, { spread: 1.5, size: 0.6, pace: 1.5 }));
    }, sell);
  },
};

export const jump: Scenario = {
  kind: "jump",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const sigmas = stage.between("moveSigmas", 20, 9);
    const ticks = Math.max(2.5 * venue.usual.spreadTicks, sigmas * sigmaOver(stage, 2_000));
    stage.note("moveTicks", ticks);
    venue.push(upOf(stage.side()) * ticks);
    withMood(stage, { pace: 2 }, 3_000, () => stage.end());
    stage.after(800, () => stage.complete());
  },
};

export const volatilityCluster: Scenario = {
  kind: "volatility-cluster",
  benign: false,
  play(stage) {
    const volatility = stage.between("volatilityRatio", 9, 4);
    const durationMs = stage.draw("durationMs", 70_000, 130_000);
    stage.after(40_000, () => stage.complete());
    withMood(stage, { volatility, pace: 1.5, spread: 1.3 }, durationMs, () => stage.end());
  },
};

export const toxicity: Scenario = {
  kind: "toxicity",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const side = stage.side();
    const owner = venue.newOwner();
    const count = Math.round(stage.between("tradeCount", 260, 140));
    const size = stage.draw("sizeTrades", 1.5, 3);
    const push = -upOf(side) * 0.06 * venue.usual.spreadTicks;
    stage.repeat((k) => {
      if (k >= 0.7 * count) stage.complete();
      if (k >= count) {
        stage.end();
        return undefined;
      }
      venue.take({ side: takerOf(side), size: stage.lots(size * venue.usual.tradeSize), owner });
      venue.push(push);
      return 200 + 400 * stage.random.uniform();
    });
  },
};

export const crossed: Scenario = crossing("crossed", (stage) => Math.ceil(stage.between("overlapTicks", 8, 1)));
export const locked: Scenario = crossing("locked", () => 0);

function crossing(kind: string, ticksOf: (stage: Stage) => number): Scenario {
  return {
    kind,
    benign: false,
    play(stage) {
      const durationMs = stage.between("durationMs", 5_000, 900);
      stage.venue.feed.cross(ticksOf(stage), durationMs * 1_000);
      stage.after(250, () => stage.complete());
      stage.after(durationMs, () => stage.end());
    },
  };
}

export const badTick: Scenario = {
  kind: "bad-tick",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const ticks = Math.max(6 * venue.usual.spreadTicks, stage.between("spreads", 100, 12) * venue.usual.spreadTicks);
    venue.feed.badTick(Math.round(upOf(stage.side()) * ticks));
    stage.after(600, () => {
      stage.complete();
      stage.end();
    });
  },
};

export const staleQuote: Scenario = {
  kind: "stale-quote",
  benign: false,
  needsPeers: true,
  play(stage) {
    const { venue } = stage;
    const silenceMs = stage.between("silenceMs", 60_000, 25_000);
    const sigmas = stage.between("peerSigmas", 8, 4);
    const up = upOf(stage.side());
    venue.feed.stall(silenceMs * 1_000);
    drift(stage, up * Math.max(3 * venue.usual.spreadTicks, sigmas * sigmaOver(stage, 10_000)), 8_000, () => {
      stage.after(4_000, () => stage.complete());
    });
    stage.after(silenceMs, () => stage.end());
  },
};

export const triangle: Scenario = {
  kind: "triangle",
  benign: false,
  needsPeers: true,
  play(stage) {
    const { venue } = stage;
    const spreads = stage.between("spreads", 14, 6);
    const halfLifeMs = stage.draw("halfLifeMs", 8_000, 20_000);
    venue.dislocate(upOf(stage.side()) * spreads * venue.usual.spreadTicks, halfLifeMs * 1_000);
    stage.after(2_000, () => stage.complete());
    stage.after(2 * halfLifeMs, () => stage.end());
  },
};

/** A pair that has parted from others comes back to them with this half-life. */
const REJOIN_US = 5e6;

export const correlationBreak: Scenario = {
  kind: "correlation-break",
  benign: false,
  needsPeers: true,
  play(stage) {
    const { venue } = stage;
    const sigmas = stage.between("noiseSigmas", 8, 5);
    const durationMs = stage.draw("durationMs", 240_000, 300_000);
    const startUs = venue.timeUs;
    stage.repeat(() => {
      const ms = (venue.timeUs - startUs) / 1_000;
      if (ms > 180_000) stage.complete();
      if (ms > durationMs) {
        venue.dislocate(0, REJOIN_US);
        stage.end();
        return undefined;
      }
      venue.dislocate(sigmas * venue.usual.sigmaTicks * stage.random.normal(), 600e6);
      return 800 + 400 * stage.random.uniform();
    });
  },
};

/** Which side a genuine trade is on, at random. */
export const anySide = (stage: Stage) => stage.chance(0.5) ? Side.buy : Side.sell;
