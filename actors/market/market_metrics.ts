/**
 * All estimators across pairs, and the sample that is read from them.
 *
 * They take ticks in order of event time, from whichever pair. A touch that came again moves nothing but tells that it still stands.
 *
 * @module
 */
import {
  combinationAt,
  combinationCount,
  DEFAULT_MARKET_OPTIONS,
  MARKET_PAIRS_MAX,
  type MarketAbsentReason,
  type MarketOptions,
  type MarketSample,
  type MarketValue,
  type Pair,
  SessionClock,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { correlationBreak } from "./correlation_break.ts";
import { CurrencyStrength } from "./currency_strength.ts";
import { HayashiYoshida } from "./hayashi_yoshida.ts";
import { LeadLag } from "./lead_lag.ts";
import { TickThinner } from "./tick_thinner.ts";
import { Triangles } from "./triangles.ts";

/** Decimals of what is published: more are noise, and bytes. */
const CORRELATION_DECIMALS = 3;
const RATIO_DECIMALS = 3;
const BPS_DECIMALS = 3;
const Z_DECIMALS = 2;
/** Returns in the long window for each in the short one, at least: two windows of the same returns cannot part. */
const LONG_RETURNS_PER_SHORT_MIN = 3;
/** Standard errors by which the correlation at a lag must be other than 0: chance alone makes 3 of 41 shifts' largest. */
const LEAD_SIGNIFICANCE_MIN = 5;

/** The state of each part, a list of numbers. */
export interface MarketMetricsSnapshot {
  mids: number[];
  thinner: number[];
  correlations: number[];
  leadLag: number[];
  triangles: number[];
  strength: number[];
}

export class MarketMetrics {
  readonly #options: MarketOptions;
  readonly #pairs: Pair[] = [];
  readonly #thinner: TickThinner;
  readonly #correlations: HayashiYoshida;
  readonly #leadLag: LeadLag;
  readonly #triangles: Triangles;
  readonly #strength: CurrencyStrength;
  readonly #sessions = new SessionClock();
  /** Newest mid of each pair and its logarithm; NaN before the first. */
  readonly #mid = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  readonly #logMid = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);

  constructor(options: MarketOptions = DEFAULT_MARKET_OPTIONS) {
    this.#options = options;
    const { correlation, leadLag, triangles, strength } = options;
    this.#correlations = new HayashiYoshida({
      slotUs: correlation.slotS * US_PER_SECOND,
      slotCount: correlation.windowS / correlation.slotS,
      shortSlotCount: correlation.shortWindowS / correlation.slotS,
      longSlotUs: correlation.longSlotS * US_PER_SECOND,
      longSlotCount: correlation.longWindowS / correlation.longSlotS,
      countMin: correlation.countMin,
    });
    this.#thinner = new TickThinner(
      { thinUs: correlation.thinMs * US_PER_MS },
      (pair, timeUs, logMid) => this.#correlations.update(pair, timeUs, logMid),
    );
    this.#leadLag = new LeadLag({
      windowUs: leadLag.windowS * US_PER_SECOND,
      rangeUs: leadLag.rangeMs * US_PER_MS,
      stepUs: leadLag.stepMs * US_PER_MS,
      thinUs: leadLag.thinMs * US_PER_MS,
      countMin: leadLag.countMin,
    });
    this.#triangles = new Triangles({ staleUs: triangles.staleMs * US_PER_MS });
    this.#strength = new CurrencyStrength({ windowMinutes: strength.windowMinutes });
  }

  /** A pair that was not there before; its number is how many there were. */
  add(pair: Pair): void {
    this.#pairs.push(pair);
    this.#triangles.add(pair);
    this.#strength.add(pair);
  }

  /** A pair's touch at a time, again or anew; NaN for a side that is not there. */
  update(pair: number, timeUs: number, bid: number, ask: number): void {
    this.#triangles.update(pair, timeUs, bid, ask);
    const mid = (bid + ask) / 2;
    if (mid !== mid) return;
    if (mid !== this.#mid[pair]) {
      this.#mid[pair] = mid;
      const logMid = this.#logMid[pair] = Math.log(mid);
      this.#thinner.update(pair, timeUs, logMid);
      this.#leadLag.update(pair, timeUs, logMid);
    }
    this.#strength.update(pair, timeUs, this.#logMid[pair]!);
  }

  /** What they say at a time, which no tick may be before from here on. */
  sample(timeUs: number, counts: MarketSample["counts"]): MarketSample {
    this.#sessions.advance(timeUs);
    this.#thinner.advance(timeUs);
    this.#correlations.advance(timeUs);
    this.#strength.advance(timeUs);
    this.#leadLag.turn(timeUs, this.#options.leadLag.combinationsPerSample);
    const sample: MarketSample = {
      v: 1,
      timeUs,
      sessions: [...this.#sessions.sessions],
      pairs: [...this.#pairs],
      correlation: this.#correlation(),
      leadLag: this.#leadLags(),
      triangles: this.#triangles.list.map((triangle) => {
        const absence = this.#triangles.absence(triangle, timeUs) ?? "undefined";
        return {
          direct: this.#pairs[triangle.direct]!,
          legs: [this.#pairs[triangle.legs[0]]!, this.#pairs[triangle.legs[1]]!],
          edgeBps: valueOf(this.#triangles.edgeBps(triangle, timeUs), BPS_DECIMALS, absence),
          edgeBpsMax: valueOf(this.#triangles.edgeBpsMax(triangle), BPS_DECIMALS, absence),
        };
      }),
      strength: {
        currencies: [...this.#strength.currencies],
        dayBps: this.#strength.dayBps().map((bps) => valueOf(bps, BPS_DECIMALS, "warming")),
        windowBps: this.#strength.windowBps().map((bps) => valueOf(bps, BPS_DECIMALS, "warming")),
      },
      counts,
    };
    this.#triangles.renew(timeUs);
    return sample;
  }

  #correlation(): MarketSample["correlation"] {
    const middle = this.#correlations.read("value");
    const short = this.#correlations.read("short");
    const long = this.#correlations.read("long");
    const all: MarketSample["correlation"] = {
      value: [],
      short: [],
      long: [],
      breakZ: [],
      returns: this.#pairs.map((_, pair) => middle.counts[pair] ?? 0),
    };
    for (let k = 0; k < combinationCount(this.#pairs.length); k++) {
      const [a, b] = combinationAt(k);
      const shortOf = short.of(a, b);
      const longOf = long.of(a, b);
      all.value.push(valueOf(within1(middle.of(a, b)), CORRELATION_DECIMALS, absence(middle.warm(a, b))));
      all.short.push(valueOf(within1(shortOf), CORRELATION_DECIMALS, absence(short.warm(a, b))));
      all.long.push(valueOf(within1(longOf), CORRELATION_DECIMALS, absence(long.warm(a, b))));
      const [shortCount, longCount] = [short.count(a, b), long.count(a, b)];
      const warm = short.warm(a, b) && long.warm(a, b) && longCount >= LONG_RETURNS_PER_SHORT_MIN * shortCount;
      const z = correlationBreak(
        { correlation: shortOf, count: shortCount },
        { correlation: longOf, count: longCount },
      );
      all.breakZ.push(valueOf(warm ? z : undefined, Z_DECIMALS, absence(warm)));
    }
    return all;
  }

  #leadLags(): MarketSample["leadLag"] {
    const all: MarketSample["leadLag"] = { lagMs: [], value: [], ratio: [] };
    for (let k = 0; k < combinationCount(this.#pairs.length); k++) {
      const [a, b] = combinationAt(k);
      const lagUs = this.#leadLag.lagUs(a, b);
      const absence = lagUs === undefined ? "warming" : "undefined";
      all.lagMs.push(lagUs === undefined ? absence : this.#isTold(a, b) ? lagUs / US_PER_MS : "weak");
      all.value.push(valueOf(this.#leadLag.value(a, b), CORRELATION_DECIMALS, absence));
      all.ratio.push(valueOf(this.#leadLag.ratio(a, b), RATIO_DECIMALS, absence));
    }
    return all;
  }

  /** Whether a lag is more than the luckiest of many shifts, and not merely where the grid ends. */
  #isTold(a: number, b: number): boolean {
    const { rangeMs, stepMs } = this.#options.leadLag;
    const lagMs = Math.abs(this.#leadLag.lagUs(a, b)!) / US_PER_MS;
    return lagMs <= rangeMs - stepMs && (this.#leadLag.significance(a, b) ?? 0) > LEAD_SIGNIFICANCE_MIN;
  }

  snapshot(): MarketMetricsSnapshot {
    const count = this.#pairs.length;
    return {
      mids: [...this.#mid.subarray(0, count), ...this.#logMid.subarray(0, count)],
      thinner: this.#thinner.snapshot(),
      correlations: this.#correlations.snapshot(),
      leadLag: this.#leadLag.snapshot(),
      triangles: this.#triangles.snapshot(),
      strength: this.#strength.snapshot(),
    };
  }

  /** The same pairs must have been added before, in the same order. */
  restore(state: MarketMetricsSnapshot): void {
    const count = this.#pairs.length;
    this.#mid.set(state.mids.slice(0, count));
    this.#logMid.set(state.mids.slice(count));
    this.#thinner.restore(state.thinner);
    this.#correlations.restore(state.correlations);
    this.#leadLag.restore(state.leadLag);
    this.#triangles.restore(state.triangles);
    this.#strength.restore(state.strength);
  }
}

/** Why a value is absent that is there as soon as it is warm, where the formula has one. */
function absence(warm: boolean): MarketAbsentReason {
  return warm ? "undefined" : "warming";
}

/** For few returns Hayashi–Yoshida may go a little beyond ±1; what is published does not. */
function within1(correlation: number | undefined): number | undefined {
  return correlation === undefined ? undefined : Math.max(-1, Math.min(1, correlation));
}

/** A value as it is published: rounded, or the reason why there is none. */
function valueOf(value: number | undefined, decimals: number, absence: MarketAbsentReason): MarketValue {
  if (value === undefined) return absence;
  const scale = 10 ** decimals;
  const rounded = Math.round(value * scale) / scale;
  return Number.isFinite(rounded) ? rounded : "undefined";
}
