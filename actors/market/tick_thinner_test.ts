import assert from "node:assert/strict";
import { lcg } from "../../tests/support/frames.ts";
import { assertRestores, type PairTick, randomTicks, START_US } from "../../tests/support/market_fold.ts";
import { HayashiYoshida } from "./hayashi_yoshida.ts";
import { TickThinner } from "./tick_thinner.ts";

const THIN_US = 500_000;

function thinned(ticks: readonly PairTick[], thinUs: number): PairTick[] {
  const kept: PairTick[] = [];
  const thinner = new TickThinner({ thinUs, pairCountMax: 5 }, (...tick) => kept.push(tick));
  for (const tick of ticks) thinner.update(...tick);
  thinner.advance(Infinity);
  return kept;
}

Deno.test("`TickThinner` keeps the last tick of each stretch and pair, in order of time, with their own stamps", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const ticks = randomTicks(lcg(seed * 31), 400, 5);
    const last = new Map<string, PairTick>();
    for (const tick of ticks) last.set(`${tick[0]} ${Math.floor(tick[1] / THIN_US)}`, tick);
    const expected = [...last.values()].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    assert.deepEqual(thinned(ticks, THIN_US), expected);
    assert.deepEqual(thinned(ticks, 0), ticks, "0 keeps all");
  }
});

Deno.test("`TickThinner` keeps no tick of a mid that came back", () => {
  const ticks: PairTick[] = [[0, 0, 1], [0, 600_000, 2], [0, 700_000, 1], [0, 1_100_000, 3]];
  assert.deepEqual(thinned(ticks, THIN_US), [ticks[0], ticks[3]]);
});

Deno.test("`TickThinner` keeps the bounce of fast quotes from hiding a correlation", () => {
  const random = lcg(44);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const correlation = 0.8;
  const paths = [0, 0];
  const ticks = Array.from({ length: 40_000 }, (_, k): PairTick => {
    // 50 ticks a second of each pair; between two seconds it moves by 7 times what a quote bounces.
    const [common, own] = [normal(), normal()];
    paths[0]! += 1e-6 * common;
    paths[1]! += 1e-6 * (correlation * common + Math.sqrt(1 - correlation ** 2) * own);
    return [k % 2, START_US + k * 10_000, paths[k % 2]! + 1e-6 * 1.5 * normal()];
  });
  const [all, kept] = [0, 1_000_000].map((thinUs) => {
    const correlations = new HayashiYoshida({ slotUs: 400e6, longSlotUs: 400e6, longSlotCount: 1 });
    for (const tick of thinned(ticks, thinUs)) correlations.update(...tick);
    return correlations.read("value").of(0, 1)!;
  });
  assert(all! < 0.35, `every tick: ${all}`);
  assert(Math.abs(kept! - correlation) < 0.15, `of each second the last: ${kept}`);
});

Deno.test("`TickThinner` restored at any cut continues bit for bit", () => {
  assertRestores<PairTick>({
    make: () => new TickThinner({ thinUs: THIN_US, pairCountMax: 4 }, () => {}),
    update: (thinner, tick) => (thinner as TickThinner).update(...tick),
    steps: randomTicks(lcg(3), 200, 4),
  });
});
