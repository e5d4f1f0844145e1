/**
 * Rounds through three pairs, and pairs that follow others: the few that matter.
 *
 * @module
 */
import type { LiveMarket } from "../../actors/contract/live.ts";
import { pairLabel, thirdCurrency } from "../model/market_state.ts";
import { formatSigned } from "../model/number_format.ts";

/** Rows of a list that are shown. */
const ROWS_MAX = 5;

export function MarketTriangles({ market: { triangles, triangleCount } }: { market: LiveMarket }) {
  return (
    <section aria-label="Triangles">
      <h3>
        Triangles <span class="font-normal">bps of a round now</span>
        <span class="flex-1" />
        <span class="font-normal">best</span>
      </h3>
      {triangles.length === 0 && (
        <p class="m-0 text-2xs text-muted">
          {triangleCount === 0 ? "no three pairs close a round" : `${triangleCount} rounds, a leg of each is too old`}
        </p>
      )}
      <ul data-testid="market-triangles" class="m-0 list-none p-0">
        {triangles.slice(0, ROWS_MAX).map(({ direct, legs, edgeBps, edgeBpsMax }) => (
          <li key={`${direct}${legs}`} class="flex h-[1.125rem] items-center gap-2">
            <span
              class="min-w-0 flex-1 truncate"
              title={`${pairLabel(direct)} through ${legs.map(pairLabel).join(" and ")}`}
            >
              {pairLabel(direct)} <span class="text-muted">through {thirdCurrency(direct, legs)}</span>
            </span>
            <span class={edgeBps > 0 ? "rounded-sm bg-warn px-1 font-semibold text-on-warn" : ""}>
              {formatSigned(edgeBps, 2)}
            </span>
            <span class="w-9 text-right text-2xs text-muted">
              {edgeBpsMax === undefined ? "–" : formatSigned(edgeBpsMax, 2)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function MarketLeads({ market: { leads } }: { market: LiveMarket }) {
  return (
    <section aria-label="Leads">
      <h3>
        Who leads <span class="font-normal">by ms</span>
        <span class="flex-1" />
        <span class="font-normal">corr.</span>
      </h3>
      {leads.length === 0 && <p class="m-0 text-2xs text-muted">nobody follows another clearly</p>}
      <ul data-testid="market-leads" class="m-0 list-none p-0">
        {leads.slice(0, ROWS_MAX).map(({ leader, follower, lagMs, correlation }) => (
          <li key={`${leader}${follower}`} class="flex h-[1.125rem] items-center gap-2">
            <span class="min-w-0 flex-1 truncate">
              {pairLabel(leader)} <span class="text-muted">before</span> {pairLabel(follower)}
            </span>
            <span>{lagMs}</span>
            <span class="w-9 text-right text-2xs text-muted">{formatSigned(correlation, 2)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
