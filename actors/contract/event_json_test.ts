import assert from "node:assert/strict";
import fc from "fast-check";
import { EVENT_JSON_CHARS_MAX, eventFromJson, EventJson, eventToJson, parseEventJson } from "./event_json.ts";
import {
  emptyEvent,
  EventFlag,
  EventKind,
  type MarketEvent,
  type RejectCode,
  Side,
  StatusCode,
  validateEvent,
} from "./events.ts";
import { ALL_PAIRS, parsePair } from "./pairs.ts";

const EURUSD = parsePair("EURUSD")!;
const TIME_US = 1_549_238_400_123_000;

function eventOf(text: string): MarketEvent {
  const parsed = parseEventJson(text);
  assert(parsed.ok, JSON.stringify(parsed));
  return parsed.event;
}

function codeOf(text: string): RejectCode {
  const parsed = parseEventJson(text);
  assert(!parsed.ok, text);
  return parsed.code;
}

Deno.test("`parseEventJson()` reads the examples of its documentation", () => {
  const last = EventFlag.lastOfBatch;
  assert.deepEqual(
    eventOf(
      '{"kind":"quote","pair":"EURUSD","time":"2019-02-04T00:00:00.123Z","bid":1.14551,"ask":1.14554,"bidSize":1e6,"askSize":2e6}',
    ),
    { kind: 1, side: 0, flags: last, eventTimeUs: TIME_US, price: 1.14551, size: 1e6, price2: 1.14554, size2: 2e6 },
  );
  assert.deepEqual(
    eventOf('{"kind":"level","pair":"EURUSD","timeUs":1549238400123000,"side":"bid","price":1.1455,"size":0}'),
    { kind: 2, side: Side.bid, flags: last, eventTimeUs: TIME_US, price: 1.1455, size: 0, price2: NaN, size2: NaN },
  );
  assert.deepEqual(
    eventOf('{"kind":"trade","pair":"EUR/USD","timeUs":1549238400123000,"price":1.14554,"size":250000,"side":"buy"}'),
    {
      kind: 3,
      side: Side.buy,
      flags: last | EventFlag.aggressorKnown,
      eventTimeUs: TIME_US,
      price: 1.14554,
      size: 250_000,
      price2: NaN,
      size2: NaN,
    },
  );
});

Deno.test("`parseEventJson()` reads the other kinds and flags", () => {
  const more = '"pair":"EURUSD","timeUs":1549238400123000';
  assert.equal(eventOf(`{"kind":"clear",${more},"snapshot":true,"batch":true}`).flags, EventFlag.snapshot);
  assert.equal(eventOf(`{"kind":"status",${more},"status":"gap"}`).side, StatusCode.gap);
  assert.equal(eventOf(`{"kind":"order",${more},"side":"ask","price":1.2,"size":1,"id":42}`).price2, 42);
  const trade = eventOf(`{"kind":"trade",${more},"price":1.2,"size":1,"buyer":1,"seller":2}`);
  assert.deepEqual([trade.side, trade.flags, trade.price2, trade.size2], [Side.none, EventFlag.lastOfBatch, 1, 2]);
  const quote = eventOf(`{"kind":"quote",${more},"ask":1.2,"indicative":true}`);
  assert.deepEqual([quote.price, quote.price2, quote.flags], [NaN, 1.2, EventFlag.indicative | EventFlag.lastOfBatch]);
});

Deno.test("`parseEventJson()` says why it refuses", () => {
  const quote = (more: string, pair = "EURUSD") => `{"kind":"quote","pair":"${pair}","timeUs":1549238400123000${more}}`;
  const cases: [string, RejectCode][] = [
    ["", "line-malformed"],
    ["null", "line-malformed"],
    ["[]", "line-malformed"],
    ["{}", "line-malformed"],
    ["{", "line-malformed"],
    ['{"kind":"tick"}', "line-malformed"],
    [quote(',"bid":"1.1"'), "line-malformed"],
    [quote(',"bid":1e400'), "line-malformed"],
    [quote(',"bid":1.1,"offer":1.2'), "line-malformed"],
    [quote(',"bid":1.1,"__proto__":{"ask":1}'), "line-malformed"],
    [quote(',"bid":1.1', "EURXXX"), "pair-unknown"],
    [quote(""), "quote-empty"],
    [quote(',"bid":-1'), "price-not-positive"],
    [quote(',"bid":1.1,"bidSize":-1'), "size-negative"],
    [quote(',"bid":1.1,"askSize":-1'), "size-negative"],
    ['{"kind":"clear","pair":"EURUSD"}', "time-invalid"],
    ['{"kind":"clear","pair":"EURUSD","time":"yesterday"}', "time-invalid"],
    ['{"kind":"clear","pair":"EURUSD","time":"2024-02-30T00:00:00+01:00"}', "time-invalid"],
    ['{"kind":"clear","pair":"EURUSD","time":"1960-01-01T00:00:00Z"}', "time-invalid"],
    ['{"kind":"clear","pair":"EURUSD","timeUs":1549238400123.5}', "line-malformed"],
    ['{"kind":"clear","pair":"EURUSD","timeUs":9007199254740991}', "time-invalid"],
    ['{"kind":"trade","pair":"EURUSD","timeUs":1,"price":1,"size":0}', "size-zero"],
    [`"${"x".repeat(EVENT_JSON_CHARS_MAX)}"`, "line-too-long"],
    ["[".repeat(EVENT_JSON_CHARS_MAX), "line-malformed"],
  ];
  for (const [text, code] of cases) assert.equal(codeOf(text), code, text.slice(0, 100));
});

