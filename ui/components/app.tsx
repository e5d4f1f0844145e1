/**
 * The page: the list and one pair side by side on a desk, one after the other on a phone.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import type { PairDetectors } from "../../actors/contract/case_api.ts";
import type { MetricGroup, MetricName } from "../../actors/contract/metric_catalogue.ts";
import type { Alert } from "../../actors/contract/alert.ts";
import type { AlertAction, AlertView, Doing } from "../alert_client.ts";
import type { CaseView } from "../case_feed.ts";
import type { ChartFeed } from "../chart_feed.ts";
import type { Notifier } from "../notifier.ts";
import type { OlderStatus } from "../older_cases.ts";
import type { RuleClient } from "../rule_client.ts";
import type { PageStore } from "../store.ts";
import type { AlertFilter, CaseFilter, ChartSpan, ListChoice } from "../model/location.ts";
import type { Palette, ThemeChoice } from "../theme/theme.ts";
import { AlertDetail } from "./alert_detail.tsx";
import { AlertsPanel } from "./alerts_panel.tsx";
import { Banner } from "./banner.tsx";
import { CaseDetail } from "./case_detail.tsx";
import { CasesPanel } from "./cases_panel.tsx";
import { ClusterPanel } from "./cluster_panel.tsx";
import type { DepthSource } from "./depth_layer.ts";
import { Detail } from "./detail.tsx";
import { Empty } from "./empty.tsx";
import { FeedsPanel } from "./feeds_panel.tsx";
import { Header } from "./header.tsx";
import { KeysHelp } from "./keys_help.tsx";
import { MarketPanel } from "./market_panel.tsx";
import { RulesPanel } from "./rules_panel.tsx";
import { Watchlist } from "./watchlist.tsx";

export interface AppActions {
  select: (pair: string | undefined) => void;
  arrange: (list: ListChoice) => void;
  toggleFavourite: (pair: string) => void;
  setSpan: (span: ChartSpan) => void;
  setMetric: (metric: MetricName | undefined) => void;
  retryConnection: () => void;
  retryHistory: () => void;
  cycleTheme: () => void;
  toggleCluster: () => void;
  showCluster: () => void;
  toggleFeeds: () => void;
  showFeeds: () => void;
  toggleMarket: () => void;
  toggleGroup: (group: MetricGroup) => void;
  toggleCases: () => void;
  toggleBook: () => void;
  filterCases: (filter: CaseFilter) => void;
  selectCase: (one: Anomaly) => void;
  closeCase: () => void;
  retryCase: () => void;
  olderCases: () => void;
  showCases: () => void;
  toggleAlerts: () => void;
  showAlerts: () => void;
  filterAlerts: (filter: AlertFilter) => void;
  selectAlert: (alert: Alert) => void;
  closeAlert: () => void;
  retryAlert: () => void;
  act: (action: AlertAction) => void;
  acknowledge: (id: string) => void;
  setMe: (name: string) => void;
  openCase: (id: string) => void;
  /** Rules, or one of them that is written. */
  openRules: (rule?: string) => void;
  closeRules: () => void;
  /** The keys of the page. */
  showHelp: () => void;
  /** By whose clock times are written. */
  setZone: (name: string) => void;
}

export interface AppProps {
  store: PageStore;
  chart: ChartFeed;
  theme: ReadonlySignal<ThemeChoice>;
  palette: ReadonlySignal<Palette>;
  clusterOpen: ReadonlySignal<boolean>;
  feedsOpen: ReadonlySignal<boolean>;
  marketOpen: ReadonlySignal<boolean>;
  groupOpen: Readonly<Record<MetricGroup, ReadonlySignal<boolean>>>;
  casesOpen: ReadonlySignal<boolean>;
  /** What lies under and over the mid of the selected pair. */
  depth: DepthSource;
  bookShown: ReadonlySignal<boolean>;
  caseView: ReadonlySignal<CaseView | undefined>;
  olderCases: ReadonlySignal<OlderStatus>;
  alertsOpen: ReadonlySignal<boolean>;
  alertView: ReadonlySignal<AlertView | undefined>;
  alertDoing: ReadonlySignal<Doing | undefined>;
  /** Who looks. */
  me: ReadonlySignal<string>;
  notifier: Notifier;
  ruleClient: RuleClient;
  /** Of the selected pair. */
  detectors: ReadonlySignal<PairDetectors | undefined>;
  actions: AppActions;
}

