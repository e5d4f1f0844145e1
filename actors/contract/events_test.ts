import assert from "node:assert/strict";
import fc from "fast-check";
import {
  emptyEvent,
  EVENT_TIME_US_MAX,
  EventKind,
  type MarketEvent,
  PRICE_MAX,
  type RejectCode,
  Side,
  StatusCode,
  validateEvent,
} from "./events.ts";

const timeUs = 1_700_000_000_000_000;
const quote = (change: Partial<MarketEvent> = {}): MarketEvent => ({
  ...emptyEvent(),
  kind: EventKind.quote,
  eventTimeUs: timeUs,
  price: 1.1,
  size: 1e6,
  price2: 1.2,
  size2: 2e6,
  ...change,
});
const one = (kind: number, change: Partial<MarketEvent> = {}): MarketEvent => ({
  ...emptyEvent(),
  kind,
  side: Side.bid,
  eventTimeUs: timeUs,
  price: 1.1,
  size: 1e6,
  ...change,
});
const level = (change: Partial<MarketEvent> = {}) => one(EventKind.level, change);
const order = (change: Partial<MarketEvent> = {}) => one(EventKind.order, { price2: 17, ...change });
const trade = (change: Partial<MarketEvent> = {}) => one(EventKind.trade, change);
const clear = (change: Partial<MarketEvent> = {}) => ({
  ...emptyEvent(),
  kind: EventKind.clear,
  eventTimeUs: timeUs,
  ...change,
});
const status = (side: number) => ({ ...emptyEvent(), kind: EventKind.status, eventTimeUs: timeUs, side });

