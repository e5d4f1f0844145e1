import assert from "node:assert/strict";
import { lcg } from "../../../tests/support/frames.ts";
import { eventOf, quote, START_US } from "../../../tests/support/market_events.ts";
import { Book } from "../../book/mod.ts";
import { EventKind, MetricOptions, type MetricOptionsInput, METRICS } from "../../contract/mod.ts";
import type { PanelValues } from "./panel.ts";
import { VolatilityPanel } from "./volatility_panel.ts";

const S_US = 1_000_000;
const HOUR_S = 3_600;
const GARCH = ["garchPersistence", "garchPct"] as const;

/** A panel told of quotes as a pair tells it: whole seconds first. */
class Market {
  readonly book = new Book();
  readonly panel: VolatilityPanel;
  #nextS = 0;

  /** Jumps on a grid of 1 s, so that minutes are enough. */
  constructor({ volatility }: MetricOptionsInput = {}) {
    this.panel = new VolatilityPanel(
      MetricOptions.parse({ volatility: { jumpGridS: 1, jumpWindowS: 100, ...volatility } }),
    );
  }

  quote(seconds: number, bid: number, ask: number, size = 1e6): void {
    this.advance(seconds);
    if (this.book.apply(quote(START_US + seconds * S_US, bid, ask, size))) {
      this.panel.onTouch(START_US + seconds * S_US, this.book);
    }
  }

  /** A random walk of the mid, one quote a second. */
  walk(fromS: number, seconds: number, seed = 1, from = 1.1): void {
    const random = lcg(seed);
    for (let k = 0, mid = from; k < seconds; k++) {
      mid *= 1 + (random() - 0.5) * 1e-4 * (Math.floor(k / 300) % 2 === 0 ? 1 : 3);
      this.quote(fromS + k + 0.5, mid - 0.00005, mid + 0.00005);
    }
  }

