/**
 * A process that archives MARKET as long as it has the lease: the file named by the last argument holds the token of its owner.
 * `_archive_child.ts NATS_URL CLICKHOUSE_URL DATABASE TOKEN LEASE_FILE`; tells on stdout how it ended.
 *
 * @module
 */
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import { STREAMS } from "../../actors/contract/mod.ts";
import { Archiver, ClickHouse, FenceLostError, MarketRows } from "../../gateway/archive/mod.ts";

const [natsUrl, url, database, token, leaseFile] = Deno.args as [string, string, string, string, string];
const nc = await connectNats({ url: natsUrl, name: token });
const clickhouse = new ClickHouse({ url, username: "default", password: "", database });
const archiver = new Archiver({
  stream: STREAMS.market.name,
  makeRows: () => new MarketRows(),
  clickhouse,
  log: new JetStreamLog(nc, STREAMS.market.name),
  logLine: () => {},
  prepare: () => Promise.resolve(),
  sleep: systemClock.sleep,
});
const end = new AbortController();
Deno.addSignalListener("SIGTERM", () => end.abort());
try {
  const verify = async () => {
    const holder = await Deno.readTextFile(leaseFile);
    if (holder !== token) throw new Error(`${holder} has it`);
  };
  await archiver.run(end.signal, { token, verify });
  console.log("stopped");
} catch (error) {
  if (!(error instanceof FenceLostError)) throw error;
  console.log("lost");
}
await clickhouse.close();
await nc.close();
Deno.exit();