const CASES: [string, MarketEvent, RejectCode | undefined][] = [
  ["a quote", quote(), undefined],
  ["a crossed quote", quote({ price: 1.3 }), undefined],
  ["a locked quote", quote({ price: 1.2 }), undefined],
  ["a quote without sizes", quote({ size: NaN, size2: NaN }), undefined],
  ["a quote with sizes of 0", quote({ size: 0, size2: -0 }), undefined],
  ["a quote without bid", quote({ price: NaN, size: NaN }), undefined],
  ["a quote without ask", quote({ price2: NaN, size2: NaN }), undefined],
  ["a quote without both", quote({ price: NaN, price2: NaN }), "quote-empty"],
  ["an infinite bid", quote({ price: Infinity }), "price-not-finite"],
  ["an infinite ask", quote({ price2: -Infinity }), "price-not-finite"],
  ["a zero bid", quote({ price: 0 }), "price-not-positive"],
  ["a negative ask", quote({ price2: -1.2 }), "price-not-positive"],
  ["a negative zero", quote({ price2: -0 }), "price-not-positive"],
  ["a bid beyond the limit", quote({ price: 2 * PRICE_MAX }), "price-too-large"],
  ["a bid at the limit", quote({ price: PRICE_MAX }), undefined],
  ["a negative bid size", quote({ size: -1 }), "size-negative"],
  ["an infinite ask size", quote({ size2: Infinity }), "size-not-finite"],
  ["an ask size of minus infinity", quote({ size2: -Infinity }), "size-negative"],
  ["a wrong ask beside an absent bid", quote({ price: NaN, price2: 0 }), "price-not-positive"],
  ["a wrong size of an absent bid", quote({ price: NaN, size: Infinity }), "size-not-finite"],
  ["a wrong size of an absent ask", quote({ price2: NaN, size2: -5 }), "size-negative"],

  ["a level", level(), undefined],
  ["a level that goes", level({ size: 0 }), undefined],
  ["an ask level", level({ side: Side.ask }), undefined],
  ["a level without side", level({ side: Side.none }), "side-unknown"],
  ["a level of side 3", level({ side: 3 }), "side-unknown"],
  ["a level without price", level({ price: NaN }), "price-not-finite"],
  ["a level at 0", level({ price: 0 }), "price-not-positive"],
  ["a level without size", level({ size: NaN }), "size-not-finite"],
  ["a level of negative size", level({ size: -1 }), "size-negative"],
  ["a level of infinite size", level({ size: Infinity }), "size-not-finite"],
  ["a level beyond the limit", level({ price: 1e10 }), "price-too-large"],
  ["a size beyond the limit", level({ size: 2e16 }), "size-too-large"],

  ["an order", order(), undefined],
  ["an order that goes", order({ size: 0 }), undefined],
  ["an order without side", order({ side: 0 }), "side-unknown"],
  ["an order without size", order({ size: NaN }), "size-not-finite"],

  ["a trade", trade(), undefined],
  ["a trade of unknown side", trade({ side: Side.none }), undefined],
  ["a sale", trade({ side: Side.sell }), undefined],
  ["a trade of side 3", trade({ side: 3 }), "side-unknown"],
  ["a trade of side 255", trade({ side: 255 }), "side-unknown"],
  ["a trade of side −1", trade({ side: -1 }), "side-unknown"],
  ["a trade of side NaN", trade({ side: NaN }), "side-unknown"],
  ["a trade of side 1.5", trade({ side: 1.5 }), "side-unknown"],
  ["a trade without price", trade({ price: NaN }), "price-not-finite"],
  ["a trade without price and size", trade({ price: NaN, size: NaN }), "price-not-finite"],
  ["a trade at a negative price", trade({ price: -1 }), "price-not-positive"],
  ["a trade without size", trade({ size: NaN }), "size-not-finite"],
  ["a trade of size 0", trade({ size: 0 }), "size-zero"],
  ["a trade of negative size", trade({ size: -1 }), "size-negative"],
  ["a trade of infinite size", trade({ size: Infinity }), "size-not-finite"],

  ["a clear", clear(), undefined],
  ["a status of each code", status(StatusCode.gap), undefined],
  ["a status of code 0", status(0), "side-unknown"],
  ["a status of code 6", status(6), "side-unknown"],
  ["a status of code 1.5", status(1.5), "side-unknown"],

  ["kind 0", one(0), "kind-unknown"],
  ["kind 7", one(7), "kind-unknown"],
  ["kind 255", one(255), "kind-unknown"],
  ["kind NaN", one(NaN), "kind-unknown"],
  ["time 0", clear({ eventTimeUs: 0 }), "time-invalid"],
  ["a negative time", clear({ eventTimeUs: -1 }), "time-invalid"],
  ["time NaN", quote({ eventTimeUs: NaN }), "time-invalid"],
  ["infinite time", quote({ eventTimeUs: Infinity }), "time-invalid"],
  ["time in nanoseconds", quote({ eventTimeUs: timeUs * 1_000 }), "time-invalid"],
  ["the first time too late", quote({ eventTimeUs: EVENT_TIME_US_MAX }), "time-invalid"],
  ["the last time", quote({ eventTimeUs: EVENT_TIME_US_MAX - 1 }), undefined],
];

for (const [name, event, expected] of CASES) {
  Deno.test(`\`validateEvent()\` ${expected === undefined ? "takes" : `answers ${expected} for`} ${name}`, () => {
    assert.equal(validateEvent(event), expected);
  });
}

Deno.test("`validateEvent()` takes no event with an infinite number that its kind uses", () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1.1));
  const event = fc.record({
    kind: fc.integer({ min: 0, max: 8 }),
    side: fc.integer({ min: 0, max: 8 }),
    flags: fc.integer({ min: 0, max: 0xffff }),
    eventTimeUs: fc.oneof(fc.constant(timeUs), number),
    price: number,
    size: number,
    price2: number,
    size2: number,
  });
  fc.assert(
    fc.property(event, (event) => {
      if (validateEvent(event) !== undefined || event.kind === EventKind.clear || event.kind === EventKind.status) {
        return;
      }
      const numbers = event.kind === EventKind.quote
        ? [event.price, event.size, event.price2, event.size2]
        : [event.price, event.size];
      for (const value of numbers) assert(Number.isNaN(value) || (value >= 0 && value < Infinity));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("`emptyEvent()` has every number absent and is refused", () => {
  const event = emptyEvent();
  for (const value of [event.price, event.size, event.price2, event.size2]) assert(Number.isNaN(value));
  assert.equal(validateEvent(event), "time-invalid");
});
