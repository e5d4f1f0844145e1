import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { lcg } from "../../tests/support/frames.ts";
import { Microprice } from "./microprice.ts";
import { weightedMid } from "./touch.ts";

type Touch = readonly [timeUs: number, bid: number, bidSize: number, ask: number, askSize: number];

const S = 1_000_000;
const HOUR_US = 3_600 * S;
const START_US = 1_700_000_000 * S;
const TICK = 0.01;
/** So long that the counts of a test do not age. */
const FOR_EVER_US = 1e24;

const made = (halfLifeUs = FOR_EVER_US, tickSize = TICK) => new Microprice({ tickSize, halfLifeUs });
/** Buckets of the share that is bid, 0 to 10; the edges belong to the outer one. */
function imbalanceOf(bidSize: number, askSize: number): number {
  const outer = Math.min(10, Math.floor((11 * Math.max(bidSize, askSize)) / (bidSize + askSize)));
  return bidSize < askSize ? 10 - outer : outer;
}

const midOf = ([, bid, , ask]: Touch) => (bid + ask) / 2;

/**
 * A touch four ticks wide on which one side is four times the other. With probability 1/2 the next touch is `moveTicks` towards the
 * thin side, which then has the same side thick with probability `stays`.
 */
function simulated(count: number, options: { stays: number; moveTicks: number; seed?: number }): Touch[] {
  const random = lcg(options.seed ?? 11);
  let sign = 1;
  let midTicks = 10_000;
  return Array.from({ length: count }, (_, i) => {
    if (random() < 0.5) {
      midTicks += sign * options.moveTicks;
      if (random() >= options.stays) sign = -sign;
    }
    const [bidSize, askSize] = sign > 0 ? [4e6, 1e6] : [1e6, 4e6];
    return [START_US + i * 100_000, (midTicks - 2) * TICK, bidSize, (midTicks + 2) * TICK, askSize];
  });
}

// G(thick bid) = (d + (2·stays − 1)·G)/2 + G/2, as G(thick ask) = −G(thick bid): G = d/(2·(1 − stays)).
for (
  const { stays, moveTicks, expected } of [
    { stays: 0, moveTicks: 1, expected: 0.5 },
    { stays: 0.25, moveTicks: 1, expected: 2 / 3 },
    { stays: 0.5, moveTicks: 1, expected: 1 },
    { stays: 0, moveTicks: -1, expected: -0.5 },
  ]
) {
  Deno.test(`\`Microprice\` finds G* = ${expected.toFixed(2)} ticks of a chain that stays with ${stays} and moves ${moveTicks}`, () => {
    const microprice = made();
    for (const touch of simulated(100_000, { stays, moveTicks })) {
      microprice.update(...touch);
      if (touch[0] < START_US + 5_000 * S || microprice.value === undefined) continue;
      const side = touch[2] > touch[4] ? 1 : -1;
      const ticks = side * (microprice.value - midOf(touch)) / TICK;
      assert(Math.abs(ticks - expected) < 0.04, `${ticks}`);
    }
  });
}

