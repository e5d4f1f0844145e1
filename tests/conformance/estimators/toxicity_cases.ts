/**
 * Volume buckets, and bulk classification of volume.
 *
 * @module
 */
import { BulkVolume, normalCdf, Vpin, type VpinOptions } from "../../../actors/estimators/mod.ts";
import { caseOf, type EstimatorCase, lot, type Random, type Step, sum, tick } from "./case.ts";

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;
const BAR_US = 1_000_000;

interface Fill {
  timeUs: number;
  lean: number;
  volume: number;
  sided: number;
}

/** Volume of each bar with the share that was bought, by looking up all bars before it; a bar that is not over yet is left out. */
function barsOf(history: readonly Step[], nowUs: number): { endUs: number; buyShare: number; volume: number }[] {
  const trades = history.filter(({ input: [, size] }) => size! > 0);
  const byBar = Map.groupBy(trades, ({ timeUs }) => Math.floor(timeUs / BAR_US));
  const changes: number[] = [];
  const bars = [];
  let last: Step | undefined;
  for (const [bar, inBar] of byBar) {
    if ((bar + 1) * BAR_US > nowUs) break;
    const open = last !== undefined && inBar[0]!.timeUs - last.timeUs <= HOUR_US;
    const change = inBar.at(-1)!.input[0]! - (open ? last! : inBar[0]!).input[0]!;
    const before = changes.slice(-100);
    last = inBar.at(-1)!;
    changes.push(change);
    if (before.length < 10) continue;
    const mean = sum(before) / before.length;
    const sigma = Math.sqrt(sum(before.map((value) => (value - mean) ** 2)) / (before.length - 1));
    const z = change === 0 ? 0 : change / sigma;
    bars.push({ endUs: (bar + 1) * BAR_US, buyShare: normalCdf(z), volume: sum(inBar.map(({ input }) => input[1]!)) });
  }
  return bars;
}

/** Day of trading by the clock of New York, which is asked in another way than the estimator does. */
const tradingDays = new Map<number, number>();
const newYork = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
});
function tradingDay(timeUs: number): number {
  const hour = Math.floor(timeUs / HOUR_US);
  let day = tradingDays.get(hour);
  if (day === undefined) {
    const parts = Object.fromEntries(
      newYork.formatToParts(hour * 3_600_000).map(({ type, value }) => [type, Number(value)]),
    );
    day = Math.floor((Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!) / 3_600_000 + 7) / 24);
    tradingDays.set(hour, day);
  }
  return day;
}

/** Mean daily volume that was in force with each trade, the trade itself being unknown. */
function meanVolumes(trades: readonly Step[]): number[] {
  let fixed = NaN;
  return trades.map(({ timeUs }, i) => {
    const before = trades.slice(0, i);
    const rolled = i > 0 && tradingDay(timeUs) !== tradingDay(trades[i - 1]!.timeUs);
    const openUs = sum(
      trades.slice(1, i + 1).map((trade, k) => trade.timeUs - trades[k]!.timeUs).filter((pause) => pause <= HOUR_US),
    );
    if (!rolled && !Number.isNaN(fixed)) return fixed;
    const days = [...Map.groupBy(before, (trade) => tradingDay(trade.timeUs)).values()]
      .map((inDay) => sum(inDay.map(({ input }) => input[1]!)));
    const whole = rolled ? days.slice(1).slice(-20) : [];
    if (whole.length > 0) fixed = sum(whole) / whole.length;
    else if (openUs >= HOUR_US) fixed = sum(days) * DAY_US / openUs;
    return fixed;
  });
}

/** VPIN, bucket by bucket. */
function vpinOf(fills: readonly Fill[], sizes: readonly number[], buckets: number, cdfCount: number) {
  const full: { imbalance: number; sided: number; volume: number }[] = [];
  const vpins: (number | undefined)[] = [];
  let bucket = { net: 0, sided: 0, filled: 0, size: NaN };
  fills.forEach(({ lean, volume, sided }, i) => {
    const size = sizes[i]!;
    if (Number.isNaN(size)) return;
    if (Number.isNaN(bucket.size)) bucket.size = size;
    let ended = 0;
    for (let rest = volume; rest > 0 || bucket.filled >= bucket.size;) {
      const part = Math.min(rest, bucket.size - bucket.filled);
      bucket.net += lean * part;
      bucket.sided += sided / volume * part;
      bucket.filled = part === rest ? bucket.filled + part : bucket.size;
      rest -= part;
      if (bucket.filled < bucket.size) break;
      // Of one trade the bucket that it found and as many whole ones as make a VPIN.
      if (ended++ <= buckets) {
        full.push({ imbalance: Math.abs(bucket.net), sided: bucket.sided, volume: bucket.size });
        const inVpin = full.slice(-buckets);
        if (inVpin.length === buckets) {
          const vpin = sum(inVpin.map(({ imbalance }) => imbalance)) / sum(inVpin.map((one) => one.volume));
          vpins.push(inVpin.some((one) => one.sided > 0) ? vpin : undefined);
        }
      }
      bucket = { net: 0, sided: 0, filled: 0, size };
    }
  });
  const newest = vpins.at(-1);
  const trailing = vpins.filter((vpin) => vpin !== undefined).slice(-cdfCount);
  return {
    vpin: newest,
    cdf: newest === undefined || trailing.length < 20
      ? undefined
      : trailing.filter((vpin) => vpin <= newest + 1e-10).length / trailing.length,
  };
}

