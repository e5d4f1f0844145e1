/**
 * The book: ten levels of either side around the spread, with bars for the sizes and their running total.
 *
 * Always as many rows as a full book has, so that nothing moves when levels come and go.
 *
 * @module
 */
import type { LiveBook } from "../../actors/contract/live.ts";
import { formatNumber, formatSize } from "../model/number_format.ts";
import { midOf, type PairState, spreadOf } from "../model/pair_state.ts";
import { PriceText } from "./price_text.tsx";

/** Rows of a side. */
export const LADDER_ROWS = 10;

interface Level {
  price: number;
  size: number | undefined;
  /** Size from the best price up to and with this one. */
  totalSize: number | undefined;
}

export function Ladder({ state }: { state: PairState }) {
  const { info, book } = state;
  const bids = levelsOf(book, "bid");
  const asks = levelsOf(book, "ask");
  const largest = Math.max(...[...bids, ...asks].map(({ size }) => size ?? 0));
  const spread = spreadOf(state);
  return (
    <table data-testid="ladder" class="h-full w-full table-fixed bg-panel text-xs leading-none 3xl:h-auto">
      <caption class="visually-hidden">Order book of {info.label}, ten levels</caption>
      <thead>
        <tr class="h-6 border-b border-line text-2xs text-muted">
          <th scope="col" class="pl-3 text-left">Total</th>
          <th scope="col" class="pr-1.5 text-right">Bid size</th>
          <th scope="col" class="w-[30%] text-center">Price</th>
          <th scope="col" class="pl-1.5 text-left">Ask size</th>
          <th scope="col" class="pr-3 text-right">Total</th>
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: LADDER_ROWS }, (_, index) => {
          const place = LADDER_ROWS - 1 - index;
          return <Row key={`a${place}`} level={asks[place]} largest={largest} state={state} isAsk />;
        })}
        <tr class="h-7 border-y border-line bg-raised">
          <td colSpan={2} class="pl-3 text-2xs text-muted">
            {spread === undefined ? "one-sided" : `spread ${formatNumber(spread.pips, 1)} pips`}
          </td>
          <td class="text-center font-semibold">
            <PriceText price={midOf(state)} convention={info} />
          </td>
          <td colSpan={2} class="pr-3 text-right text-2xs text-muted">
            {book !== undefined && book.bids.length + book.asks.length === 0 && "touch only"}
          </td>
        </tr>
        {Array.from(
          { length: LADDER_ROWS },
          (_, place) => <Row key={`b${place}`} level={bids[place]} largest={largest} state={state} />,
        )}
      </tbody>
    </table>
  );
}

interface RowProps {
  level: Level | undefined;
  largest: number;
  state: PairState;
  isAsk?: boolean;
}

function Row({ level, largest, state, isAsk = false }: RowProps) {
  const size = <SizeCell level={level} largest={largest} isAsk={isAsk} />;
  const total = (
    <td class={`text-2xs text-muted ${isAsk ? "pr-3 text-right" : "pl-3 text-left"}`}>
      {level?.totalSize === undefined ? "" : formatSize(level.totalSize)}
    </td>
  );
  return (
    <tr class="h-[1.125rem] 3xl:h-6">
      {isAsk ? <td colSpan={2} /> : <>{total}{size}</>}
      <td class="text-center">
        {level === undefined
          ? <span class="text-muted opacity-40">·</span>
          : <PriceText price={level.price} convention={state.info} />}
      </td>
      {isAsk ? <>{size}{total}</> : <td colSpan={2} />}
    </tr>
  );
}

function SizeCell({ level, largest, isAsk }: Omit<RowProps, "state"> & { isAsk: boolean }) {
  const share = level?.size === undefined || largest === 0 ? 0 : level.size / largest;
  return (
    <td class={`relative ${isAsk ? "text-left" : "text-right"}`}>
      <span
        class={`absolute inset-x-0 inset-y-px ${isAsk ? "origin-left bg-down-bar" : "origin-right bg-up-bar"}`}
        style={{ transform: `scaleX(${share})` }}
      />
      <span class="relative px-1.5">{level?.size === undefined ? "" : formatSize(level.size)}</span>
    </td>
  );
}

/** Levels best first; the touch alone where the feed gives no levels. */
function levelsOf(book: LiveBook | undefined, side: "bid" | "ask"): Level[] {
  if (book === undefined) return [];
  const levels = side === "bid" ? book.bids : book.asks;
  const [price, size] = side === "bid" ? [book.bid, book.bidSize] : [book.ask, book.askSize];
  if (levels.length === 0) return price === undefined ? [] : [{ price, size, totalSize: size }];
  let totalSize = 0;
  return levels.slice(0, LADDER_ROWS).map(([price, size]) => {
    totalSize += size;
    return { price, size, totalSize };
  });
}
