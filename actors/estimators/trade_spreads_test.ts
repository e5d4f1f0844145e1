import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines, zipLines } from "../../tests/support/shared_data.ts";
import { type SignedTrade, TradeSigner } from "./trade_sign.ts";
import { PENDING_MAX, TradeSpreads } from "./trade_spreads.ts";

const START_US = 1_700_000_000_000_000;
const SECOND_US = 1e6;
const HOUR_US = 3_600e6;
const HORIZONS_US = [1, 5, 30, 60, 300].map((seconds) => seconds * SECOND_US);

function tradeOf(timeUs: number, price: number, size: number, sign: SignedTrade["sign"], mid: number): SignedTrade {
  return { timeUs, price, size, sign, bid: mid, ask: mid, mid };
}

function close(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

Deno.test("`TradeSpreads` gives a worked example by hand", () => {
  const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: [5 * SECOND_US] });
  // A buyer pays 100.05 where the mid is 100: 10 bps. 5 s later the mid is 100.02: 4 bps of impact, 6 are left.
  spreads.quote(START_US, 100);
  spreads.trade(tradeOf(START_US + 1, 100.05, 1e6, 1, 100));
  spreads.quote(START_US + 2 * SECOND_US, 100.03);
  // A seller gets 99.97 where the mid is 100: 6 bps, for twice the size; the mid falls to 99.9: 20 bps of impact.
  spreads.trade(tradeOf(START_US + 3 * SECOND_US, 99.97, 2e6, -1, 100));
  spreads.quote(START_US + 4 * SECOND_US, 100.02);
  close(spreads.effectiveBps, (10 + 2 * 6) / 3);
  spreads.advance(START_US + 6 * SECOND_US);
  close(spreads.realizedBps(5 * SECOND_US), 6);
  close(spreads.impactBps(5 * SECOND_US), 4);
  spreads.quote(START_US + 7 * SECOND_US, 99.9);
  spreads.advance(START_US + 9 * SECOND_US);
  close(spreads.realizedBps(5 * SECOND_US), (6 + 2 * (6 - 20)) / 3);
  close(spreads.impactBps(5 * SECOND_US), (4 + 2 * 20) / 3);
});

Deno.test("`TradeSpreads` splits the effective spread of each trade into realized spread and impact", () => {
  const random = lcg(3);
  for (let i = 0; i < 200; i++) {
    const level = i % 2 === 0 ? 1.1 : 150;
    const [mid, price, later] = [0, 0, 0].map(() => level * (1 + (random() - 0.5) * 1e-3));
    const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: HORIZONS_US });
    spreads.quote(START_US, mid!);
    spreads.trade(tradeOf(START_US + 1, price!, 1e6 * random(), random() < 0.5 ? 1 : -1, mid!));
    const effectiveBps = spreads.effectiveBps!;
    for (const horizonUs of HORIZONS_US) {
      spreads.quote(START_US + horizonUs / 2, later!);
      spreads.advance(START_US + 2 + horizonUs);
      close(spreads.realizedBps(horizonUs)! + spreads.impactBps(horizonUs)!, effectiveBps);
    }
  }
});

Deno.test("`TradeSpreads` takes the last mid at or before the end of a horizon", () => {
  const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: [SECOND_US] });
  spreads.trade(tradeOf(START_US, 1, 1, 1, 1));
  spreads.quote(START_US + SECOND_US - 1, 1.001);
  spreads.quote(START_US + SECOND_US, 1.002);
  spreads.advance(START_US + SECOND_US);
  assert.equal(spreads.impactBps(SECOND_US), undefined, "another quote of that time may come");
  spreads.quote(START_US + SECOND_US, 1.003);
  spreads.quote(START_US + SECOND_US + 1, 1.004);
  close(spreads.impactBps(SECOND_US), 60, 1e-8);
});

