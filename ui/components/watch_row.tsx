/**
 * One pair in the watchlist. Reads that pair's signal alone, so that a change of one pair renders one row.
 *
 * @module
 */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { PairInfo } from "../../actors/contract/live.ts";
import type { OpenCases } from "../model/case_state.ts";
import { metricValue } from "../model/metric_value.ts";
import { formatAge, formatCompact } from "../model/number_format.ts";
import { midOf, PAIR_STALE_MS, type PairState, spreadOf, touchImbalanceOf } from "../model/pair_state.ts";
import type { Palette } from "../theme/theme.ts";
import { ImbalanceBar } from "./imbalance_bar.tsx";
import { PriceText } from "./price_text.tsx";
import { Sparkline } from "./sparkline.tsx";
import { stressOf } from "../model/stress.ts";
import { SpreadText } from "./spread_text.tsx";
import { TickArrow, tickKey } from "./tick.tsx";

export interface WatchRowProps {
  pair: ReadonlySignal<PairState>;
  selected: ReadonlySignal<string | undefined>;
  nowMs: ReadonlySignal<number>;
  palette: ReadonlySignal<Palette>;
  /** By pair. */
  openCases: ReadonlySignal<ReadonlyMap<string, OpenCases>>;
  favourites: ReadonlySignal<ReadonlySet<string>>;
  onFavourite: (pair: string) => void;
  onSelect: (pair: string) => void;
}

export function WatchRow(props: WatchRowProps) {
  const { pair, selected, nowMs, palette, openCases, favourites, onFavourite, onSelect } = props;
  const state = pair.value;
  const { info, book, sample, tick, arrivedMs } = state;
  const isSelected = useComputed(() => selected.value === pair.value.info.pair).value;
  const isStale = useComputed(() => isStaleAt(pair.value.arrivedMs, nowMs.value)).value;
  const mid = midOf(state);
  const rate = metricValue(sample, "arrival.quotesPerSecond");
  const stress = stressOf(sample);
  const dim = isStale ? "dimmed" : "";
  return (
    <div
      role="row"
      data-stress={isStale ? "calm" : stress.level}
      data-testid={`row-${info.pair}`}
      data-pair={info.pair}
      data-stale={isStale}
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      class="watch-row cursor-pointer border-b border-line"
      onClick={() => onSelect(info.pair)}
    >
      <PairCell
        favourites={favourites}
        onFavourite={onFavourite}
        stress={isStale ? "" : stress.causes.join(", ")}
        info={info}
        hasData={arrivedMs !== undefined}
        openCases={openCases}
      />
      <div role="gridcell" class={`touch grid grid-cols-2 gap-1 text-xs lg:text-right text-muted ${dim}`}>
        <Side price={book?.bid} info={info} name="Bid" />
        <Side price={book?.ask} info={info} name="Ask" />
      </div>
      <div
        role="gridcell"
        class={`mid justify-self-end rounded-sm px-1 text-right text-lg lg:text-sm ${dim}`}
        data-tick={tickKey(tick)}
      >
        <PriceText price={mid} convention={info} testId={`mid-${info.pair}`} />
        <TickArrow tick={tick} />
      </div>
      <div role="gridcell" class={`spread justify-self-end lg:justify-self-start ${dim}`}>
        <SpreadText spread={spreadOf(state)} testId={`spread-${info.pair}`} />
      </div>
      <div role="gridcell" class={`spark ${dim}`}>
        <Sparkline series={state.spark} pipSize={info.pipSize} arrivedMs={arrivedMs} palette={palette} />
      </div>
      <div class="rest grid grid-cols-3 items-center gap-2" role="presentation">
        <div role="gridcell" class={`imbalance ${dim}`}>
          <ImbalanceBar value={touchImbalanceOf(state)} label="Touch imbalance" />
        </div>
        <div role="gridcell" class={`rate text-right text-2xs ${dim}`} title="Quotes per second, over 10 s">
          {rate === undefined ? <span class="text-muted">–</span> : formatCompact(rate)}
        </div>
        <Age arrivedMs={arrivedMs} nowMs={nowMs} isStale={isStale} />
      </div>
    </div>
  );
}

interface PairCellProps {
  /** What strains it, in words. */
  stress: string;
  info: PairInfo;
  hasData: boolean;
  openCases: WatchRowProps["openCases"];
  favourites: WatchRowProps["favourites"];
  onFavourite: WatchRowProps["onFavourite"];
}

function PairCell({ info, hasData, openCases, stress, favourites, onFavourite }: PairCellProps) {
  const isFavourite = useComputed(() => favourites.value.has(info.pair)).value;
  return (
    <div
      role="rowheader"
      class={`pair flex items-center text-base lg:text-[0.8125rem] ${hasData ? "font-semibold" : "text-muted"}`}
    >
      <button
        type="button"
        tabIndex={-1}
        aria-pressed={isFavourite}
        aria-label={`${info.label} stands first`}
        title={isFavourite ? "Stands first; f or a click ends it" : "Let it stand first (f)"}
        data-testid={`favourite-${info.pair}`}
        class={`favourite ${isFavourite ? "" : "text-muted"}`}
        onClick={(event) => {
          event.stopPropagation();
          onFavourite(info.pair);
        }}
      >
        {isFavourite ? "★" : "☆"}
      </button>
      {info.label}
      {stress !== "" && (
        <span class="stress-mark" title={stress} data-testid={`stress-${info.pair}`}>
          <span class="visually-hidden">strained: {stress}</span>
        </span>
      )}
      <OpenBadge pair={info.pair} openCases={openCases} />
    </div>
  );
}

/** Apart, so that a case of one pair renders nothing of the others. */
function OpenBadge({ pair, openCases }: { pair: string } & Pick<PairCellProps, "openCases">) {
  const text = useComputed(() => {
    const { count = 0, worst } = openCases.value.get(pair) ?? {};
    return count === 0 ? "" : `${worst} ${count}`;
  }).value;
  if (text === "") return null;
  const [worst, count] = text.split(" ");
  return (
    <span
      data-testid={`open-${pair}`}
      title={`${count} open ${count === "1" ? "case" : "cases"}`}
      class={`ml-1 rounded-sm px-1 text-2xs leading-none ${
        worst === "critical" ? "bg-bad text-panel" : worst === "warning" ? "bg-warn text-on-warn" : "bg-raised"
      }`}
    >
      {count}
    </span>
  );
}

function Side({ price, info, name }: { price: number | undefined; info: PairInfo; name: string }) {
  return (
    <span title={name}>
      <PriceText price={price} convention={info} size="quiet" />
    </span>
  );
}

interface AgeProps {
  arrivedMs: number | undefined;
  nowMs: ReadonlySignal<number>;
  isStale: boolean;
}

function Age({ arrivedMs, nowMs, isStale }: AgeProps) {
  const text = useAge(arrivedMs, nowMs);
  return (
    <div
      role="gridcell"
      title="Since the last update arrived here"
      class={`age text-right text-2xs ${isStale ? "text-ink font-semibold" : "text-muted"}`}
    >
      {text}
    </div>
  );
}

function useAge(arrivedMs: number | undefined, nowMs: ReadonlySignal<number>): string {
  return arrivedMs === undefined ? "–" : formatAge(nowMs.value - arrivedMs);
}

function isStaleAt(arrivedMs: number | undefined, nowMs: number): boolean {
  return arrivedMs !== undefined && nowMs - arrivedMs > PAIR_STALE_MS;
}
