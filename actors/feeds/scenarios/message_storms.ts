/**
 * Messages that are not meant to trade: stuffing in hundreds a second, flickering at the touch, ghosts that go after every trade.
 *
 * @module
 */
import { opposite, takerOf, upOf } from "./_sides.ts";
import type { Scenario, Stage } from "./stage.ts";

/** One small order inside the spread, or at the touch, and what takes it back. */
function flash(stage: Stage, side: ReturnType<Stage["side"]>, owner: number): () => void {
  const { venue } = stage;
  const best = venue.best(side);
  const other = venue.best(opposite(side));
  if (best === undefined || other === undefined) return () => {};
  const up = upOf(side);
  const inside = up * (other - best) > 1 && stage.chance(0.7) ? best + up : best;
  const size = stage.lots(venue.usual.levelSize * (0.1 + 0.4 * stage.random.uniform()));
  const id = venue.place({ side, tick: inside, size, owner });
  return () => venue.cancel(id);
}

export const quoteStuffing: Scenario = {
  kind: "quote-stuffing",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const perSecond = stage.between("messagesPerSecond", 1_500, 150);
    const durationMs = stage.draw("durationMs", 2_000, 8_000);
    const bothSides = stage.chance(0.3);
    const first = stage.side();
    const startUs = venue.timeUs;
    stage.repeat((round) => {
      const ms = (venue.timeUs - startUs) / 1_000;
      if (ms >= 1_000) stage.complete();
      if (ms >= durationMs) {
        stage.end();
        return undefined;
      }
      const gapMs = 2_000 / perSecond;
      const undo = flash(stage, bothSides && round % 2 === 1 ? opposite(first) : first, owner);
      stage.after(gapMs * 0.4, undo);
      return Math.max(gapMs, gapMs * (0.6 + 0.8 * stage.random.uniform()));
    });
  },
};

export const flickering: Scenario = {
  kind: "flickering",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const perSecond = stage.between("flickersPerSecond", 25, 7);
    const durationMs = stage.draw("durationMs", 12_000, 25_000);
    const side = stage.side();
    const startUs = venue.timeUs;
    stage.repeat(() => {
      const ms = (venue.timeUs - startUs) / 1_000;
      if (ms >= 5_000) stage.complete();
      if (ms >= durationMs) {
        stage.end();
        return undefined;
      }
      const undo = flash(stage, side, owner);
      stage.after(stage.random.exponential(40) + 5, undo);
      return (1_000 / perSecond) * (0.5 + stage.random.uniform());
    });
  },
};

/** Rounds after which ghosts are plain to see. */
const GHOST_ROUNDS_PLAIN = 6;

export const ghostLiquidity: Scenario = {
  kind: "ghost-liquidity",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const side = stage.side();
    const rounds = Math.max(GHOST_ROUNDS_PLAIN, Math.round(stage.between("roundCount", 16, 8)));
    const ratio = stage.between("sizeRatio", 3, 1.2);
    const reactionMs = stage.between("reactionMs", 0.5, 80);
    stage.repeat((round) => {
      if (round === GHOST_ROUNDS_PLAIN) stage.complete();
      if (round >= rounds) {
        stage.end();
        return undefined;
      }
      const best = venue.best(side);
      if (best === undefined) return 300;
      const up = upOf(side);
      const ids = Array.from({ length: 3 }, (_, k) =>
        venue.place({
          side,
          tick: best - up * k,
          size: stage.lots(ratio * venue.usual.levelSize * (0.7 + 0.6 * stage.random.uniform())),
          owner,
        }));
      const tradeMs = 150 + 500 * stage.random.uniform();
      stage.after(tradeMs, () => {
        venue.take({ side: takerOf(side), size: stage.lots(venue.usual.tradeSize * 0.5), owner: venue.someOwner() });
        stage.after(reactionMs * (0.5 + stage.random.uniform()), () => {
          for (const id of ids) venue.cancel(id);
        });
      });
      return tradeMs + 2 * reactionMs + 200 + 600 * stage.random.uniform();
    });
  },
};

export const imbalanceFlip: Scenario = {
  kind: "imbalance-flip",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const owner = venue.newOwner();
    const side = stage.side();
    const ratio = stage.between("sizeRatio", 30, 12);
    const flipMs = stage.between("flipMs", 60, 350);
    const show = (which: typeof side) => {
      const best = venue.best(which);
      if (best === undefined) return 0;
      return venue.place({ side: which, tick: best, size: stage.lots(ratio * venue.usual.levelSize), owner });
    };
    const heavy = show(side);
    stage.after(stage.draw("heavyMs", 1_000, 3_000), () => {
      venue.cancel(heavy);
      stage.after(flipMs, () => {
        const other = show(opposite(side));
        venue.push(-upOf(side) * Math.max(2, 1.5 * venue.usual.spreadTicks));
        stage.after(1_200, () => {
          stage.complete();
          venue.cancel(other);
          stage.end();
        });
      });
    });
  },
};
