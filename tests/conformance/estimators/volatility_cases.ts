/**
 * Volatility.
 *
 * @module
 */
import {
  ArchLm,
  EwmaVolatility,
  Garch,
  LeeMykland,
  RangeVolatility,
  RealizedVariance,
  VolatilityRegime,
} from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, type Random, sometimesAbsent, type Step, sum, tick } from "./case.ts";

const HALF_LIFE_US = 5_000_000;
const HOUR_US = 3_600_000_000;
const YEAR_S = 24 * 3_600 * 5 * 52;

const ewmaVolatility = caseOf(() => new EwmaVolatility({ halfLifeUs: HALF_LIFE_US }), {
  input: (random) => [sometimesAbsent(random, tick(random))],
  update: (volatility, { timeUs, input: [mid] }) => volatility.update(timeUs, mid!),
  values: (volatility) => ({ variance: volatility.variancePerSecond, annualPct: volatility.annualPct }),
  batch(history) {
    const decay = 2 ** (-1e6 / HALF_LIFE_US);
    const returns: number[] = [];
    let gridMid = NaN;
    history.forEach(({ timeUs, input: [mid] }, i) => {
      const next = history[i + 1];
      if (next === undefined) return;
      const untilUs = Math.min(next.timeUs, timeUs + HOUR_US);
      for (let grid = Math.floor(timeUs / 1e6) + 1; grid <= Math.floor(untilUs / 1e6); grid++) {
        const change = Math.log(mid! / gridMid);
        if (!Number.isNaN(change)) returns.push(change);
        gridMid = mid!;
      }
      if (next.timeUs > untilUs) gridMid = NaN;
    });
    const n = returns.length;
    if (n < HALF_LIFE_US / 1e6) return { variance: undefined, annualPct: undefined };
    const weights = returns.map((_, i) => (1 - decay) * decay ** (n - 1 - i));
    const variance = sum(returns.map((r, i) => weights[i]! * r * r)) / sum(weights);
    return { variance, annualPct: 100 * Math.sqrt(variance * YEAR_S) };
  },
  stateLength: 6,
  degenerate: [[NaN], [1.1], [11], [1.1], [5e-324], [1e9]],
  atWindow: (windowUs) => new EwmaVolatility({ halfLifeUs: windowUs }),
});

/** A return of about 1 bp, or 0, or a large one, or none as over a closed market. */
function someReturn(random: Random): number {
  const kind = random();
  if (kind < 0.03) return NaN;
  if (kind < 0.15) return 0;
  return (random() - 0.5) * (kind < 0.2 ? 1e-2 : 1e-4);
}

/** The steps since the last closed market. */
function sinceClosed(history: readonly Step[]): Step[] {
  return history.slice(history.findLastIndex(({ input: [r] }) => Number.isNaN(r)) + 1);
}

const sizesOf = (history: readonly Step[]) => sinceClosed(history).map(({ input: [r] }) => Math.abs(r!));
const RETURNS_DEGENERATE = [[NaN], [0], [1e-4], [-1e-4], [3], [1e-160], [1e160], [Infinity]];

const realizedVariance = caseOf(() => new RealizedVariance({ count: 12, countMin: 5 }), {
  input: (random) => [someReturn(random)],
  update: (variance, { input: [r] }) => variance.update(r!),
  values: (variance) => ({
    realizedPct: variance.realizedPct,
    bipowerPct: variance.bipowerPct,
    jumpShare: variance.jumpShare,
    jumpZ: variance.jumpZ,
  }),
  batch(history) {
    const sizes = sizesOf(history).slice(-12);
    const n = sizes.length;
    if (n < 5) return { realizedPct: undefined, bipowerPct: undefined, jumpShare: undefined, jumpZ: undefined };
    const realized = sum(sizes.map((size) => size ** 2));
    const pairs = sum(sizes.slice(1).map((size, i) => size * sizes[i]!));
    const bipower = (Math.PI / 2) * (n / (n - 1)) * pairs;
    const triples = sum(sizes.slice(2).map((size, i) => (size * sizes[i + 1]! * sizes[i]!) ** (4 / 3)));
    // E|Z|^(4/3) of a standard normal: 2^(2/3)·Γ(7/6)/Γ(1/2).
    const quarticity = n * 0.8308609250295592 ** -3 * (n / (n - 2)) * triples;
    const spread = Math.sqrt((Math.PI ** 2 / 4 + Math.PI - 5) * Math.max(1, quarticity / bipower ** 2));
    const share = defined(1 - bipower / realized);
    return {
      realizedPct: 100 * Math.sqrt((realized / n) * YEAR_S),
      bipowerPct: 100 * Math.sqrt((bipower / n) * YEAR_S),
      jumpShare: share === undefined ? undefined : Math.max(0, share),
      jumpZ: defined((Math.sqrt(n) * (1 - bipower / realized)) / spread),
    };
  },
  stateLength: 2 + 1 + 4 + 4 * 12,
  degenerate: RETURNS_DEGENERATE,
  atWindow: (windowUs) => new RealizedVariance({ count: windowUs / 1e6 }),
});

