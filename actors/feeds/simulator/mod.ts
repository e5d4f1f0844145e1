/**
 * The simulated market.
 *
 * @module
 */
export type { FeedDetail } from "./feed_tap.ts";
export { createSimulator, RATE_PER_SECOND_DEFAULT, type Simulator, type SimulatorOptions } from "./simulator.ts";
export type { AggressorSide, BookSideName, Mood, UsualMarket, Venue, VenueFeed } from "./venue.ts";
