import assert from "node:assert/strict";
import type { LiveBook, LiveMessage } from "../actors/contract/live.ts";
import { DepthFeed } from "./depth_feed.ts";
import type { Api, ApiResult } from "./feed/api.ts";

const S = 1_000_000;
const T0 = 1_700_000_000 * S;
const span = { span: "15m", spanUs: 900 * S } as const;

function update(s: number, more: Partial<LiveBook> = {}): LiveMessage {
  const book = { pair: "EURUSD", timeUs: T0 + s * S, sequence: 1, bids: [[1.1, 5]], asks: [[1.2, 6]], ...more };
  return { type: "update", serverTimeMs: 1, books: [book as LiveBook], samples: [] };
}

function setUp(answers: { depth?: unknown; trades?: unknown } = {}) {
  const asked: Record<string, unknown>[] = [];
  const api: Pick<Api, "get"> = {
    get: (path, { query }) => {
      asked.push({ path, ...query });
      const value = path.endsWith("depth") ? answers.depth : answers.trades;
      return Promise.resolve(
        value === undefined ? { ok: false, error: { kind: "network", message: "away" } } : { ok: true, value },
      ) as Promise<ApiResult<never>>;
    },
  };
  return { feed: new DepthFeed(api), asked };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("`DepthFeed` asks for what was before, and adds what comes live", async () => {
  const { feed, asked } = setUp({
    depth: { pair: "EURUSD", fromUs: T0 - 2 * S, toUs: T0, stepUs: S, bids: [[1, 1], [1, 2]], asks: [[], []] },
    trades: { columns: { timeUs: [T0 - S], price: [1.15], size: [9], side: ["buy"] } },
  });
  using _ = feed;
  feed.show("EURUSD", { ...span, newestUs: T0 });
  await settled();
  assert.deepEqual(asked.map(({ path, from, columns }) => [path, from, columns]), [
    ["pairs/EURUSD/depth", T0 - 900 * S, 900],
    ["pairs/EURUSD/trades", T0 - 900 * S, undefined],
  ]);
  feed.receive(update(0));
  feed.receive(update(1, { pair: "USDJPY" }));
  feed.receive(update(2, { bids: [], asks: [] }));
  assert.deepEqual(feed.columns(0).map(({ timeUs, bids }) => [(timeUs - T0) / S, bids[1]]), [[-2, 1], [-1, 2], [0, 5]]);
  feed.show("USDJPY", { ...span, newestUs: undefined });
  assert.deepEqual([feed.columns(0), feed.trades(0), asked.length], [[], [], 2]);
  feed.receive(update(3, { pair: "USDJPY" }));
  assert.equal(asked.length, 4);
});

Deno.test("`DepthFeed` counts a trade once, however often its book is told, and none that stood there before", async () => {
  const { feed } = setUp();
  using _ = feed;
  feed.show("EURUSD", { ...span, newestUs: T0 });
  await settled();
  const trade = (s: number, price: number) => feed.receive(update(s, { lastTrade: { price, size: 1, side: "sell" } }));
  trade(0, 1.1);
  trade(1, 1.1);
  trade(2, 1.2);
  trade(3, 1.2);
  assert.deepEqual(feed.trades(0).map(({ timeUs, price, side }) => [(timeUs - T0) / S, price, side]), [[
    2,
    1.2,
    "sell",
  ]]);
});
