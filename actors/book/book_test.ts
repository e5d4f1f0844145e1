import assert from "node:assert/strict";
import { EventFlag, EventKind } from "../contract/mod.ts";
import { eventOf, level, quote, START_US } from "../../tests/support/market_events.ts";
import { Book } from "./book.ts";

const touchOf = (book: Book) => [book.bid, book.bidSize, book.ask, book.askSize];
const clear = (flags: number = EventFlag.lastOfBatch) => eventOf(EventKind.clear, START_US, { flags });
const MORE = 0;
const LAST = EventFlag.lastOfBatch;
const PICTURE = EventFlag.snapshot;
const at = (side: "bid" | "ask", price: number, size: number, flags: number = LAST) =>
  level(START_US, side, price, size, flags);

Deno.test("`Book` takes its touch from quotes and says when it is another one", () => {
  const book = new Book();
  assert(book.apply(quote(START_US, 1, 2)));
  assert.deepEqual(touchOf(book), [1, 1e6, 2, 1e6]);
  assert(!book.apply(quote(START_US, 1, 2)), "the same again");
  assert(book.apply(quote(START_US, 1, 2, 2e6)), "another size");
  assert(book.apply(quote(START_US, 1, 2, NaN)), "without sizes");
  assert(!book.apply(quote(START_US, 1, 2, NaN)), "an absent number is no change of an absent one");
  assert(book.apply(quote(START_US, NaN, 2, NaN)), "one-sided");
  assert.deepEqual(touchOf(book), [NaN, NaN, 2, NaN]);
  assert(book.apply(quote(START_US, 3, 2)), "crossed: well-formed");
});

Deno.test("`Book` reads its touch off the levels, at the end of each batch only", () => {
  const book = new Book();
  assert(!book.apply(at("bid", 1, 5, MORE)));
  assert(!book.apply(at("bid", 1.1, 6, MORE)));
  assert.deepEqual(touchOf(book), [NaN, NaN, NaN, NaN]);
  assert(book.apply(at("ask", 2, 7)));
  assert.deepEqual(touchOf(book), [1.1, 6, 2, 7]);
  assert(!book.apply(at("ask", 3, 7)), "behind the touch");
  assert(!book.apply(at("bid", 1.1, 0, MORE)), "the touch of an unfinished batch");
  assert.deepEqual(touchOf(book), [1.1, 6, 2, 7]);
  assert(book.apply(at("bid", 1, 4)));
  assert.deepEqual(touchOf(book), [1, 4, 2, 7]);
  assert(book.apply(at("bid", 1, 0)), "the last bid goes: one-sided");
  assert.deepEqual(touchOf(book), [NaN, NaN, 2, 7]);
});

Deno.test("`Book` with quotes and levels has the touch of the quotes and the depth of the levels", () => {
  const book = new Book();
  assert(book.apply(at("bid", 0.9, 5)));
  assert(book.apply(quote(START_US, 1, 2)));
  assert(!book.apply(at("bid", 1.5, 9)));
  assert.deepEqual(touchOf(book), [1, 1e6, 2, 1e6]);
  assert.equal(book.bids.depth(10), 14);
});

Deno.test("`Book` after a clear is empty, and takes its touch from whatever comes first", () => {
  const book = new Book();
  book.apply(quote(START_US, 1, 2));
  book.apply(at("bid", 1, 5));
  assert(book.apply(clear()));
  assert.deepEqual(touchOf(book), [NaN, NaN, NaN, NaN]);
  assert.equal(book.bids.count + book.asks.count, 0);
  assert(!book.apply(clear()), "empty already");
  assert(book.apply(at("bid", 3, 5)));
  assert.deepEqual(touchOf(book), [3, 5, NaN, NaN]);
});

Deno.test("`Book.fromSnapshot` stands for exactly one touch after a picture of quotes", () => {
  const book = new Book();
  book.apply(quote(START_US, 1, 2));
  assert(!book.fromSnapshot);
  assert(book.apply({ ...quote(START_US, 3, 4), flags: PICTURE | LAST }));
  assert(book.fromSnapshot);
  assert(book.apply(quote(START_US, 3, 5)));
  assert(!book.fromSnapshot);
});

Deno.test("`Book.fromSnapshot` stands for exactly one touch after clear and picture of levels", () => {
  const book = new Book();
  book.apply(at("bid", 1, 5, MORE));
  assert(book.apply(at("ask", 2, 5)));
  assert(!book.apply(clear(MORE)));
  assert(!book.apply(at("bid", 3, 5, PICTURE)));
  assert(book.apply(at("ask", 4, 5, PICTURE | LAST)));
  assert.deepEqual(touchOf(book), [3, 5, 4, 5]);
  assert(book.fromSnapshot);
  assert(book.apply(at("ask", 4, 6)));
  assert(!book.fromSnapshot);
});

Deno.test("`Book.fromSnapshot` is of the newest event alone: a level in an unfinished batch is no picture", () => {
  const book = new Book();
  assert(book.apply({ ...quote(START_US, 1, 2), flags: PICTURE | LAST }));
  assert(book.fromSnapshot);
  assert(!book.apply(at("bid", 0.9, 5, MORE)));
  assert(!book.fromSnapshot);
});

Deno.test("`Book.levelsFromSnapshot` stands for every batch of a picture, whatever event ends it, and no longer", () => {
  const book = new Book();
  book.apply(at("bid", 1, 5));
  assert(!book.levelsFromSnapshot);
  book.apply(clear(MORE));
  book.apply(at("bid", 3, 5, MORE));
  assert(!book.levelsFromSnapshot, "the batch is not at its end");
  const restored = new Book();
  restored.restore(book.snapshot());
  for (const one of [book, restored]) {
    one.apply(quote(START_US, 3, 4));
    assert(one.levelsFromSnapshot);
    one.apply(at("ask", 4, 5, PICTURE | LAST));
    assert(one.levelsFromSnapshot);
    one.apply(quote(START_US, 3.5, 4));
    assert(!one.levelsFromSnapshot);
    one.apply({ ...quote(START_US, 3, 4), flags: PICTURE | LAST });
    assert(!one.levelsFromSnapshot, "a picture of the touch alone");
  }
});

Deno.test("a picture that does not change the touch says nothing about the next change", () => {
  const book = new Book();
  book.apply(at("bid", 1, 5));
  assert(!book.apply(at("bid", 0.9, 5, PICTURE | LAST)));
  assert(book.apply(at("bid", 1, 6)));
  assert(!book.fromSnapshot);
});

Deno.test("`Book` restored in the middle of a picture still knows that it is one", () => {
  const book = new Book();
  book.apply(at("bid", 1, 5, MORE));
  book.apply(at("ask", 2, 5));
  book.apply(clear(MORE));
  book.apply(at("bid", 3, 5, MORE));
  const restored = new Book();
  restored.restore(book.snapshot());
  for (const one of [book, restored]) {
    assert(one.apply(at("ask", 4, 5)));
    assert(one.fromSnapshot);
  }
  restored.restore(book.snapshot());
  assert(restored.apply(at("ask", 4, 6)));
  assert(!restored.fromSnapshot, "and no longer than it is");
});

Deno.test("`Book` leaves trades, orders and status events alone", () => {
  const book = new Book();
  for (const kind of [EventKind.trade, EventKind.order, EventKind.status]) {
    assert(!book.apply(eventOf(kind, START_US, { side: 1, price: 1, size: 1 })));
  }
  assert.deepEqual(touchOf(book), [NaN, NaN, NaN, NaN]);
});
