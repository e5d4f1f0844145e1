/**
 * What of the page is open: where there is room for it, until somebody says otherwise.
 *
 * @module
 */
import { METRIC_GROUP_NAMES, type MetricGroup } from "../actors/contract/metric_catalogue.ts";
import { StoredSwitch } from "./stored_switch.ts";

/** Groups of metrics that are unfolded on a phone. */
const PHONE_GROUPS: ReadonlySet<MetricGroup> = new Set(["spread"]);

const groupsOf = <Value>(valueOf: (group: MetricGroup) => Value) =>
  Object.fromEntries(METRIC_GROUP_NAMES.map((group) => [group, valueOf(group)])) as Record<MetricGroup, Value>;

/** @param isDesk whether there is room beside the prices. */
export function makeSwitches(isDesk: boolean) {
  const isTall = (px: number) => matchMedia(`(min-width: 1024px) and (min-height: ${px}px)`).matches;
  const groups = groupsOf((group) => new StoredSwitch(`fxmm.group.${group}`, isDesk || PHONE_GROUPS.has(group)));
  return {
    cluster: new StoredSwitch("fxmm.cluster", isDesk),
    market: new StoredSwitch("fxmm.market", isTall(800)),
    // A row of the page that prices lose: open where there is enough of them.
    feeds: new StoredSwitch("fxmm.feeds", isTall(1_000)),
    cases: new StoredSwitch("fxmm.cases", true),
    alerts: new StoredSwitch("fxmm.alerts", true),
    /** The book behind the mid. */
    book: new StoredSwitch("fxmm.book", true),
    groups,
    groupOpen: groupsOf((group) => groups[group].value),
  };
}
