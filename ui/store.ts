/**
 * The page's state as signals: messages go in at once, components hear of them once per animation frame.
 *
 * A message changes plain state; the pairs it touched are marked, and the next frame sets their signals in one batch. So a
 * burst costs one render, a pair that did not change renders nothing, and a hidden tab (no frames) grows nothing.
 *
 * @module
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { HistoryAnswer } from "../actors/contract/api.ts";
import type { LiveMessage, PairInfo } from "../actors/contract/live.ts";
import type { ConnectionState } from "./feed/connection.ts";
import { initialConnection } from "./feed/connection.ts";
import type { Anomaly } from "../actors/contract/anomaly.ts";
import { type AlertsState, applyAlerts } from "./model/alert_state.ts";
import { addOlderCases, applyCases, type CasesState, chooseCases, hasRoom } from "./model/case_state.ts";
import { applyCluster, type ClusterState } from "./model/cluster_state.ts";
import { applyFeeds, type FeedsState, withoutLongGone } from "./model/feed_state.ts";
import type { CaseFilter, PageLocation } from "./model/location.ts";
import { applyMarket, type MarketState } from "./model/market_state.ts";
import {
  applyBook,
  applySample,
  applySparkHistory,
  eventTimeOf,
  newPairState,
  type PairState,
} from "./model/pair_state.ts";
import { stressOf } from "./model/stress.ts";
import { arrange, watchOrder } from "./model/watch_order.ts";

/** So long after the first data, a more traded pair that appears takes the place of the one selected by default. */
const DEFAULT_SETTLES_MS = 3_000;

export interface PageStoreOptions {
  location: PageLocation;
  nowMs: number;
  /** Calls back at the next frame. */
  schedule: (callback: () => void) => void;
}

interface Entry {
  state: PairState;
  readonly shown: Signal<PairState>;
}

export class PageStore {
  readonly connection: Signal<ConnectionState>;
  readonly location: Signal<PageLocation>;
  /** This client's clock, for ages: ticks a few times a second. */
  readonly nowMs: Signal<number>;
  /** Newest event time of any pair. */
  readonly eventTimeUs: Signal<number | undefined> = signal(undefined);
  /** The watchlist. */
  readonly order: Signal<readonly string[]> = signal([]);
  /** Who runs what; `undefined` before the gateway has said so. */
  readonly cluster: Signal<ClusterState | undefined> = signal(undefined);
  /** What is said across pairs; `undefined` before the first sample. */
  readonly market: Signal<MarketState | undefined> = signal(undefined);
  /** Cases that are known; `undefined` before the gateway has said which. */
  readonly cases: Signal<CasesState | undefined> = signal(undefined);
  /** Alerts that are known; `undefined` before the gateway has said which. */
  readonly alerts: Signal<AlertsState | undefined> = signal(undefined);
  /** What the feeds tell of themselves; `undefined` before the gateway has said so. */
  readonly feeds: ReadonlySignal<FeedsState | undefined>;
  /** Pairs that stand first. */
  readonly favourites: Signal<ReadonlySet<string>> = signal(new Set());
  /** How strained each pair is: looked at from time to time, so that the order does not jump. */
  readonly stress: Signal<ReadonlyMap<string, number>> = signal(new Map());
  /** The watchlist as somebody arranged it. */
  readonly listed: ReadonlySignal<readonly string[]>;
  /** Pairs that have data. */
  readonly activeCount: Signal<number> = signal(0);
  /** The pair in detail: the one of the address, else the first that had data. */
  readonly selected: ReadonlySignal<string | undefined>;
  /** Whether prices may be believed. */
  readonly trusted: ReadonlySignal<boolean>;

  readonly #entries = new Map<string, Entry>();
  readonly #dirty = new Set<string>();
  readonly #schedule: (callback: () => void) => void;
  readonly #fallback: Signal<string | undefined> = signal(undefined);
  #newestCluster: ClusterState | undefined;
  #newestMarket: MarketState | undefined;
  #newestCases: CasesState | undefined;
  #newestAlerts: AlertsState | undefined;
  #newestFeeds: FeedsState | undefined;
  readonly #shownFeeds: Signal<FeedsState | undefined> = signal(undefined);
  #newestUs: number | undefined;
  #firstDataMs: number | undefined;
  #lastDataMs = 0;
  #scheduled = false;

  constructor({ location, nowMs, schedule }: PageStoreOptions) {
    this.connection = signal(initialConnection(nowMs));
    this.location = signal(location);
    this.nowMs = signal(nowMs);
    this.#schedule = schedule;
    this.selected = computed(() => {
      const { pair } = this.location.value;
      return pair !== undefined && this.order.value.includes(pair) ? pair : this.#fallback.value;
    });
    this.listed = computed(() => {
      const { query = "", sort } = this.location.value.list ?? {};
      const stress = sort === "stress" ? this.stress.value : new Map<string, number>();
      return arrange(this.order.value, { favourites: this.favourites.value, query, sort, stress });
    });
    // A feed that was the only one is the last to send a message: it goes by the clock alone.
    this.feeds = computed(() => {
      const state = this.#shownFeeds.value;
      return state === undefined ? undefined : withoutLongGone(state, this.nowMs.value);
    });
    this.trusted = computed(() => this.connection.value.phase === "live");
  }

