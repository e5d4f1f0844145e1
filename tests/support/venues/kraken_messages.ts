/**
 * Messages of a venue that speaks Kraken's WebSocket API v2, the same in every run, for benchmarks.
 *
 * @module
 */
import { Random, Side } from "../../../actors/contract/mod.ts";
import { KrakenBook } from "../../../actors/feeds/sources/kraken/mod.ts";

const START_MS = Date.UTC(2026, 0, 5, 10);

export const INSTRUMENTS = JSON.stringify({
  channel: "instrument",
  type: "snapshot",
  data: { pairs: [{ symbol: "EUR/USD", status: "online", price_precision: 5, qty_precision: 8 }] },
});

/** A snapshot, then updates of one to three levels near the touch, each with the checksum that it leads to. */
export function messagesOf(depth: number, messageCount: number): string[] {
  const random = new Random(1);
  const book = new KrakenBook({ depth, priceDecimals: 5, sizeDecimals: 8 });
  const message = (type: string, changes: [number, number, number][], index: number) => {
    for (const [side, price, qty] of changes) book.set(side, price, qty);
    book.truncate(() => {});
    const levels = (wanted: number) =>
      changes.filter(([side]) => side === wanted).map(([, price, qty]) => ({ price, qty }));
    return JSON.stringify({
      channel: "book",
      type,
      data: [{
        symbol: "EUR/USD",
        bids: levels(Side.bid),
        asks: levels(Side.ask),
        checksum: book.checksum(),
        timestamp: new Date(START_MS + index).toISOString().replace("Z", "123Z"),
      }],
    });
  };
  const size = () => Math.ceil(random.uniform() * 1e14) / 1e8;
  const first: [number, number, number][] = [];
  for (let i = 0; i < depth; i++) {
    first.push([Side.bid, (109180 - i) / 1e5, size()], [Side.ask, (109190 + i) / 1e5, size()]);
  }
  const messages = [message("snapshot", first, 0)];
  for (let index = 1; index < messageCount; index++) {
    const changes: [number, number, number][] = [];
    for (let count = 1 + Math.floor(random.uniform() * 3); count > 0; count--) {
      const away = Math.floor(random.uniform() * depth);
      const isBid = random.uniform() < 0.5;
      changes.push([
        isBid ? Side.bid : Side.ask,
        (isBid ? 109180 - away : 109190 + away) / 1e5,
        random.uniform() < 0.3 ? 0 : size(),
      ]);
    }
    messages.push(message("update", changes, index));
  }
  return messages;
}
