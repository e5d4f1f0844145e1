/**
 * The simulated market has what real ones have. Bands are wide: they tell a market from a random walk with Poisson arrivals, which each
 * of them fails.
 *
 * Source of the list: Cont (2001), Empirical properties of asset returns; Bouchaud, Bonart, Donier, Gould (2018), Trades, quotes and
 * prices; Lillo, Farmer (2004), The long memory of the efficient market; Hasbrouck, Saar (2009), Technology and liquidity provision.
 */
import assert from "node:assert/strict";
import { EventFlag, EventKind, parsePair, Side } from "../../contract/mod.ts";
import { createSimulator } from "./mod.ts";

const PAIR = parsePair("EURUSD")!;
const START_US = Date.parse("2024-03-13T13:00:00Z") * 1_000;
const HOURS = 2;

const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
function acf(x: readonly number[], lag: number): number {
  const m = mean(x);
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < x.length; i++) {
    bottom += (x[i]! - m) ** 2;
    if (i >= lag) top += (x[i]! - m) * (x[i - lag]! - m);
  }
  return top / bottom;
}
function excessKurtosis(x: readonly number[]): number {
  const m = mean(x);
  const variance = mean(x.map((value) => (value - m) ** 2));
  return mean(x.map((value) => (value - m) ** 4)) / variance ** 2 - 3;
}

/** One long run, looked at from all sides. */
function observe() {
  const simulator = createSimulator({ seed: 3, pairs: [PAIR], startTimeUs: START_US, detail: "l3" });
  const mids: number[] = [];
  const perSecond: number[] = [];
  const signs: number[] = [];
  const spreadTicks: number[] = [];
  const lives: number[] = [];
  const orderSizes: number[] = [];
  const depth = new Float64Array(10);
  const born = new Map<number, number>();
  const bids = new Map<number, number>();
  let [bid, ask, filled, depthCount] = [NaN, NaN, 0, 0];
  let nextUs = START_US;
  let traded = false;
  simulator.advance(START_US + HOURS * 3_600e6, (_pair, event) => {
    while (event.eventTimeUs >= nextUs) {
      mids.push((bid + ask) / 2);
      perSecond.push(0);
      nextUs += 1e6;
      if (mids.length % 10 !== 0 || bids.size < 10) continue;
      [...bids.keys()].sort((a, b) => b - a).slice(0, 10).forEach((price, i) => depth[i]! += bids.get(price)!);
      depthCount++;
    }
    switch (event.kind) {
      case EventKind.quote:
        [bid, ask] = [event.price, event.price2];
        spreadTicks.push(Math.round((ask - bid) * 1e5));
        break;
      case EventKind.trade:
        signs.push(event.side === Side.buy ? 1 : -1);
        traded = true;
        break;
      case EventKind.level:
        if (event.side === Side.bid) event.size === 0 ? bids.delete(event.price) : bids.set(event.price, event.size);
        break;
      case EventKind.order:
        if (!born.has(event.price2)) {
          born.set(event.price2, event.eventTimeUs);
          orderSizes.push(event.size);
        } else if (event.size === 0) {
          if (traded) filled++;
          else lives.push((event.eventTimeUs - born.get(event.price2)!) / 1e6);
          born.delete(event.price2);
        }
    }
    if ((event.flags & EventFlag.lastOfBatch) === 0) return;
    perSecond[perSecond.length - 1]!++;
    traded = false;
  });
  const returnsOver = (seconds: number) =>
    mids.flatMap((mid, i) => {
      const value = i >= seconds && i % seconds === 0 ? Math.log(mid / mids[i - seconds]!) : NaN;
      return Number.isFinite(value) ? [value] : [];
    });
  return {
    returnsOver,
    perSecond,
    signs,
    spreadTicks,
    lives,
    orderSizes,
    filled,
    depth: [...depth].map((d) => d / depthCount),
  };
}

const market = observe();
const share = (x: readonly number[], is: (value: number) => boolean) => x.filter(is).length / x.length;

