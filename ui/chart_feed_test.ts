import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LiveMessage } from "../actors/contract/live.ts";
import { sampleOf } from "../tests/support/samples.ts";
import { ChartFeed } from "./chart_feed.ts";
import type { ApiResult } from "./feed/api.ts";
import type { HistoryColumns, MetricsQuery } from "./feed/history.ts";

const SECOND = 1_000_000;
const T = 1_352_881_800 * SECOND;
const SPAN_US = 300 * SECOND;

/** A history client whose answers are given by hand. */
class Client {
  readonly queries: MetricsQuery[] = [];
  readonly #answers: ((result: ApiResult<HistoryColumns>) => void)[] = [];

  metrics(query: MetricsQuery): Promise<ApiResult<HistoryColumns>> {
    this.queries.push(query);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  async answer(index: number, result: ApiResult<HistoryColumns>): Promise<void> {
    this.#answers[index]!(result);
    await new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(undefined))));
  }
}

function samples(pair: string, ...seconds: number[]): LiveMessage {
  const values = { price: { mid: 1 } };
  return {
    type: "update",
    serverTimeMs: 0,
    books: [],
    samples: seconds.map((at) => sampleOf({ pair, timeUs: T + at * SECOND, values })),
  };
}

function history(...seconds: number[]): ApiResult<HistoryColumns> {
  const timeUs = seconds.map((at) => T + at * SECOND);
  return { ok: true, value: { columns: { timeUs, "price.mid": timeUs.map(() => 2) } } };
}

function timesOf(feed: ChartFeed): number[] {
  return feed.columns()[0].map((time) => time - T / SECOND);
}

Deno.test("`ChartFeed.show()` asks for the span and puts live samples behind it", async () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: SPAN_US, newestUs: T });
  strictEqual(client.queries[0]?.fromUs, T - SPAN_US);
  feed.receive(samples("EURUSD", 0.5, 0.75));
  feed.receive(samples("USDJPY", 0.8));
  await client.answer(0, history(-2, -1, 0));
  deepStrictEqual(timesOf(feed), [-2, -1, 0.5, 0.75]);
});

Deno.test("`ChartFeed.show()` waits for the first sample of a pair without data", () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: SPAN_US, newestUs: undefined });
  strictEqual(client.queries.length, 0);
  feed.receive(samples("EURUSD", 1));
  strictEqual(client.queries.length, 1);
});

Deno.test("`ChartFeed.show()` drops the answer for the pair shown before", async () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: SPAN_US, newestUs: T });
  feed.show("USDJPY", { spanUs: SPAN_US, newestUs: T });
  strictEqual(client.queries[0]?.signal?.aborted, true);
  await client.answer(0, history(-9));
  await client.answer(1, history(-1));
  deepStrictEqual(timesOf(feed), [-1]);
});

Deno.test("`ChartFeed.refill()` keeps what it has and fills what was missed", async () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: SPAN_US, newestUs: T });
  feed.receive(samples("EURUSD", 0, 5));
  feed.refill();
  strictEqual(client.queries[1]?.toUs, T + 6 * SECOND);
  await client.answer(1, history(1, 2, 3, 4));
  deepStrictEqual(timesOf(feed), [0, 1, 2, 3, 4, 5]);
});

Deno.test("`ChartFeed.status` says why history is missing, and live goes on", async () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: SPAN_US, newestUs: T });
  const error = { kind: "network", message: "The gateway cannot be reached" } as const;
  await client.answer(0, { ok: false, error });
  deepStrictEqual(feed.status.value, { kind: "failed", error });
  feed.receive(samples("EURUSD", 1));
  deepStrictEqual(timesOf(feed), [1]);
});

Deno.test("`ChartFeed.receive()` asks for history anew when another recording plays", () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: SPAN_US, newestUs: T });
  feed.receive(samples("EURUSD", 1));
  feed.receive(samples("EURUSD", -3600));
  strictEqual(client.queries.length, 2);
  strictEqual(client.queries[1]?.toUs, T - 3599 * SECOND);
  deepStrictEqual(timesOf(feed), [-3600]);
});

Deno.test("`ChartFeed.show()` draws another metric of the same pair from its history on", async () => {
  const client = new Client();
  using feed = new ChartFeed(client);
  feed.show("EURUSD", { spanUs: 60 * SECOND, newestUs: T });
  feed.receive(samples("EURUSD", 1));
  feed.show("EURUSD", { spanUs: 60 * SECOND, newestUs: T + SECOND, metric: "toxicity.vpin" });
  deepStrictEqual(timesOf(feed), []);
  deepStrictEqual(client.queries.at(-1)!.names, ["price.mid", "toxicity.vpin"]);
  const timeUs = [T - SECOND, T];
  await client.answer(1, {
    ok: true,
    value: { columns: { timeUs, "price.mid": [1, 1], "toxicity.vpin": [null, 0.4] } },
  });
  deepStrictEqual(feed.columns().slice(1), [[1, 1], [null, 0.4]]);
});
