import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { KvRegister } from "../../actors/adapters/kv_register.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { BUCKETS, FeedReport, STREAMS } from "../../actors/contract/mod.ts";
import { PROJECT_ROOT, type RoleProcess, startRole } from "../../deploy/tools/mod.ts";
import { testNats } from "../support/nats.ts";
import { RegisterWatch } from "../support/register_watch.ts";
import { KrakenServer } from "../support/venues/kraken_server.ts";

const startNode = (natsUrl: string, name: string, env: Record<string, string>): Promise<RoleProcess> =>
  startRole({
    name: "feed",
    args: ["run", "-q", "-P=feed", "actors/feed_main.ts"],
    cwd: PROJECT_ROOT,
    env: { NATS_URL: natsUrl, NODE_NAME: name, ...env },
    onLine: () => {},
  });

/** Reports that were written, oldest first. */
const reportsOf = (told: readonly string[]): FeedReport[] =>
  told.filter((line) => line.startsWith("put kraken ")).map((line) =>
    FeedReport.parse(JSON.parse(line.slice("put kraken ".length)))
  );

Deno.test("a source runs on one node of a cluster, and on another one when that is killed", async () => {
  await using nats = await testNats();
  await using venue = new KrakenServer();
  for (let i = 0; i < 10; i++) {
    venue.update("EUR/USD", ["bids", (109180 - i) / 1e5, 1 + i], ["asks", (109190 + i) / 1e5, 2 + i]);
  }
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const repair = () => ensureStorage(nc);
  await using watch = new RegisterWatch(
    new KvRegister(nc, { bucket: BUCKETS.feeds.name, repair, logLine: () => {} }),
  );
  const env = { FEED: "kraken", KRAKEN_URL: venue.url, PAIRS: "EURUSD" };
  const nodes = new Map<string, RoleProcess>();
  for (const name of ["a", "b"]) nodes.set(name, await startNode(nats.url, name, env));
  try {
    await watch.until((told) => reportsOf(told).at(-1)?.state === "live");
    const owner = reportsOf(watch.told).at(-1)!.node;
    assert.equal(venue.clientCount, 1);

    await nodes.get(owner)!.kill();
    nodes.delete(owner);
    await watch.until((told) => {
      const report = reportsOf(told).at(-1);
      return report?.node !== owner && report?.state === "live";
    });
    assert.equal(venue.clientCount, 1);
    const manager = await jetstreamManager(nc);
    const { state } = await manager.streams.info(STREAMS.market.name);
    assert(state.messages >= 2, `${state.messages} frames`);

    // One that leaves in good order takes its report with it.
    await [...nodes.values()][0]!.stop();
    nodes.clear();
    await watch.until((told) => told.findLast((line) => / kraken\b/.test(line)) === "gone kraken");
    assert.equal(venue.clientCount, 0);
  } finally {
    for (const node of nodes.values()) await node.stop();
    await nc.close();
  }
});

Deno.test("a feed node tells every wrong value at once, and what would be right", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=feed", "actors/feed_main.ts"],
    cwd: PROJECT_ROOT,
    env: { FEED: "kraken,nasdaq", KRAKEN_DEPTH: "12", KRAKEN_URL: "http://venue", PAIRS: "EURUSD,EUREUR" },
    stdout: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 2);
  assert.match(text, /FEED "kraken,nasdaq": expected off, or one or several of sim, kraken/);
  assert.match(text, /KRAKEN_DEPTH "12": expected 10, 25, 100, 500 or 1000/);
  assert.match(text, /KRAKEN_URL .*: expected a URL with ws:\/\/ or wss:\/\//);
  assert.match(text, /"EUREUR" is no pair/);
});

Deno.test("a feed node refuses a file of authorities that holds none", async () => {
  for (const [file, reason] of [["no/such/file.pem", "No such file"], ["README.md", "no certificate in it"]]) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=feed", "actors/feed_main.ts"],
      cwd: PROJECT_ROOT,
      env: { FEED: "kraken", FEED_CA_FILE: file! },
      stdout: "null",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 2, text);
    assert(text.includes(`FEED_CA_FILE ${JSON.stringify(file)}`) && text.includes(reason!), text);
  }
});
