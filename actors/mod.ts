/**
 * What others may know of the actors' roles: how they are configured.
 *
 * @module
 */
export { readActorsConfig } from "./config.ts";
export { feedNames, readFeedConfig } from "./feed_config.ts";
