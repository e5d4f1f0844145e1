/**
 * The book over time: what ClickHouse puts together is what the fold of every change would show.
 */
import assert from "node:assert/strict";
import { Book } from "../../actors/book/mod.ts";
import {
  DEPTH_LEVELS_MAX,
  emptyEvent,
  EventKind,
  type MarketEvent,
  type Pair,
  Random,
  Side,
} from "../../actors/contract/mod.ts";
import { ClickHouse, migrate, readMigrations } from "../../gateway/archive/mod.ts";
import { DepthHistory } from "../../gateway/depth_history.ts";
import { testClickHouse } from "../support/clickhouse.ts";
import { MIGRATIONS } from "./_archive_stage.ts";

const FROM_US = 1_700_000_000_000_000;
const SECOND_US = 1_000_000;

/** The largest size of each price within each column, by folding one change after another. */
function folded(
  events: readonly MarketEvent[],
  { columns, stepUs }: { columns: number; stepUs: number },
): number[][][] {
  const book = new Book();
  const shown: number[][][] = [];
  let at = 0;
  for (let column = -1; column < columns; column++) {
    const endUs = FROM_US + (column + 1) * stepUs;
    const most = [book.bids, book.asks].map((ladder) => {
      const levels = new Map<number, number>();
      for (let depth = 0; depth < ladder.count; depth++) levels.set(ladder.price(depth), ladder.size(depth));
      return levels;
    });
    for (; at < events.length && events[at]!.eventTimeUs < endUs; at++) {
      const event = events[at]!;
      book.apply(event);
      if (event.kind !== EventKind.level) continue;
      const levels = most[event.side === Side.bid ? 0 : 1]!;
      levels.set(event.price, Math.max(event.size, levels.get(event.price) ?? 0));
    }
    if (column < 0) continue;
    shown.push(
      most.map((levels, side) =>
        [...levels].filter(([, size]) => size > 0).sort(([a], [b]) => side === 0 ? b - a : a - b)
          .slice(0, DEPTH_LEVELS_MAX).flat()
      ),
    );
  }
  return shown;
}

Deno.test("`DepthHistory.depth()` is the book that the fold of every change shows, clears included", async () => {
  await using server = await testClickHouse();
  await using database = await server.database();
  const { origin, username, password } = new URL(server.url);
  const options = { url: origin, username: username || "default", password, database: database.name };
  const clickhouse = new ClickHouse(options);
  await migrate(clickhouse, await readMigrations(MIGRATIONS));
  const random = new Random(3);
  const events: MarketEvent[] = [];
  for (let i = 0; i < 6_000; i++) {
    const isClear = i === 2_500 || i === 2_900;
    const side = random.below(2) === 0 ? Side.bid : Side.ask;
    const price = Number(
      (side === Side.bid ? 1.1 - random.below(60) * 1e-5 : 1.1001 + random.below(60) * 1e-5).toFixed(5),
    );
    events.push({
      ...emptyEvent(),
      kind: isClear ? EventKind.clear : EventKind.level,
      side: isClear ? Side.none : side,
      eventTimeUs: FROM_US - 60 * SECOND_US + i * 37_000,
      price: isClear ? NaN : price,
      size: isClear ? NaN : random.below(4) === 0 ? 0 : 1e5 * (1 + random.below(90)),
    });
  }
  const values = events.map(({ eventTimeUs, side, price, size }, at) =>
    `('EURUSD', 1, ${
      at + 1
    }, 0, fromUnixTimestamp64Micro(${eventTimeUs}, 'UTC'), fromUnixTimestamp64Micro(${eventTimeUs}, 'UTC'),
      1, 0, ${side}, ${Number.isNaN(price) ? "nan" : price}, ${Number.isNaN(size) ? "nan" : size})`
  );
  for (let from = 0; from < values.length; from += 1_000) {
    await clickhouse.command(
      `INSERT INTO levels (pair, epoch, seq, idx, time, receive_time, source, flags, side, price, size) VALUES ${
        values.slice(from, from + 1_000).join(",")
      }`,
    );
  }
  const depth = new DepthHistory(clickhouse);
  for (const stepUs of [250_000, SECOND_US, 10 * SECOND_US]) {
    const columns = Math.floor(160 * SECOND_US / stepUs);
    const answer = await depth.depth({
      pair: "EURUSD" as Pair,
      fromUs: FROM_US,
      toUs: FROM_US + columns * stepUs,
      stepUs,
    });
    const wanted = folded(events, { columns, stepUs });
    assert.equal(answer.bids.length, columns);
    answer.bids.forEach((bids, column) => {
      assert.deepEqual([bids, answer.asks[column]], wanted[column], `column ${column} of ${stepUs} µs`);
    });
  }
  const none = await depth.depth({
    pair: "USDJPY" as Pair,
    fromUs: FROM_US,
    toUs: FROM_US + 10 * SECOND_US,
    stepUs: SECOND_US,
  });
  assert.deepEqual(none.bids, Array.from({ length: 10 }, () => []));
  await clickhouse.close();
});
