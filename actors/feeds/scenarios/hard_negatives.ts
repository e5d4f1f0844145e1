/**
 * What looks like conduct or trouble and is neither: news, makers who quote anew, a feed that reconnects, large orders that are meant.
 *
 * @module
 */
import { upOf } from "./_sides.ts";
import { anySide, withMood } from "./market_shocks.ts";
import type { Scenario, Stage } from "./stage.ts";

const benign = (kind: string, play: (stage: Stage) => void): Scenario => ({ kind, benign: true, play });

/** A jump that stays, with everybody quoting and trading at once; correlated pairs move along. */
const newsBurst = benign("news-burst", (stage) => {
  const { venue } = stage;
  const sigmas = stage.draw("moveSigmas", 5, 16);
  const up = upOf(stage.side());
  const ticks = sigmas * venue.usual.sigmaTicks * Math.sqrt(5);
  const steps = 3 + stage.random.below(4);
  stage.repeat((k) => {
    if (k >= steps) return undefined;
    venue.push((up * ticks) / steps);
    return 40 + 120 * stage.random.uniform();
  });
  const durationMs = stage.draw("durationMs", 15_000, 45_000);
  Object.assign(venue.mood, { pace: 4, trades: 12, spread: 1.8, volatility: 2.5 });
  stage.after(durationMs / 3, () => Object.assign(venue.mood, { pace: 2.5, trades: 6, spread: 1.3, volatility: 1.6 }));
  stage.after(durationMs, () => {
    Object.assign(venue.mood, { pace: 1, trades: 1, spread: 1, volatility: 1 });
    stage.end();
  });
});

/** Makers take everything back and quote anew on both sides, again and again. */
const makerRequote = benign("maker-requote", (stage) => {
  const rounds = 6 + stage.random.below(12);
  stage.venue.mood.pace = 4;
  stage.repeat((k) => {
    if (k >= rounds) {
      stage.venue.mood.pace = 1;
      stage.end();
      return undefined;
    }
    stage.venue.requote();
    return 200 + 500 * stage.random.uniform();
  });
});

/** A session opens: everything is faster. */
const sessionOpen = benign("session-open", (stage) => {
  const pace = stage.draw("paceRatio", 1.8, 3);
  withMood(stage, { pace, trades: 1.5 * pace, size: 1.2 }, stage.draw("durationMs", 30_000, 90_000), () => stage.end());
});

const feedReconnect = benign("feed-reconnect", (stage) => {
  const silenceMs = stage.draw("silenceMs", 500, 8_000);
  stage.venue.feed.reconnect(silenceMs * 1_000);
  stage.after(silenceMs + 1_000, () => stage.end());
});

const bookResend = benign("book-resend", (stage) => {
  const times = 1 + stage.random.below(4);
  stage.repeat((k) => {
    if (k >= times) {
      stage.end();
      return undefined;
    }
    stage.venue.feed.resend();
    return 500 + 3_000 * stage.random.uniform();
  });
});

/** A feed that tells trades twice. */
const duplicateTrades = benign("duplicate-trades", (stage) => {
  stage.venue.feed.repeatTrades(3 + stage.random.below(10));
  stage.after(stage.draw("durationMs", 5_000, 20_000), () => stage.end());
});

/** A large size that is meant: it waits for long, is filled a bit, and leaves in pieces when nothing has happened. */
const largeGenuineOrder = benign("large-genuine-order", (stage) => {
  const { venue } = stage;
  const side = stage.side();
  const owner = venue.newOwner();
  const ratio = stage.draw("sizeRatio", 4, 14);
  const behind = stage.random.below(3);
  const best = venue.best(side);
  if (best === undefined) return stage.drop();
  const tick = best - upOf(side) * behind;
  let id = venue.place({ side, tick, size: stage.lots(ratio * venue.usual.levelSize), owner });
  stage.after(stage.draw("restMs", 45_000, 120_000), () => {
    const pieces = 3 + stage.random.below(3);
    const piece = stage.lots(venue.sizeOf(id) / pieces);
    stage.repeat(() => {
      const left = venue.cancel(id) - piece;
      if (left <= 0) {
        stage.end();
        return undefined;
      }
      id = venue.place({ side, tick, size: stage.lots(left), owner });
      return 2_000 + 6_000 * stage.random.uniform();
    });
  });
});

/** An order that is worked: a slice at the touch, put back whenever it was filled. */
const iceberg = benign("iceberg", (stage) => {
  const { venue } = stage;
  const side = stage.side();
  const owner = venue.newOwner();
  const size = stage.lots(venue.usual.levelSize * stage.draw("sliceRatio", 0.5, 1.5));
  const startUs = venue.timeUs;
  const durationMs = stage.draw("durationMs", 20_000, 60_000);
  let id = 0;
  let tick: number | undefined;
  stage.repeat(() => {
    if ((venue.timeUs - startUs) / 1_000 > durationMs) {
      venue.cancel(id);
      stage.end();
      return undefined;
    }
    tick ??= venue.best(side);
    if (venue.sizeOf(id) === 0 && tick !== undefined) id = venue.place({ side, tick, size, owner });
    return 100 + 200 * stage.random.uniform();
  });
});

/** Round lots of several owners, back to back. */
const blockTrades = benign("block-trades", (stage) => {
  const { venue } = stage;
  const count = 2 + stage.random.below(4);
  stage.repeat((k) => {
    if (k >= count) {
      stage.end();
      return undefined;
    }
    venue.take({ side: anySide(stage), size: 5e6, owner: venue.someOwner() });
    return 300 + 2_000 * stage.random.uniform();
  });
});

/** Many trades both ways, most of the same round size. */
const twoWayBurst = benign("two-way-burst", (stage) => {
  const { venue } = stage;
  const count = 15 + stage.random.below(30);
  stage.repeat((k) => {
    if (k >= count) {
      stage.end();
      return undefined;
    }
    venue.take({ side: anySide(stage), size: stage.chance(0.6) ? 1e6 : 5e5, owner: venue.someOwner() });
    return 100 + 500 * stage.random.uniform();
  });
});

/** Makers show a large size on both sides for a while, and take both back. */
const twoSidedSize = benign("two-sided-size", (stage) => {
  const { venue } = stage;
  const owner = venue.newOwner();
  const ratio = stage.draw("sizeRatio", 4, 10);
  const side = stage.side();
  const ids = [1, 2].map((s) => {
    const at = s as typeof side;
    const best = venue.best(at);
    return best === undefined
      ? 0
      : venue.place({ side: at, tick: best - upOf(at) * 2, size: stage.lots(ratio * venue.usual.levelSize), owner });
  });
  stage.after(stage.draw("restMs", 3_000, 12_000), () => {
    for (const id of ids) venue.cancel(id);
    stage.end();
  });
});

export const HARD_NEGATIVES: readonly Scenario[] = [
  newsBurst,
  makerRequote,
  sessionOpen,
  feedReconnect,
  bookResend,
  duplicateTrades,
  largeGenuineOrder,
  iceberg,
  blockTrades,
  twoWayBurst,
  twoSidedSize,
];