Deno.test("returns have fat tails that thin out over longer times", () => {
  const [second, minute] = [excessKurtosis(market.returnsOver(1)), excessKurtosis(market.returnsOver(60))];
  assert(second > 1, `${second}`);
  assert(minute < second, `${minute} over a minute, ${second} over a second`);
});

Deno.test("volatility clusters: |r| remembers for a minute, r for seconds", () => {
  const r = market.returnsOver(1);
  const size = r.map(Math.abs);
  for (const lag of [1, 5, 10, 30, 60]) assert(acf(size, lag) > 0.03, `lag ${lag}: ${acf(size, lag)}`);
  assert(acf(size, 60) < acf(size, 1));
  for (const lag of [10, 20, 30]) assert(Math.abs(acf(r, lag)) < 0.06, `lag ${lag}: ${acf(r, lag)}`);
});

Deno.test("the spread is a few ticks, with a tail to the right", () => {
  const { spreadTicks } = market;
  assert(share(spreadTicks, (ticks) => ticks >= 1 && ticks <= 6) > 0.9);
  assert(share(spreadTicks, (ticks) => ticks > 6) > 0.001);
  assert(spreadTicks.every((ticks) => ticks > 0));
});

Deno.test("depth grows away from the touch and then levels off; sizes are mostly round", () => {
  const { depth, orderSizes } = market;
  assert(depth[3]! > 1.5 * depth[0]!, `${depth}`);
  assert(depth[9]! < 2 * depth[4]!, `${depth}`);
  assert(share(orderSizes, (size) => size % 1e6 === 0 || size === 5e5) > 0.4);
  assert(orderSizes.every((size) => size % 1e5 === 0));
});

Deno.test("signs of trades remember for a long time", () => {
  const { signs } = market;
  assert(acf(signs, 1) > 0.3);
  const far = mean([10, 15, 20, 25, 30, 40, 50].map((lag) => acf(signs, lag)));
  assert(far > 0.015, `${far} on average from lag 10 to 50`);
  assert(acf(signs, 5) < acf(signs, 1) && far < acf(signs, 5));
});

Deno.test("updates come in bursts: their counts vary more than those of a Poisson process", () => {
  const { perSecond } = market;
  const m = mean(perSecond);
  const fano = mean(perSecond.map((count) => (count - m) ** 2)) / m;
  assert(fano > 1.7 && fano < 8, `${fano}`);
  // n = 1 − 1/√Fano of counts long against the kernel (Hardiman, Bouchaud 2014); of a second it is a lower bound.
  assert(1 - 1 / Math.sqrt(fano) > 0.25);
});

Deno.test("nine in ten orders are cancelled, a third of them within two seconds, some after minutes", () => {
  const { lives, filled } = market;
  assert(lives.length / (lives.length + filled) > 0.9, `${lives.length} cancelled, ${filled} filled`);
  const short = share(lives, (seconds) => seconds < 2);
  assert(short > 0.3 && short < 0.75, `${short}`);
  assert(share(lives, (seconds) => seconds > 60) > 0.002);
});

Deno.test("around the roll of 17:00 in New York the market is slower, wider and thinner", () => {
  const at = (time: string) => {
    const startUs = Date.parse(time) * 1_000;
    const simulator = createSimulator({ seed: 5, pairs: [PAIR], startTimeUs: startUs });
    let quotes = 0;
    let spread = 0;
    simulator.advance(startUs + 240e6, (_pair, event) => {
      if (event.kind !== EventKind.quote) return;
      quotes++;
      spread += event.price2 - event.price;
    });
    return { quotes, spread: spread / quotes };
  };
  const roll = at("2024-03-13T20:58:00Z"); // summer time in New York
  const hour = at("2024-03-13T20:00:00Z");
  assert(roll.quotes < 0.7 * hour.quotes, `${roll.quotes} against ${hour.quotes}`);
  assert(roll.spread > 1.5 * hour.spread, `${roll.spread} against ${hour.spread}`);
});
