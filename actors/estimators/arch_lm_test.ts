import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { ArchLm } from "./arch_lm.ts";
import { GridReturns } from "./grid_returns.ts";

const close = (actual: number | undefined, expected: number, tolerance = 1e-9) =>
  assert(Math.abs(actual! - expected) <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);

const normalOf = (random: () => number) => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** T·R² of r² on a constant and five lags: the columns made orthogonal one after the other (Gram and Schmidt). */
function batchStatistic(returns: readonly number[]): number {
  const scale = Math.max(...returns.map(Math.abs));
  const squares = returns.map((r) => (r / scale) ** 2);
  const rows = squares.length - 5;
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const columns: number[][] = [];
  let rest = squares.slice(5);
  for (const lag of [0, 1, 2, 3, 4, 5]) {
    let column = lag === 0 ? new Array<number>(rows).fill(1) : squares.slice(5 - lag, 5 - lag + rows);
    // Twice, so that rounding of the first time is taken out too.
    for (const other of [...columns, ...columns]) {
      const share = dot(column, other);
      column = column.map((value, i) => value - share * other[i]!);
    }
    const length = Math.sqrt(dot(column, column));
    columns.push(column.map((value) => value / length));
  }
  const mean = squares.slice(5).reduce((sum, value) => sum + value, 0) / rows;
  const total = squares.slice(5).reduce((sum, value) => sum + (value - mean) ** 2, 0);
  for (const column of columns) {
    const share = dot(rest, column);
    rest = rest.map((value, i) => value - share * column[i]!);
  }
  return rows * (1 - dot(rest, rest) / total);
}

Deno.test("`ArchLm` gives the figures of NumPy's least squares and SciPy's χ²", () => {
  const arch = new ArchLm({ count: 40, countMin: 40 });
  for (let k = 0; k < 40; k++) arch.update(1e-4 * Math.sin(k * k) * (1 + (Math.floor(k / 8) % 2) * 2));
  close(arch.statistic, 4.165879561493946);
  close(arch.pValue, 0.5257890923715676);
  close(arch.absAutocorrelation, 0.40461834541308495);
});

Deno.test("`ArchLm` is least squares over the window at every prefix, also after a huge return has left it", () => {
  const normal = normalOf(lcg(2));
  const arch = new ArchLm({ count: 80, countMin: 30 });
  const returns: number[] = [];
  for (let k = 0; k < 500; k++) {
    const r = k === 200 ? 0.3 : 1e-5 * normal();
    returns.push(r);
    arch.update(r);
    if (k < 29 || (k >= 200 && k < 280)) continue;
    close(arch.statistic, batchStatistic(returns.slice(-80)), 1e-6);
  }
});

Deno.test("`ArchLm.pValue` is evenly spread where variance is constant", () => {
  const normal = normalOf(lcg(6));
  const pValues: number[] = [];
  const arch = new ArchLm({ count: 360 });
  for (let k = 0; k < 360 * 400; k++) {
    arch.update(1e-5 * normal());
    if (k % 360 === 359) pValues.push(arch.pValue!);
  }
  const below = (p: number) => pValues.filter((value) => value < p).length / pValues.length;
  assert(Math.abs(below(0.5) - 0.5) < 0.1, `${below(0.5)}`);
  assert(below(0.05) < 0.09, `${below(0.05)}`);
});

Deno.test("`ArchLm` finds the clusters of an ARCH(1) process", () => {
  const normal = normalOf(lcg(9));
  const arch = new ArchLm({ count: 360 });
  let last = 0;
  for (let k = 0; k < 1_000; k++) arch.update(last = Math.sqrt(1e-10 + 0.6 * last * last) * normal());
  assert(arch.pValue! < 1e-4, `${arch.pValue}`);
  assert(arch.absAutocorrelation! > 0.15);
});

Deno.test("`ArchLm` has no value for returns that are all equal, all 0, or of a period of two", () => {
  for (const returns of [() => 0, () => 1e-4, (k: number) => k % 2 === 0 ? 1e-4 : 0]) {
    const arch = new ArchLm({ count: 100 });
    for (let k = 0; k < 250; k++) arch.update(returns(k));
    assert.deepEqual([arch.warm, arch.statistic, arch.pValue], [true, undefined, undefined], String(returns));
  }
});

Deno.test("`ArchLm` begins anew after a closed market", () => {
  const normal = normalOf(lcg(1));
  const [whole, anew] = [new ArchLm({ count: 50 }), new ArchLm({ count: 50 })];
  for (let k = 0; k < 120; k++) whole.update(0.01 * normal());
  whole.update(NaN);
  assert.deepEqual([whole.warm, whole.statistic], [false, undefined]);
  for (let k = 0; k < 70; k++) {
    const r = 1e-5 * normal();
    whole.update(r);
    anew.update(r);
  }
  close(whole.statistic, anew.statistic!);
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`ArchLm` of EURUSD in 10 s returns is least squares over them (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const arch = new ArchLm();
    const returns: number[] = [];
    const found: [number, number][] = [];
    const grid = new GridReturns({ gridUs: 10_000_000 }, (r) => {
      arch.update(r);
      if (returns.push(r) % 97 === 0 && returns.length >= 360) found.push([returns.length, arch.statistic!]);
    });
    for (const line of gzipLines(EURUSD).slice(1)) {
      const [ms, bid, ask] = line.split(",").map(Number);
      grid.update(ms! * 1_000, (bid! + ask!) / 2);
    }
    assert(found.length > 60);
    for (const [at, statistic] of found) close(statistic, batchStatistic(returns.slice(at - 360, at)), 1e-6);
    const clustered = found.filter(([, statistic]) => statistic > 11.07).length / found.length;
    assert(clustered > 0.15, `5 % would be chance, not ${clustered}`);
  },
});