/** The recursion as published, on all 55 states: Q, R₂ and r counted out of the touches, then G¹, B and the sum of Bᵏ·G¹. */
function paperAdjustments(touches: readonly Touch[], tickSize: number): Map<string, number> {
  const keyOf = ([, bid, bidSize, ask, askSize]: Touch, mirrored: boolean) => {
    const imbalance = mirrored ? imbalanceOf(askSize, bidSize) : imbalanceOf(bidSize, askSize);
    const ticks = Math.round((ask - bid) / tickSize);
    if (!(ticks >= 0) || Number.isNaN(imbalance)) return undefined;
    return imbalance * 5 + (ticks < 2 ? 0 : ticks < 4 ? 1 : ticks < 8 ? 2 : ticks < 16 ? 3 : 4);
  };
  const n = 55;
  const zeros = () => Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const [stay, leave] = [zeros(), zeros()];
  const drift = new Array<number>(n).fill(0);
  // One step of each state leads nowhere.
  const counts = new Array<number>(n).fill(1);
  for (let i = 1; i < touches.length; i++) {
    const [before, now] = [touches[i - 1]!, touches[i]!];
    const move = (midOf(now) - midOf(before)) / tickSize;
    if (Math.abs(move) > 10 * Math.max(1, Math.round((before[3] - before[1]) / tickSize))) continue;
    for (const mirrored of [false, true]) {
      const [from, to] = [keyOf(before, mirrored), keyOf(now, mirrored)];
      if (from === undefined || to === undefined) continue;
      counts[from]!++;
      (Math.abs(move) < 0.25 ? stay : leave)[from]![to]!++;
      drift[from]! += mirrored ? -move : move;
    }
  }
  // Gauss and Jordan, on I − Q beside [R₂ | r].
  const rows = stay.map((row, x) => [
    ...row.map((count, y) => Number(x === y) - count / counts[x]!),
    ...leave[x]!.map((count) => count / counts[x]!),
    drift[x]! / counts[x]!,
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    const own = rows[pivot]!.map((value) => value / rows[pivot]![pivot]!);
    rows[pivot] = own;
    for (let x = 0; x < n; x++) {
      const factor = rows[x]![pivot]!;
      if (x !== pivot && factor !== 0) rows[x] = rows[x]!.map((value, y) => value - factor * own[y]!);
    }
  }
  const first = rows.map((row) => row[2 * n]!);
  const onward = rows.map((row) => row.slice(n, 2 * n));
  let expected = first;
  for (let change = 1; change > 1e-12;) {
    const next = first.map((g, x) => g + onward[x]!.reduce((total, b, y) => total + b * expected[y]!, 0));
    change = Math.max(...next.map((g, x) => Math.abs(g - expected[x]!)));
    expected = next;
  }
  return new Map(expected.map((g, x) => [`${Math.floor(x / 5)} ${x % 5}`, g]));
}

/** Of touches told to the end of a minute, the solution must be the paper's at each of the last ones. */
function assertPaper(touches: readonly Touch[], tickSize: number): number {
  const microprice = made(FOR_EVER_US, tickSize);
  const lastMinuteUs = Math.floor(touches.at(-1)![0] / (60 * S)) * 60 * S;
  const adjustments = paperAdjustments(touches.filter(([timeUs]) => timeUs < lastMinuteUs), tickSize);
  let compared = 0;
  for (const touch of touches) {
    microprice.update(...touch);
    const [timeUs, bid, bidSize, ask, askSize] = touch;
    const spread = Math.round((ask - bid) / tickSize);
    if (timeUs < lastMinuteUs || microprice.value === undefined) continue;
    const bucket = spread < 2 ? 0 : Math.min(4, Math.floor(Math.log2(spread)));
    const ticks = adjustments.get(`${imbalanceOf(bidSize, askSize)} ${bucket}`)!;
    const expected = midOf(touch) + Math.max(-spread / 2, Math.min(spread / 2, ticks)) * tickSize;
    assert(Math.abs(microprice.value - expected) < 1e-7 * tickSize, `${microprice.value} is not ${expected}`);
    compared++;
  }
  return compared;
}

Deno.test("`Microprice` is the published recursion over random touches", () => {
  const random = lcg(3);
  let bidTicks = 10_000;
  const touches = Array.from({ length: 4_000 }, (_, i): Touch => {
    if (random() < 0.3) bidTicks += random() < 0.5 ? -1 : 1;
    const bid = bidTicks * TICK;
    const size = () => 1e6 * (1 + Math.floor(random() * 9));
    return [START_US + i * 100_000, bid, size(), bid + TICK * (1 + Math.floor(random() * 20)), size()];
  });
  assert(assertPaper(touches, TICK) > 300);
});

Deno.test("`Microprice` of a balanced touch is the mid, and mirrored touches mirror it", () => {
  const bids = made();
  const asks = made();
  for (const [timeUs, bid, bidSize, ask, askSize] of simulated(20_000, { stays: 0.25, moveTicks: 1 })) {
    bids.update(timeUs, bid, bidSize, ask, askSize);
    asks.update(timeUs, 200 - ask, askSize, 200 - bid, bidSize);
    if (bids.value !== undefined) assert(Math.abs(bids.value + asks.value! - 200) < 1e-9);
  }
  bids.update(START_US + HOUR_US, 100, 2e6, 100.04, 2e6);
  assert.equal(bids.value, (100 + 100.04) / 2);
  bids.update(START_US + HOUR_US, 100, 4e6, 100.04, 1e6);
  assert(bids.value! > 100.025);
  bids.update(START_US + HOUR_US, 100, 1e6, 100.04, 4e6);
  assert(bids.value! < 100.015);
});

Deno.test("`Microprice` stays between bid and ask", () => {
  const microprice = made();
  for (const touch of simulated(5_000, { stays: 0.98, moveTicks: 1 })) {
    microprice.update(...touch);
    const { value } = microprice;
    if (value !== undefined) assert(value >= touch[1] - 1e-9 && value <= touch[3] + 1e-9);
  }
  assert(
    Math.abs(Math.abs(microprice.value! - midOf(simulated(5_000, { stays: 0.98, moveTicks: 1 }).at(-1)!)) - 0.02) <
      1e-9,
  );
  microprice.update(START_US + HOUR_US, 100, 4e6, 100, 1e6);
  assert.equal(microprice.value, 100, "locked");
  microprice.update(START_US + HOUR_US, 100.01, 4e6, 100, 1e6);
  assert.equal(microprice.value, undefined, "crossed");
  microprice.update(START_US + HOUR_US, 100, NaN, 100.01, NaN);
  assert.equal(microprice.value, undefined, "without sizes");
});

Deno.test("`Microprice` is `undefined` until fifty moves and the end of that minute", () => {
  const microprice = made();
  const play = (fromUs: number, moves: number) => {
    for (let k = 0; k <= moves; k++) microprice.update(fromUs + k * 1_000, 1 + k * TICK, 2e6, 1.02 + k * TICK, 1e6);
  };
  const minuteUs = START_US + 40 * S; // a whole minute
  play(minuteUs, 49);
  microprice.update(minuteUs + 60 * S, 1.5, 2e6, 1.52, 1e6); // the fiftieth comes too late for this minute
  assert.equal(microprice.value, undefined);
  microprice.update(minuteUs + 120 * S, 1.5, 2e6, 1.52, 1e6);
  assert(microprice.value! > 1.51);
});

Deno.test("`Microprice` takes no step over a new picture, a closed market, a gap in prices", () => {
  const plain = made();
  const broken = made();
  const touches = simulated(3_000, { stays: 0.25, moveTicks: 1 });
  for (const touch of touches) for (const one of [plain, broken]) one.update(...touch);
  const [atUs, bid, bidSize, ask, askSize] = touches.at(-1)!;
  const before = plain.snapshot().slice(9);
  broken.restart();
  broken.update(atUs + 1, bid + 1, bidSize, ask + 1, askSize);
  assert.deepEqual(broken.snapshot().slice(9), before, "after a restart");
  broken.update(atUs + 2, bid + 2, bidSize, ask + 2, askSize);
  assert.deepEqual(broken.snapshot().slice(9), before, "25 spreads away");
  plain.update(atUs + HOUR_US + S, bid, bidSize, ask, askSize);
  const closed = plain.snapshot().slice(9);
  for (let row = 0; row < closed.length; row += 28) assert(closed[row]! <= before[row]!, "over an hour");
});

const AMZN = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name:
    "`Microprice` of Amazon is the published recursion, and foretells better than mid and weighted mid (skipped without lob/lobster)",
  ignore: AMZN.absent,
  fn() {
    const { rowCount, levels, timeUs, book } = readLobster(AMZN.path);
    const touches: Touch[] = [];
    for (let row = 0; row < rowCount; row++) {
      const [ask, askSize, bid, bidSize] = book.subarray(4 * levels * row, 4 * levels * row + 4);
      const touch: Touch = [timeUs[row]!, bid! / 1e4, bidSize!, ask! / 1e4, askSize!];
      if (touches.length === 0 || touch.some((value, i) => i > 0 && value !== touches.at(-1)![i])) touches.push(touch);
    }
    assert(assertPaper(touches, TICK) > 50);

    const microprice = made(HOUR_US);
    const errors = { mid: 0, weighted: 0, micro: 0 };
    let [product, square, later] = [0, 0, 0];
    const values = touches.map((touch) => {
      microprice.update(...touch);
      return microprice.value;
    });
    touches.forEach((touch, i) => {
      while (later + 1 < touches.length && touches[later + 1]![0] <= touch[0] + 10 * S) later++;
      const value = values[i];
      if (value === undefined || later === touches.length - 1) return;
      const [mid, future] = [midOf(touch), midOf(touches[later]!)];
      errors.mid += (future - mid) ** 2;
      errors.weighted += (future - weightedMid(touch[1], touch[2], touch[3], touch[4])!) ** 2;
      errors.micro += (future - value) ** 2;
      product += (future - mid) * (value - mid);
      square += (value - mid) ** 2;
    });
    assert(errors.micro < errors.mid && errors.mid < errors.weighted, JSON.stringify(errors));
    // What it foretells is what comes: the mid ten seconds on rises by as much as it says, on average.
    assert(Math.abs(product / square - 1) < 0.25, `${product / square}`);
  },
});