Deno.test("`TradeSpreads` counts the trades whose horizon ended within the window", () => {
  const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: [300 * SECOND_US] });
  spreads.quote(START_US - 1, 1);
  spreads.trade(tradeOf(START_US, 1.0001, 1, 1, 1));
  spreads.advance(START_US + 100 * SECOND_US);
  assert.equal(spreads.effectiveBps, undefined);
  spreads.advance(START_US + 301 * SECOND_US);
  close(spreads.realizedBps(300 * SECOND_US), 2);
  spreads.advance(START_US + 360 * SECOND_US);
  close(spreads.realizedBps(300 * SECOND_US), 2);
  spreads.advance(START_US + 361 * SECOND_US);
  assert.equal(spreads.realizedBps(300 * SECOND_US), undefined);
});

Deno.test("`TradeSpreads` has no value from a horizon without a mid or over a closed market", () => {
  for (const [mid, spentUs] of [[NaN, 0], [1.5, HOUR_US]] as const) {
    const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: [SECOND_US] });
    spreads.quote(START_US, mid);
    const timeUs = START_US + spentUs;
    spreads.trade(tradeOf(timeUs, 1, 1, 1, 1));
    spreads.quote(timeUs + SECOND_US + 1, 2);
    assert.equal(spreads.realizedBps(SECOND_US), undefined);
    assert.equal(spreads.absence(SECOND_US), "undefined");
  }
});

Deno.test("`TradeSpreads.absence()` names the reason", () => {
  const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: [SECOND_US] });
  const told = () => [spreads.absence(), spreads.absence(SECOND_US), spreads.absence(2)];
  assert.deepEqual(told(), ["no-trades", "no-trades", "off"]);
  spreads.trade(tradeOf(START_US, 1, 1, 0, 1));
  assert.deepEqual(told(), ["no-signs", "no-signs", "off"]);
  spreads.trade(tradeOf(START_US, 1, 1, 1, NaN));
  assert.deepEqual(told(), ["no-quotes", "no-quotes", "off"]);
  assert.equal(spreads.effectiveBps, undefined);
  spreads.trade(tradeOf(START_US, 1, 1, 1, 1));
  assert.equal(spreads.effectiveBps, 0);
  assert.equal(spreads.absence(SECOND_US), "warming");
});

Deno.test("`TradeSpreads` lets neighbours wait as one where too many wait, and leaves none out", () => {
  const horizonsUs = [SECOND_US, 10 * SECOND_US];
  const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs });
  const mids = [1, 1.0003, 0.9998];
  let paid = 0;
  let impact = 0;
  for (let i = 0; i < PENDING_MAX + 10; i++) {
    const mid = mids[i % 3]!;
    const sign = i % 7 < 4 ? 1 : -1;
    spreads.quote(START_US + i - 1, mid);
    // Two at a time wait as one.
    for (let twice = 0; twice < 2; twice++) spreads.trade(tradeOf(START_US + i, 1.01, i % 5 + 1, sign, mid));
    paid += 2e4 * sign * (i % 5 + 1) * (1.01 - mid) / mid;
    impact += 2e4 * sign * (i % 5 + 1) * (1.002 - mid) / mid;
  }
  assert(spreads.merged > PENDING_MAX / 2 && spreads.merged < PENDING_MAX, `${spreads.merged} merged`);
  const sizes = Array.from({ length: PENDING_MAX + 10 }, (_, i) => i % 5 + 1).reduce((total, size) => total + size);
  spreads.quote(START_US + SECOND_US / 2, 1.002);
  const restored = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs });
  restored.restore(spreads.snapshot());
  for (const each of [spreads, restored]) {
    for (const horizonUs of horizonsUs) {
      each.advance(START_US + horizonUs + SECOND_US);
      close(each.realizedBps(horizonUs), (paid - impact) / sizes, 1e-9);
      close(each.impactBps(horizonUs), impact / sizes, 1e-9);
    }
  }
  assert.deepEqual(restored.snapshot(), spreads.snapshot());
  assert(spreads.snapshot().length < 700, "only those that wait are written");
});

