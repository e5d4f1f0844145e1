/**
 * The last trades, newest first, in one line.
 *
 * @module
 */
import type { PairInfo } from "../../actors/contract/live.ts";
import { formatClock, zoneLabel } from "../model/event_time.ts";
import { formatSize } from "../model/number_format.ts";
import type { Trade } from "../model/pair_state.ts";
import { PriceText } from "./price_text.tsx";

const SIDES = {
  buy: { mark: "▲", word: "bought", color: "text-up" },
  sell: { mark: "▼", word: "sold", color: "text-down" },
  unknown: { mark: "◆", word: "traded", color: "text-muted" },
} as const;

export function TradesLine({ trades, info }: { trades: readonly Trade[]; info: PairInfo }) {
  return (
    <div class="flex h-7 items-center gap-4 overflow-hidden bg-panel px-3" aria-label="Last trades">
      <span class="flex-none text-2xs text-muted">Last trades</span>
      {trades.length === 0 && <span class="text-2xs text-muted">none seen yet</span>}
      {trades.map((trade) => (
        <TradeText key={`${trade.timeUs}/${trade.side}/${trade.price}/${trade.size}`} trade={trade} info={info} />
      ))}
    </div>
  );
}

function TradeText({ trade, info }: { trade: Trade; info: PairInfo }) {
  const { mark, word, color } = SIDES[trade.side ?? "unknown"];
  return (
    <span class="flex-none whitespace-nowrap" title={`${word} at ${formatClock(trade.timeUs)} ${zoneLabel()}`}>
      <span class={`mr-1 text-[0.7em] ${color}`} aria-label={word}>{mark}</span>
      <PriceText price={trade.price} convention={info} /> <span class="text-muted">{formatSize(trade.size)}</span>
    </span>
  );
}
