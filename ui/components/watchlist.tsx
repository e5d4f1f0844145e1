/**
 * All pairs at a glance.
 *
 * @module
 */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type CasesState, openByPair } from "../model/case_state.ts";
import type { ListChoice } from "../model/location.ts";
import type { PairState } from "../model/pair_state.ts";
import type { Palette } from "../theme/theme.ts";
import { WatchRow } from "./watch_row.tsx";

export interface WatchlistProps {
  order: ReadonlySignal<readonly string[]>;
  pair: (name: string) => ReadonlySignal<PairState>;
  selected: ReadonlySignal<string | undefined>;
  nowMs: ReadonlySignal<number>;
  palette: ReadonlySignal<Palette>;
  cases: ReadonlySignal<CasesState | undefined>;
  /** All pairs, listed or not. */
  all: ReadonlySignal<readonly string[]>;
  favourites: ReadonlySignal<ReadonlySet<string>>;
  choice: ListChoice;
  onChoice: (choice: ListChoice) => void;
  onFavourite: (pair: string) => void;
  onSelect: (pair: string) => void;
}

export function Watchlist(props: WatchlistProps) {
  const { order, pair, selected, nowMs, palette, cases, all, favourites, choice, onChoice, onFavourite, onSelect } =
    props;
  const list = useRef<HTMLDivElement>(null);
  const selectedName = selected.value;
  const openCases = useComputed(() => openByPair(cases.value));
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-pair="${selectedName}"]`);
    row?.scrollIntoView({ block: "nearest" });
    // The keyboard's focus goes with the selection if it was in the list.
    if (list.current?.contains(document.activeElement)) row?.focus({ preventScroll: true });
  }, [selectedName]);
  return (
    <>
      <Arrange choice={choice} listed={order.value.length} all={all.value.length} onChoice={onChoice} />
      <div ref={list} role="grid" aria-label="Pairs" data-testid="watchlist" class="bg-panel">
        <div role="row" class="watch-head sticky top-0 z-10 border-b border-line bg-panel text-2xs text-muted">
          <span role="columnheader" class="pair">Pair</span>
          <span role="columnheader" class="touch grid-cols-2 gap-1 text-right">
            <span>Bid</span>
            <span>Ask</span>
          </span>
          <span role="columnheader" class="mid pr-4 text-right">Mid</span>
          <span role="columnheader" class="spread pl-1" title="Spread now, and its time-weighted mean over 60 s">
            Spread, pips
          </span>
          <span
            role="columnheader"
            class="imbalance text-center"
            title="Touch imbalance: right more bids, left more asks"
          >
            Imb.
          </span>
          <span role="columnheader" class="spark whitespace-nowrap">Last 5 min</span>
          <span role="columnheader" class="rate text-right" title="Quotes per second">Q/s</span>
          <span role="columnheader" class="age text-right" title="Since the last update arrived here">Age</span>
        </div>
        {order.value.map((name) => (
          <WatchRow
            key={name}
            pair={pair(name)}
            selected={selected}
            nowMs={nowMs}
            palette={palette}
            openCases={openCases}
            favourites={favourites}
            onFavourite={onFavourite}
            onSelect={onSelect}
          />
        ))}
      </div>
    </>
  );
}

interface ArrangeProps {
  choice: ListChoice;
  listed: number;
  all: number;
  onChoice: (choice: ListChoice) => void;
}

/** Which pairs are listed, and in which order. */
function Arrange({ choice, listed, all, onChoice }: ArrangeProps) {
  const { query = "", sort } = choice;
  return (
    <div class="flex items-center gap-1 border-b border-line px-3 py-1 text-2xs" role="search" aria-label="Pairs">
      <input
        type="search"
        data-testid="list-query"
        aria-label="Only pairs whose names have this"
        class="field w-28"
        maxLength={40}
        placeholder="find a pair  /"
        value={query}
        onInput={({ currentTarget: { value } }) =>
          onChoice({ ...(value.trim() !== "" && { query: value }), ...(sort !== undefined && { sort }) })}
      />
      <select
        data-testid="list-sort"
        aria-label="Order"
        class="case-select"
        value={sort ?? ""}
        onChange={({ currentTarget: { value } }) =>
          onChoice({
            ...(query !== "" && { query }),
            ...((value === "name" || value === "stress") && { sort: value }),
          })}
      >
        <option value="">most traded first</option>
        <option value="stress">most strained first</option>
        <option value="name">by name</option>
      </select>
      <span class="flex-1" />
      {listed < all && <span role="status" class="text-muted">{listed} of {all}</span>}
    </div>
  );
}
