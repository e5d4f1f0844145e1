/**
 * Every metric of a pair, by group, with its unit, its words and the estimator that computes it.
 *
 * The schema of samples, the rows in ClickHouse, the names in the API, the panels of the page and docs/METRICS.md follow from
 * this table: a metric is added here, and computed in the panel of its group in `actors/pair/panels/`. Windows, horizons and
 * levels are those of `metric_options.ts`; where a definition names a number, it is the default.
 *
 * @module
 */

import {
  DEPTH_DISTANCES_BPS,
  type Distance,
  family,
  type Horizon,
  HORIZONS_S,
  type MetricSpec,
  type Notional,
  NOTIONALS_MILLION,
  OFI_LEVELS,
  type OfiLevel,
  spec,
} from "./metric_spec.ts";

export type { MetricSpec } from "./metric_spec.ts";

/** Every metric by group. */
export const METRICS = {
  price: {
    bid: spec("price", "Bid", "Best bid", "touch"),
    ask: spec("price", "Ask", "Best ask", "touch"),
    mid: spec("price", "Mid", "(ask + bid) / 2", "touch"),
    weightedMid: spec("price", "Weighted mid", "I·ask + (1−I)·bid, I = bid size / (bid size + ask size)", "touch"),
    microprice: spec(
      "price",
      "Microprice",
      "Expected mid after all moves to come, given imbalance and spread",
      "microprice",
    ),
  },
  spread: {
    quotedPips: spec("pips", "Quoted", "ask − bid", "touch"),
    quotedBps: spec("bps", "Quoted", "(ask − bid) / mid", "touch"),
    timeWeightedBps: spec("bps", "Mean", "Quoted spread, time-weighted mean over 60 s", "time_weighted_mean"),
    timeWeightedPips: spec("pips", "Mean", "Quoted spread, time-weighted mean over 60 s", "time_weighted_mean"),
    ewMeanBps: spec("bps", "EW mean", "Quoted spread, exponentially weighted in event time, half-life 5 s", "ew_mean"),
    ewStdBps: spec("bps", "EW std", "Standard deviation that goes with ewMeanBps", "ew_mean"),
    p50Bps: spec("bps", "Median", "Median over time of the quoted spread, 60 s", "quoted_spread_quantiles"),
    p95Bps: spec("bps", "95 %", "95th percentile over time of the quoted spread, 60 s", "quoted_spread_quantiles"),
    p99Bps: spec("bps", "99 %", "99th percentile over time of the quoted spread, 60 s", "quoted_spread_quantiles"),
    baselineBps: spec(
      "bps",
      "Normal",
      "Mean quoted spread of the same trading session over the last days",
      "session_baseline",
    ),
    zScore: spec(
      "σ",
      "Against normal",
      "(ewMeanBps − baselineBps) / standard deviation of that baseline",
      "session_baseline",
    ),
    effectiveBps: spec(
      "bps",
      "Effective",
      "2·D·(p − m) / m, size-weighted mean over the trades of 60 s",
      "trade_spreads",
    ),
    ...family(
      HORIZONS_S,
      (
        h,
      ): readonly [`realized${Horizon}sBps`, MetricSpec] => [
        `realized${h as Horizon}sBps`,
        spec(
          "bps",
          `Realized ${h} s`,
          `2·D·(p − m(t+${h} s)) / m, size-weighted mean over the trades whose horizon ended within 60 s`,
          "trade_spreads",
        ),
      ],
    ),
    rollBps: spec(
      "bps",
      "Roll",
      "2·√(−cov of consecutive price changes of trades) / mid, over 300 trades",
      "roll_spread",
    ),
  },
  depth: {
    bidTouchSize: spec("size", "Bid, touch", "Size at the best bid", "touch"),
    askTouchSize: spec("size", "Ask, touch", "Size at the best ask", "touch"),
    touchImbalance: spec("−1..1", "Touch", "(bid − ask) / (bid + ask) of the touch sizes", "touch"),
    bidLevelsSize: spec("size", "Bid, levels", "Size over the best ten bid levels", "depth"),
    askLevelsSize: spec("size", "Ask, levels", "Size over the best ten ask levels", "depth"),
    levelsImbalance: spec("−1..1", "Levels", "(bid − ask) / (bid + ask) over ten levels", "depth"),
    ...family(DEPTH_DISTANCES_BPS, (x): readonly [`bid${Distance}bpsSize`, MetricSpec] => [
      `bid${x as Distance}bpsSize`,
      spec("size", `Bid ${x} bps`, `Size bid within ${x} bps of the mid`, "depth"),
    ]),
    ...family(DEPTH_DISTANCES_BPS, (x): readonly [`ask${Distance}bpsSize`, MetricSpec] => [
      `ask${x as Distance}bpsSize`,
      spec("size", `Ask ${x} bps`, `Size offered within ${x} bps of the mid`, "depth"),
    ]),
    ...family(DEPTH_DISTANCES_BPS, (x): readonly [`imbalance${Distance}bps`, MetricSpec] => [
      `imbalance${x as Distance}bps`,
      spec("−1..1", `Within ${x} bps`, `(bid − ask) / (bid + ask) within ${x} bps of the mid`, "depth"),
    ]),
  },
  liquidity: {
    ...family(
      NOTIONALS_MILLION,
      (
        q,
      ): readonly [`xlm${Notional}mBps`, MetricSpec] => [
        `xlm${q as Notional}mBps`,
        spec(
          "bps",
          `Round trip ${q}M`,
          `(VWAP of buying − VWAP of selling ${q} million of base) / mid`,
          "round_trip_cost",
        ),
      ],
    ),
    ...family(NOTIONALS_MILLION, (q): readonly [`buySlippage${Notional}mBps`, MetricSpec] => [
      `buySlippage${q as Notional}mBps`,
      spec("bps", `Buy ${q}M`, `(VWAP of buying ${q} million of base − mid) / mid`, "round_trip_cost"),
    ]),
    ...family(NOTIONALS_MILLION, (q): readonly [`sellSlippage${Notional}mBps`, MetricSpec] => [
      `sellSlippage${q as Notional}mBps`,
      spec("bps", `Sell ${q}M`, `(mid − VWAP of selling ${q} million of base) / mid`, "round_trip_cost"),
    ]),
    spreadResiliencyMs: spec(
      "ms",
      "Spread half-life",
      "Median time in which a spread beyond its 95th percentile closes half of the gap to its median",
      "resiliency",
    ),
    depthResiliencyMs: spec(
      "ms",
      "Depth half-life",
      "Median time in which touch depth below its 5th percentile closes half of the gap to its median",
      "resiliency",
    ),
    score: spec("0..100", "Score", "Mean of the four ranks below", "liquidity_score"),
    tightnessRank: spec(
      "0..100",
      "Tightness",
      "Share of the last hour in which the spread was wider; as wide counts half",
      "liquidity_score",
    ),
    depthRank: spec(
      "0..100",
      "Depth",
      "Share of the last hour in which depth within 2 bps was thinner; as thin counts half",
      "liquidity_score",
    ),
    costRank: spec(
      "0..100",
      "Cost",
      "Share of the last hour in which a round trip of one million cost more; as much counts half",
      "liquidity_score",
    ),
    resiliencyRank: spec(
      "0..100",
      "Resiliency",
      "Share of the last hour in which the spread's half-life was longer; as long counts half",
      "liquidity_score",
    ),
  },
  flow: {
    ofi1sSize: spec("size", "OFI 1 s", "Order-flow imbalance at the touch, summed over 1 s", "order_flow_imbalance"),
    ofi10sSize: spec("size", "OFI 10 s", "Order-flow imbalance at the touch, summed over 10 s", "order_flow_imbalance"),
    ofi10sNormalised: spec(
      "touches",
      "OFI 10 s",
      "ofi10sSize / mean touch depth over the same 10 s",
      "order_flow_imbalance",
    ),
    ...family(
      OFI_LEVELS,
      (
        k,
      ): readonly [`ofiLevel${OfiLevel}Size`, MetricSpec] => [
        `ofiLevel${k as OfiLevel}Size`,
        spec("size", `OFI level ${k}`, `Order-flow imbalance of book level ${k}, summed over 10 s`, "multi_level_ofi"),
      ],
    ),
    integratedOfi: spec(
      "levels",
      "Integrated OFI",
      "Level OFIs over mean level depth, weighted by their first principal component, 10 s",
      "integrated_ofi",
    ),
    buySize: spec("size", "Bought", "Bought by aggressors in 60 s", "trade_flow"),
    sellSize: spec("size", "Sold", "Sold by aggressors in 60 s", "trade_flow"),
    tradeImbalance: spec("−1..1", "Trade imbalance", "(buys − sells) / (buys + sells) over 60 s", "trade_flow"),
    tradeCount: spec("trades", "Trades", "Trades in 60 s", "trade_flow"),
    tradedPerSecond: spec("size/s", "Traded", "Size traded per second over 60 s", "trade_flow"),
    vwap: spec("price", "VWAP", "Volume-weighted trade price over 60 s", "trade_flow"),
    orderToTradeRatio: spec("ratio", "Order to trade", "Book events per trade over 60 s", "trade_flow"),
    signAgreement: spec(
      "0..1",
      "Rule = flag",
      "Share of flagged trades whose side the signing rule finds too, over 60 s",
      "trade_sign",
    ),
  },
  toxicity: {
    vpin: spec("0..1", "VPIN", "Σ|buys − sells| / volume over 50 volume buckets", "vpin"),
    vpinCdf: spec("0..1", "VPIN percentile", "Share of trailing VPIN values that are no higher", "vpin"),
    vpinBucketSize: spec("size", "Bucket", "Volume of a bucket", "vpin"),
  },
  impact: {
    kyleBpsPerMillion: spec(
      "bps/M",
      "Kyle λ",
      "Slope of mid changes on signed volume, 60 intervals of 10 s",
      "kyle_lambda",
    ),
    kyleT: spec("t", "Kyle t", "t-statistic of kyleBpsPerMillion", "kyle_lambda"),
    kyleR2: spec("0..1", "Kyle R²", "R² of that regression", "kyle_lambda"),
    kyleCount: spec("intervals", "Kyle n", "Intervals in that regression", "kyle_lambda"),
    hasbrouckBps: spec(
      "bps/√M",
      "Hasbrouck λ",
      "Slope of mid changes on Σ D·√notional, notional in millions of quote currency",
      "hasbrouck_lambda",
    ),
    hasbrouckT: spec("t", "Hasbrouck t", "t-statistic of hasbrouckBps", "hasbrouck_lambda"),
    hasbrouckR2: spec("0..1", "Hasbrouck R²", "R² of that regression", "hasbrouck_lambda"),
    amihudPerMillion: spec(
      "1/M",
      "Amihud",
      "Mean of |r| / notional over 1 min intervals with trades, per million of quote currency",
      "amihud",
    ),
    realizedAmihudPerMillion: spec(
      "1/M",
      "Realized Amihud",
      "Realized volatility / notional over the same hour, per million of quote currency",
      "amihud",
    ),
    ofiBpsPerMillion: spec(
      "bps/M",
      "OFI β",
      "Slope of mid changes on order-flow imbalance, intervals of 10 s",
      "ofi_impact",
    ),
    ofiT: spec("t", "OFI t", "t-statistic of ofiBpsPerMillion", "ofi_impact"),
    ofiR2: spec("0..1", "OFI R²", "R² of that regression", "ofi_impact"),
    ...family(
      HORIZONS_S,
      (
        h,
      ): readonly [`price${Horizon}sBps`, MetricSpec] => [
        `price${h as Horizon}sBps`,
        spec(
          "bps",
          `Impact ${h} s`,
          `2·D·(m(t+${h} s) − m) / m, size-weighted mean over the trades whose horizon ended within 60 s`,
          "trade_spreads",
        ),
      ],
    ),
  },
  volatility: {
    ewmaFastPct: spec(
      "% per year",
      "Fast",
      "EWMA of squared 1 s returns, half-life 30 s, annualised",
      "ewma_volatility",
    ),
    ewmaSlowPct: spec(
      "% per year",
      "Slow",
      "EWMA of squared 1 s returns, half-life 10 min, annualised",
      "ewma_volatility",
    ),
    ewmaRatio: spec("ratio", "Fast / slow", "ewmaFastPct / ewmaSlowPct", "ewma_volatility"),
    fastRank: spec("0..100", "Rank", "Percentile rank of ewmaFastPct in the last hours", "volatility_regime"),
    regime: spec(
      "−1, 0, 1",
      "Regime",
      "Low, normal, high: fastRank against thresholds with hysteresis",
      "volatility_regime",
    ),
    realizedPct: spec(
      "% per year",
      "Realized",
      "√ of realized variance of 1 s returns over 5 min, annualised",
      "realized_variance",
    ),
    bipowerPct: spec(
      "% per year",
      "Bipower",
      "√ of bipower variation of 1 min returns over 1 h, annualised",
      "realized_variance",
    ),
    jumpShare: spec(
      "0..1",
      "Jump share",
      "max(0, 1 − bipower / realized variance) of 1 min returns over 1 h",
      "realized_variance",
    ),
    jumpZ: spec(
      "z",
      "Jump z",
      "Barndorff-Nielsen and Shephard's ratio statistic for jumps in that hour",
      "realized_variance",
    ),
    leeMykland: spec(
      "L",
      "Lee–Mykland",
      "Largest |L| of the last 60 s: a 1 min return over trailing bipower volatility",
      "lee_mykland",
    ),
    jumpCount: spec(
      "jumps",
      "Jumps",
      "1 min returns of the last hour that Lee–Mykland calls jumps at 1 %",
      "lee_mykland",
    ),
    parkinsonPct: spec(
      "% per year",
      "Parkinson",
      "From high and low of the mid in 60 bars of 1 min",
      "range_volatility",
    ),
    garmanKlassPct: spec(
      "% per year",
      "Garman–Klass",
      "From open, high, low and close of the mid in 60 bars of 1 min",
      "range_volatility",
    ),
    archLm: spec("LM", "ARCH-LM", "T·R² of squared 10 s returns on five lags", "arch_lm"),
    archP: spec("p", "ARCH p", "χ² p-value of archLm: small means clustering", "arch_lm"),
    absAutocorrelation: spec(
      "−1..1",
      "|r| autocorrelation",
      "First autocorrelation of absolute 10 s returns",
      "arch_lm",
    ),
    garchPersistence: spec(
      "0..1",
      "GARCH α+β",
      "α + β of a GARCH(1,1) on 1 min returns, fitted anew every 10 min where it is switched on",
      "garch",
    ),
    garchPct: spec("% per year", "GARCH", "Its forecast for the next minute, annualised", "garch"),
  },
  arrival: {
    quotesPerSecond: spec("1/s", "Quotes", "Changes of the touch per second over 10 s", "arrival_rate"),
    bookEventsPerSecond: spec("1/s", "Book events", "Book events of any kind per second over 10 s", "arrival_rate"),
    tradesPerSecond: spec("1/s", "Trades", "Trades per second over 10 s", "arrival_rate"),
    interArrivalMs: spec(
      "ms",
      "Between quotes",
      "Mean time between changes of the touch, exponentially weighted over events",
      "arrival_rate",
    ),
    interArrivalP99Ms: spec(
      "ms",
      "Between, 99 %",
      "99th percentile of the time between the last 1,000 changes of the touch",
      "quote_silence",
    ),
    silenceRatio: spec(
      "ratio",
      "Silence",
      "Time since the last change of the touch / median time between the last 1,000",
      "quote_silence",
    ),
    quoteBranching: spec(
      "0..1",
      "Quotes that breed",
      "Hawkes branching ratio of changes of the touch",
      "hawkes_branching",
    ),
    tradeBranching: spec("0..1", "Trades that breed", "Hawkes branching ratio of trades", "hawkes_branching"),
  },
} as const satisfies Record<string, Record<string, MetricSpec>>;

export type MetricGroup = keyof typeof METRICS;
/** Names within a group. */
export type MetricShortName<G extends MetricGroup> = keyof typeof METRICS[G] & string;
/** `spread.quotedBps`, as the API names it. */
export type MetricName = { [G in MetricGroup]: `${G}.${MetricShortName<G>}` }[MetricGroup];

/** The groups, in the order of the catalogue. */
export const METRIC_GROUP_NAMES = Object.keys(METRICS) as readonly MetricGroup[];

/** Every metric as name, group and name within the group, in the order of the catalogue. */
export const METRIC_PATHS: readonly (readonly [name: MetricName, group: MetricGroup, short: string])[] =
  METRIC_GROUP_NAMES.flatMap((group) =>
    Object.keys(METRICS[group]).map((short) => [`${group}.${short}` as MetricName, group, short] as const)
  );

/** Every metric's name, in the order of the catalogue. */
export const METRIC_NAMES: readonly MetricName[] = METRIC_PATHS.map(([name]) => name);