/** A trade `[price, size, sign]`, now and then a huge one. */
const trade = (random: Random) => [
  tick(random),
  random() < 0.05 ? 20e6 : lot(random),
  Math.floor(random() * 3) - 1,
];
const DEGENERATE = [
  [1.1, 0, 1],
  [1.1, 1e6, 0],
  [1.1, 1e6, 1],
  [11, 1e6, -1],
  [150, 1e-300, 1],
  [1.1, 1.7e308, -1],
  [NaN, NaN, 1],
  [1.1, Infinity, 1],
];
const BUCKETS = 5;
const CDF_COUNT = 25;
const OWN_STATE = 6 + 29 + (4 + 3 * BUCKETS) + (1 + CDF_COUNT);

interface VpinCase {
  options: VpinOptions;
  input?: (random: Random) => number[];
  /** What a time of the tests is for the estimator. */
  timeOf?: (timeUs: number) => number;
  fills(history: readonly Step[], nowUs: number): Fill[];
  sizes(trades: readonly Step[], fills: readonly Fill[]): number[];
  bucketSize(trades: readonly Step[]): number | undefined;
  stateLength: number;
}

function vpinCase(
  { options, input = trade, timeOf = (timeUs) => timeUs, fills, sizes, bucketSize, stateLength }: VpinCase,
) {
  return caseOf(() => new Vpin({ buckets: BUCKETS, cdfCount: CDF_COUNT, ...options }), {
    input,
    update: (vpin, { timeUs, input: [price, size, sign] }) => vpin.update(timeOf(timeUs), price!, size!, sign!),
    values(vpin, nowUs) {
      vpin.advance(timeOf(nowUs));
      return { vpin: vpin.value, cdf: vpin.cdf, bucketSize: vpin.bucketSize };
    },
    batch(history, nowUs) {
      const trades = history.filter(({ input }) => input[1]! > 0)
        .map(({ timeUs, input }) => ({ timeUs: timeOf(timeUs), input }));
      const filled = fills(trades, timeOf(nowUs));
      return { ...vpinOf(filled, sizes(trades, filled), BUCKETS, CDF_COUNT), bucketSize: bucketSize(trades) };
    },
    stateLength,
    degenerate: DEGENERATE,
  });
}

const signed = (trades: readonly Step[]): Fill[] =>
  trades.map(({ timeUs, input: [, size, sign] }) => ({
    timeUs,
    lean: sign!,
    volume: size!,
    sided: sign === 0 ? 0 : size!,
  }));

const vpinOfFixedBuckets = vpinCase({
  options: { bucketSize: 1.5e6 },
  fills: signed,
  sizes: (_, fills) => fills.map(() => 1.5e6),
  bucketSize: () => 1.5e6,
  stateLength: OWN_STATE,
});

const vpinOfDailyBuckets = vpinCase({
  options: { bucketsPerDay: 7 },
  // No round sizes: a bucket that is full to the last digit is one by rounding.
  input(random) {
    const [price, size, sign] = trade(random);
    return [price!, size! * random(), sign!];
  },
  // Minutes become hours and hours weeks, so that sixty trades see many days.
  timeOf: (timeUs) => 1.7e15 + (timeUs - 1.7e15) * 300,
  fills: signed,
  sizes: (trades) => meanVolumes(trades).map((mean) => mean / 7),
  bucketSize(trades) {
    const size = meanVolumes(trades).at(-1);
    return size === undefined || Number.isNaN(size) ? undefined : size / 7;
  },
  stateLength: OWN_STATE,
});

const vpinOfBulk = vpinCase({
  options: { bucketSize: 1.5e6, signing: "bulk", bulkBarUs: BAR_US },
  fills: (trades, nowUs) =>
    barsOf(trades, nowUs).map(({ endUs, buyShare, volume }) => ({
      timeUs: endUs,
      lean: 2 * buyShare - 1,
      volume,
      sided: volume,
    })),
  sizes: (_, fills) => fills.map(() => 1.5e6),
  bucketSize: () => 1.5e6,
  stateLength: OWN_STATE + 208,
});

/** What each instance has told since its newest update began. */
const told = new WeakMap<BulkVolume, [buyShare: number, volume: number][]>();

const bulkVolume = caseOf(() => {
  const bars: [number, number][] = [];
  const bulk = new BulkVolume({ barUs: BAR_US }, (...bar) => bars.push(bar));
  told.set(bulk, bars);
  return bulk;
}, {
  input: trade,
  update(bulk, { timeUs, input: [price, size] }) {
    told.get(bulk)!.length = 0;
    bulk.update(timeUs, price!, size!);
  },
  values(bulk) {
    const bars = told.get(bulk)!;
    return { count: bars.length, buyShare: bars[0]?.[0], volume: bars[0]?.[1] };
  },
  batch(history, nowUs) {
    const before = history.slice(0, -1);
    const bars = barsOf(history, nowUs).slice(barsOf(before, before.at(-1)?.timeUs ?? 0).length);
    return { count: bars.length, buyShare: bars[0]?.buyShare, volume: bars[0]?.volume };
  },
  stateLength: 208,
  degenerate: DEGENERATE,
});

export const TOXICITY_CASES: readonly EstimatorCase[] = [
  vpinOfFixedBuckets,
  vpinOfDailyBuckets,
  vpinOfBulk,
  bulkVolume,
];
