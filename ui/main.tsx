/**
 * Opens everything the page needs and wires it: the live socket into the store and the chart, the address and the keyboard
 * into the selection.
 *
 * @module
 */
import { batch, effect, type Signal, signal, untracked } from "@preact/signals";
import { render } from "preact";
import type { PairDetectors } from "../actors/contract/case_api.ts";
import { type AlertAction, AlertClient } from "./alert_client.ts";
import { CaseFeed } from "./case_feed.ts";
import { ChartFeed } from "./chart_feed.ts";
import type { DepthSource } from "./components/depth_layer.ts";
import { App } from "./components/app.tsx";
import { KEYS_HELP_ID } from "./components/keys_help.tsx";
import { DepthFeed } from "./depth_feed.ts";
import { Api } from "./feed/api.ts";
import { HistoryClient } from "./feed/history.ts";
import { listenToKeys } from "./keyboard.ts";
import { LiveFeed } from "./feed/live_feed.ts";
import { isZoneName, writeTimesIn, type ZoneName } from "./model/event_time.ts";
import { CHART_SPANS, formatHash, type PageLocation, parseHash } from "./model/location.ts";
import { eventTimeOf } from "./model/pair_state.ts";
import { neighbour } from "./model/watch_order.ts";
import { Notifier } from "./notifier.ts";
import { OlderCases } from "./older_cases.ts";
import { RuleClient } from "./rule_client.ts";
import { SparkFill } from "./spark_fill.ts";
import { PageStore } from "./store.ts";
import type { StoredSwitch } from "./stored_switch.ts";
import { StoredText } from "./stored_text.ts";
import { makeSwitches } from "./switches.ts";
import { Theme } from "./theme/theme.ts";
import { installTwind } from "./theme/twind.ts";

/** How often the order by strain is looked at. */
const STRESS_LOOK_MS = 3_000;

/** How often ages are rewritten. */
const CLOCK_MS = 500;

/** How often the detectors of a pair are asked for. */
const DETECTORS_LOOK_MS = 30_000;

/** Of a case, an alert and the rules one is looked at at a time. */
const NOTHING_OPEN = { caseId: undefined, alertId: undefined, rules: undefined, rule: undefined } as const;

installTwind();
const zone = new StoredText("fxmm.zone", "utc");
if (isZoneName(zone.value.peek())) writeTimesIn(zone.value.peek() as ZoneName);
const theme = new Theme();
const store = new PageStore({
  location: parseHash(location.hash),
  nowMs: Date.now(),
  schedule: (callback) => requestAnimationFrame(callback),
});
const isDesk = matchMedia("(min-width: 1024px)").matches;
const switches = makeSwitches(isDesk);
const favourites = new StoredText("fxmm.favourites");
store.favourites.value = new Set(favourites.value.peek().split(",").filter((pair) => /^[A-Z]{6}$/.test(pair)));
/** Who looks: the log of alerts keeps who did what. */
const me = new StoredText("fxmm.person");
const historyClient = new HistoryClient({ baseUrl: document.baseURI });
const chart = new ChartFeed(historyClient);
const api = new Api({ baseUrl: document.baseURI });
const caseFeed = new CaseFeed(api);
const depthFeed = new DepthFeed(api);
const alertClient = new AlertClient(api);
const ruleClient = new RuleClient(api, me.value);
const notifier = new Notifier({
  labelOf: (pair) => store.info(pair)?.label ?? pair,
  onOpen: ({ id }) => go({ ...NOTHING_OPEN, alertId: id }, { replace: false }),
});
const olderCases = new OlderCases({
  ask: (filter, options) => caseFeed.older(filter, options),
  take: (cases) => store.receiveOlderCases(cases),
  hasRoom: () => store.hasRoomForCases(),
  filter: store.location.peek().cases ?? {},
});
const detectors: Signal<PairDetectors | undefined> = signal(undefined);
const sparks = new SparkFill(historyClient, (pair, columns) => store.receiveSpark(pair, columns));
const liveUrl = new URL("live", document.baseURI);
liveUrl.protocol = liveUrl.protocol === "https:" ? "wss:" : "ws:";
const feed = new LiveFeed({
  url: liveUrl.href,
  onMessage: (message) => {
    const knownAlerts = store.newestAlerts;
    store.receive(message, Date.now());
    chart.receive(message);
    depthFeed.receive(message);
    if (message.type === "cases") {
      for (const one of message.cases) caseFeed.receive(one);
      // What it does not hold may have been missed.
      if (message.whole) olderCases.restart();
    }
    if (message.type === "alerts") {
      for (const alert of message.alerts) alertClient.receive(alert);
      notifier.receive(knownAlerts, message);
    }
    if (message.type !== "update") return;
    for (const { pair, timeUs } of message.books) sparks.see(pair, timeUs);
  },
  onState: (state) => {
    // A change is shown at once; the delay of every message would flicker, so it waits for the clock.
    const { phase, nextTryMs } = store.connection.peek();
    if (state.phase !== phase || state.nextTryMs !== nextTryMs) tick();
  },
});