export function App(props: AppProps) {
  const { store, chart, theme, palette, clusterOpen, marketOpen, groupOpen, actions } = props;
  const { connection, nowMs, eventTimeUs, activeCount, order, selected, trusted, location, cluster, market } = store;
  const { caseId, cases: filter = {}, alertId, alerts: alertFilter = {}, rules } = location.value;
  const selectedPair = selected.value;
  const isEmpty = activeCount.value === 0;
  // On a phone the address says which of the two screens is shown.
  const showsDetail = location.value.pair !== undefined && !isEmpty;
  const dim = trusted.value || isEmpty ? "" : "dimmed-inside";
  return (
    <div class="flex min-h-screen flex-col lg:h-screen">
      <Header
        connection={connection}
        nowMs={nowMs}
        eventTimeUs={eventTimeUs}
        activeCount={activeCount}
        cluster={cluster}
        onCluster={actions.showCluster}
        feeds={store.feeds}
        onFeeds={actions.showFeeds}
        cases={store.cases}
        onCases={actions.showCases}
        alerts={store.alerts}
        onAlerts={actions.showAlerts}
        theme={theme}
        onTheme={actions.cycleTheme}
        onHelp={actions.showHelp}
        onZone={actions.setZone}
      />
      <Banner connection={connection} nowMs={nowMs} onRetry={actions.retryConnection} />
      <main
        class="desk min-h-0 flex-1 bg-line"
        data-list={order.value.length > 0}
        data-case={caseId !== undefined || alertId !== undefined || rules === true}
      >
        {order.value.length > 0 && (
          <div
            class={`list bg-panel lg:block lg:overflow-y-auto ${dim} ${
              showsDetail ? "hidden" : isEmpty ? "order-last lg:order-none" : ""
            }`}
          >
            <Watchlist
              order={store.listed}
              all={order}
              favourites={store.favourites}
              choice={location.value.list ?? {}}
              onChoice={actions.arrange}
              onFavourite={actions.toggleFavourite}
              pair={(name) => store.pair(name)}
              selected={selected}
              nowMs={nowMs}
              palette={palette}
              cases={store.cases}
              onSelect={actions.select}
            />
          </div>
        )}
        <div class="side">
          {rules && (
            <RulesPanel
              client={props.ruleClient}
              me={props.me}
              onMe={actions.setMe}
              onRule={actions.openRules}
              onCase={actions.openCase}
              onPair={actions.select}
              onClose={actions.closeRules}
            />
          )}
          {alertId !== undefined && (
            <AlertDetail
              view={props.alertView}
              doing={props.alertDoing}
              me={props.me}
              onMe={actions.setMe}
              onAct={actions.act}
              onClose={actions.closeAlert}
              onRetry={actions.retryAlert}
              onCase={actions.openCase}
              onPair={actions.select}
              onRule={actions.openRules}
            />
          )}
          {caseId !== undefined && (
            <CaseDetail
              view={props.caseView}
              conventionOf={(pair) => store.info(pair)}
              onClose={actions.closeCase}
              onRetry={actions.retryCase}
              onPair={actions.select}
            />
          )}
          <div
            class={`pair-detail min-w-0 flex-1 lg:block lg:min-h-0 lg:overflow-y-auto ${
              isEmpty ? "bg-panel" : showsDetail ? "" : "hidden"
            }`}
          >
            {isEmpty || selectedPair === undefined ? <Empty phase={connection.value.phase} /> : (
              <Detail
                key={selectedPair}
                pair={store.pair(selectedPair)}
                nowMs={nowMs}
                trusted={trusted}
                onBack={() => actions.select(undefined)}
                version={chart.version}
                status={chart.status}
                columns={() => chart.columns()}
                palette={palette}
                span={location.value.span}
                onSpan={actions.setSpan}
                metric={location.value.metric}
                onMetric={actions.setMetric}
                onRetry={actions.retryHistory}
                groupOpen={groupOpen}
                onToggleGroup={actions.toggleGroup}
                detectors={props.detectors}
                depth={props.depth}
                showsBook={props.bookShown.value}
                onToggleBook={actions.toggleBook}
              />
            )}
          </div>
          {!isEmpty && (
            <MarketPanel
              market={market}
              connection={connection}
              nowMs={nowMs}
              open={marketOpen}
              onToggle={actions.toggleMarket}
            />
          )}
        </div>
        <AlertsPanel
          alerts={store.alerts}
          connection={connection}
          nowMs={nowMs}
          selectedId={alertId}
          filter={alertFilter}
          me={props.me}
          notifier={props.notifier}
          open={props.alertsOpen}
          onToggle={actions.toggleAlerts}
          onFilter={actions.filterAlerts}
          onSelect={actions.selectAlert}
          onAcknowledge={actions.acknowledge}
          onRules={() => actions.openRules()}
        />
        <CasesPanel
          cases={store.cases}
          connection={connection}
          selectedPair={selectedPair}
          selectedId={caseId}
          filter={filter}
          older={props.olderCases}
          open={props.casesOpen}
          onToggle={actions.toggleCases}
          onFilter={actions.filterCases}
          onSelect={actions.selectCase}
          onOlder={actions.olderCases}
        />
        <ClusterPanel
          cluster={cluster}
          connection={connection}
          nowMs={nowMs}
          open={clusterOpen}
          onToggle={actions.toggleCluster}
        />
        <FeedsPanel
          feeds={store.feeds}
          connection={connection}
          nowMs={nowMs}
          open={props.feedsOpen}
          onToggle={actions.toggleFeeds}
        />
      </main>
      <KeysHelp />
    </div>
  );
}