  /** The state of a pair of {@linkcode order}. */
  pair(name: string): ReadonlySignal<PairState> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`Unknown pair ${JSON.stringify(name)}`);
    return entry.shown;
  }

  /** Alerts as they were heard of last; {@linkcode alerts} follows with the next frame. */
  get newestAlerts(): AlertsState | undefined {
    return this.#newestAlerts;
  }

  /** The conventions of a pair that the gateway has named. */
  info(name: string): PairInfo | undefined {
    return this.#entries.get(name)?.state.info;
  }

  /** Takes a message that arrived at `nowMs`. */
  receive(message: LiveMessage, nowMs: number): void {
    if (message.type === "hello") return this.#setPairs(message.pairs);
    if (message.type === "cluster") {
      this.#newestCluster = applyCluster(this.#newestCluster, message, nowMs);
      return this.#wantFrame();
    }
    if (message.type === "market") {
      this.#newestMarket = applyMarket(message, nowMs);
      return this.#wantFrame();
    }
    if (message.type === "cases") {
      this.#newestCases = applyCases(this.#newestCases, message, this.location.peek().cases);
      return this.#wantFrame();
    }
    if (message.type === "alerts") {
      this.#newestAlerts = applyAlerts(this.#newestAlerts, message);
      return this.#wantFrame();
    }
    if (message.type === "feeds") {
      this.#newestFeeds = applyFeeds(this.#newestFeeds, message, nowMs);
      return this.#wantFrame();
    }
    this.#lastDataMs = nowMs;
    // A page that opens gets what may have stood still for long: what counts is when it was new, not when it came here.
    const newAtMs = new Map<string, number>();
    for (const book of message.books) {
      newAtMs.set(book.pair, nowMs - (book.ageMs ?? 0));
      this.#change(book.pair, (state) => applyBook(state, book, newAtMs.get(book.pair)!));
      this.#newestUs = book.timeUs;
    }
    for (const sample of message.samples) {
      this.#change(sample.pair, (state) => applySample(state, sample, newAtMs.get(sample.pair) ?? nowMs));
      if (message.books.length === 0) this.#newestUs = sample.timeUs;
    }
  }

  /** Puts history into a pair's sparkline. */
  receiveSpark(pair: string, columns: HistoryAnswer["columns"]): void {
    this.#change(pair, (state) => applySparkHistory(state, columns));
  }

  /** Takes cases that were asked for, and says how many of them were not known. */
  receiveOlderCases(cases: readonly Anomaly[]): number {
    const known = this.#newestCases?.cases;
    this.#newestCases = addOlderCases(this.#newestCases, cases, this.location.peek().cases);
    this.#wantFrame();
    return cases.filter(({ id }) => known?.has(id) !== true).length;
  }

  /** Whether the cases of one more answer would be kept. */
  hasRoomForCases(): boolean {
    return hasRoom(this.#newestCases, this.location.peek().cases ?? {});
  }

  /** Another choice of cases is made than the one before. */
  chooseCases(before: CaseFilter): void {
    if (this.#newestCases === undefined) return;
    const { cases: filter = {} } = this.location.peek();
    this.#newestCases = chooseCases(this.#newestCases, { filter, before });
    this.#wantFrame();
  }

  /** Looks at how strained the pairs are. */
  lookAtStress(): void {
    this.stress.value = new Map(
      [...this.#entries].map(([name, { state }]) => [name, stressOf(state.sample).value]),
    );
  }

  /** Shows what arrived. */
  flush(): void {
    this.#scheduled = false;
    batch(() => {
      let appeared = false;
      for (const name of this.#dirty) {
        const entry = this.#entries.get(name)!;
        appeared ||= entry.shown.peek().arrivedMs === undefined;
        entry.shown.value = entry.state;
      }
      this.#dirty.clear();
      this.eventTimeUs.value = this.#newestUs;
      this.cluster.value = this.#newestCluster;
      this.market.value = this.#newestMarket;
      this.cases.value = this.#newestCases;
      this.alerts.value = this.#newestAlerts;
      this.#shownFeeds.value = this.#newestFeeds;
      if (appeared) this.#sort();
    });
  }

  #setPairs(pairs: readonly PairInfo[]): void {
    const known = new Set(pairs.map(({ pair }) => pair));
    for (const name of this.#entries.keys()) if (!known.has(name)) this.#entries.delete(name);
    for (const name of this.#dirty) if (!known.has(name)) this.#dirty.delete(name);
    for (const info of pairs) {
      const entry = this.#entries.get(info.pair);
      const state = entry === undefined ? newPairState(info) : { ...entry.state, info };
      if (entry === undefined) this.#entries.set(info.pair, { state, shown: signal(state) });
      else {
        entry.state = state;
        this.#mark(info.pair);
      }
    }
    batch(() => this.#sort());
  }

  #change(name: string, change: (state: PairState) => PairState): void {
    const entry = this.#entries.get(name);
    // A pair that the hello did not name has no conventions to show it with.
    if (entry === undefined) return;
    entry.state = change(entry.state);
    this.#mark(name);
  }

  #mark(name: string): void {
    this.#dirty.add(name);
    this.#wantFrame();
  }

  #wantFrame(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => this.flush());
  }

  #sort(): void {
    const hasData = (name: string) => eventTimeOf(this.#entries.get(name)!.state) !== undefined;
    const order = watchOrder(this.#entries.keys(), hasData);
    const fallback = this.#fallback.peek();
    this.order.value = order;
    this.activeCount.value = order.filter(hasData).length;
    const first = order.find(hasData);
    if (first !== undefined) this.#firstDataMs ??= this.#lastDataMs;
    const settles = this.#lastDataMs - (this.#firstDataMs ?? 0) < DEFAULT_SETTLES_MS;
    if (settles || fallback === undefined || !this.#entries.has(fallback)) this.#fallback.value = first;
  }
}