const leeMykland = caseOf(() => new LeeMykland({ count: 10, volatilityCount: 6, level: 0.4, gridUs: 20_000_000 }), {
  input: (random) => [someReturn(random)],
  update: (jumps, { timeUs, input: [r] }) => jumps.update(r!, timeUs),
  values: (jumps, nowUs) => ({ largest: jumps.largest(nowUs), jumpCount: jumps.jumpCount }),
  batch(history, nowUs) {
    const root = Math.sqrt(2 * Math.log(10));
    const critical = root - (Math.log(Math.PI) + Math.log(Math.log(10))) / (2 * root) -
      Math.log(-Math.log(1 - 0.4)) / root;
    const steps = sinceClosed(history);
    const sizes = sizesOf(history);
    const tested: { timeUs: number; size: number }[] = [];
    for (let i = 5; i < sizes.length; i++) {
      // The five returns before this one make four products.
      const before = sizes.slice(i - 5, i);
      const mean = sum(before.slice(1).map((size, k) => size * before[k]!)) / 4;
      const sigma = Math.sqrt((Math.PI / 2) * mean);
      tested.push({ timeUs: steps[i]!.timeUs, size: sizes[i]! / sigma });
    }
    const recent = tested.filter(({ size }) => Number.isFinite(size)).slice(-3)
      .filter(({ timeUs }) => timeUs > nowUs - 60e6);
    return {
      largest: defined(Math.max(...recent.map(({ size }) => size))),
      jumpCount: tested.length === 0
        ? undefined
        : tested.slice(-10).filter(({ size }) => size < Infinity && size > critical).length,
    };
  },
  stateLength: 2 + 2 * 3 + (2 + 10) + (2 + 4),
  degenerate: RETURNS_DEGENERATE,
  atWindow: (windowUs) => new LeeMykland({ count: windowUs / 1e6, volatilityCount: windowUs / 1e6 }),
});

const BAR_US = 2_000_000;

