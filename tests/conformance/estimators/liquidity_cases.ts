/**
 * Depth and liquidity.
 *
 * @module
 */
import { LiquidityScore, Microprice, Resiliency } from "../../../actors/estimators/mod.ts";
import { caseOf, type EstimatorCase, lot, type Random, sometimesAbsent, type Step, tick } from "./case.ts";

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;

/** The value below which a share of the values lies, linear between the two nearest. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const lower = Math.floor(position);
  const upper = Math.min(lower + 1, sorted.length - 1);
  return sorted[lower]! + (sorted[upper]! - sorted[lower]!) * (position - lower);
}

const GRID_US = 500_000;
const GRID_POINTS = 40;

/** Half-lives of all depletions, one after the other. */
function halfLivesOf(history: readonly Step[], bad: 1 | -1): number[] {
  const lives: number[] = [];
  const points: number[] = [];
  let open: { median: number; gap: number; sinceUs: number } | undefined;
  let normalBefore = false;
  history.forEach(({ timeUs, input }, i) => {
    const value = input[0]! * bad;
    const previous = history[i - 1];
    if (previous !== undefined) {
      const lastUs = Math.min(timeUs, previous.timeUs + 5 * MINUTE_US);
      for (let at = (Math.floor(previous.timeUs / GRID_US) + 1) * GRID_US; at <= lastUs; at += GRID_US) {
        if (!Number.isNaN(previous.input[0])) points.push(previous.input[0]! * bad);
      }
    }
    points.splice(0, points.length - GRID_POINTS);
    if (Number.isNaN(value) || timeUs - (previous?.timeUs ?? 0) > HOUR_US) {
      open = undefined;
      normalBefore = false;
    }
    if (Number.isNaN(value)) return;
    if (open !== undefined) {
      const gap = value - open.median;
      const tooLong = timeUs - open.sinceUs > 10 * MINUTE_US;
      if (!tooLong && gap > open.gap / 2) {
        if (gap > open.gap) open = { ...open, gap, sinceUs: timeUs };
        return;
      }
      lives.push(tooLong ? 10 * MINUTE_US : timeUs - open.sinceUs);
      open = undefined;
      normalBefore = false;
    }
    if (points.length < GRID_POINTS / 12) return;
    const median = quantileOf(points, 0.5);
    const depleted = value > quantileOf(points, 0.95) && value > median;
    if (depleted && normalBefore) open = { median, gap: value - median, sinceUs: timeUs };
    normalBefore = !depleted;
  });
  return lives;
}

const resiliencyOf = (depleted: "high" | "low") =>
  caseOf(() => new Resiliency({ windowUs: GRID_US * GRID_POINTS, gridCount: GRID_POINTS, count: 5, depleted }), {
    input: (random) => {
      const usual = depleted === "high" ? 1 + Math.floor(random() * 2) : 8 - Math.floor(random() * 2);
      return [sometimesAbsent(random, random() < 0.3 ? 10 * random() : usual)];
    },
    update: (resiliency, { timeUs, input: [value] }) => resiliency.update(timeUs, value!),
    values: (resiliency) => ({ halfLifeUs: resiliency.halfLifeUs, updatedUs: resiliency.updatedUs }),
    batch(history) {
      const lives = halfLivesOf(history, depleted === "high" ? 1 : -1).slice(-5);
      return {
        halfLifeUs: lives.length < 3 ? undefined : quantileOf(lives, 0.5),
        updatedUs: history.at(-1)?.timeUs ?? 0,
      };
    },
    stateLength: 7 + (1 + 5) + (1 + GRID_POINTS),
    atWindow: (windowUs) => new Resiliency({ windowUs, count: 20, depleted }),
    degenerate: [[NaN], [0], [1], [10], [-1], [5e-324], [1.7e308], [Infinity]],
  });

