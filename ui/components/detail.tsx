/**
 * One pair in detail.
 *
 * @module
 */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { PAIR_STALE_MS, type PairState, sessionsText } from "../model/pair_state.ts";
import type { PairDetectors } from "../../actors/contract/case_api.ts";
import { Chart, type ChartProps } from "./chart.tsx";
import { DetectorsLine } from "./detectors_line.tsx";
import { Ladder } from "./ladder.tsx";
import { MetricTiles, type MetricTilesProps } from "./metric_tiles.tsx";
import { PricePanel } from "./price_panel.tsx";
import { TradesLine } from "./trades_line.tsx";

export interface DetailProps
  extends Omit<ChartProps, "convention">, Pick<MetricTilesProps, "groupOpen" | "onToggleGroup"> {
  pair: ReadonlySignal<PairState>;
  nowMs: ReadonlySignal<number>;
  trusted: ReadonlySignal<boolean>;
  detectors: ReadonlySignal<PairDetectors | undefined>;
  onBack: () => void;
}

export function Detail({ pair, nowMs, trusted, detectors, onBack, groupOpen, onToggleGroup, ...chart }: DetailProps) {
  const state = pair.value;
  const { info, sample, trades, arrivedMs } = state;
  const isStale = useComputed(() => {
    const arrived = pair.value.arrivedMs;
    return arrived !== undefined && nowMs.value - arrived > PAIR_STALE_MS;
  }).value;
  const dim = isStale || !trusted.value ? "dimmed-inside" : "";
  const note = arrivedMs === undefined
    ? "no data yet"
    : isStale && trusted.value
    ? `no update for more than ${PAIR_STALE_MS / 1000} s`
    : "";
  return (
    <section data-testid="detail" aria-label={`${info.label} in detail`} class="flex min-h-full flex-col gap-px">
      <div class="flex h-11 items-center gap-3 bg-panel px-3 lg:hidden">
        <button
          type="button"
          class="h-8 rounded-sm border border-line px-3"
          aria-label="← Pairs, back to the list"
          onClick={onBack}
        >
          ← Pairs
        </button>
        <h2 class="text-lg font-semibold">{info.label}</h2>
        <span class="text-2xs text-muted">{note === "" ? sessionsText(sample) : note}</span>
      </div>
      <div class="detail-grid">
        <div class={`panel bg-panel ${dim}`}>
          <PricePanel state={state} note={note} />
        </div>
        <div class="chart flex flex-col">
          <Chart {...chart} convention={info} trusted={trusted} />
        </div>
        <div class={`ladder bg-panel ${dim}`}>
          <Ladder state={state} />
        </div>
        <div class={`trades bg-panel ${dim}`}>
          <TradesLine trades={trades} info={info} />
        </div>
        <div class={`tiles bg-panel ${dim}`}>
          <DetectorsLine detectors={detectors} />
          <MetricTiles sample={sample} convention={info} groupOpen={groupOpen} onToggleGroup={onToggleGroup} />
        </div>
      </div>
    </section>
  );
}
