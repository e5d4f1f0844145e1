/**
 * Archivers that are killed, frozen or cut off in the middle of a block, and what the next one makes of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { systemClock } from "../../actors/adapters/clock.ts";
import { connectFramePublisher } from "../../actors/adapters/frame_publisher.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { marketSubject, parsePair } from "../../actors/contract/mod.ts";
import {
  ClickHouse,
  FenceLostError,
  MarketRows,
  migrate,
  readMigrations,
  verifyTables,
} from "../../gateway/archive/mod.ts";
import { lcg, testFrames } from "../support/frames.ts";
import { type ArchiveStage, archiveStage, DOORS, MIGRATIONS, reached, rowCountsOf, STREAM } from "./_archive_stage.ts";
import { HoldingProxy } from "./_holding_proxy.ts";

const EURUSD = parsePair("EURUSD")!;
/** A frozen client must not hold up the next one for longer. */
const TAKEOVER_MS_MAX = 10_000;

/** Every event of the frames is in its table once, and once in the roll-ups. */
async function verify({ count }: ArchiveStage, frames: readonly Uint8Array[]): Promise<void> {
  for (const [table, rowCount] of Object.entries(rowCountsOf(frames))) {
    assert.equal(await count(`count() AS n FROM ${table}`), rowCount, table);
    assert.equal(await count(`uniqExact(seq, idx) AS n FROM ${table}`), rowCount, table);
    if (table === "levels") continue;
    assert.equal(await count(`sum(count) AS n FROM ${table}_1s`), rowCount, `${table}_1s`);
    assert.equal(await count(`sum(count) AS n FROM ${table}_1m`), rowCount, `${table}_1m`);
  }
  assert.equal(await count(DOORS), 0);
}

/** Archive all of the log. */
async function archiveAll(stage: ArchiveStage, token: string): Promise<void> {
  const { lastSequence } = await new JetStreamLog(stage.nc, STREAM).extent();
  const end = new AbortController();
  const archiver = stage.archiver(stage.clickhouse);
  const running = archiver.run(end.signal, { token, verify: () => Promise.resolve() });
  await reached(archiver, ["readSequence", lastSequence]);
  end.abort();
  await running;
}

Deno.test("archiving processes are killed and frozen under load: the next one goes on, a thawed one ends", async () => {
  await using stage = await archiveStage();
  const { nats, server, options, count } = stage;
  const leaseFile = await Deno.makeTempFile({ prefix: "archive-lease-" });
  await using files = new AsyncDisposableStack();
  files.defer(() => Deno.remove(leaseFile));
  const seed = 7;
  const random = lcg(seed);
  const frames = testFrames({ pair: EURUSD, eventCount: 100_000, eventsPerSecond: 2_000, eventsPerFrame: 100 });
  const published: Uint8Array[] = [];
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "test feed" });
  const publish = async () => {
    const frame = frames[published.length % frames.length]!;
    published.push(frame);
    await publisher.publish(EURUSD, frame, `frame-${published.length}`);
  };
  const stopFeed = new AbortController();
  const publishing = (async () => {
    while (!stopFeed.signal.aborted) {
      for (let i = 0; i < 5; i++) await publish();
      await systemClock.sleep(10);
    }
    await publisher.drain();
  })();
  const mark = () => count(`argMax(seq, written_at) AS n FROM archive_progress WHERE stream = '${STREAM}'`);

  // Each ends at a random moment after its first mark.
  const frozen: { child: Deno.ChildProcess; ended: Promise<Deno.CommandOutput> }[] = [];
  const rounds = ["kill", "freeze", "kill", "freeze"] as const;
  for (const [round, end] of rounds.entries()) {
    const token = `round${round}`;
    await Deno.writeTextFile(leaseFile, token);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "-A", "--no-lock", "--no-check", new URL("./_archive_child.ts", import.meta.url).href],
        ...[nats.url, server.url, options.database, token, leaseFile],
      ],
      stdout: "piped",
    }).spawn();
    const ended = child.output();
    const before = await mark();
    while (await mark() === before) await systemClock.sleep(10);
    await systemClock.sleep(Math.floor(1_000 * random()));
    child.kill(end === "kill" ? "SIGKILL" : "SIGSTOP");
    if (end === "freeze") frozen.push({ child, ended });
    else await ended;
  }
  // All of it is archived past the frozen ones; then they go on.
  stopFeed.abort();
  await publishing;
  await Deno.writeTextFile(leaseFile, "last");
  await archiveAll(stage, "last");
  await verify(stage, published);
  for (const { child, ended } of frozen) {
    child.kill("SIGCONT");
    // One that had stored all it knew of learns that it lost the lease with the next frame.
    await publish();
    await publisher.drain();
    const { stdout } = await ended;
    assert.equal(new TextDecoder().decode(stdout), "lost\n", `seed ${seed}`);
  }
  await publisher.close();
  await archiveAll(stage, "after");
  await verify(stage, published);
});

