import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ALL_CURRENCIES,
  ALL_PAIRS,
  EventFlag,
  EventKind,
  FrameWriter,
  type MarketEvent,
  type Pair,
  pairSpec,
  parsePair,
  Side,
  StatusCode,
  validateEvent,
} from "../../contract/mod.ts";
import { missingCurrencies } from "./currencies.ts";
import { createSimulator } from "./mod.ts";
import { SIDE_LEVELS_MAX } from "./order_book.ts";

const pair = (name: string) => parsePair(name) as Pair;
const PAIRS = ["EURUSD", "USDJPY", "EURJPY"].map(pair);
const HOUR_US = 3_600_000_000;
const MIDNIGHT_US = Date.UTC(2024, 2, 5) * 1000;
const BUSY_US = MIDNIGHT_US + 14 * HOUR_US;

interface Kept extends MarketEvent {
  pair: Pair;
}

function simulate(
  seconds: number,
  options: { seed?: number; pairs?: Pair[]; startTimeUs?: number; ratePerSecond?: number } = {},
) {
  const { seed = 1, pairs = PAIRS, startTimeUs = BUSY_US, ratePerSecond } = options;
  const simulator = createSimulator({ seed, pairs, startTimeUs, ratePerSecond });
  const events: Kept[] = [];
  simulator.advance(startTimeUs + seconds * 1e6, (pair, event) => events.push({ ...event, pair }));
  return events;
}

/** Folds the levels, and gives the book after each batch. */
function* booksOf(events: readonly Kept[]) {
  const bids = new Map<number, number>();
  const asks = new Map<number, number>();
  for (const event of events) {
    if (event.kind === EventKind.clear) {
      bids.clear();
      asks.clear();
    } else if (event.kind === EventKind.level) {
      const side = event.side === Side.bid ? bids : asks;
      if (event.size === 0) assert(side.delete(event.price), "a level that is not there is removed");
      else side.set(event.price, event.size);
    }
    yield { event, bids, asks, bid: Math.max(...bids.keys()), ask: Math.min(...asks.keys()) };
  }
}

Deno.test("createSimulator() gives the same bytes for the same seed, others for another", () => {
  const bytesOf = (seed: number) => {
    const writer = new FrameWriter();
    for (const event of simulate(4, { seed })) writer.add(event);
    return writer.finish({ sourceId: 1, sourceSequence: 1, receiveTimeUs: 1 });
  };
  assert.deepEqual(bytesOf(5), bytesOf(5));
  assert.notDeepEqual(bytesOf(5), bytesOf(6));
});

Deno.test("Simulator.advance() gives the same events in whatever slices time comes", () => {
  const expected = simulate(3);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 20 }), (slices) => {
      const simulator = createSimulator({ seed: 1, pairs: PAIRS, startTimeUs: BUSY_US });
      const events: Kept[] = [];
      const sink = (pair: Pair, event: MarketEvent) => void events.push({ ...event, pair });
      let timeUs = BUSY_US;
      for (const slice of slices) simulator.advance(Math.min(timeUs += slice, BUSY_US + 3e6), sink);
      simulator.advance(BUSY_US + 3e6, sink);
      assert.deepEqual(events, expected);
    }),
    { numRuns: 10 },
  );
});