const rangeVolatility = caseOf(() => new RangeVolatility({ barUs: BAR_US, barCount: 7 }), {
  input: (random) => [random() < 0.03 ? NaN : tick(random)],
  update: (ranges, { timeUs, input: [mid] }) => ranges.update(timeUs, mid!),
  values(ranges, nowUs) {
    ranges.advance(nowUs);
    return { parkinsonPct: ranges.parkinsonPct, garmanKlassPct: ranges.garmanKlassPct, count: ranges.count };
  },
  batch(history, nowUs) {
    const mids = history.map(({ timeUs, input: [mid] }) => ({ timeUs, mid: mid! }));
    // Since when the mid, or its absence, was what it is; and when it last changed after more than an hour.
    let sinceUs = -Infinity;
    let anewUs = -Infinity;
    mids.forEach(({ timeUs, mid }, i) => {
      if (timeUs - sinceUs > HOUR_US) anewUs = timeUs;
      if (i === 0 || !Number.isNaN(mid) || !Number.isNaN(mids[i - 1]!.mid)) sinceUs = timeUs;
    });
    const bars: number[][] = [];
    for (let endUs = Math.floor(nowUs / BAR_US) * BAR_US; bars.length < 7; endUs -= BAR_US) {
      const startUs = endUs - BAR_US;
      const before = mids.findLast(({ timeUs }) => timeUs < startUs);
      if (before === undefined || startUs <= anewUs) break;
      const held = [before, ...mids.filter(({ timeUs }) => timeUs >= startUs && timeUs < endUs)].map(({ mid }) => mid);
      if (!held.some(Number.isNaN)) bars.push(held);
    }
    if (bars.length < 2) return { parkinsonPct: undefined, garmanKlassPct: undefined, count: bars.length };
    const year = YEAR_S / (BAR_US / 1e6);
    const ranges = bars.map((held) => Math.log(Math.max(...held) / Math.min(...held)));
    const changes = bars.map((held) => Math.log(held.at(-1)!) - Math.log(held[0]!));
    const parkinson = sum(ranges.map((range) => range ** 2)) / (4 * bars.length * Math.LN2);
    const klass = sum(ranges.map((u, i) => u ** 2 / 2 - (2 * Math.LN2 - 1) * changes[i]! ** 2)) / bars.length;
    return {
      parkinsonPct: 100 * Math.sqrt(parkinson * year),
      garmanKlassPct: 100 * Math.sqrt(klass * year),
      count: bars.length,
    };
  },
  stateLength: 6 + 1 + 2 + 2 * 7,
  degenerate: [[NaN], [1.1], [11], [0], [-1], [5e-324], [1e300], [Infinity]],
  atWindow: (windowUs) => new RangeVolatility({ barUs: 1e6, barCount: windowUs / 1e6 }),
});

const volatilityRegime = caseOf(() => new VolatilityRegime({ windowUs: 24_000_000, countMin: 8 }), {
  input: (random) => [sometimesAbsent(random, Math.floor(random() * 12))],
  update: (regime, { timeUs, input: [volatility] }) => regime.update(timeUs, volatility!),
  values: (regime) => ({ rank: regime.rank, regime: regime.regime }),
  batch(history) {
    let rank: number | undefined;
    let regime = 0;
    const sampled: number[] = [];
    let lastGrid = -1;
    for (const { timeUs, input: [volatility] } of history) {
      if (Number.isNaN(volatility)) continue;
      const grid = Math.floor(timeUs / 1e6);
      if (grid !== lastGrid) sampled.push(volatility!);
      lastGrid = grid;
      const window = sampled.slice(-24);
      if (window.length < 8) continue;
      const below = window.filter((other) => other < volatility!).length;
      const equal = window.filter((other) => other === volatility).length;
      rank = (100 * (below + equal / 2)) / window.length;
      if (rank >= 80) regime = 1;
      else if (rank <= 20) regime = -1;
      else if (regime === 1 && rank < 70) regime = 0;
      else if (regime === -1 && rank > 30) regime = 0;
    }
    return { rank, regime: rank === undefined ? undefined : regime };
  },
  stateLength: 3 + 1 + 24,
  degenerate: [[NaN], [0], [1], [1e308], [-1], [Infinity]],
  atWindow: (windowUs) => new VolatilityRegime({ windowUs }),
});