/** Share of the values that are worse, equal ones counting half, in percent. */
function rankAmong(values: readonly number[], value: number, highIsBad: boolean): number | undefined {
  if (values.length < 60 || Number.isNaN(value)) return undefined;
  const worse = values.filter((other) => highIsBad ? other > value : other < value).length;
  const same = values.filter((other) => other === value).length;
  return 100 * (worse + same / 2) / values.length;
}

const measure = (random: Random) => sometimesAbsent(random, Math.floor(random() * 5));
const measuresOf = ([spread, depth, cost, resiliency]: readonly number[]) => ({
  spread: spread!,
  depth: depth!,
  cost: cost!,
  resiliency: resiliency!,
});
/** Scores are asked for with the measures that were folded last. */
const LAST = new WeakMap<LiquidityScore, readonly number[]>();

const liquidityScore = caseOf(() => new LiquidityScore({ windowS: 1_440 }), {
  // Seconds that passed, and how long before them the touch had changed.
  input: (random) => [
    measure(random),
    measure(random),
    random() < 0.2 ? Infinity : measure(random),
    measure(random),
    1 + Math.floor(random() * (random() < 0.02 ? 5_000 : 20)),
    Math.floor(random() * (random() < 0.2 ? 600e6 : 20e6)),
  ],
  update(score, { timeUs, input }) {
    const secondUs = Math.floor(timeUs / 1e6) * 1e6;
    score.fold(secondUs, input[4]!, secondUs - input[5]!, measuresOf(input));
    LAST.set(score, input);
  },
  values: (score) => score.ranks(measuresOf(LAST.get(score) ?? [1, 1, 1, 1])),
  batch(history) {
    const windows: number[][] = [[], [], [], []];
    for (const { timeUs, input } of history) {
      const secondUs = Math.floor(timeUs / 1e6) * 1e6;
      for (let k = input[4]! - 1; k >= 0; k--) {
        const atUs = secondUs - k * 1e6;
        if (atUs % 2e6 !== 0 || atUs > secondUs - input[5]! + 5 * MINUTE_US) continue;
        windows.forEach((window, i) => Number.isNaN(input[i]) || window.push(input[i]!));
      }
    }
    const last = history.at(-1)?.input ?? [1, 1, 1, 1];
    const [tightness, depth, cost, resiliency] = windows.map((window, i) =>
      last[i] === Infinity && window.length >= 60 ? 0 : rankAmong(window.slice(-720), last[i]!, i !== 1)
    );
    const parts = [tightness, depth, cost, resiliency];
    return {
      tightness,
      depth,
      cost,
      resiliency,
      score: parts.includes(undefined) ? undefined : parts.reduce<number>((total, part) => total + part!, 0) / 4,
    };
  },
  stateLength: 4 * 721,
  atWindow: (windowUs) => new LiquidityScore({ windowS: windowUs / 1e6 }),
  degenerate: [
    [NaN, NaN, NaN, NaN, 1, 0],
    [1, 1, Infinity, 1, 100, 0],
    [0, 0, 0, 0, 1e9, 1e15],
    [-1, 1e300, -5, 0, 7, 0],
  ],
});

const FIT_US = 5_000_000;
const HALF_LIFE_US = 20_000_000;
const TICK = 0.0001;
const MOVES_MIN = 5;

/** Buckets of a touch by the share that is bid, 0 to 10, and its spread, 0 to 4; `undefined` where it has none. */
function touchState(
  [bid, bidSize, ask, askSize]: readonly number[],
): { imbalance: number; spread: number } | undefined {
  const share = bidSize! / (bidSize! + askSize!);
  const ticks = Math.round((ask! - bid!) / TICK);
  if (!(share >= 0) || !(ticks >= 0)) return undefined;
  return {
    imbalance: Math.min(10, Math.floor(share * 11)),
    spread: ticks < 2 ? 0 : ticks < 4 ? 1 : ticks < 8 ? 2 : ticks < 16 ? 3 : 4,
  };
}