const DARWINEX = `${DATA}/fx/darwinex_eurusd/EURUSD_darwinex_20210907.csv.gz`;

Deno.test({
  name:
    "`Microprice` of EURUSD is closer to the next second's mid than the weighted mid (skipped without fx/darwinex_eurusd)",
  ignore: !existsSync(DARWINEX),
  fn() {
    const touches = gzipLines(DARWINEX).slice(1).map((line): Touch => {
      const [ms, bid, bidSize, ask, askSize] = line.split(",").map((text) => text === "" ? NaN : Number(text));
      return [ms! * 1_000, bid!, bidSize!, ask!, askSize!];
    });
    const microprice = made(HOUR_US, 1e-5);
    const values = touches.map((touch) => {
      microprice.update(...touch);
      const { value } = microprice;
      if (value !== undefined) assert(value >= touch[1] - 1e-9 && value <= touch[3] + 1e-9);
      return value;
    });
    let [weighted, micro, later] = [0, 0, 0];
    touches.forEach((touch, i) => {
      while (later + 1 < touches.length && touches[later + 1]![0] <= touch[0] + S) later++;
      const future = midOf(touches[later]!);
      const value = values[i];
      if (value === undefined || Number.isNaN(future)) return;
      weighted += (future - weightedMid(touch[1], touch[2], touch[3], touch[4])!) ** 2;
      micro += (future - value) ** 2;
    });
    assert(micro < 0.9 * weighted, `${micro} and ${weighted}`);
  },
});