/** Σ of squares that least squares explain of y by x, both centred: Gauss's elimination of the normal equations. */
function explained(x: number[][], y: number[]): number {
  const rows = x[0]!.map((_, i) => [
    ...x[0]!.map((_, j) => sum(x.map((row) => row[i]! * row[j]!))),
    sum(x.map((row, t) => row[i]! * y[t]!)),
  ]);
  const right = rows.map((row) => row.at(-1)!);
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows.slice(k).reduce((best, row) => Math.abs(row[k]!) > Math.abs(best[k]!) ? row : best);
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[k]! / pivot[k]!;
      for (let j = k; j < row.length; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  return sum(rows.map((row, k) => (row.at(-1)! * right[k]!) / row[k]!));
}

const archLm = caseOf(() => new ArchLm({ count: 24, countMin: 16 }), {
  input: (random) => [random() < 0.02 ? NaN : (random() - 0.5) * 1e-4],
  update: (arch, { input: [r] }) => arch.update(r!),
  values: (arch) => ({ statistic: arch.statistic, absAutocorrelation: arch.absAutocorrelation }),
  batch(history) {
    const sizes = sizesOf(history).slice(-24);
    const n = sizes.length;
    if (n < 16) return { statistic: undefined, absAutocorrelation: undefined };
    const squares = sizes.map((size) => (size * 1e4) ** 2);
    const centre = (values: number[]) => values.map((value) => value - sum(values) / values.length);
    const y = centre(squares.slice(5));
    const lags = [1, 2, 3, 4, 5].map((lag) => centre(squares.slice(5 - lag, n - lag)));
    const x = y.map((_, t) => lags.map((lag) => lag[t]!));
    const around = centre(sizes);
    return {
      statistic: ((n - 5) * explained(x, y)) / sum(y.map((value) => value ** 2)),
      absAutocorrelation: sum(around.slice(1).map((value, i) => value * around[i]!)) /
        sum(around.map((value) => value ** 2)),
    };
  },
  stateLength: 1 + 30 + 24,
  degenerate: RETURNS_DEGENERATE,
  atWindow: (windowUs) => new ArchLm({ count: windowUs / 1e6 }),
});

/** Log likelihood of a GARCH(1,1) with targeted variance, less that of a constant one. */
function garchGain(returns: number[], alpha: number, beta: number): number {
  const target = sum(returns.map((r) => r * r)) / returns.length;
  let h = target;
  let gain = 0;
  for (const r of returns) {
    gain -= (Math.log(h / target) + (r * r) / h - (r * r) / target) / 2;
    h = (1 - alpha - beta) * target + alpha * r * r + beta * h;
  }
  return gain;
}

/** The largest gain of all α and β, by grids that close in on it. */
function garchGainMax(returns: number[]): number {
  let best = { alpha: 0, persistence: 0, gain: 0 };
  for (let [alpha, persistence, width] = [0.5, 0.5, 0.5]; width > 1e-8; width /= 3) {
    for (let i = -15; i <= 15; i++) {
      for (let j = -15; j <= 15; j++) {
        const a = Math.max(0, alpha + (width * i) / 15);
        const p = Math.min(0.9999, persistence + (width * j) / 15);
        if (a > p) continue;
        const gain = garchGain(returns, a, p - a);
        if (gain > best.gain) best = { alpha: a, persistence: p, gain };
      }
    }
    ({ alpha, persistence } = best);
  }
  return best.gain;
}

const gains = new Map<string, number>();

const garch = caseOf(() => new Garch({ count: 20, countMin: 12 }), {
  input: (random) => [random() < 0.02 ? NaN : (random() - 0.5) * (random() < 0.3 ? 5e-3 : 1e-3)],
  update: (model, { timeUs, input: [r] }) => model.update(r!, timeUs),
  // Where the likelihood is flat, its maximum is sharper than what makes it.
  values: (model) => ({ gain: model.gain === undefined ? undefined : Math.round(model.gain * 1e6) / 1e6 }),
  batch(history) {
    const steps = sinceClosed(history);
    let nextFitUs = 0;
    let fitted: number[] | undefined;
    steps.forEach(({ timeUs }, i) => {
      if (i + 1 < 12 || timeUs < nextFitUs) return;
      fitted = steps.slice(0, i + 1).slice(-20).map(({ input: [r] }) => r!);
      nextFitUs = (Math.floor(timeUs / 600e6) + 1) * 600e6;
    });
    if (fitted === undefined) return { gain: undefined };
    const key = fitted.join();
    if (!gains.has(key)) gains.set(key, garchGainMax(fitted));
    return { gain: Math.round(gains.get(key)! * 1e6) / 1e6 };
  },
  stateLength: 7 + 20,
  degenerate: RETURNS_DEGENERATE,
  atWindow: (windowUs) => new Garch({ count: windowUs / 1e6 }),
});

export const VOLATILITY_CASES: readonly EstimatorCase[] = [
  ewmaVolatility,
  realizedVariance,
  leeMykland,
  rangeVolatility,
  volatilityRegime,
  archLm,
  garch,
];