/** Expected sum of all mid changes to come, by following the chain step by step until nothing is left. */
function micropriceOf(history: readonly Step[]): number | undefined {
  const last = history.at(-1);
  const state = last && touchState(last.input);
  if (state === undefined) return undefined;
  const fits = [...new Set(history.map(({ timeUs }) => Math.floor(timeUs / FIT_US)))];
  const solvedAt = fits.at(-1)!;
  const steps: { from: number; to: number; move: number; weight: number }[] = [];
  let moves = 0;
  const keyOf = (imbalance: number, spread: number) => imbalance * 5 + spread;
  history.forEach(({ timeUs, input }, i) => {
    const before = history[i - 1];
    const from = before && touchState(before.input);
    const to = touchState(input);
    const fit = Math.floor(timeUs / FIT_US);
    if (fit === solvedAt || !from || !to || timeUs - before!.timeUs > HOUR_US) return;
    const [bid, , ask] = before!.input as [number, number, number];
    const move = ((input[0]! + input[2]!) / 2 - (bid + ask) / 2) / TICK;
    if (Math.abs(move) > 10 * Math.max(1, Math.round((ask - bid) / TICK))) return;
    let weight = 1;
    for (let k = fits.indexOf(fit); k < fits.length - 2; k++) {
      weight /= 2 ** (Math.min((fits[k + 1]! - fits[k]!) * FIT_US, HOUR_US) / HALF_LIFE_US);
    }
    if (Math.abs(move) > 0.25) moves += weight;
    steps.push({ from: keyOf(from.imbalance, from.spread), to: keyOf(to.imbalance, to.spread), move, weight });
    const mirrored = [keyOf(10 - from.imbalance, from.spread), keyOf(10 - to.imbalance, to.spread)] as const;
    steps.push({ from: mirrored[0], to: mirrored[1], move: -move, weight });
  });
  if (moves < MOVES_MIN) return undefined;
  // One step of each state leads nowhere. The middle counts each of its steps twice, which changes nothing.
  const counts = new Array<number>(55).fill(1);
  for (const { from, weight } of steps) counts[from]! += weight;
  let expected = new Array<number>(55).fill(0);
  for (let change = 1; change > 1e-12;) {
    const next = new Array<number>(55).fill(0);
    for (const { from, to, move, weight } of steps) next[from]! += weight / counts[from]! * (move + expected[to]!);
    change = Math.max(...next.map((value, i) => Math.abs(value - expected[i]!)));
    expected = next;
  }
  const [bid, , ask] = last!.input as [number, number, number];
  const half = Math.round((ask - bid) / TICK) / 2;
  const ticks = expected[keyOf(state.imbalance, state.spread)]!;
  return (bid + ask) / 2 + Math.min(half, Math.max(-half, ticks)) * TICK;
}

const microprice = caseOf(
  () => new Microprice({ tickSize: TICK, halfLifeUs: HALF_LIFE_US, fitUs: FIT_US, moveCountMin: MOVES_MIN }),
  {
    input(random) {
      const bid = tick(random);
      return [bid, lot(random), sometimesAbsent(random, bid + Math.floor(random() * 6 - 0.3) * TICK), lot(random)];
    },
    update: (price, { timeUs, input }) => price.update(timeUs, input[0]!, input[1]!, input[2]!, input[3]!),
    values: (price) => ({ microprice: price.value }),
    batch: (history) => ({ microprice: micropriceOf(history) }),
    stateLength: 9 + 25 * 28,
    degenerate: [
      [NaN, NaN, NaN, NaN],
      [1, 1, 1, 1],
      [1, 0, 2, 0],
      [1, 3, 1.0001, 1],
      [1.0001, 3, 1.0002, 0],
      [2, 1, 1, 1],
      [0, 1, 1e300, 5],
      [1.7e308, 1e308, 1.7e308, 1e308],
      [-Infinity, 1, Infinity, 1],
    ],
  },
);

export const LIQUIDITY_CASES: readonly EstimatorCase[] = [
  resiliencyOf("high"),
  resiliencyOf("low"),
  liquidityScore,
  microprice,
];
