import assert from "node:assert/strict";
import fc from "fast-check";
import {
  EventKind,
  FeedFault,
  type MarketEvent,
  type Pair,
  parsePair,
  Side,
  StatusCode,
} from "../../../contract/mod.ts";
import { checksumOf } from "../../../../tests/support/venues/kraken_server.ts";
import { ScriptedLink } from "../../../../tests/support/venues/scripted_link.ts";
import { krakenSource } from "./mod.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const DEPTH = 10;
const UNITS = { price_precision: 5, qty_precision: 8 };

/** What the venue has, and the messages that it makes of it. */
class Venue {
  bids = new Map<number, number>();
  asks = new Map<number, number>();

  message(type: "snapshot" | "update", levels: readonly Change[], checksum = this.checksum): string {
    const side = (name: "bids" | "asks") =>
      type === "snapshot"
        ? this.best(name).map(([price, qty]) => ({ price, qty }))
        : levels.filter(([side]) => side === name).map(([, price, qty]) => ({ price, qty }));
    const timestamp = "2026-01-05T10:00:00.000000Z";
    return JSON.stringify({
      channel: "book",
      type,
      data: [{ symbol: "EUR/USD", bids: side("bids"), asks: side("asks"), checksum, timestamp }],
    });
  }

  apply(levels: readonly Change[]): void {
    for (const [side, price, qty] of levels) qty === 0 ? this[side].delete(price) : this[side].set(price, qty);
    for (const side of ["bids", "asks"] as const) this[side] = new Map(this.best(side));
  }

  best(side: "bids" | "asks"): [number, number][] {
    return [...this[side]].sort(([a], [b]) => side === "bids" ? b - a : a - b).slice(0, DEPTH);
  }

  get checksum(): number {
    return checksumOf(this, UNITS);
  }
}

type Change = readonly [side: "bids" | "asks", price: number, qty: number];

/** Levels as a reader of the events has them, after each batch. */
function heard(events: readonly MarketEvent[]): { bids: Map<number, number>; asks: Map<number, number> } {
  const book = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  for (const { kind, side, price, size } of events) {
    if (kind === EventKind.clear) {
      book.bids.clear();
      book.asks.clear();
    } else if (kind === EventKind.level) {
      const levels = side === Side.bid ? book.bids : book.asks;
      if (size === 0) levels.delete(price);
      else levels.set(price, size);
    }
  }
  return book;
}

const INSTRUMENTS = JSON.stringify({
  channel: "instrument",
  type: "snapshot",
  data: { assets: [], pairs: [{ symbol: "EUR/USD", status: "online", ...UNITS }] },
});

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom("bids" as const, "asks" as const),
  fc.integer({ min: 109150, max: 109230 }).map((ticks) => ticks / 1e5),
  fc.integer({ min: 0, max: 9 }),
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ is: fc.constant("update" as const), changes: fc.array(change, { maxLength: 15 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant("lost" as const), changes: fc.array(change, { maxLength: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ is: "snapshot" as const, changes: [] }) },
  { weight: 1, arbitrary: fc.constant({ is: "disconnect" as const, changes: [] }) },
);

Deno.test("Kraken's book, whatever the order of snapshots, updates, losses and disconnects, is the one made from scratch", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const venue = new Venue();
      const events: MarketEvent[] = [];
      const source = krakenSource({ pairs: [EURUSD], depth: DEPTH });
      let link = new ScriptedLink(events);
      let running = link.start(source);
      /** Does as the venue does on a connection: answers each request for the book. */
      const answerAll = () => {
        for (const { method, params } of link.requests.splice(0)) {
          if (method === "subscribe" && params.channel === "instrument") link.take(INSTRUMENTS);
          if (method === "subscribe" && params.channel === "book") link.take(venue.message("snapshot", []));
        }
      };
      const settle = () => {
        while (link.requests.length > 0) answerAll();
      };
      settle();
      let losses = 0;
      for (const { is, changes } of steps) {
        if (is === "disconnect") {
          link.end();
          await running;
          link = new ScriptedLink(events);
          running = link.start(source);
          settle();
          continue;
        }
        venue.apply(changes);
        if (is === "lost") {
          losses++;
          continue;
        }
        link.take(venue.message(is, changes));
        settle();
        const book = heard(events);
        assert.equal(checksumOf(book, UNITS), venue.checksum);
        assert.deepEqual([...book.bids].sort(), [...venue.bids].sort());
        assert.deepEqual([...book.asks].sort(), [...venue.asks].sort());
      }
      assert(events.filter(({ kind, side }) => kind === EventKind.status && side === StatusCode.gap).length <= losses);
      link.end();
      await running;
    }),
    { numRuns: 300 },
  );
});

Deno.test("Kraken's messages may be anything: nothing but a fault of its own is ever thrown", async () => {
  const source = krakenSource({ pairs: [EURUSD] });
  const shaped = fc.record({
    channel: fc.constantFrom("book", "trade", "instrument", "status", "heartbeat", "x"),
    type: fc.constantFrom("snapshot", "update", undefined),
    data: fc.anything(),
    method: fc.option(fc.constantFrom("subscribe", "pong"), { nil: undefined }),
    success: fc.boolean(),
    error: fc.option(fc.string(), { nil: undefined }),
    symbol: fc.constantFrom("EUR/USD", "X", undefined),
  }, { requiredKeys: [] });
  const text = fc.oneof(fc.string(), fc.json(), shaped.map((value) => JSON.stringify(value)));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (texts) => {
      const link = new ScriptedLink([]);
      const running = link.start(source);
      for (const one of texts) {
        try {
          link.take(one);
        } catch (error) {
          assert(error instanceof SyntaxError || error instanceof FeedFault, String(error));
          if (error instanceof FeedFault) break;
        }
      }
      link.end();
      await running;
    }),
    { numRuns: 500 },
  );
});

Deno.test("krakenSource() asks for what it is told to follow, at the depth it is told", () => {
  const link = new ScriptedLink([]);
  void link.start(krakenSource({ pairs: [EURUSD], depth: 100 }));
  assert.deepEqual(link.requests.splice(0).map(({ params }) => params), [{ channel: "instrument", snapshot: true }]);
  link.take(INSTRUMENTS);
  assert.deepEqual(link.requests.map(({ method, params }) => [method, params]), [
    ["subscribe", { channel: "book", symbol: ["EUR/USD"], depth: 100, snapshot: true }],
    ["subscribe", { channel: "trade", symbol: ["EUR/USD"], snapshot: false }],
  ]);
  link.end();
});