Deno.test("an archiver that is cut off in the middle of a block holds nobody up, and its block comes to nothing", async () => {
  await using stage = await archiveStage();
  const { nc, options } = stage;
  const frames = testFrames({ pair: EURUSD, eventCount: 8_000, eventsPerFrame: 100 });
  const js = jetstream(nc);
  for (const frame of frames) await js.publish(marketSubject(EURUSD), frame);
  await using proxy = new HoldingProxy(options.url);
  await using stack = new AsyncDisposableStack();
  const cutOff = stack.adopt(new ClickHouse({ ...options, url: proxy.url }), (client) => client.close());

  let holder = "a";
  const held = proxy.hold("FORMAT+Native");
  const endA = new AbortController();
  const a = stage.archiver(cutOff);
  const verifyA = () => holder === "a" ? Promise.resolve() : Promise.reject(new Error("b has it"));
  const runA = a.run(endA.signal, { token: "a", verify: verifyA }).then(() => undefined, (error) => error);
  await reached(a, ["readSequence", frames.length]);
  endA.abort();
  await held;
  // The blocks of the other tables get through; this one stays under way for as long as its client is silent.
  const filled =
    "uniqExact(t) AS n FROM (SELECT 'q' AS t FROM quotes UNION ALL SELECT 'l' FROM levels UNION ALL SELECT 't' FROM trades)";
  const underWay = "count() AS n FROM system.processes WHERE query LIKE 'INSERT INTO `door.MARKET.a-%'";
  while (await stage.count(filled) < 2 || await stage.count(underWay) > 1) await systemClock.sleep(10);
  assert.equal(await stage.count(underWay), 1);

  holder = "b";
  const startMs = systemClock.nowMs();
  await archiveAll(stage, "b");
  assert(systemClock.nowMs() - startMs < TAKEOVER_MS_MAX, `taken over in ${systemClock.nowMs() - startMs} ms`);
  await verify(stage, frames);
  proxy.release();
  assert(await runA instanceof FenceLostError);
  await verify(stage, frames);
  assert.equal(await stage.count(underWay), 0);
});

Deno.test("`migrate()` is called by several gateways at once: every migration is applied, none fails", async () => {
  await using stage = await archiveStage();
  await using stack = new AsyncDisposableStack();
  const migrations = await readMigrations(MIGRATIONS);
  const database = `${stage.options.database}_more`;
  stack.defer(() => stage.clickhouse.command(`DROP DATABASE IF EXISTS ${database} SYNC`));
  const clients = Array.from(
    { length: 4 },
    () => stack.adopt(new ClickHouse({ ...stage.options, database }), (client) => client.close()),
  );
  await Promise.all(clients.map((client) => migrate(client, migrations)));
  await verifyTables(clients[0]!, new MarketRows().sets);
  assert.equal(await migrate(clients[0]!, migrations), 0);
});