  advance(seconds: number): void {
    const second = Math.floor(seconds);
    if (second < this.#nextS) return;
    const passed = this.#nextS === 0 ? 1 : second - this.#nextS + 1;
    this.#nextS = second + 1;
    this.panel.onSecond(START_US + second * S_US, passed);
  }

  values(seconds: number): PanelValues<"volatility"> {
    this.advance(seconds);
    return this.panel.values(START_US + seconds * S_US, this.book);
  }
}

Deno.test("`VolatilityPanel` has a number for every metric after two hours of a market", () => {
  const market = new Market({ volatility: { garch: true } });
  market.walk(0, 2 * HOUR_S);
  const values = market.values(2 * HOUR_S);
  assert.deepEqual(Object.keys(values), Object.keys(METRICS.volatility));
  for (const [name, value] of Object.entries(values)) assert(Number.isFinite(value), `${name} is ${value}`);
  // 1e-4·(random − ½)·(1 or 3) a second.
  const [calm, wild] = [1, 3].map((times) => 100 * Math.sqrt(22_464_000 / 12) * 1e-4 * times);
  for (const name of ["realizedPct", "bipowerPct", "parkinsonPct", "garmanKlassPct", "ewmaSlowPct"] as const) {
    assert(values[name] as number > calm! * 0.6 && values[name] as number < wild! * 1.4, `${name}: ${values[name]}`);
  }
});

Deno.test("`VolatilityPanel` says why there is nothing: no quotes, one side, not yet, off", () => {
  const market = new Market();
  const reasons = (values: PanelValues<"volatility">) => {
    const names = Object.keys(values) as (keyof typeof values)[];
    for (const name of GARCH) assert.equal(values[name], "off");
    return [...new Set(names.filter((name) => !name.startsWith("garch")).map((name) => values[name]))];
  };
  assert.deepEqual(reasons(market.values(0)), ["no-quotes"]);
  market.quote(1, 1.1, NaN);
  assert.deepEqual(reasons(market.values(2)), ["one-sided"]);
  market.quote(3, 1.1, 1.2);
  assert.deepEqual(reasons(market.values(4)), ["warming"]);
});

Deno.test("`VolatilityPanel` of a mid that never moved: levels are 0, what divides by them is undefined", () => {
  const market = new Market({ volatility: { garch: true } });
  for (let k = 0; k < 2 * HOUR_S; k += 60) market.quote(k + 0.5, 1.1, 1.2, 1e6 + k);
  const values = market.values(2 * HOUR_S);
  for (
    const name of ["ewmaFastPct", "ewmaSlowPct", "realizedPct", "bipowerPct", "parkinsonPct", "jumpCount"] as const
  ) {
    assert.equal(values[name], 0, name);
  }
  for (const name of ["ewmaRatio", "jumpShare", "jumpZ", "leeMykland", "archLm", "archP", ...GARCH] as const) {
    assert.equal(values[name], "undefined", name);
  }
});

Deno.test("`VolatilityPanel` carries nothing over a weekend, whether the book is emptied or not", () => {
  for (const emptied of [false, true]) {
    const market = new Market();
    market.walk(0, HOUR_S);
    if (emptied) {
      market.book.apply(eventOf(EventKind.clear, START_US + HOUR_S * S_US));
      market.panel.onTouch(START_US + HOUR_S * S_US, market.book);
    }
    const monday = 49 * HOUR_S;
    // 10 % away, and much calmer.
    market.quote(monday, 1.21, 1.2102);
    const first = market.values(monday + 3);
    for (const name of ["realizedPct", "jumpZ", "leeMykland", "jumpCount", "parkinsonPct", "archLm"] as const) {
      assert.equal(first[name], "warming", `${name}, emptied ${emptied}`);
    }
    for (let k = 5; k < 600; k++) market.quote(monday + k, 1.21 + (k % 2) * 1e-5, 1.2102 + (k % 2) * 1e-5);
    const values = market.values(monday + 600);
    for (const name of ["realizedPct", "ewmaFastPct", "parkinsonPct"] as const) {
      assert(values[name] as number < 10, `${name}: ${values[name]}, emptied ${emptied}`);
    }
    assert.equal(values.jumpCount, 0);
  }
});

Deno.test("`VolatilityPanel` ranks the same however often it is told of seconds", () => {
  const values = [1, 37].map((everyS) => {
    const market = new Market({ volatility: { regimeWindowS: 1_800 } });
    market.walk(0, 1_000);
    for (let at = 1_000; at < 1_900; at += everyS) market.advance(at);
    const standing = market.values(1_900);
    market.walk(1_900, 500, 3);
    return [standing, market.values(2_400)];
  });
  assert.deepEqual(values[1], values[0]);
  assert.equal(values[0]![0]!.regime, -1, "a quarter of an hour of nothing");
});

Deno.test("`VolatilityPanel` restored at any cut goes on as if nothing had been", () => {
  const whole = new Market({ volatility: { garch: true } });
  whole.walk(0, 7_000);
  const restored = new Market({ volatility: { garch: true } });
  restored.advance(7_000);
  restored.book.apply(quote(START_US + 6_999.5 * S_US, whole.book.bid, whole.book.ask));
  whole.panel.estimators.forEach(([name, estimator], k) => {
    assert.equal(restored.panel.estimators[k]![0], name);
    restored.panel.estimators[k]![1].restore(estimator.snapshot());
  });
  assert.equal(new Set(whole.panel.estimators.map(([name]) => name)).size, 13);
  whole.advance(7_000);
  for (const market of [whole, restored]) market.walk(7_000, 800, 9);
  assert.deepEqual(restored.values(7_800), whole.values(7_800));
});

Deno.test("`VolatilityPanel` takes windows and grids that are no whole numbers of one another", () => {
  const market = new Market({ volatility: { gridS: 0.7, windowS: 100.1, archIntervalS: 1.1, barS: 7.3, bars: 5 } });
  market.walk(0, 1_000);
  const values = market.values(1_000);
  for (const name of ["realizedPct", "leeMykland", "archLm", "parkinsonPct"] as const) {
    assert(Number.isFinite(values[name]), `${name}: ${values[name]}`);
  }
});
