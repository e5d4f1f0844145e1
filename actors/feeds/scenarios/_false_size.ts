/**
 * What spoofing and layering share: a genuine order on one side, sizes on the other that are not meant, and their withdrawal once the
 * genuine one is filled.
 *
 * @module
 */
import { type BookSideName, opposite, upOf } from "./_sides.ts";
import type { Stage } from "./stage.ts";

export interface FalseSizes {
  /** The side of the sizes that are not meant. */
  side: BookSideName;
  owner: number;
  /** Show them; answers the orders. */
  show(): number[];
  /** Longest the genuine order is waited for, ms. */
  patienceMs: number;
  /** From its fill to the withdrawal, ms. */
  reactionMs: number;
  /** Between two withdrawals, ms. */
  stepMs: number;
}

/** How often the genuine order is looked at, ms. */
const LOOK_MS = 20;

/** Leave the genuine order at or inside the touch of the other side; answers its id. */
export function placeGenuine(stage: Stage, side: BookSideName, owner: number): number {
  const { venue } = stage;
  const genuineSide = opposite(side);
  const best = venue.best(genuineSide);
  const other = venue.best(side);
  if (best === undefined || other === undefined) return 0;
  const up = upOf(genuineSide);
  const spreadTicks = up * (other - best);
  const tick = spreadTicks > 1 ? best + up : best;
  const size = stage.lots(venue.usual.tradeSize * stage.draw("genuineTrades", 0.5, 2));
  return venue.place({ side: genuineSide, tick, size, owner });
}

/** Play it; `done(true)` when the genuine order was filled and the sizes are withdrawn, `done(false)` where it was not. */
export function playFalseSizes(stage: Stage, sizes: FalseSizes, done: (worked: boolean) => void): void {
  const { venue } = stage;
  const genuine = placeGenuine(stage, sizes.side, sizes.owner);
  const genuineSize = venue.sizeOf(genuine);
  if (genuine === 0 || genuineSize === 0) return done(false);
  stage.after(stage.draw("leadMs", 50, 800), () => {
    const shown = sizes.show();
    const shownSize = shown.reduce((sum, id) => sum + venue.sizeOf(id), 0);
    const looks = Math.ceil(sizes.patienceMs / LOOK_MS);
    stage.repeat((round) => {
      const left = venue.sizeOf(genuine);
      // A false size that is being filled is taken back at once.
      const filled = shownSize - shown.reduce((sum, id) => sum + venue.sizeOf(id), 0);
      const worked = left < 0.5 * genuineSize;
      const burnt = filled > 0.1 * shownSize;
      if (!worked && !burnt && round < looks) return LOOK_MS;
      venue.cancel(genuine);
      stage.after(worked ? sizes.reactionMs : 0, () => withdraw(stage, shown, sizes.stepMs, () => done(worked)));
      return undefined;
    });
  });
}

/** Take orders back one after another, the nearest to the touch first. */
function withdraw(stage: Stage, ids: readonly number[], stepMs: number, done: () => void): void {
  stage.repeat((round) => {
    if (round >= ids.length) {
      done();
      return undefined;
    }
    stage.venue.cancel(ids[round]!);
    return round === ids.length - 1 ? 0 : stepMs * (0.5 + stage.random.uniform());
  });
}