Deno.test("the simulated books are never crossed, on the grid, of both sides and as the quotes say", () => {
  for (const name of ["EURUSD", "USDJPY", "USDZAR", "USDHKD"]) {
    const one = pair(name);
    const { pipSize, priceDecimals } = pairSpec(one);
    let batches = 0;
    let lastUs = 0;
    const events = simulate(300, { pairs: [one] });
    assert.equal(events[0]!.kind, EventKind.clear);
    for (const { event, bids, asks, bid, ask } of booksOf(events)) {
      assert.equal(validateEvent(event), undefined);
      assert(event.eventTimeUs >= lastUs && Number.isInteger(event.eventTimeUs));
      lastUs = event.eventTimeUs;
      for (const price of [event.price, event.price2]) {
        if (!Number.isNaN(price)) assert.equal(String(price), String(Number(price.toFixed(priceDecimals))));
      }
      assert(!(bid >= ask), `${name}: ${bid} against ${ask}`);
      if (event.kind === EventKind.quote) {
        assert.deepEqual([event.price, event.size, event.price2, event.size2], [
          bid,
          bids.get(bid),
          ask,
          asks.get(ask),
        ]);
      }
      if ((event.flags & EventFlag.lastOfBatch) === 0) continue;
      batches++;
      assert(bids.size > 0 && bids.size <= SIDE_LEVELS_MAX && asks.size > 0 && asks.size <= SIDE_LEVELS_MAX);
      assert(ask - bid < 400 * pipSize);
    }
    assert(batches > 1000, `${batches} batches`);
    assert.notEqual(events.at(-1)!.flags & EventFlag.lastOfBatch, 0);
  }
});

Deno.test("every change of the touch is told by a quote, at the end of its batch", () => {
  let told = "";
  for (const { event, bids, asks, bid, ask } of booksOf(simulate(120, { pairs: [pair("EURUSD")] }))) {
    const touch = `${bid} ${bids.get(bid)} ${ask} ${asks.get(ask)}`;
    if (event.kind === EventKind.quote) told = touch;
    if ((event.flags & EventFlag.lastOfBatch) !== 0) assert.equal(told, touch);
  }
});

Deno.test("simulated trades hit the touch, name their aggressor and take size off the book", () => {
  const events = simulate(1800, { pairs: [pair("EURUSD")] });
  let quote: Kept | undefined;
  let buys = 0;
  let trades = 0;
  for (const [index, event] of events.entries()) {
    if (event.kind === EventKind.quote) quote = event;
    if (event.kind !== EventKind.trade) continue;
    trades++;
    assert(event.size > 0 && event.size % 50_000 === 0, `${event.size}`);
    assert(Number.isInteger(event.price2) && Number.isInteger(event.size2) && event.price2 !== event.size2);
    assert((event.flags & EventFlag.aggressorKnown) !== 0);
    const buy = event.side === Side.buy;
    if (buy) buys++;
    if (events[index - 1]!.kind !== EventKind.trade) assert.equal(event.price, buy ? quote!.price2 : quote!.price);
    else assert(buy ? event.price >= quote!.price2 : event.price <= quote!.price);
  }
  assert(trades > 1000 && trades < 8000, `${trades} trades`);
  assert(Math.abs(buys / trades - 0.5) < 0.2, `${buys} buys of ${trades}`);
});

Deno.test("the efficient mids close every triangle", () => {
  const simulator = createSimulator({ seed: 3, pairs: PAIRS, startTimeUs: BUSY_US });
  for (let i = 1; i <= 200; i++) {
    simulator.advance(BUSY_US + i * 1e6, () => {});
    const [eurusd, usdjpy, eurjpy] = PAIRS.map((one) => simulator.efficientMid(one)) as [number, number, number];
    assert(Math.abs(eurusd * usdjpy / eurjpy - 1) < 1e-12);
  }
});

Deno.test("the simulated day has its sessions: pace and spread", () => {
  const at = (hour: number, name: string) => {
    const events = simulate(600, { pairs: [pair(name)], startTimeUs: MIDNIGHT_US + hour * HOUR_US });
    const quotes = events.filter(({ kind }) => kind === EventKind.quote);
    const spreadPips = quotes.reduce((sum, { price, price2 }) => sum + price2 - price, 0) / quotes.length /
      pairSpec(pair(name)).pipSize;
    return { batches: events.filter(({ flags }) => (flags & EventFlag.lastOfBatch) !== 0).length / 600, spreadPips };
  };
  const busy = at(14, "EURUSD");
  const asia = at(3, "EURUSD");
  assert(busy.batches > 15 && busy.batches < 25, `${busy.batches} batches a second`);
  assert(asia.batches < busy.batches / 2);
  assert(busy.spreadPips > 0.2 && busy.spreadPips < 0.6, `${busy.spreadPips} pips`);
  assert(asia.spreadPips > busy.spreadPips);
  assert(at(3, "USDJPY").batches > 1.5 * asia.batches);
  assert(at(14, "EURJPY").spreadPips > busy.spreadPips);
});

