import assert from "node:assert/strict";
import type { LatestAnswer } from "../../actors/contract/mod.ts";
import { ClickHouse } from "../../gateway/archive/mod.ts";
import { Stack } from "../support/stack.ts";

interface Status {
  archives: { stream: string; archivedSequence: number; connected: boolean }[];
}

Deno.test("nats-server is killed under load: every role goes on when it is back, nothing is there twice", async () => {
  await using stack = await Stack.start({ pairs: "EURUSD,USDJPY", roles: ["clickhouse", "actors", "gateway", "feed"] });
  const sequence = ({ book }: LatestAnswer) => book?.sequence ?? 0;
  for (let round = 0; round < 2; round++) {
    const before = sequence(
      await stack.until<LatestAnswer>("/api/pairs/EURUSD/latest", (latest) => sequence(latest) > 0),
    );
    await stack.until<Status>("/api/status", ({ archives }) => archives[0]!.archivedSequence > before);
    await stack.nats.restart({ kill: true });
    // A server that is killed forgets nothing that it acknowledged: what comes after goes on from there.
    await stack.until<LatestAnswer>("/api/pairs/EURUSD/latest", (latest) => sequence(latest) > before + 50);
    await stack.until<Status>(
      "/api/status",
      ({ archives }) => archives.every(({ connected }) => connected) && archives[0]!.archivedSequence > before + 50,
    );
  }
  const clickhouse = new ClickHouse({ url: stack.clickhouseUrl, username: "default", password: "", database: "fx" });
  const { n, distinct } = await clickhouse.columns<{ n: number[]; distinct: number[] }>(
    "SELECT count() AS n, uniqExact(epoch, seq, idx) AS distinct FROM levels",
  );
  assert.deepEqual(n, distinct);
  const samples = await clickhouse.columns<{ n: number[]; distinct: number[] }>(
    "SELECT countIf(name = 'price.mid' AND pair = 'EURUSD') AS n, uniqExactIf(time, name = 'price.mid' AND pair = 'EURUSD') AS distinct FROM metrics",
  );
  assert.deepEqual(samples.n, samples.distinct);
  await clickhouse.close();
});
