import assert from "node:assert/strict";
import { emptyEvent, EventFlag, EventKind, type MarketEvent, type Pair, parsePair } from "../contract/mod.ts";
import { addRejects, NEW_LEVEL_COUNT, Normaliser, REJECT_EXAMPLES_MAX } from "./normaliser.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const quote = (eventTimeUs: number, price = 1.1, price2 = 1.2) => ({
  ...emptyEvent(),
  kind: EventKind.quote,
  eventTimeUs,
  price,
  price2,
});

Deno.test("Normaliser.admit() passes what is well-formed, a crossed quote too", () => {
  const normaliser = new Normaliser();
  assert(normaliser.admit(EURUSD, quote(10), 1));
  assert(normaliser.admit(EURUSD, quote(10, 1.2, 1.1), 2));
  assert(normaliser.admit(EURUSD, quote(11, NaN, 1.1), 3));
  assert.deepEqual(normaliser.rejected, { total: 0, byCode: {} });
});

Deno.test("Normaliser.admit() refuses zero, negative and non-finite numbers by code", () => {
  const normaliser = new Normaliser();
  const wrong = [quote(1, 0), quote(1, -1), quote(1, Infinity), quote(1, NaN, NaN), quote(NaN), {
    ...quote(1),
    size: -1,
  }];
  for (const [index, event] of wrong.entries()) assert(!normaliser.admit(EURUSD, event, index + 1));
  assert.deepEqual(
    Object.entries(normaliser.rejected.byCode).map(([code, { count, examples }]) =>
      `${code} ${count} line ${examples[0]!.line}`
    ),
    [
      "price-not-positive 2 line 1",
      "price-not-finite 1 line 3",
      "quote-empty 1 line 4",
      "time-invalid 1 line 5",
      "size-negative 1 line 6",
    ],
  );
  assert.equal(normaliser.rejected.total, 6);
  assert.match(normaliser.rejected.byCode["size-negative"]!.examples[0]!.message, /size -1/);
});

Deno.test("Normaliser.admit() refuses event time that goes back, within each pair", () => {
  const normaliser = new Normaliser();
  assert(normaliser.admit(EURUSD, quote(100), 1));
  assert(normaliser.admit(EURUSD, quote(100), 2));
  assert(normaliser.admit(USDJPY, quote(50), 3));
  assert(!normaliser.admit(EURUSD, quote(99), 4));
  assert(normaliser.admit(EURUSD, quote(100), 5));
  assert.deepEqual(normaliser.rejected.byCode["time-back"], {
    count: 1,
    examples: [{ line: 4, message: "event time goes back by 1 µs" }],
  });
  const tolerant = new Normaliser({ timeBackUsMax: 5 });
  assert(tolerant.admit(EURUSD, quote(100), 1));
  assert(tolerant.admit(EURUSD, quote(95), 2));
  assert(!tolerant.admit(EURUSD, quote(94), 3));
});

Deno.test("a refused event does not move the clock of its pair", () => {
  const normaliser = new Normaliser();
  assert(!normaliser.admit(EURUSD, quote(1_000, -1), 1));
  assert(normaliser.admit(EURUSD, quote(10), 2));
});

Deno.test("Normaliser.refuse() keeps the first examples and describes no others", () => {
  const normaliser = new Normaliser();
  let described = 0;
  for (let line = 1; line <= 100; line++) {
    normaliser.refuse("line-malformed", line, () => {
      described++;
      return "x".repeat(1000);
    });
  }
  const { count, examples } = normaliser.rejected.byCode["line-malformed"]!;
  assert.equal(count, 100);
  assert.deepEqual(examples.map(({ line }) => line), [1, 2, 3]);
  assert.equal(described, REJECT_EXAMPLES_MAX);
  assert(examples[0]!.message.length <= 200);

  const sum = { total: 0, byCode: {} } as Normaliser["rejected"];
  addRejects(sum, normaliser.rejected);
  addRejects(sum, normaliser.rejected);
  assert.equal(sum.total, 200);
  assert.equal(sum.byCode["line-malformed"]!.examples.length, REJECT_EXAMPLES_MAX);
});

Deno.test("Normaliser.admit() refuses an event from the future, and keeps its clock", () => {
  const normaliser = new Normaliser({ receiveTimeUs: 1_000_000 });
  assert(normaliser.admit(EURUSD, quote(10), 1));
  assert(!normaliser.admit(EURUSD, quote(1_000_001 + 24 * 3_600 * 1_000_000), 2));
  assert(normaliser.admit(EURUSD, quote(11), 3));
  assert.deepEqual(Object.keys(normaliser.rejected.byCode), ["time-future"]);
});

const marksOf = (normaliser: Normaliser, event: MarketEvent) => {
  assert(normaliser.admit(EURUSD, event, 1));
  return event.flags;
};

Deno.test("Normaliser.admit() marks crossed and locked quotes, keeps them and counts them", () => {
  const normaliser = new Normaliser();
  assert.equal(marksOf(normaliser, quote(1, 1.1, 1.1001)), 0);
  assert.equal(marksOf(normaliser, quote(2, 1.1001, 1.1)), EventFlag.crossed);
  assert.equal(marksOf(normaliser, quote(3, 1.1, 1.1)), EventFlag.locked);
  assert.equal(marksOf(normaliser, quote(4, 1.1, NaN)), 0);
  assert.deepEqual(normaliser.marked, { crossed: 1, locked: 1, badTick: 0 });
});

Deno.test("Normaliser.admit() marks a price far from those before it, until it is the market's new level", () => {
  const normaliser = new Normaliser();
  const { badTick } = EventFlag;
  assert.equal(marksOf(normaliser, quote(1, 1.1, 1.1001)), 0);
  assert.equal(marksOf(normaliser, quote(2, 110, 110.01)), badTick);
  assert.equal(marksOf(normaliser, quote(3, 1.11, 1.1101)), 0);
  const trade = (price: number) => ({ ...emptyEvent(), kind: EventKind.trade, eventTimeUs: 3, price, size: 1 });
  assert.equal(marksOf(normaliser, trade(1.12)), 0);
  assert.equal(marksOf(normaliser, trade(112)), badTick);
  // Singles that do not agree with each other are no level.
  for (let i = 0; i < 2 * NEW_LEVEL_COUNT; i++) {
    assert.equal(marksOf(normaliser, quote(4, 2 + i, 2.0001 + i)), badTick);
  }
  const flags = Array.from({ length: NEW_LEVEL_COUNT + 1 }, () => marksOf(normaliser, quote(5, 0.85, 0.8501)));
  assert.deepEqual(flags, [...Array(NEW_LEVEL_COUNT - 1).fill(badTick), 0, 0]);
});