Deno.test("simulated prices stay near their levels and are as volatile as their currencies", () => {
  const simulator = createSimulator({ seed: 11, pairs: [pair("EURUSD")], startTimeUs: MIDNIGHT_US, ratePerSecond: 1 });
  const mids: number[] = [];
  for (let minute = 1; minute <= 10 * 1440; minute++) {
    simulator.advance(MIDNIGHT_US + minute * 60e6, () => {});
    mids.push(simulator.efficientMid(pair("EURUSD")));
  }
  assert(mids.every((mid) => Math.abs(mid / 1.085 - 1) < 0.06));
  let variance = 0;
  for (let i = 1; i < mids.length; i++) variance += Math.log(mids[i]! / mids[i - 1]!) ** 2;
  const annualPct = 100 * Math.sqrt(variance / 10 * 260);
  assert(annualPct > 3.5 && annualPct < 14, `${annualPct.toFixed(1)} % a year`);
});

Deno.test("Simulator.skip() tells a gap and a new snapshot, and goes on", () => {
  const simulator = createSimulator({ seed: 1, pairs: PAIRS, startTimeUs: BUSY_US });
  simulator.advance(BUSY_US + 1e6, () => {});
  const events: Kept[] = [];
  const sink = (pair: Pair, event: MarketEvent) => void events.push({ ...event, pair });
  simulator.skip(BUSY_US + HOUR_US, sink);
  assert.equal(events.filter(({ kind }) => kind === EventKind.clear).length, PAIRS.length);
  assert.deepEqual([events[0]!.kind, events[0]!.side], [EventKind.status, StatusCode.gap]);
  assert.equal(events[1]!.kind, EventKind.clear);
  assert(events.every(({ eventTimeUs }) => eventTimeUs === BUSY_US + HOUR_US));
  simulator.advance(BUSY_US + HOUR_US + 2e6, sink);
  for (const one of PAIRS) {
    for (const { bid, ask } of booksOf(events.filter((event) => event.pair === one))) assert(!(bid >= ask));
  }
});

Deno.test("createSimulator() serves the usual pairs at a high rate, and refuses none at all", () => {
  const seen = new Set(simulate(1, { pairs: [...ALL_PAIRS] }).map((event) => event.pair));
  assert.equal(seen.size, ALL_PAIRS.length);
  assert(simulate(2, { ratePerSecond: 10_000 }).length > 60_000);
  assert.throws(() => createSimulator({ seed: 1, pairs: [], startTimeUs: 1 }), RangeError);
});

Deno.test("createSimulator() serves any two currencies of the contract, however far apart they are", () => {
  assert.deepEqual(missingCurrencies(), []);
  const pairs = ALL_CURRENCIES.flatMap((base) => ALL_CURRENCIES.map((quote) => parsePair(`${base}${quote}`) ?? []))
    .flat();
  assert.equal(pairs.length, ALL_CURRENCIES.length * (ALL_CURRENCIES.length - 1));
  const books = new Set<Pair>();
  const simulator = createSimulator({ seed: 1, pairs, startTimeUs: BUSY_US, ratePerSecond: 2 });
  simulator.advance(BUSY_US + 2e6, (pair, event) => {
    const refused = validateEvent(event);
    assert.equal(refused, undefined, `${pair}: ${refused} ${event.price}`);
    if (event.kind !== EventKind.quote) return;
    books.add(pair);
    assert(event.price < event.price2, `${pair}: ${event.price} against ${event.price2}`);
    // A grid that is too coarse for a pair would show as a spread of several percent.
    assert(event.price2 / event.price < 1.05, `${pair}: ${event.price} to ${event.price2}`);
  });
  assert.equal(books.size, pairs.length);
});
