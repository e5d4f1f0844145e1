import { deepStrictEqual } from "node:assert/strict";
import type { ApiResult } from "./feed/api.ts";
import type { HistoryColumns, MetricsQuery } from "./feed/history.ts";
import { SparkFill } from "./spark_fill.ts";

const T = 1_352_881_800_000_000;
const HOUR_US = 3_600_000_000;

/** A filler whose history answers at once, and what it asked and filled. */
function fillerOf(answer: ApiResult<HistoryColumns>) {
  const asked: string[] = [];
  const filled: string[] = [];
  const client = {
    metrics: ({ pair }: MetricsQuery) => {
      asked.push(pair);
      return Promise.resolve(answer);
    },
  };
  return { sparks: new SparkFill(client, (pair) => filled.push(pair)), asked, filled };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

const EMPTY: ApiResult<HistoryColumns> = { ok: true, value: { columns: { timeUs: [] } } };

Deno.test("`SparkFill.see()` asks once for a pair, and again for another recording or after `refill()`", async () => {
  const { sparks, asked, filled } = fillerOf(EMPTY);
  for (const timeUs of [T, T + 1, T + 2]) sparks.see("EURUSD", timeUs);
  sparks.see("USDJPY", T);
  await settle();
  deepStrictEqual(asked, ["EURUSD", "USDJPY"]);
  sparks.see("EURUSD", T - HOUR_US);
  await settle();
  sparks.refill();
  sparks.see("USDJPY", T);
  await settle();
  deepStrictEqual(asked, ["EURUSD", "USDJPY", "EURUSD", "USDJPY"]);
  deepStrictEqual(filled, asked);
});

Deno.test("`SparkFill.see()` leaves the rest when history cannot answer", async () => {
  const { sparks, asked, filled } = fillerOf({ ok: false, error: { kind: "network", message: "down" } });
  for (const pair of ["EURUSD", "USDJPY", "GBPUSD"]) sparks.see(pair, T);
  await settle();
  deepStrictEqual(asked, ["EURUSD"]);
  deepStrictEqual(filled, []);
});
