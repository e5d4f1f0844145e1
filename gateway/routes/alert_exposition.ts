/**
 * Alerts and their routes, in the Prometheus text format.
 *
 * @module
 */
import { Severity } from "../../actors/contract/mod.ts";
import { isOver } from "../live/mod.ts";
import type { AppDeps } from "../ports.ts";
import type { Family } from "./exposition.ts";

export function alertFamilies(
  { recentAlerts, recentDeliveries, alertRoutes, rules }: AppDeps,
  family: Family,
): void {
  const open = recentAlerts.newest.filter((alert) => !isOver(alert));
  family("alerts_followed", "gauge", "1 while the gateway hears of alerts.", [["", Number(recentAlerts.followed)]]);
  family(
    "alerts_open",
    "gauge",
    "Alerts that are open, by severity.",
    Severity.options.map((severity) => [
      `{severity="${severity}"}`,
      open.filter((alert) => alert.severity === severity).length,
    ]),
  );
  family("alerts_waiting", "gauge", "Alerts that are open and that nobody has acknowledged.", [[
    "",
    open.filter(({ acknowledgedBy }) => acknowledgedBy === undefined).length,
  ]]);
  family("alert_rules_refused", "gauge", "Entries of the bucket of rules that are none.", [["", rules.refused.length]]);
  const byRoute = alertRoutes.map(({ name }) => [name, recentDeliveries.health(name)] as const);
  family(
    "route_failing",
    "gauge",
    "1 while the last attempt of a route failed.",
    byRoute.map(([name, health]) => [`{route="${name}"}`, Number(health?.failingSinceMs !== undefined)]),
  );
  family(
    "route_messages",
    "gauge",
    "Messages of a route that are kept, by what became of them.",
    byRoute.flatMap(([name, health]): [string, number][] => {
      if (health === undefined) return [];
      const { deliveredCount, retryingCount, refusedCount, givenUpCount } = health;
      return Object.entries({
        delivered: deliveredCount,
        retrying: retryingCount,
        refused: refusedCount,
        given_up: givenUpCount,
      })
        .map(([state, count]) => [`{route="${name}",state="${state}"}`, count]);
    }),
  );
}