Deno.test("`parseEventJson()` names the field that is wrong", () => {
  const parsed = parseEventJson('{"kind":"level","pair":"EURUSD","timeUs":1,"side":"left","price":1,"size":1}');
  assert(!parsed.ok);
  assert.match(parsed.message, /^side: /);
});

/** Events as a reader of JSON makes them: of each kind, only the numbers and flags that it has. */
const price = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
const size = fc.double({ min: 0, max: 1e15, noNaN: true });
const id = fc.maxSafeNat();
const optional = (value: fc.Arbitrary<number>) => fc.oneof(value, fc.constant(NaN));
const bookFlags = fc.constantFrom(0, EventFlag.snapshot, EventFlag.lastOfBatch, 3);
const kindOf = (kind: number, fields: Record<string, fc.Arbitrary<number>>) =>
  fc.record({
    ...Object.fromEntries(Object.entries(emptyEvent()).map(([name, value]) => [name, fc.constant(value)])),
    eventTimeUs: fc.integer({ min: 1, max: 4_102_444_799_999_999 }),
    ...fields,
    kind: fc.constant(kind),
  }, { noNullPrototype: true }) as fc.Arbitrary<MarketEvent>;
const book = { side: fc.constantFrom(Side.bid, Side.ask), flags: bookFlags, price, size };
const anyEvent: fc.Arbitrary<MarketEvent> = fc.oneof(
  kindOf(EventKind.quote, {
    flags: fc.integer({ min: 0, max: 15 }).map((flags) => flags & ~EventFlag.aggressorKnown),
    price: optional(price),
    size: optional(size),
    price2: optional(price),
    size2: optional(size),
  }).filter((event) => validateEvent(event) === undefined),
  kindOf(EventKind.level, book),
  kindOf(EventKind.order, { ...book, price2: id }),
  kindOf(EventKind.clear, { flags: bookFlags }),
  kindOf(EventKind.status, {
    side: fc.constantFrom(...Object.values(StatusCode)),
    flags: fc.constant(EventFlag.lastOfBatch),
  }),
  kindOf(EventKind.trade, {
    side: fc.constantFrom(Side.none, Side.buy, Side.sell),
    price,
    size: size.filter((size) => size > 0),
    price2: optional(id),
    size2: optional(id),
  }).map((event) => ({
    ...event,
    flags: EventFlag.lastOfBatch | (event.side === Side.none ? 0 : EventFlag.aggressorKnown),
  })),
);

Deno.test("`eventFromJson()` reads every event back that `eventToJson()` wrote, over the text of it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ALL_PAIRS), anyEvent, (pair, event) => {
      assert.equal(validateEvent(event), undefined);
      const json = eventToJson(pair, event);
      EventJson.parse(json);
      assert.deepEqual(parseEventJson(JSON.stringify(json)), { ok: true, pair, event });
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("`eventToJson()` writes any well-formed event, and does not make up the side of a trade", () => {
  const any = fc.record({
    kind: fc.integer({ min: 0, max: 7 }),
    side: fc.integer({ min: 0, max: 6 }),
    flags: fc.integer({ min: 0, max: 15 }),
    eventTimeUs: fc.constant(TIME_US),
    price: optional(price),
    size: optional(size),
    price2: optional(price),
    size2: optional(size),
  });
  fc.assert(
    fc.property(any, (event) => {
      if (validateEvent(event) === undefined) assert.equal(eventToJson(EURUSD, event).pair, EURUSD);
    }),
    { numRuns: 2_000 },
  );
  const trade = { ...emptyEvent(), kind: EventKind.trade, eventTimeUs: TIME_US, price: 1, size: 1 };
  assert(!("side" in eventToJson(EURUSD, { ...trade, flags: EventFlag.aggressorKnown })));
  assert.throws(() => eventToJson(EURUSD, { ...trade, kind: 9 }), RangeError);
});

Deno.test("`parseEventJson()` answers an event or a code for any text", () => {
  const jsonEvent = anyEvent.map((event) => JSON.stringify(eventToJson(EURUSD, event)));
  const mutated = fc.tuple(jsonEvent, fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 4 })).map(
    ([text, at, drop, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + drop),
  );
  const changedField = fc.tuple(anyEvent, fc.nat(), fc.jsonValue()).map(([event, at, value]) => {
    const json: Record<string, unknown> = { ...eventToJson(EURUSD, event) };
    const names = Object.keys(json);
    json[names[at % names.length]!] = value;
    return JSON.stringify(json);
  });
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.json(), jsonEvent, mutated, changedField);
  let readCount = 0;
  fc.assert(
    fc.property(text, (text) => {
      const parsed = parseEventJson(text);
      if (parsed.ok) {
        readCount++;
        assert.equal(validateEvent(parsed.event), undefined);
      } else assert.match(parsed.code, /^[a-z-]+$/);
    }),
    { numRuns: 10_000 },
  );
  assert(readCount > 1_000);
});

Deno.test("`eventFromJson()` answers an event or a code for any value", () => {
  fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
    assert.equal(typeof eventFromJson(value).ok, "boolean");
  }));
});
