/**
 * What is said across pairs as pages get it: at most once a second, and only what somebody looks at.
 *
 * A sample of thirty pairs holds thousands of numbers. Pages get every correlation, rounded to what a cell shows, and of breaks,
 * leads and triangles the few that matter.
 *
 * @module
 */
import {
  combinationAt,
  type LiveMarket,
  MARKET_BREAK_Z,
  type MarketSample,
  type MarketValue,
} from "../../actors/contract/mod.ts";
import type { LatestMarket } from "./latest.ts";

/** Time between two messages. */
export const MARKET_INTERVAL_MS = 1_000;
/** Leads and triangles that are listed. */
export const MARKET_ROWS_MAX = 8;
/** Breaks that are named: a cell is marked for each. */
export const MARKET_BREAKS_MAX = 64;
/** A lead whose correlation is weaker is noise: the largest of forty shifts is never nothing. */
export const LEAD_CORRELATION_MIN = 0.2;

/** A message as it is sent, and the change up to which a client then knows everything. */
export interface MarketText {
  readonly text: string;
  readonly change: number;
}

export class MarketFeed {
  readonly #source: { readonly market: LatestMarket | undefined };
  readonly #nowMs: () => number;
  #shown: LatestMarket | undefined;
  #rest = "";
  #change = 0;
  #lookedAtMs = -Infinity;

  constructor(source: { readonly market: LatestMarket | undefined }, options: { nowMs: () => number }) {
    this.#source = source;
    this.#nowMs = options.nowMs;
  }

  /** What a client lacks that knows everything up to a change, 0 where it knows nothing; `undefined` where it lacks nothing. */
  since(change: number): MarketText | undefined {
    const nowMs = this.#nowMs();
    this.#look(nowMs);
    if (change >= this.#change || this.#shown === undefined) return undefined;
    const { putAtMs } = this.#shown;
    const age = putAtMs === undefined ? "" : `"ageMs":${Math.max(0, nowMs - putAtMs)},`;
    return { text: `{"type":"market","serverTimeMs":${nowMs},${age}${this.#rest}`, change: this.#change };
  }

  #look(nowMs: number): void {
    const { market } = this.#source;
    if (market === undefined || market === this.#shown || nowMs - this.#lookedAtMs < MARKET_INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    this.#shown = market;
    this.#rest = JSON.stringify(liveMarket(market.sample)).slice(1);
    this.#change++;
  }
}

/** What pages get of a sample. */
export function liveMarket(sample: MarketSample): Omit<LiveMarket, "type" | "serverTimeMs" | "ageMs"> {
  const { timeUs, pairs, correlation, leadLag, triangles, strength } = sample;
  const two = (index: number) => combinationAt(index).map((k) => pairs[k]!) as [string, string];
  const breaks = correlation.breakZ.flatMap((z, k) => {
    if (typeof z !== "number" || Math.abs(z) < MARKET_BREAK_Z) return [];
    const [a, b] = two(k);
    return [{ a, b, z: rounded(z, 1), ...numbers({ short: correlation.short[k], long: correlation.long[k] }, 2) }];
  });
  const leads = leadLag.lagMs.flatMap((lagMs, k) => {
    const value = leadLag.value[k];
    if (typeof lagMs !== "number" || lagMs === 0 || typeof value !== "number") return [];
    if (Math.abs(value) < LEAD_CORRELATION_MIN) return [];
    const [leader, follower] = lagMs > 0 ? two(k) : two(k).toReversed() as [string, string];
    return [{ leader, follower, lagMs: Math.abs(lagMs), correlation: rounded(value, 2) }];
  });
  const edges = triangles.flatMap(({ direct, legs, edgeBps, edgeBpsMax }) =>
    typeof edgeBps !== "number" ? [] : [{ direct, legs, edgeBps: rounded(edgeBps, 2), ...numbers({ edgeBpsMax }, 2) }]
  );
  return {
    timeUs,
    pairs,
    correlations: correlation.value.map((value) => typeof value === "number" ? rounded(value, 2) : null),
    breakCount: breaks.length,
    breaks: breaks.toSorted((a, b) => Math.abs(b.z) - Math.abs(a.z)).slice(0, MARKET_BREAKS_MAX),
    leads: leads.toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation)).slice(0, MARKET_ROWS_MAX),
    triangleCount: triangles.length,
    triangles: edges.toSorted((a, b) => b.edgeBps - a.edgeBps).slice(0, MARKET_ROWS_MAX),
    strengths: strength.currencies.map((currency, k) => ({
      currency,
      ...numbers({ dayBps: strength.dayBps[k], windowBps: strength.windowBps[k] }, 1),
    })),
  };
}

/** Those of the values that are numbers. */
function numbers<K extends string>(
  values: Record<K, MarketValue | undefined>,
  decimals: number,
): { [P in K]?: number } {
  const entries = Object.entries<MarketValue | undefined>(values).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, rounded(value, decimals)] as const] : []
  );
  return Object.fromEntries(entries) as { [P in K]?: number };
}

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  // Adding 0 makes −0 a 0.
  return Math.round(value * scale) / scale + 0;
}
