import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FrameReader,
  INGEST_BYTES_MAX,
  INGEST_EVENTS_MAX,
  INGEST_REFUSED_MAX,
  IngestError,
  type MarketEvent,
  type Pair,
  parsePair,
} from "../contract/mod.ts";
import { Ingest } from "./ingest.ts";

const EURUSD = parsePair("EURUSD") as Pair;
const USDJPY = parsePair("USDJPY") as Pair;
const NOW_US = 1_767_600_000_000_000;
const encode = (text: string) => new TextEncoder().encode(text);

class MemoryStore {
  readonly frames: { pair: Pair; id: string; events: MarketEvent[] }[] = [];
  failure: Error | undefined;

  async store(pair: Pair, bytes: Uint8Array, id: string): Promise<{ isDuplicate: boolean }> {
    if (this.failure !== undefined) throw this.failure;
    if (this.frames.some((frame) => frame.id === id)) return { isDuplicate: true };
    const reader = new FrameReader();
    reader.open(bytes);
    const events: MarketEvent[] = [];
    while (reader.next()) events.push({ ...reader.event });
    this.frames.push({ pair, id, events });
    return { isDuplicate: false };
  }
}

function setUp(store = new MemoryStore(), instance = "node-1") {
  const ingest = new Ingest({ store, nowUs: () => NOW_US, instance });
  return { store, take: (text: string, pair: Pair | undefined = EURUSD) => ingest.take(encode(text), pair), ingest };
}

const quote = (more: Record<string, unknown> = {}) =>
  JSON.stringify({ kind: "quote", timeUs: NOW_US - 1_000, bid: 1.1, ask: 1.1001, ...more });

Deno.test("Ingest.take() takes one object, an array or lines, and answers when they are stored", async () => {
  const pretty = JSON.stringify(JSON.parse(quote()), null, 2);
  const cases: [string, number][] = [
    [quote(), 1],
    [pretty, 1],
    [`[${quote()},${quote()}]`, 2],
    [`${quote()}\n\n${quote()}\r\n${quote()}\n`, 3],
    ["[]", 0],
  ];
  for (const [text, count] of cases) {
    const { take, store } = setUp();
    const reply = await take(text);
    assert.deepEqual(reply, { accepted: count, duplicates: 0, gaps: 0, refusedCount: 0, refused: [] });
    assert.equal(store.frames.flatMap(({ events }) => events).length, count);
  }
});

Deno.test("Ingest.take() refuses a bad event by itself, with its line and the reason", async () => {
  const { take, store, ingest } = setUp();
  const reply = await take([
    quote(),
    "{",
    quote({ bid: -1 }),
    quote({ pair: "USD/JPY" }),
    quote({ pair: "EUR/USD" }),
    quote({ pair: "EUREUR" }),
    quote({ bid: "1.1" }),
    quote({ extra: 1 }),
    quote({ timeUs: NOW_US + 2 * 86_400_000_000 }),
    quote({ timeUs: NOW_US - 60_000_000 }),
    '{"kind":"quote","bid":1.1,"ask":1.2}',
    quote({ source: "a b" }),
    quote({ sequence: -1 }),
    "[1]",
    `"${"x".repeat(5_000)}"`,
  ].join("\n"));
  assert.deepEqual([reply.accepted, reply.refusedCount], [2, 13]);
  assert.deepEqual(reply.refused.map(({ line, code }) => `${line} ${code}`), [
    "2 line-malformed",
    "3 price-not-positive",
    "4 pair-other",
    "6 pair-unknown",
    "7 line-malformed",
    "8 line-malformed",
    "9 time-future",
    "10 time-back",
    "11 time-invalid",
    "12 line-malformed",
    "13 line-malformed",
    "14 line-malformed",
    "15 line-too-long",
  ]);
  assert.match(reply.refused[4]!.message, /^bid: /);
  assert.equal(store.frames.flatMap(({ events }) => events).length, 2);
  assert.equal(ingest.rejected.total, 13);
});

Deno.test("Ingest.take() names the first refusals and counts the others", async () => {
  const { take } = setUp();
  const reply = await take("{}\n".repeat(100) + quote());
  assert.deepEqual([reply.accepted, reply.refusedCount, reply.refused.length], [1, 100, INGEST_REFUSED_MAX]);
});

