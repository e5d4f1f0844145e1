/**
 * The pair actor: book, flow and the metrics of one currency pair.
 *
 * @module
 */
export { createPairActor, liveBook } from "./pair_actor.ts";
export { PAIR_SNAPSHOT_VERSION } from "./pair_snapshot.ts";
export { CLOCK_RESTART_US_MIN, LATE_US_MAX, PairState } from "./pair_state.ts";
