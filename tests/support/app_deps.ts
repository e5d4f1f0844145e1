/**
 * What `createApp` needs, in memory: each test replaces what it is about.
 *
 * @module
 */
import type { AppDeps } from "../../gateway/ports.ts";
import {
  ClusterView,
  FeedsView,
  LatestStates,
  LiveHub,
  RecentAlerts,
  RecentCases,
  RecentDeliveries,
  RulesView,
} from "../../gateway/live/mod.ts";
import { type HistoryAnswer, IngestError } from "../../actors/contract/mod.ts";
import type { HistoryQuery } from "../../gateway/history.ts";

/** Time of the clock in these tests: 2023-11-14T22:13:20Z. */
export const NOW_MS = 1_700_000_000_000;

export function appDeps(overrides: Partial<AppDeps> = {}): AppDeps {
  const latest = overrides.latest ?? new LatestStates();
  const answer = ({ pair, step, fromUs, toUs }: HistoryQuery): Promise<HistoryAnswer> =>
    Promise.resolve({ pair, step, fromUs, toUs, columns: {} });
  return {
    history: {
      quotes: answer,
      trades: answer,
      metrics: answer,
      market: ({ kind, of, step, fromUs, toUs }) =>
        Promise.resolve({ kind, of: [...of], step, fromUs, toUs, columns: {} }),
      extents: () => Promise.resolve(new Map()),
    },
    depthHistory: {
      depth: ({ pair, fromUs, toUs, stepUs }) => Promise.resolve({ pair, fromUs, toUs, stepUs, bids: [], asks: [] }),
    },
    caseStore: {
      cases: () => Promise.resolve({ cases: [] }),
      one: () => Promise.resolve(undefined),
      summary: (by, { fromUs, toUs }) => Promise.resolve({ by, fromUs, toUs, groups: [] }),
      truth: () => Promise.resolve({ labels: [] }),
    },
    recentCases: new RecentCases(),
    recentAlerts: new RecentAlerts(),
    alertStore: {
      history: () => Promise.resolve({ messages: [] }),
      one: () => Promise.resolve([]),
      precision: (by, { fromUs, toUs }) => Promise.resolve({ by, fromUs, toUs, groups: [] }),
    },
    rules: new RulesView(),
    dryRun: {
      run: ({ fromUs, toUs }) =>
        Promise.resolve({
          fromUs,
          toUs,
          lookedAtCount: 0,
          openedCount: 0,
          heldBackCount: 0,
          suppressedCount: 0,
          alerts: [],
          warnings: [],
        }),
    },
    shownPairs: () => [],
    desk: {
      command: () => Promise.resolve(),
      putRule: () => Promise.resolve(1),
      deleteRule: () => Promise.resolve(),
      versions: () => Promise.resolve([]),
    },
    alertRoutes: [],
    recentDeliveries: new RecentDeliveries(),
    latest,
    hub: new LiveHub(latest, { nowMs: () => NOW_MS, pairs: [] }),
    archivers: [],
    notReady: () => Promise.resolve([]),
    cluster: new ClusterView({ nowMs: () => NOW_MS }),
    feeds: new FeedsView({ nowMs: () => NOW_MS }),
    pageFile: () => Promise.resolve(undefined),
    docsFile: () => Promise.resolve(new Uint8Array()),
    upgrade: (request) => Deno.upgradeWebSocket(request),
    sendIngest: () => Promise.reject(new IngestError("unserved", "no feed node takes events")),
    sleep: () => Promise.resolve(),
    requestCounts: new Map(),
    nowMs: () => NOW_MS,
    logLine: () => {},
    ...overrides,
  };
}
