/**
 * Every metric of a pair, by group, with its unit, its words and the estimator that computes it.
 *
 * The schema of samples, the rows in ClickHouse, the names in the API, the panels of the page and docs/METRICS.md follow from
 * this table: a metric is added here, and computed in the panel of its group in `actors/pair/panels/`. Windows, horizons and
 * levels are those of `metric_options.ts`; where a definition names a number, it is the default.
 *
 * @module
 */

export interface MetricSpec {
  /** What its numbers are. Price is quote currency per unit of base currency, size is base currency units. */
  readonly unit: string;
  /** What a page calls it, within its group. */
  readonly label: string;
  readonly doc: string;
  /** File of the estimator in `actors/estimators/`, without `.ts`. */
  readonly estimator: string;
}

/** A metric that is there once for each of a list of settings, in their order. */
function family<K extends string>(
  settings: readonly number[],
  make: (setting: number) => readonly [name: K, spec: MetricSpec],
): Record<K, MetricSpec> {
  return Object.fromEntries(settings.map(make)) as Record<K, MetricSpec>;
}

/** Horizons of realized spread and price impact, seconds. */
export const HORIZONS_S = [1, 5, 30, 60, 300] as const;
/** Distances from the mid within which depth is summed, bps. */
export const DEPTH_DISTANCES_BPS = [1, 2, 5, 10] as const;
/** Sizes whose cost is told, millions of base currency. */
export const NOTIONALS_MILLION = [1, 5, 10] as const;
/** Levels of the book whose order flow is told one by one, at most. */
export const OFI_LEVELS_MAX = 10;
const OFI_LEVELS = Array.from({ length: OFI_LEVELS_MAX }, (_, i) => i + 1);

type Horizon = typeof HORIZONS_S[number];
type Distance = typeof DEPTH_DISTANCES_BPS[number];
type Notional = typeof NOTIONALS_MILLION[number];