/** Shows how late it is, and how the connection stands. */
function tick(): void {
  batch(() => {
    store.connection.value = feed.state;
    store.nowMs.value = Date.now();
  });
}

/** Goes to a place of this page; the address is the one truth of it. */
function go(change: Partial<PageLocation>, { replace = true } = {}): void {
  const next = { ...store.location.peek(), ...change };
  const hash = formatHash(next);
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  store.location.value = next;
}

// The pair in detail: its levels and its chart.
effect(() => {
  const pair = store.selected.value;
  const { span, metric } = store.location.value;
  const spanUs = CHART_SPANS[span];
  untracked(() => {
    feed.showDetail(pair ?? null);
    const newestUs = pair === undefined ? undefined : eventTimeOf(store.pair(pair).peek());
    chart.show(pair, { spanUs, newestUs, metric });
    depthFeed.show(pair, { span, spanUs, newestUs });
  });
});

// The case that is looked at.
effect(() => {
  const { caseId } = store.location.value;
  if (caseId === caseFeed.view.peek()?.id) return;
  untracked(() => caseFeed.show(caseId, caseId === undefined ? undefined : store.cases.peek()?.cases.get(caseId)));
});

// The alert that is looked at.
effect(() => {
  const { alertId } = store.location.value;
  if (alertId === alertClient.view.peek()?.id) return;
  untracked(() =>
    alertClient.show(alertId, alertId === undefined ? undefined : store.alerts.peek()?.alerts.get(alertId))
  );
});

// Rules, and the one that is written.
effect(() => {
  const { rules, rule } = store.location.value;
  if (!rules || rule === ruleClient.editing.peek()?.name && rule !== undefined) return;
  untracked(() => {
    void ruleClient.load();
    void ruleClient.edit(rule);
  });
});

// The detectors of the pair in detail, from time to time: they change when its feed shows something new.
effect(() => {
  const pair = store.selected.value;
  detectors.value = undefined;
  if (pair === undefined) return;
  const stop = new AbortController();
  const look = async () => {
    const answer = await caseFeed.detectors(pair, stop.signal);
    if (answer.ok && !stop.signal.aborted) detectors.value = answer.value;
  };
  void look();
  const timer = setInterval(() => void look(), DETECTORS_LOOK_MS);
  return () => {
    stop.abort();
    clearInterval(timer);
  };
});

// Which cases are listed.
effect(() => {
  const { cases: filter = {} } = store.location.value;
  untracked(() => {
    const before = olderCases.choose(filter);
    if (before !== undefined) store.chooseCases(before);
  });
});

// What was missed while prices could not be believed.
let wasTrusted: boolean | undefined;
effect(() => {
  const trusted = store.trusted.value;
  if (trusted && wasTrusted === false) {
    untracked(() => chart.refill());
    depthFeed.refill();
    sparks.refill();
  }
  wasTrusted = trusted;
});

addEventListener("popstate", () => store.location.value = parseHash(location.hash));
addEventListener("hashchange", () => store.location.value = parseHash(location.hash));
addEventListener("online", () => feed.retryNow());
listenToKeys({
  close() {
    const { caseId, alertId, rules } = store.location.peek();
    if (caseId !== undefined) closeCase();
    else if (alertId !== undefined) closeAlert();
    else if (rules === true) closeRules();
    else return false;
    return true;
  },
  step(count) {
    const pair = neighbour(store.listed.peek(), store.selected.peek(), count);
    if (pair !== undefined) go({ pair });
    return pair !== undefined;
  },
  find: () => document.querySelector<HTMLElement>('[data-testid="list-query"]')?.focus(),
  favourite() {
    const pair = store.selected.peek();
    if (pair !== undefined) toggleFavourite(pair);
  },
  toggleBook: () => switches.book.toggle(),
  cycleTheme: () => theme.cycle(),
  showAlerts: () => showPanel(switches.alerts, "alerts-head"),
  showRules: () => openRules(),
  showHelp,
});
setInterval(tick, CLOCK_MS);
setInterval(() => store.lookAtStress(), STRESS_LOOK_MS);

/** Back to where the list was. */
function closeCase(): void {
  const { caseId } = store.location.peek();
  go({ caseId: undefined });
  document.querySelector<HTMLElement>(`[data-testid="case-${CSS.escape(caseId ?? "")}"] button`)?.focus();
}

function toggleFavourite(pair: string): void {
  const chosen = new Set(store.favourites.peek());
  if (!chosen.delete(pair)) chosen.add(pair);
  store.favourites.value = chosen;
  favourites.set([...chosen].join());
}

function closeAlert(): void {
  const { alertId } = store.location.peek();
  go({ alertId: undefined });
  document.querySelector<HTMLElement>(`[data-testid="alert-${CSS.escape(alertId ?? "")}"] button`)?.focus();
}

function openRules(rule?: string): void {
  const { rules } = store.location.peek();
  go({ ...NOTHING_OPEN, rules: true, rule }, { replace: false });
  if (!isDesk) scrollTo(0, 0);
  if (rules !== true) {
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid="rules"]')?.focus());
  }
}

