import assert from "node:assert/strict";
import { dollarBars, dollarBarsAbsent } from "../../tests/support/dollar_bars.ts";
import { BulkVolume } from "./bulk_volume.ts";
import { normalCdf } from "./distributions.ts";

const START_US = 1_700_000_040_000_000; // a whole minute
const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;

function recorded(): { bulk: BulkVolume; bars: [buyShare: number, volume: number][] } {
  const bars: [number, number][] = [];
  return { bulk: new BulkVolume({}, (...bar) => bars.push(bar)), bars };
}

Deno.test({
  name: "V·Φ(ΔP/σ) is mlfinlab's volume bought, for each of its bars (skipped without reference/mlfinlab)",
  ignore: dollarBarsAbsent,
  fn() {
    // Its σ is that of the last 20 changes, the bar's own among them.
    const bars = dollarBars();
    for (let end = 20; end < bars.length; end++) {
      const changes = Array.from({ length: 20 }, (_, k) => bars[end - k]!.close - bars[end - k - 1]!.close);
      const mean = changes.reduce((a, b) => a + b) / 20;
      const sigma = Math.sqrt(changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / 19);
      const { volume, expected } = bars[end]!;
      const bought = volume * normalCdf(changes[0]! / sigma);
      assert(Math.abs(bought - expected.bvc_buy_volume_20) < 1e-6 * volume, `bar ${end}: ${bought}`);
    }
  },
});

Deno.test({
  name:
    "`BulkVolume` knows only the bars before, and agrees with mlfinlab on the side (skipped without reference/mlfinlab)",
  ignore: dollarBarsAbsent,
  fn() {
    const all = dollarBars();
    const { bulk, bars } = recorded();
    all.forEach(({ close, volume }, i) => bulk.update(START_US + i * MINUTE_US, close, volume));
    bulk.advance(START_US + all.length * MINUTE_US);
    assert.equal(bars.length, all.length - 10);
    let [sum, sumExpected] = [0, 0];
    bars.forEach(([buyShare, volume], k) => {
      const i = k + 10;
      assert.equal(volume, all[i]!.volume);
      const changes = Array.from({ length: Math.min(i, 100) }, (_, back) => {
        const at = i - 1 - back;
        return at === 0 ? 0 : all[at]!.close - all[at - 1]!.close;
      });
      const mean = changes.reduce((a, b) => a + b) / changes.length;
      const sigma = Math.sqrt(changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (changes.length - 1));
      const expected = normalCdf((all[i]!.close - all[i - 1]!.close) / sigma);
      assert(Math.abs(buyShare - expected) < 1e-9, `bar ${i}: ${buyShare}, not ${expected}`);
      const bought = all[i]!.expected.bvc_buy_volume_20;
      if (Number.isNaN(bought)) return;
      assert.equal(Math.sign(buyShare - 0.5), Math.sign(Math.round(bought / volume * 1e9) / 1e9 - 0.5), `bar ${i}`);
      sum += Math.abs(buyShare - 0.5);
      sumExpected += Math.abs(bought / volume - 0.5);
    });
    assert(Math.abs(sum / sumExpected - 1) < 0.1, `${sum} and ${sumExpected}`);
  },
});

Deno.test("`BulkVolume` gives all to the side of a move where none came before, half to each where nothing moved", () => {
  const { bulk, bars } = recorded();
  for (let i = 0; i < 12; i++) bulk.update(START_US + i * MINUTE_US, 1.1, 5);
  bulk.update(START_US + 12 * MINUTE_US, 1.2, 7);
  bulk.advance(START_US + 13 * MINUTE_US);
  assert.deepEqual(bars, [[0.5, 5], [0.5, 5], [1, 7]]);
});

Deno.test("`BulkVolume` takes the first change after a closed market from the bar's own first price", () => {
  const { bulk, bars } = recorded();
  for (let i = 0; i < 11; i++) bulk.update(START_US + i * MINUTE_US, i % 2 === 0 ? 1.1 : 1.1001, 5);
  const mondayUs = START_US + 10 * MINUTE_US + 48 * HOUR_US;
  bulk.update(mondayUs, 1.3, 4);
  bulk.update(mondayUs + 1, 1.3, 4);
  bulk.advance(mondayUs + MINUTE_US);
  assert.deepEqual(bars.at(-1), [0.5, 8]);
});

Deno.test("`BulkVolume.advance()` does not end a bar before its time, nor twice", () => {
  const { bulk, bars } = recorded();
  for (let i = 0; i < 11; i++) bulk.update(START_US + i * MINUTE_US, 1.1 + i, 5);
  bulk.advance(START_US + 11 * MINUTE_US - 1);
  assert.equal(bars.length, 0);
  bulk.advance(START_US + 11 * MINUTE_US);
  bulk.advance(START_US + 30 * MINUTE_US);
  assert.equal(bars.length, 1);
});