Deno.test("`TradeSpreads` has a value at its longest horizon however busy the market is", () => {
  const horizonsUs = [SECOND_US, 300 * SECOND_US];
  const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs });
  // Two hundred trades a second for fifteen minutes; the mid rises by a bp each second.
  const midAt = (second: number) => 1 + second * 1e-4;
  for (let k = 0; k < 200 * 900; k++) {
    const timeUs = START_US + k * 5_000;
    if (k % 200 === 0) spreads.quote(timeUs, midAt(k / 200));
    const mid = midAt(Math.floor(k / 200));
    spreads.trade(tradeOf(timeUs + 1, mid, 1e6, 1, mid));
  }
  spreads.advance(START_US + 900 * SECOND_US);
  assert(spreads.merged > 100_000);
  // Twice the rise over the horizon, over the mid at the trade, which was 330 s or 31 s ago.
  for (const [horizonS, second] of [[300, 570], [1, 869]] as const) {
    const rise = 2 * horizonS / midAt(second);
    close(spreads.impactBps(horizonS * SECOND_US), rise, rise / 256);
  }
});

Deno.test("`TradeSpreads.restore()` refuses the state of other horizons", () => {
  const one = new TradeSpreads({ windowUs: 1, horizonsUs: [1] });
  const two = new TradeSpreads({ windowUs: 1, horizonsUs: [1, 2] });
  assert.throws(() => two.restore(one.snapshot()), RangeError);
  assert.throws(() => one.restore(two.snapshot()), RangeError);
});

const HIGHFREQUENCY = `${DATA}/reference/highfrequency`;

Deno.test({
  name: "`TradeSpreads` gives the mean proportional effective spread that the R package highfrequency publishes " +
    "(skipped without reference/highfrequency/expected.json)",
  ignore: !existsSync(`${HIGHFREQUENCY}/expected.json`),
  fn() {
    const { getLiquidityMeasures } = JSON.parse(Deno.readTextFileSync(`${HIGHFREQUENCY}/expected.json`));
    const trades = gzipLines(`${HIGHFREQUENCY}/sampleTData.csv.gz`).slice(1).map((line) => line.split(","));
    const quotes = gzipLines(`${HIGHFREQUENCY}/sampleQData.csv.gz`).slice(1).map((line) => line.split(","));
    const timeUsOf = (text: string) => Math.round(Number(text) * 1e6);
    const signer = new TradeSigner({ tickSize: 0.0001 });
    // Both days in one window; every trade weighs the same. There, a quote of the trade's own time is in force.
    const spreads = new TradeSpreads({ windowUs: 72 * HOUR_US, horizonsUs: [] });
    let next = 0;
    for (const [time, , , price] of trades) {
      const timeUs = timeUsOf(time!);
      for (; next < quotes.length && timeUsOf(quotes[next]![0]!) <= timeUs; next++) {
        signer.quote(timeUsOf(quotes[next]![0]!) - 1, Number(quotes[next]![2]), Number(quotes[next]![3]));
      }
      spreads.trade(signer.trade(timeUs, Number(price), 1, 0));
    }
    close(spreads.effectiveBps, 1e4 * getLiquidityMeasures.published_means.proportionalEffectiveSpread, 2e-6);
  },
});

const LEAN = `${DATA}/lob/lean_equity_tick_2013-10`;