Deno.test("Ingest.take() stores what is numbered once, at whichever node it comes again", async () => {
  const store = new MemoryStore();
  const first = setUp(store);
  const text = [1, 2, 3].map((sequence) => quote({ source: "lp", sequence })).join("\n");
  assert.deepEqual(await first.take(text), { accepted: 3, duplicates: 0, gaps: 0, refusedCount: 0, refused: [] });
  assert.equal((await first.take(text)).duplicates, 3);
  const second = setUp(store, "node-2");
  await second.take(text);
  assert.equal(store.frames.length, 1);
  const gap = await first.take([3, 4, 9].map((sequence) => quote({ source: "lp", sequence })).join("\n"));
  assert.deepEqual([gap.accepted, gap.duplicates, gap.gaps], [2, 1, 1]);
  // Without numbers the same text is two events: they may be.
  await first.take(quote());
  await first.take(quote());
  assert.equal(store.frames.length, 4);
});

Deno.test("Ingest.take() takes again what could not be stored", async () => {
  const { take, store } = setUp();
  await take(quote({ source: "lp", sequence: 1 }));
  store.failure = new Error("no leader");
  await assert.rejects(take(quote({ source: "lp", sequence: 2 })), { code: "failed" });
  store.failure = undefined;
  assert.equal((await take(quote({ source: "lp", sequence: 2 }))).accepted, 1);
});

Deno.test("Ingest.take() keeps pairs and sources apart, each in the order of its events", async () => {
  const { store, ingest } = setUp();
  const text = [
    quote({ pair: "EURUSD", source: "a", bid: 1.1 }),
    quote({ pair: "USDJPY", source: "a", bid: 150, ask: 151 }),
    quote({ pair: "EURUSD", source: "b", bid: 1.1002, ask: 1.1003 }),
    quote({ pair: "EURUSD", source: "a", bid: 1.1003, ask: 1.1004 }),
  ].join("\n");
  await ingest.take(encode(text));
  assert.deepEqual(store.frames.map(({ pair, events }) => [pair, events.map(({ price }) => price)]), [
    [EURUSD, [1.1, 1.1003]],
    [USDJPY, [150]],
    [EURUSD, [1.1002]],
  ]);
});

Deno.test("Ingest.take() refuses as a whole what is no text, no JSON, empty or too much", async () => {
  const { take, ingest, store } = setUp();
  const cases: [string, string][] = [
    ["", "malformed"],
    [" \n ", "malformed"],
    ["[", "malformed"],
    ["[1,", "malformed"],
    ["{\n", "malformed"],
    [`${"x".repeat(INGEST_BYTES_MAX)}x`, "too-large"],
    ["{}\n".repeat(INGEST_EVENTS_MAX + 1), "too-large"],
    [`[${"0,".repeat(INGEST_EVENTS_MAX)}0]`, "too-large"],
  ];
  for (const [text, code] of cases) {
    await assert.rejects(take(text), (error) => error instanceof IngestError && error.code === code, text.slice(0, 20));
  }
  await assert.rejects(ingest.take(new Uint8Array([0x7b, 0xff, 0xfe]), EURUSD), { code: "malformed" });
  assert.equal(store.frames.length, 0);
});

Deno.test("Ingest.take() answers for every event of any JSON there is", async () => {
  const event = fc.record({
    kind: fc.constantFrom("quote", "level", "trade", "clear", "order", "status", "x"),
    pair: fc.constantFrom("EURUSD", "USD/JPY", "", undefined),
    timeUs: fc.oneof(fc.constant(NOW_US), fc.double(), fc.integer()),
    bid: fc.oneof(fc.double(), fc.constant(1.1)),
    price: fc.double(),
    size: fc.double(),
    side: fc.constantFrom("bid", "ask", "buy", "sell"),
    source: fc.option(fc.string(), { nil: undefined }),
    sequence: fc.option(fc.integer(), { nil: undefined }),
  }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(event, fc.jsonValue())), async (values) => {
      const { take } = setUp();
      const { accepted, duplicates, refusedCount } = await take(JSON.stringify(values));
      assert.equal(accepted + duplicates + refusedCount, values.length);
    }),
    { numRuns: 300 },
  );
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
    await setUp().ingest.take(bytes, EURUSD).catch((error) => assert(error instanceof IngestError, String(error)));
  }));
});
