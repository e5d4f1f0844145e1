/**
 * How far each currency moved against all others: a bar for the day, a number for the last hour.
 *
 * @module
 */
import type { LiveMarket } from "../../actors/contract/live.ts";
import { type StrengthRow, strengthRows } from "../model/market_state.ts";
import { formatSigned } from "../model/number_format.ts";

export function MarketStrength({ market }: { market: LiveMarket }) {
  const rows = strengthRows(market);
  return (
    <section class="strength" aria-label="Currency strength">
      <h3>
        Strength <span class="font-normal">bps today</span>
        <span class="flex-1" />
        <span class="font-normal">1 h</span>
      </h3>
      {rows.every(({ dayBps }) => dayBps === undefined)
        ? <p class="m-0 text-2xs text-muted">warming up</p>
        : <ul class="m-0 list-none p-0">{rows.map((row) => <Strength key={row.currency} {...row} />)}</ul>}
    </section>
  );
}

function Strength({ currency, dayBps, windowBps, share }: StrengthRow) {
  return (
    <li data-testid={`strength-${currency}`} class="flex h-[1.125rem] items-center gap-2">
      <span class="w-8 font-semibold">{currency}</span>
      <span aria-hidden="true" class="relative block h-2 min-w-0 flex-1 overflow-hidden rounded-sm bg-raised">
        <span
          class={`absolute inset-y-0 left-1/2 w-1/2 origin-left ${share > 0 ? "bg-up" : "bg-down"}`}
          style={{ transform: `scaleX(${share})` }}
        />
        <span class="absolute inset-y-0 left-1/2 w-px bg-muted" />
      </span>
      <span class="w-11 text-right">{dayBps === undefined ? "–" : formatSigned(dayBps, 1)}</span>
      <span class="w-9 text-right text-2xs text-muted">
        {windowBps === undefined ? "–" : formatSigned(windowBps, 1)}
      </span>
    </li>
  );
}