Deno.test({
  name: "`TradeSpreads` gives those of a day of IBM, computed from the whole day " +
    "(skipped without lob/lean_equity_tick_2013-10)",
  ignore: !existsSync(LEAN),
  fn() {
    const rows = (kind: string) =>
      zipLines(`${LEAN}/ibm_20131007_${kind}.zip`, /csv$/).map((line) => line.split(","))
        .filter(([time]) => Number(time) >= 34_200_000 && Number(time) < 57_600_000);
    const dayUs = Date.parse("2013-10-07T04:00:00Z") * 1000;
    // Best bid and ask over the exchanges, in ten-thousandths of a dollar.
    const bids = new Map<string, number>();
    const asks = new Map<string, number>();
    const quotes = rows("quote").map(([time, bid, bidSize, ask, askSize, exchange]) => {
      if (Number(bidSize) > 0) bids.set(exchange!, Number(bid));
      if (Number(askSize) > 0) asks.set(exchange!, Number(ask));
      const best = [Math.max(...bids.values()), Math.min(...asks.values())].map((price) =>
        Number.isFinite(price) ? price : NaN
      );
      return { timeUs: dayUs + Number(time) * 1000, bid: best[0]!, ask: best[1]! };
    });
    const trades = rows("trade").map(([time, price, size]) => ({
      timeUs: dayUs + Number(time) * 1000,
      price: Number(price),
      size: Number(size),
    }));

    /** The last quote at or before a time. */
    const quoteAt = (timeUs: number) => {
      let [low, high] = [0, quotes.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (quotes[middle]!.timeUs <= timeUs) low = middle + 1;
        else high = middle;
      }
      return quotes[low - 1];
    };
    const midAt = (timeUs: number) => ((quoteAt(timeUs)?.bid ?? NaN) + (quoteAt(timeUs)?.ask ?? NaN)) / 2;
    let tick = 0;
    const signed = trades.map((trade, i) => {
      if (i > 0 && trade.price !== trades[i - 1]!.price) tick = Math.sign(trade.price - trades[i - 1]!.price);
      const { bid, ask } = quoteAt(trade.timeUs - 1) ?? { bid: NaN, ask: NaN };
      const mid = (bid + ask) / 2;
      const side = bid <= ask ? Math.sign(trade.price - mid) : 0;
      return { ...trade, mid, sign: side === 0 ? tick : side };
    }).filter(({ mid, sign }) => sign !== 0 && !Number.isNaN(mid));

    const signer = new TradeSigner({ tickSize: 1 });
    const spreads = new TradeSpreads({ windowUs: 60 * SECOND_US, horizonsUs: HORIZONS_US });
    let [quote, trade, compared] = [0, 0, 0];
    // Twice a minute of the session; what has the time of the sample comes after it.
    for (let nowUs = dayUs + 34_260e6; nowUs < dayUs + 57_600e6; nowUs += 30e6) {
      while ((quotes[quote]?.timeUs ?? Infinity) < nowUs || (trades[trade]?.timeUs ?? Infinity) < nowUs) {
        const { timeUs = Infinity, bid, ask } = quotes[quote] ?? {};
        if (timeUs <= (trades[trade]?.timeUs ?? Infinity)) {
          signer.quote(timeUs, bid!, ask!);
          spreads.quote(timeUs, (bid! + ask!) / 2);
          quote++;
        } else {
          const { timeUs, price, size } = trades[trade++]!;
          spreads.trade(signer.trade(timeUs, price, size, 0));
        }
      }
      spreads.advance(nowUs);
      const mean = (values: { size: number; bps: number }[]) => {
        const size = values.reduce((total, { size }) => total + size, 0);
        return values.reduce((total, { size, bps }) => total + size * bps, 0) / size;
      };
      const ended = (horizonUs: number) =>
        signed.filter(({ timeUs }) => timeUs + horizonUs >= nowUs - 60e6 && timeUs + horizonUs < nowUs);
      const paid = ended(0).map(({ price, size, sign, mid }) => ({ size, bps: 2e4 * sign * (price - mid) / mid }));
      if (paid.length > 0) close(spreads.effectiveBps, mean(paid), 1e-8);
      for (const horizonUs of HORIZONS_US) {
        const left = ended(horizonUs).map(({ timeUs, price, size, sign, mid }) => {
          const later = midAt(timeUs + horizonUs);
          return { size, bps: 2e4 * sign * (price - later) / mid, impact: 2e4 * sign * (later - mid) / mid };
        });
        if (left.length === 0) continue;
        close(spreads.realizedBps(horizonUs), mean(left), 1e-8);
        close(spreads.impactBps(horizonUs), mean(left.map(({ size, impact }) => ({ size, bps: impact }))), 1e-8);
        compared++;
      }
    }
    assert(compared > 3_500, `${compared} compared`);
    assert.equal(spreads.merged, 0);
  },
});
