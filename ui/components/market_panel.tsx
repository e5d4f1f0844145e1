/**
 * The market across pairs: which currencies are strong, which pairs move together and which have parted, who leads whom, and
 * whether a round through three pairs earns something.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ConnectionState } from "../feed/connection.ts";
import { marketFault, type MarketState, strengthWords } from "../model/market_state.ts";
import { Badge } from "./badge.tsx";
import { MarketLeads, MarketTriangles } from "./market_lists.tsx";
import { MarketMatrix } from "./market_matrix.tsx";
import { MarketStrength } from "./market_strength.tsx";

export interface MarketPanelProps {
  market: ReadonlySignal<MarketState | undefined>;
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
  open: ReadonlySignal<boolean>;
  onToggle: () => void;
}

export function MarketPanel({ market, connection, nowMs, open, onToggle }: MarketPanelProps) {
  const state = market.value;
  const isOpen = open.value;
  const isLive = connection.value.phase === "live";
  const fault = state === undefined ? undefined : marketFault(state, nowMs.value);
  return (
    <section data-testid="market" aria-label="Market" class="market flex min-h-0 flex-col bg-panel">
      <div class="flex min-h-[2.25rem] flex-none flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-3">
        <h2>
          <button
            id="market-head"
            type="button"
            aria-expanded={isOpen}
            aria-controls="market-body"
            class="flex h-7 items-center gap-2 px-3 font-semibold"
            onClick={onToggle}
          >
            <span aria-hidden="true" class="w-2 text-2xs text-muted">{isOpen ? "▾" : "▸"}</span>
            Market
          </button>
        </h2>
        {state !== undefined && <span class="text-2xs text-muted">{strengthWords(state.market)}</span>}
        <span class="flex-1" />
        <span data-testid="market-summary" role="status" class="flex flex-wrap gap-1 pl-3 text-2xs">
          {state === undefined
            ? <span class="text-muted">no market sample yet</span>
            : fault !== undefined && isLive
            ? <Badge severity="warn" text={fault} />
            : <Summary state={state} />}
        </span>
      </div>
      {isOpen && (
        <div
          id="market-body"
          role="region"
          aria-label="Strengths, correlations, leads and triangles"
          tabIndex={0}
          data-scrolls
          class={`market-body min-h-0 overflow-y-auto border-t border-line text-xs ${
            isLive && fault === undefined ? "" : "dimmed-inside"
          }`}
        >
          {state === undefined ? <NoMarket /> : (
            <>
              <div class="rows">
                <MarketStrength market={state.market} />
                <div class="lists">
                  <MarketTriangles market={state.market} />
                  <MarketLeads market={state.market} />
                </div>
              </div>
              <MarketMatrix market={state.market} />
            </>
          )}
        </div>
      )}
    </section>
  );
}

function Summary({ state: { market } }: { state: MarketState }) {
  const { pairs, breakCount, triangles } = market;
  const edges = triangles.filter(({ edgeBps }) => edgeBps > 0).length;
  return (
    <>
      {edges > 0 && <Badge severity="warn" text={edges === 1 ? "1 triangle earns" : `${edges} triangles earn`} />}
      {breakCount > 0 && <Badge severity="warn" text={breakCount === 1 ? "1 break" : `${breakCount} breaks`} />}
      {edges + breakCount === 0 && <span class="text-muted">{pairs.length} pairs, nothing has parted</span>}
    </>
  );
}

function NoMarket() {
  return (
    <p data-testid="market-empty" class="m-0 px-3 py-2 text-muted">
      The market actor has said nothing yet. It speaks once a second as soon as pairs have quotes.
    </p>
  );
}