/** Every metric by group. */
export const METRICS = {
  price: {
    bid: { unit: "price", label: "Bid", doc: "Best bid", estimator: "touch" },
    ask: { unit: "price", label: "Ask", doc: "Best ask", estimator: "touch" },
    mid: { unit: "price", label: "Mid", doc: "(ask + bid) / 2", estimator: "touch" },
    weightedMid: {
      unit: "price",
      label: "Weighted mid",
      doc: "I·ask + (1−I)·bid, I = bid size / (bid size + ask size)",
      estimator: "touch",
    },
    microprice: {
      unit: "price",
      label: "Microprice",
      doc: "Expected mid after the next moves, given imbalance and spread",
      estimator: "microprice",
    },
  },
  spread: {
    quotedPips: { unit: "pips", label: "Quoted", doc: "ask − bid", estimator: "touch" },
    quotedBps: { unit: "bps", label: "Quoted", doc: "(ask − bid) / mid", estimator: "touch" },
    timeWeightedBps: {
      unit: "bps",
      label: "Mean",
      doc: "Quoted spread, time-weighted mean over 60 s",
      estimator: "time_weighted_mean",
    },
    timeWeightedPips: {
      unit: "pips",
      label: "Mean",
      doc: "Quoted spread, time-weighted mean over 60 s",
      estimator: "time_weighted_mean",
    },
    ewMeanBps: {
      unit: "bps",
      label: "EW mean",
      doc: "Quoted spread, exponentially weighted in event time, half-life 5 s",
      estimator: "ew_mean",
    },
    ewStdBps: {
      unit: "bps",
      label: "EW std",
      doc: "Standard deviation that goes with ewMeanBps",
      estimator: "ew_mean",
    },
    p50Bps: {
      unit: "bps",
      label: "Median",
      doc: "Median over time of the quoted spread, 60 s",
      estimator: "quoted_spread_quantiles",
    },
    p95Bps: {
      unit: "bps",
      label: "95 %",
      doc: "95th percentile over time of the quoted spread, 60 s",
      estimator: "quoted_spread_quantiles",
    },
    p99Bps: {
      unit: "bps",
      label: "99 %",
      doc: "99th percentile over time of the quoted spread, 60 s",
      estimator: "quoted_spread_quantiles",
    },
    baselineBps: {
      unit: "bps",
      label: "Normal",
      doc: "Mean quoted spread of the same trading session over the last days",
      estimator: "session_baseline",
    },
    zScore: {
      unit: "σ",
      label: "Against normal",
      doc: "(ewMeanBps − baselineBps) / standard deviation of that baseline",
      estimator: "session_baseline",
    },
    effectiveBps: {
      unit: "bps",
      label: "Effective",
      doc: "2·D·(p − m) / m, size-weighted mean over the trades of 60 s",
      estimator: "trade_spreads",
    },
    ...family(HORIZONS_S, (h): readonly [`realized${Horizon}sBps`, MetricSpec] => [`realized${h as Horizon}sBps`, {
      unit: "bps",
      label: `Realized ${h} s`,
      doc: `2·D·(p − m(t+${h} s)) / m, size-weighted mean over the trades whose horizon ended within 60 s`,
      estimator: "trade_spreads",
    }]),
    rollBps: {
      unit: "bps",
      label: "Roll",
      doc: "2·√(−cov of consecutive price changes of trades) / mid, over 300 trades",
      estimator: "roll_spread",
    },
  },
  depth: {
    bidTouchSize: { unit: "size", label: "Bid, touch", doc: "Size at the best bid", estimator: "touch" },
    askTouchSize: { unit: "size", label: "Ask, touch", doc: "Size at the best ask", estimator: "touch" },
    touchImbalance: {
      unit: "−1..1",
      label: "Touch",
      doc: "(bid − ask) / (bid + ask) of the touch sizes",
      estimator: "touch",
    },
    bidLevelsSize: { unit: "size", label: "Bid, levels", doc: "Size over the best ten bid levels", estimator: "depth" },
    askLevelsSize: { unit: "size", label: "Ask, levels", doc: "Size over the best ten ask levels", estimator: "depth" },
    levelsImbalance: {
      unit: "−1..1",
      label: "Levels",
      doc: "(bid − ask) / (bid + ask) over ten levels",
      estimator: "depth",
    },
    ...family(DEPTH_DISTANCES_BPS, (x): readonly [`bid${Distance}bpsSize`, MetricSpec] => [
      `bid${x as Distance}bpsSize`,
      { unit: "size", label: `Bid ${x} bps`, doc: `Size bid within ${x} bps of the mid`, estimator: "depth" },
    ]),
    ...family(DEPTH_DISTANCES_BPS, (x): readonly [`ask${Distance}bpsSize`, MetricSpec] => [
      `ask${x as Distance}bpsSize`,
      { unit: "size", label: `Ask ${x} bps`, doc: `Size offered within ${x} bps of the mid`, estimator: "depth" },
    ]),
    ...family(DEPTH_DISTANCES_BPS, (x): readonly [`imbalance${Distance}bps`, MetricSpec] => [
      `imbalance${x as Distance}bps`,
      {
        unit: "−1..1",
        label: `Within ${x} bps`,
        doc: `(bid − ask) / (bid + ask) within ${x} bps of the mid`,
        estimator: "depth",
      },
    ]),
  },
  liquidity: {
    ...family(NOTIONALS_MILLION, (q): readonly [`xlm${Notional}mBps`, MetricSpec] => [`xlm${q as Notional}mBps`, {
      unit: "bps",
      label: `Round trip ${q}M`,
      doc: `(VWAP of buying − VWAP of selling ${q} million of base) / mid`,
      estimator: "round_trip_cost",
    }]),
    ...family(NOTIONALS_MILLION, (q): readonly [`buySlippage${Notional}mBps`, MetricSpec] => [
      `buySlippage${q as Notional}mBps`,
      {
        unit: "bps",
        label: `Buy ${q}M`,
        doc: `(VWAP of buying ${q} million of base − mid) / mid`,
        estimator: "round_trip_cost",
      },
    ]),
    ...family(NOTIONALS_MILLION, (q): readonly [`sellSlippage${Notional}mBps`, MetricSpec] => [
      `sellSlippage${q as Notional}mBps`,
      {
        unit: "bps",
        label: `Sell ${q}M`,
        doc: `(mid − VWAP of selling ${q} million of base) / mid`,
        estimator: "round_trip_cost",
      },
    ]),
    spreadResiliencyMs: {
      unit: "ms",
      label: "Spread half-life",
      doc: "Median time in which a spread beyond its 95th percentile closes half of the gap to its median",
      estimator: "resiliency",
    },
    depthResiliencyMs: {
      unit: "ms",
      label: "Depth half-life",
      doc: "Median time in which touch depth below its 5th percentile closes half of the gap to its median",
      estimator: "resiliency",
    },
    score: {
      unit: "0..100",
      label: "Score",
      doc: "Mean of the four ranks below",
      estimator: "liquidity_score",
    },
    tightnessRank: {
      unit: "0..100",
      label: "Tightness",
      doc: "Share of the last hour in which the spread was as wide or wider",
      estimator: "liquidity_score",
    },
    depthRank: {
      unit: "0..100",
      label: "Depth",
      doc: "Share of the last hour in which depth within 2 bps was as thin or thinner",
      estimator: "liquidity_score",
    },
    costRank: {
      unit: "0..100",
      label: "Cost",
      doc: "Share of the last hour in which a round trip of one million cost as much or more",
      estimator: "liquidity_score",
    },
    resiliencyRank: {
      unit: "0..100",
      label: "Resiliency",
      doc: "Share of the last hour in which the spread's half-life was as long or longer",
      estimator: "liquidity_score",
    },
  },
  flow: {
    ofi1sSize: {
      unit: "size",
      label: "OFI 1 s",
      doc: "Order-flow imbalance at the touch, summed over 1 s",
      estimator: "order_flow_imbalance",
    },
    ofi10sSize: {
      unit: "size",
      label: "OFI 10 s",
      doc: "Order-flow imbalance at the touch, summed over 10 s",
      estimator: "order_flow_imbalance",
    },
    ofi10sNormalised: {
      unit: "touches",
      label: "OFI 10 s",
      doc: "ofi10sSize / mean touch depth over the same 10 s",
      estimator: "order_flow_imbalance",
    },
    ...family(OFI_LEVELS, (k): readonly [`ofiLevel${number}Size`, MetricSpec] => [`ofiLevel${k}Size`, {
      unit: "size",
      label: `OFI level ${k}`,
      doc: `Order-flow imbalance of book level ${k}, summed over 10 s`,
      estimator: "multi_level_ofi",
    }]),
    integratedOfi: {
      unit: "levels",
      label: "Integrated OFI",
      doc: "Level OFIs over mean level depth, weighted by their first principal component, 10 s",
      estimator: "integrated_ofi",
    },
    buySize: { unit: "size", label: "Bought", doc: "Bought by aggressors in 60 s", estimator: "trade_flow" },
    sellSize: { unit: "size", label: "Sold", doc: "Sold by aggressors in 60 s", estimator: "trade_flow" },
    tradeImbalance: {
      unit: "−1..1",
      label: "Trade imbalance",
      doc: "(buys − sells) / (buys + sells) over 60 s",
      estimator: "trade_flow",
    },
    tradeCount: { unit: "trades", label: "Trades", doc: "Trades in 60 s", estimator: "trade_flow" },
    tradedPerSecond: {
      unit: "size/s",
      label: "Traded",
      doc: "Size traded per second over 60 s",
      estimator: "trade_flow",
    },
    vwap: { unit: "price", label: "VWAP", doc: "Volume-weighted trade price over 60 s", estimator: "trade_flow" },
    orderToTradeRatio: {
      unit: "ratio",
      label: "Order to trade",
      doc: "Book events per trade over 60 s",
      estimator: "trade_flow",
    },
    signAgreement: {
      unit: "0..1",
      label: "Rule = flag",
      doc: "Share of flagged trades whose side the signing rule finds too, over 60 s",
      estimator: "trade_sign",
    },
  },
  toxicity: {
    vpin: { unit: "0..1", label: "VPIN", doc: "Σ|buys − sells| / volume over 50 volume buckets", estimator: "vpin" },
    vpinCdf: {
      unit: "0..1",
      label: "VPIN percentile",
      doc: "Share of trailing VPIN values that are no higher",
      estimator: "vpin",
    },
    vpinBucketSize: { unit: "size", label: "Bucket", doc: "Volume of a bucket", estimator: "vpin" },
  },
  impact: {
    kyleBpsPerMillion: {
      unit: "bps/M",
      label: "Kyle λ",
      doc: "Slope of mid changes on signed volume, 60 intervals of 10 s",
      estimator: "kyle_lambda",
    },
    kyleT: { unit: "t", label: "Kyle t", doc: "t-statistic of kyleBpsPerMillion", estimator: "kyle_lambda" },
    kyleR2: { unit: "0..1", label: "Kyle R²", doc: "R² of that regression", estimator: "kyle_lambda" },
    kyleCount: { unit: "intervals", label: "Kyle n", doc: "Intervals in that regression", estimator: "kyle_lambda" },
    hasbrouckBps: {
      unit: "bps/√M",
      label: "Hasbrouck λ",
      doc: "Slope of mid changes on Σ D·√notional, notional in millions of quote currency",
      estimator: "hasbrouck_lambda",
    },
    hasbrouckT: { unit: "t", label: "Hasbrouck t", doc: "t-statistic of hasbrouckBps", estimator: "hasbrouck_lambda" },
    hasbrouckR2: { unit: "0..1", label: "Hasbrouck R²", doc: "R² of that regression", estimator: "hasbrouck_lambda" },
    amihudPerMillion: {
      unit: "1/M",
      label: "Amihud",
      doc: "Mean of |r| / notional over 1 min intervals with trades, per million of quote currency",
      estimator: "amihud",
    },
    realizedAmihudPerMillion: {
      unit: "1/M",
      label: "Realized Amihud",
      doc: "Realized volatility / notional over the same hour, per million of quote currency",
      estimator: "amihud",
    },
    ofiBpsPerMillion: {
      unit: "bps/M",
      label: "OFI β",
      doc: "Slope of mid changes on order-flow imbalance, intervals of 10 s",
      estimator: "ofi_impact",
    },
    ofiT: { unit: "t", label: "OFI t", doc: "t-statistic of ofiBpsPerMillion", estimator: "ofi_impact" },
    ofiR2: { unit: "0..1", label: "OFI R²", doc: "R² of that regression", estimator: "ofi_impact" },
    ...family(HORIZONS_S, (h): readonly [`price${Horizon}sBps`, MetricSpec] => [`price${h as Horizon}sBps`, {
      unit: "bps",
      label: `Impact ${h} s`,
      doc: `2·D·(m(t+${h} s) − m) / m, size-weighted mean over the trades whose horizon ended within 60 s`,
      estimator: "trade_spreads",
    }]),
  },
  volatility: {
    ewmaFastPct: {
      unit: "% per year",
      label: "Fast",
      doc: "EWMA of squared 1 s returns, half-life 30 s, annualised",
      estimator: "ewma_volatility",
    },
    ewmaSlowPct: {
      unit: "% per year",
      label: "Slow",
      doc: "EWMA of squared 1 s returns, half-life 10 min, annualised",
      estimator: "ewma_volatility",
    },
    ewmaRatio: { unit: "ratio", label: "Fast / slow", doc: "ewmaFastPct / ewmaSlowPct", estimator: "ewma_volatility" },
    fastRank: {
      unit: "0..100",
      label: "Rank",
      doc: "Percentile rank of ewmaFastPct in the last hours",
      estimator: "volatility_regime",
    },
    regime: {
      unit: "−1, 0, 1",
      label: "Regime",
      doc: "Low, normal, high: fastRank against thresholds with hysteresis",
      estimator: "volatility_regime",
    },
    realizedPct: {
      unit: "% per year",
      label: "Realized",
      doc: "√ of realized variance of 1 s returns over 5 min, annualised",
      estimator: "realized_variance",
    },
    bipowerPct: {
      unit: "% per year",
      label: "Bipower",
      doc: "√ of bipower variation over the same returns, annualised",
      estimator: "realized_variance",
    },
    jumpShare: {
      unit: "0..1",
      label: "Jump share",
      doc: "max(0, 1 − bipower / realized variance)",
      estimator: "realized_variance",
    },
    jumpZ: {
      unit: "z",
      label: "Jump z",
      doc: "Barndorff-Nielsen and Shephard's ratio statistic for jumps",
      estimator: "realized_variance",
    },
    leeMykland: {
      unit: "L",
      label: "Lee–Mykland",
      doc: "The return since the last grid point over trailing bipower volatility, largest |L| of the last 60 s",
      estimator: "lee_mykland",
    },
    jumpCount: {
      unit: "jumps",
      label: "Jumps",
      doc: "Returns of the last 5 min that Lee–Mykland calls jumps at 1 %",
      estimator: "lee_mykland",
    },
    parkinsonPct: {
      unit: "% per year",
      label: "Parkinson",
      doc: "From high and low of the mid in 60 bars of 1 min",
      estimator: "range_volatility",
    },
    garmanKlassPct: {
      unit: "% per year",
      label: "Garman–Klass",
      doc: "From open, high, low and close of the mid in 60 bars of 1 min",
      estimator: "range_volatility",
    },
    archLm: {
      unit: "LM",
      label: "ARCH-LM",
      doc: "T·R² of squared 10 s returns on five lags",
      estimator: "arch_lm",
    },
    archP: { unit: "p", label: "ARCH p", doc: "χ² p-value of archLm: small means clustering", estimator: "arch_lm" },
    absAutocorrelation: {
      unit: "−1..1",
      label: "|r| autocorrelation",
      doc: "First autocorrelation of absolute 10 s returns",
      estimator: "arch_lm",
    },
    garchPersistence: {
      unit: "0..1",
      label: "GARCH α+β",
      doc: "α + β of a GARCH(1,1) on 1 min returns, fitted anew every 10 min where it is switched on",
      estimator: "garch",
    },
    garchPct: {
      unit: "% per year",
      label: "GARCH",
      doc: "Its forecast for the next minute, annualised",
      estimator: "garch",
    },
  },
  arrival: {
    quotesPerSecond: {
      unit: "1/s",
      label: "Quotes",
      doc: "Changes of the touch per second over 10 s",
      estimator: "arrival_rate",
    },
    bookEventsPerSecond: {
      unit: "1/s",
      label: "Book events",
      doc: "Book events of any kind per second over 10 s",
      estimator: "arrival_rate",
    },
    tradesPerSecond: { unit: "1/s", label: "Trades", doc: "Trades per second over 10 s", estimator: "arrival_rate" },
    interArrivalMs: {
      unit: "ms",
      label: "Between quotes",
      doc: "Mean time between changes of the touch, exponentially weighted over events",
      estimator: "arrival_rate",
    },
    interArrivalP99Ms: {
      unit: "ms",
      label: "Between, 99 %",
      doc: "99th percentile of the time between the last 1,000 changes of the touch",
      estimator: "quote_silence",
    },
    silenceRatio: {
      unit: "ratio",
      label: "Silence",
      doc: "Time since the last change of the touch / median time between the last 1,000",
      estimator: "quote_silence",
    },
    quoteBranching: {
      unit: "0..1",
      label: "Quotes that breed",
      doc: "Hawkes branching ratio of changes of the touch",
      estimator: "hawkes_branching",
    },
    tradeBranching: {
      unit: "0..1",
      label: "Trades that breed",
      doc: "Hawkes branching ratio of trades",
      estimator: "hawkes_branching",
    },
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
