/**
 * What the HTTP application needs from outside.
 *
 * @module
 */
import type { AlertDesk } from "../actors/adapters/alert_desk.ts";
import type { Pair } from "../actors/contract/mod.ts";
import type { LogLine } from "../actors/runtime/mod.ts";
import type { AlertStore } from "./alert_store.ts";
import type { Archiver } from "./archive/mod.ts";
import type { CaseStore } from "./case_store.ts";
import type { DepthHistory } from "./depth_history.ts";
import type { DryRun } from "./dry_run.ts";
import type { SendIngest } from "./ingest/mod.ts";
import type { History } from "./history.ts";
import type { OpenRoute } from "./notify/mod.ts";
import type {
  ClusterView,
  FeedsView,
  LatestStates,
  LiveHub,
  RecentAlerts,
  RecentCases,
  RecentDeliveries,
  RulesView,
} from "./live/mod.ts";

export interface AppDeps {
  history: Pick<History, "quotes" | "trades" | "metrics" | "market" | "extents">;
  /** The book over time. */
  depthHistory: Pick<DepthHistory, "depth">;
  caseStore: Pick<CaseStore, "cases" | "one" | "summary" | "truth">;
  recentCases: RecentCases;
  recentAlerts: RecentAlerts;
  alertStore: Pick<AlertStore, "history" | "one" | "precision">;
  /** Rules that are in effect. */
  rules: Pick<RulesView, "rules" | "get" | "refused" | "followed">;
  /** What a rule would have done. */
  dryRun: Pick<DryRun, "run">;
  /** Pairs that are meant to have data, and whichever else have. */
  shownPairs(): readonly Pair[];
  desk: Pick<AlertDesk, "command" | "putRule" | "deleteRule" | "versions">;
  /** Where alerts are sent. */
  alertRoutes: readonly OpenRoute[];
  recentDeliveries: Pick<RecentDeliveries, "of" | "health" | "followed">;
  latest: LatestStates;
  hub: LiveHub;
  archivers: readonly Pick<Archiver, "stream" | "stats" | "rejected">[];
  /** What keeps the gateway from serving everything; empty when nothing does. */
  notReady(): Promise<string[]>;
  /** Who runs what, and how well. */
  cluster: Pick<ClusterView, "answer" | "followed" | "known" | "liveReports" | "rejected">;
  /** What the feeds tell of themselves. */
  feeds: Pick<FeedsView, "followed" | "known" | "rejectedCount" | "reports" | "gone">;
  /** Reads a file of the built page by its name; `undefined` where there is none. */
  pageFile(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Reads a file of the library that renders the API's document. */
  docsFile(name: string): Promise<Uint8Array<ArrayBuffer>>;
  upgrade(request: Request): { socket: WebSocket; response: Response };
  /** Hands events on to the feed nodes. */
  sendIngest: SendIngest;
  /** What whoever sends events must show. @default {anybody may} */
  ingestToken?: string;
  sleep(ms: number): Promise<void>;
  requestCounts: Map<number, number>;
  nowMs(): number;
  logLine: LogLine;
}
