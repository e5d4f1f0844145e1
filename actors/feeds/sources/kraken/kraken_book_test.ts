import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { Side } from "../../../contract/mod.ts";
import { DATA } from "../../../../tests/support/shared_data.ts";
import { checksumOf } from "../../../../tests/support/venues/kraken_server.ts";
import { KrakenBook } from "./kraken_book.ts";

interface Message {
  channel: string;
  type: string;
  data: {
    symbol: string;
    bids: { price: number; qty: number }[];
    asks: { price: number; qty: number }[];
    checksum: number;
  }[];
}

function take(book: KrakenBook, { data: [data], type }: Message): number | undefined {
  if (type === "snapshot") book.clear();
  for (const { price, qty } of data!.bids) assert(book.set(Side.bid, price, qty));
  for (const { price, qty } of data!.asks) assert(book.set(Side.ask, price, qty));
  book.truncate(() => {});
  return book.checksum();
}

Deno.test("KrakenBook.checksum() is that of the venue's worked example", () => {
  const bids = [
    [45283.5, 0.1],
    [45283.4, 1.54582015],
    [45282.1, 0.1],
    [45281.0, 0.1],
    [45280.3, 1.54592586],
    [45279.0, 0.0799],
    [45277.6, 0.03310103],
    [45277.5, 0.3],
    [45277.3, 1.54602737],
    [45276.6, 0.15445238],
  ] as const;
  const asks = [
    [45285.2, 0.001],
    [45286.4, 1.54571953],
    [45286.6, 1.54571109],
    [45289.6, 1.54560911],
    [45290.2, 0.1589066],
    [45291.8, 1.54553491],
    [45294.7, 0.04454749],
    [45296.1, 0.35380],
    [45297.5, 0.09945542],
    [45299.5, 0.18772827],
  ] as const;
  const book = new KrakenBook({ depth: 10, priceDecimals: 1, sizeDecimals: 8 });
  for (const [price, qty] of bids) book.set(Side.bid, price, qty);
  for (const [price, qty] of asks) book.set(Side.ask, price, qty);
  assert.equal(book.checksum(), 3310070434);
});

const RECORDING = `${DATA}/kraken/python-kraken-sdk_orderbook-v2.json`;
Deno.test({
  name: "KrakenBook holds all 510 checksums of kraken/python-kraken-sdk_orderbook-v2.json",
  ignore: !existsSync(RECORDING),
  fn() {
    const { init, updates } = JSON.parse(Deno.readTextFileSync(RECORDING)) as { init: Message; updates: Message[] };
    const book = new KrakenBook({ depth: 10, priceDecimals: 1, sizeDecimals: 8 });
    const messages = [init, ...updates];
    assert.equal(messages.length, 510);
    for (const [index, message] of messages.entries()) {
      assert.equal(take(book, message), message.data[0]!.checksum, `message ${index}`);
    }
  },
});

const SNAPSHOTS = `${DATA}/kraken/kraken_v2_checksum_snapshots.jsonl`;
Deno.test({
  name: "KrakenBook holds the checksums of kraken/kraken_v2_checksum_snapshots.jsonl",
  ignore: !existsSync(SNAPSHOTS),
  fn() {
    const lines = Deno.readTextFileSync(SNAPSHOTS).trim().split("\n").map((line) => JSON.parse(line).msg as Message);
    const units: Record<string, [number, number]> = { "BTC/USD": [1, 8], "USDG/USD": [4, 5] };
    for (const message of lines) {
      const [priceDecimals, sizeDecimals] = units[message.data[0]!.symbol]!;
      const book = new KrakenBook({ depth: 10, priceDecimals, sizeDecimals });
      assert.equal(take(book, message), message.data[0]!.checksum, message.data[0]!.symbol);
    }
    assert.deepEqual(lines.map(({ data }) => data[0]!.checksum).sort(), [3225719247, 3310070434]);
  },
});

Deno.test("KrakenBook equals the book that is sorted from scratch, whatever is set and dropped", () => {
  const depth = 10;
  const level = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 }));
  fc.assert(fc.property(fc.array(fc.array(level, { maxLength: 12 }), { maxLength: 40 }), (messages) => {
    const book = new KrakenBook({ depth, priceDecimals: 5, sizeDecimals: 8 });
    const plain = { bids: new Map<number, number>(), asks: new Map<number, number>() };
    const told = { [Side.bid]: new Map<number, number>(), [Side.ask]: new Map<number, number>() };
    for (const message of messages) {
      for (const [isBid, ticks, tenths] of message) {
        const price = (109000 + ticks) / 1e5;
        const qty = tenths / 10;
        assert(book.set(isBid ? Side.bid : Side.ask, price, qty));
        told[isBid ? Side.bid : Side.ask].set(price, qty);
        const side = plain[isBid ? "bids" : "asks"];
        if (qty === 0) side.delete(price);
        else side.set(price, qty);
      }
      book.truncate((side, price, size) => told[side as 1 | 2].set(price, size));
      for (const [name, sign] of [["bids", -1], ["asks", 1]] as const) {
        const best = [...plain[name]].sort(([a], [b]) => sign * (a - b)).slice(0, depth);
        plain[name] = new Map(best);
      }
      assert.equal(book.checksum(), checksumOf(plain, { price_precision: 5, qty_precision: 8 }));
    }
    const listed: [number, number, number][] = [];
    book.each((side, price, size) => listed.push([side, price, size]));
    assert.deepEqual(listed, [
      ...[...plain.bids].map(([price, size]) => [Side.bid, price, size]),
      ...[...plain.asks].map(([price, size]) => [Side.ask, price, size]),
    ]);
    // Whoever heard of every change, the dropped levels among them, has the same book.
    for (const [side, name] of [[Side.bid, "bids"], [Side.ask, "asks"]] as const) {
      const heard = [...told[side]].filter(([, size]) => size > 0).sort(([a], [b]) => a - b);
      assert.deepEqual(heard, [...plain[name]].sort(([a], [b]) => a - b));
    }
  }));
});

Deno.test("KrakenBook refuses what is no level, and does not make a checksum of digits that it does not know", () => {
  const book = new KrakenBook({ depth: 10, priceDecimals: 5, sizeDecimals: 8 });
  for (const [price, qty] of [[0, 1], [-1, 1], [NaN, 1], [1, NaN], [1, -1], [Infinity, 1], [1, Infinity]] as const) {
    assert.equal(book.set(Side.bid, price, qty), false, `${price} ${qty}`);
  }
  assert(book.set(Side.bid, 1.1, 1e8));
  assert.equal(book.checksum(), undefined);
  assert(book.set(Side.bid, 1.1, 1e6));
  assert.notEqual(book.checksum(), undefined);
});

Deno.test("KrakenBook.set() takes no more than twice the levels it keeps, from one message", () => {
  const book = new KrakenBook({ depth: 10, priceDecimals: 5, sizeDecimals: 8 });
  let taken = 0;
  while (book.set(Side.ask, 1 + taken / 1e3, 1)) taken++;
  assert.equal(taken, 21);
  let dropped = 0;
  book.truncate(() => dropped++);
  assert.equal(dropped, 11);
});
