/**
 * What others may know of the actors' roles: how they are configured.
 *
 * @module
 */
export { feedName, readActorsConfig, readFeedConfig } from "./config.ts";
