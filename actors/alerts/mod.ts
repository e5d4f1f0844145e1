/**
 * The alert actor.
 *
 * @module
 */
export { ALERTS_SNAPSHOT_VERSION, createAlertActor } from "./alert_actor.ts";
export { OPEN_ALERTS_MAX, OVER_ALERTS_MAX } from "./alert_shelf.ts";
export { AlertsState, METRIC_KIND } from "./alerts_state.ts";
export { HELD_BACK_KIND } from "./held_back.ts";
export { RuleBook } from "./rule_book.ts";
export { type KnownNames, ruleWarnings } from "./rule_warnings.ts";
