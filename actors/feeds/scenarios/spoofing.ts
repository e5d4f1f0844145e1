/**
 * Spoofing: one large size on one side, a genuine order on the other, and the size goes when that is filled.
 *
 * Sizes of court cases are 10 to 50 times the usual; a careful hand shows three times. It waits behind the touch where it is seen and
 * hardly filled, sometimes in several orders of one price, and does it again.
 *
 * @module
 */
import { playFalseSizes } from "./_false_size.ts";
import { upOf } from "./_sides.ts";
import type { Scenario, Stage } from "./stage.ts";

const TRIES_MAX = 4;

export const spoofing: Scenario = {
  kind: "spoofing",
  benign: false,
  play(stage) {
    const { venue } = stage;
    const side = stage.side();
    const owner = venue.newOwner();
    const ratio = stage.between("sizeRatio", 25, 3.5);
    const pieces = stage.note("orderCount", stage.chance(0.7) ? 1 : 2 + stage.random.below(2));
    const behind = stage.note("behindTicks", 1 + stage.random.below(2 + Math.round(venue.usual.spreadTicks / 2)));
    const rounds = stage.note("roundCount", stage.chance(0.7) ? 1 : 2 + stage.random.below(2));
    const reactionMs = stage.between("reactionMs", 400, 2_500);
    const play = (left: number, tries: number, worked: number) => {
      if (left === 0 || tries === 0) return worked > 0 ? stage.end() : stage.drop();
      playFalseSizes(stage, {
        side,
        owner,
        patienceMs: stage.draw("patienceMs", 6_000, 14_000),
        reactionMs,
        stepMs: 15,
        show: () => {
          const tick = (venue.best(side) ?? 0) - upOf(side) * behind;
          const size = ratio * venue.usual.levelSize / pieces;
          return Array.from(
            { length: pieces },
            () => venue.place({ side, tick, size: stage.lots(size * (0.9 + 0.2 * stage.random.uniform())), owner }),
          ).filter((
            id,
          ) => id !== 0);
        },
      }, (didWork) => {
        if (didWork) stage.complete();
        const next = () => play(didWork ? left - 1 : left, tries - 1, worked + (didWork ? 1 : 0));
        stage.after(stage.random.uniform() * 3_000 + 500, next);
      });
    };
    play(rounds, rounds + TRIES_MAX, 0);
  },
};

export const layering: Scenario = {
  kind: "layering",
  benign: false,
  play(stage: Stage) {
    const { venue } = stage;
    const side = stage.side();
    const owner = venue.newOwner();
    const levels = Math.max(3, Math.round(stage.between("levelCount", 8, 3)));
    const ratio = stage.between("sizeRatio", 5, 1.8);
    const reactionMs = stage.between("reactionMs", 200, 1_800);
    const stepMs = stage.between("stepMs", 8, 60);
    const play = (tries: number) => {
      if (tries === 0) return stage.drop();
      playFalseSizes(stage, {
        side,
        owner,
        patienceMs: stage.draw("patienceMs", 6_000, 14_000),
        reactionMs,
        stepMs,
        show: () => {
          const up = upOf(side);
          const best = venue.best(side) ?? 0;
          const gap = 1 + stage.random.below(2);
          return Array.from({ length: levels }, (_, k) =>
            venue.place({
              side,
              tick: best - up * (1 + k * gap),
              size: stage.lots(ratio * venue.usual.levelSize * (0.8 + 0.4 * stage.random.uniform())),
              owner,
            })).filter((id) => id !== 0);
        },
      }, (worked) => {
        if (!worked) return stage.after(1_000, () => play(tries - 1));
        stage.complete();
        stage.end();
      });
    };
    play(TRIES_MAX);
  },
};