function showHelp(): void {
  const help = document.getElementById(KEYS_HELP_ID) as HTMLDialogElement | null;
  if (help?.open === false) help.showModal();
}

function closeRules(): void {
  go({ rules: undefined, rule: undefined });
  document.querySelector<HTMLElement>('[data-testid="rules-open"]')?.focus();
}

/** Does something to an alert; whoever has not said who they are is asked, in the alert. */
function act(id: string, action: AlertAction): void {
  const by = me.value.peek();
  if (by !== "") return void alertClient.act(id, by, action);
  go({ ...NOTHING_OPEN, alertId: id });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid="alert-me"]')?.focus());
}

/** Opens a panel and goes there. */
function showPanel(open: StoredSwitch, headId: string): void {
  open.set(true);
  const head = document.getElementById(headId);
  head?.scrollIntoView({ block: "nearest" });
  head?.focus();
}

/** The book, the trades and the cases of the selected pair. */
const depthSource: DepthSource = {
  get stepUs() {
    return depthFeed.stepUs;
  },
  columns: (fromUs) => depthFeed.columns(fromUs),
  trades: (fromUs) => depthFeed.trades(fromUs),
  episodes() {
    const pair = store.selected.peek();
    return [...store.cases.peek()?.cases.values() ?? []].filter((one) => one.pair === pair);
  },
};

render(
  <App
    store={store}
    chart={chart}
    theme={theme.choice}
    palette={theme.palette}
    clusterOpen={switches.cluster.value}
    marketOpen={switches.market.value}
    feedsOpen={switches.feeds.value}
    groupOpen={switches.groupOpen}
    casesOpen={switches.cases.value}
    depth={depthSource}
    bookShown={switches.book.value}
    alertsOpen={switches.alerts.value}
    alertView={alertClient.view}
    alertDoing={alertClient.doing}
    me={me.value}
    notifier={notifier}
    ruleClient={ruleClient}
    caseView={caseFeed.view}
    olderCases={olderCases.status}
    detectors={detectors}
    actions={{
      // A new screen on a phone is a step that the browser's back button takes back.
      select: (pair) => {
        const { pair: before, caseId, alertId } = store.location.peek();
        const changesScreen = (pair === undefined) !== (before === undefined) ||
          ((caseId ?? alertId) !== undefined && !isDesk);
        go({ pair, ...(isDesk ? {} : NOTHING_OPEN) }, { replace: !changesScreen });
        if (changesScreen) scrollTo(0, 0);
      },
      arrange: (list) => go({ list }),
      toggleFavourite,
      setSpan: (span) => go({ span }),
      setMetric: (metric) => go({ metric }),
      retryConnection: () => feed.retryNow(),
      retryHistory: () => chart.refill(),
      cycleTheme: () => theme.cycle(),
      toggleFeeds: () => switches.feeds.toggle(),
      toggleMarket: () => switches.market.toggle(),
      toggleGroup: (group) => switches.groups[group].toggle(),
      toggleCluster: () => switches.cluster.toggle(),
      toggleBook: () => switches.book.toggle(),
      toggleCases: () => switches.cases.toggle(),
      filterCases: (cases) => go({ cases }),
      // A case is a place to come back to.
      selectCase: ({ id, pair }) => {
        const isKnown = store.order.peek().includes(pair);
        go({ ...NOTHING_OPEN, caseId: id, ...(isDesk && isKnown ? { pair } : {}) }, {
          replace: store.location.peek().caseId !== undefined,
        });
        if (!isDesk) scrollTo(0, 0);
      },
      closeCase,
      retryCase: () => caseFeed.retry(),
      olderCases: () => void olderCases.load(),
      showCases: () => showPanel(switches.cases, "cases-head"),
      toggleAlerts: () => switches.alerts.toggle(),
      showAlerts: () => showPanel(switches.alerts, "alerts-head"),
      filterAlerts: (alerts) => go({ alerts }),
      // An alert is a place to come back to.
      selectAlert: ({ id }) => {
        go({ ...NOTHING_OPEN, alertId: id }, { replace: store.location.peek().alertId !== undefined });
        if (!isDesk) scrollTo(0, 0);
      },
      closeAlert,
      retryAlert: () => alertClient.retry(),
      act: (action) => act(store.location.peek().alertId!, action),
      acknowledge: (id) => act(id, { action: "acknowledge" }),
      setMe: (name) => me.set(name),
      openCase: (id) => {
        go({ ...NOTHING_OPEN, caseId: id }, { replace: false });
        if (!isDesk) scrollTo(0, 0);
      },
      openRules,
      showHelp,
      // All that is written is written anew; the address holds what is looked at.
      setZone: (name) => {
        zone.set(name);
        location.reload();
      },
      closeRules,
      showCluster: () => showPanel(switches.cluster, "cluster-head"),
      showFeeds: () => showPanel(switches.feeds, "feeds-head"),
    }}
  />,
  document.getElementById("app")!,
);
feed.start();
