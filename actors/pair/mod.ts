/**
 * The pair actor: book, flow and the metrics of one currency pair.
 *
 * @module
 */
export { Book } from "./book.ts";
export { Ladder, LADDER_LEVELS_MAX } from "./ladder.ts";
export { createPairActor, liveBook, PAIR_SNAPSHOT_VERSION } from "./pair_actor.ts";
export { CLOCK_RESTART_US_MIN, LATE_US_MAX, PairState, SAMPLE_US } from "./pair_state.ts";
