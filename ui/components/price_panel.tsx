/**
 * The dealing panel of one pair: bid and ask with large pips, the spread between them, the mid.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { formatNumber, formatSize } from "../model/number_format.ts";
import { midOf, type PairState, sessionsText, spreadOf } from "../model/pair_state.ts";
import { PriceText } from "./price_text.tsx";
import { SpreadText } from "./spread_text.tsx";
import { TickArrow, tickKey } from "./tick.tsx";

export interface PricePanelProps {
  state: PairState;
  /** A word on the data's age; empty where there is nothing to say. */
  note: string;
}

export function PricePanel({ state, note }: PricePanelProps) {
  const { info, book, sample, tick } = state;
  const spread = spreadOf(state);
  return (
    <div class="grid grid-cols-2 gap-px bg-line sm:grid-cols-[1fr_auto_1fr]">
      <Side title="Bid" size={book?.bidSize} base={info.base}>
        <PriceText price={book?.bid} convention={info} size="large" />
      </Side>
      <div class="order-last col-span-2 flex min-w-[13rem] items-center justify-between gap-4 bg-panel px-4 py-2 sm:order-none
          sm:col-span-1 sm:flex-col sm:justify-center sm:gap-0.5">
        <h2 class="hidden items-baseline gap-2 text-base font-semibold lg:flex">
          {info.label}{" "}
          <span data-testid="detail-note" class="text-2xs font-normal text-muted">
            {note === "" ? sessionsText(sample) : note}
          </span>
        </h2>
        <span class="rounded-sm px-2 text-lg font-semibold" data-tick={tickKey(tick)}>
          <span class="mr-2 text-2xs font-normal text-muted">Mid</span>
          <PriceText price={midOf(state)} convention={info} testId="detail-mid" />
          <TickArrow tick={tick} />
        </span>
        <span class="flex items-baseline gap-2">
          <span class="text-2xs text-muted">Spread</span>
          <SpreadText spread={spread} />
          <span class="text-2xs text-muted">pips</span>
        </span>
        {spread?.level === "crossed" && (
          <span class="text-2xs text-bad">Crossed by {formatNumber(-spread.pips, 1)} pips</span>
        )}
      </div>
      <Side title="Ask" size={book?.askSize} base={info.base} isAsk>
        <PriceText price={book?.ask} convention={info} size="large" />
      </Side>
    </div>
  );
}

interface SideProps {
  title: string;
  size: number | undefined;
  base: string;
  isAsk?: boolean;
  children: ComponentChildren;
}

function Side({ title, size, base, isAsk = false, children }: SideProps) {
  return (
    <div
      class={`flex flex-col bg-panel px-4 py-2 sm:px-6 ${
        isAsk ? "items-end sm:items-start" : "items-start sm:items-end"
      }`}
    >
      <span class={`text-2xs font-semibold ${isAsk ? "text-down" : "text-up"}`}>{title}</span>
      <span class="leading-none py-1">{children}</span>
      <span class="h-4 text-2xs text-muted">
        {size === undefined ? "size not given" : `${formatSize(size)} ${base}`}
      </span>
    </div>
  );
}
