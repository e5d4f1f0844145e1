/**
 * Two archivers of one stream: whoever lost the lease changes nothing any more, wherever it was stopped.
 *
 * @module
 */
import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { marketSubject, parsePair } from "../../actors/contract/mod.ts";
import { type ArchiveFence, ClickHouse, FenceLostError, MarketRows, type Rows } from "../../gateway/archive/mod.ts";
import { testFrames } from "../support/frames.ts";
import { type ArchiveStage, archiveStage, DOORS, reached, rowCountsOf, STREAM } from "./_archive_stage.ts";

const EURUSD = parsePair("EURUSD")!;
/** Rows of a block here: a few frames make one. */
const SMALL_BLOCK_ROWS = 100;
const TABLES = ["quotes", "levels"];
const WALKS = 3;
const DONE = Symbol("done");

/** Stops whoever asks before a chosen step, until it is released. */
class Gate {
  readonly steps: string[] = [];
  readonly stopped = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();

  /** @param stopAt number of the step before which it stops. */
  constructor(readonly stopAt: number) {}

  async pass(step: string): Promise<void> {
    this.steps.push(step.replace(/\s+/g, " "));
    if (this.steps.length !== this.stopAt + 1) return;
    this.stopped.resolve();
    await this.#released.promise;
  }

  /** The step before which it stopped. */
  get step(): string {
    return this.steps[this.stopAt]!;
  }

  release(): void {
    this.#released.resolve();
  }
}

/** The client of a process that is stopped before a statement and goes on later. */
class GatedClickHouse extends ClickHouse {
  gate: Gate | undefined;

  override async columns<T extends Record<string, unknown[]>>(query: string, params?: Record<string, unknown>) {
    await this.gate?.pass(query);
    return await super.columns<T>(query, params);
  }

  override async command(...args: Parameters<ClickHouse["command"]>): Promise<void> {
    await this.gate?.pass(args[0]);
    await super.command(...args);
  }

  override async insertBlock(...args: Parameters<ClickHouse["insertBlock"]>): Promise<void> {
    await this.gate?.pass(`INSERT INTO ${args[0]} FORMAT Native`);
    await super.insertBlock(...args);
  }
}

/** Who holds the lease on the stream. */
class Lease {
  #holder = "";

  take(token: string, gate?: Gate): ArchiveFence {
    this.#holder = token;
    return {
      token,
      verify: async () => {
        if (this.#holder !== token) throw new Error(`${this.#holder} has it`);
        await gate?.pass("verify");
      },
    };
  }
}

/** Quotes and levels, in small blocks: a table with a roll-up and one without. */
class FewRows implements Rows {
  readonly #rows = new MarketRows();
  readonly #others = this.#rows.sets.filter(({ table }) => !TABLES.includes(table));
  readonly sets = this.#rows.sets.filter(({ table }) => TABLES.includes(table));
  readonly rejected = this.#rows.rejected;

  constructor() {
    for (const set of this.sets) Object.defineProperty(set, "full", { get: () => set.rows > SMALL_BLOCK_ROWS });
  }

  take(...message: Parameters<Rows["take"]>): void {
    this.#rows.take(...message);
    for (const set of this.#others) set.reset();
  }
}

/** Every row of the frames is there, once; the roll-up is what its view makes of the table; nothing is left over. */
async function verify({ clickhouse, count }: ArchiveStage, frames: readonly Uint8Array[], when: string): Promise<void> {
  const expected = rowCountsOf(frames);
  const tableRows = (table: string) =>
    clickhouse.columns(`SELECT count() AS n, uniqExact(seq, idx) AS different, max(seq) AS last FROM ${table}`);
  const [quotes, levels, [rollup, recomputed], listed, doors] = await Promise.all([
    tableRows("quotes"),
    tableRows("levels"),
    rollupTwice(clickhouse, "quotes_1s"),
    count("count() AS n FROM archive_repair"),
    count(DOORS),
  ]);
  const rows = (n: number) => ({ n: [n], different: [n], last: [frames.length] });
  assert.deepEqual({ quotes, levels }, { quotes: rows(expected.quotes), levels: rows(expected.levels) }, when);
  assert.deepEqual(rollup, recomputed, when);
  assert.deepEqual({ listed, doors }, { listed: 0, doors: 0 }, when);
}

/** A roll-up as it is, and as its view makes it of the table now. */
async function rollupTwice(clickhouse: ClickHouse, rollup: string): Promise<[unknown, unknown]> {
  const { name, type } = await clickhouse.columns<{ name: string[]; type: string[] }>(
    "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {rollup: String} ORDER BY position",
    { rollup },
  );
  const keys: string[] = [];
  const values = name.flatMap((column, i) => {
    const [, simple, combined] = /^(?:SimpleAggregateFunction\((\w+)|AggregateFunction\((\w+))/.exec(type[i]!) ?? [];
    if (simple === undefined && combined === undefined) keys.push(column);
    const value = combined === undefined ? `${simple}(${column})` : `${combined}Merge(${column})`;
    return keys.includes(column) ? [] : [type[i]!.includes("Float64)") ? `round(${value}, 6)` : value];
  });
  const { as_select } = await clickhouse.columns<{ as_select: string[] }>(
    "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = {view: String}",
    { view: `${rollup}_view` },
  );
  const whole = (from: string) =>
    clickhouse.columns(
      `SELECT count() AS buckets, sum(cityHash64(*)) AS hash FROM
        (SELECT ${[...keys, ...values].join(", ")} FROM ${from} GROUP BY ${keys.join(", ")})`,
    );
  return [await whole(rollup), await whole(`(${as_select[0]})`)];
}

/** Take over again and again, from a run that is stopped one step later each time, until one gets through all its steps. */
async function walk([firstStep, stride]: [number, number], steps: Set<string>): Promise<void> {
  const frames = testFrames({ pair: EURUSD, eventCount: 100_000, eventsPerSecond: 20, eventsPerFrame: 40 });
  await using stage = await archiveStage();
  const { clickhouse, nc } = stage;
  const makeRows = () => new FewRows();
  // One roll-up is like the other: half of the steps.
  await clickhouse.command("DROP VIEW quotes_1m_view");
  const epoch = Math.floor((await new JetStreamLog(nc, STREAM).extent()).createdMs / 1000);
  let published = 0;
  const publish = async (frameCount: number) => {
    for (const end = published + frameCount; published < end; published++) {
      await jetstream(nc).publish(marketSubject(EURUSD), frames[published]!);
    }
    return published;
  };
  const verifyAll = (when: string) => verify(stage, frames.slice(0, published), when);
  const lease = new Lease();
  await using stack = new AsyncDisposableStack();
  const stopping = stack.adopt(new GatedClickHouse(stage.options), (client) => client.close());

  // A first stretch that is archived in good order.
  await publish(12);
  const firstEnd = new AbortController();
  const first = stage.archiver(clickhouse, makeRows);
  const firstRun = first.run(firstEnd.signal, lease.take("first"));
  await reached(first, ["readSequence", published]);
  firstEnd.abort();
  await firstRun;
  await verifyAll("at first");

  for (let stopAt = firstStep;; stopAt += stride) {
    // As if a process had died between its blocks and their mark, and left a door.
    const seq = published - 6;
    await clickhouse.command(
      `INSERT INTO archive_progress (stream, epoch, seq) VALUES ('${STREAM}', ${epoch}, ${seq})`,
    );
    await clickhouse.command("CREATE TABLE `door.MARKET.dead.levels` (seq UInt64) ENGINE = Null");
    const newest = await publish(10);

    const gate = new Gate(stopAt);
    stopping.gate = gate;
    const endA = new AbortController();
    const a = stage.archiver(stopping, makeRows);
    const runA = a.run(endA.signal, lease.take(`a${stopAt}`, gate)).then(() => DONE, (error) => error);
    reached(a, ["readSequence", newest], endA.signal).then(() => endA.abort());
    const ended = await Promise.race([gate.stopped.promise, runA]);
    if (ended !== undefined) {
      assert.equal(ended, DONE);
      // Nobody stopped it: these were all its steps.
      await verifyAll("at last");
      break;
    }
    steps.add(gate.step.replaceAll(/\.a\d+-\w+\./g, "."));

    const endB = new AbortController();
    const b = stage.archiver(clickhouse, makeRows);
    const runB = b.run(endB.signal, lease.take(`b${stopAt}`));
    await publish(8);
    await reached(b, ["archivedSequence", newest + 3]);
    gate.release();
    const outcome = await runA;
    const when = `stopped before step ${stopAt}: ${gate.step}`;
    // Where all was stored and only its doors were left to be removed, it had no reason to ask for the lease.
    if (outcome !== DONE || !gate.step.startsWith("DROP ")) {
      assert(outcome instanceof FenceLostError, `${outcome}, ${when}`);
    }
    assert.equal(b.stats.failureCount, 0, `the new owner is not disturbed, ${when}: ${b.stats.fault}`);
    await publish(2);
    await reached(b, ["readSequence", published]);
    endB.abort();
    await runB;
    await verifyAll(when);
    endA.abort();
  }
}

Deno.test("`Archiver.run()` changes nothing after another one took over, at whichever statement it was stopped", async () => {
  const steps = new Set<string>();
  // Deletions leave the server idle while they wait for their turn: several walks, each with servers of its own.
  await Promise.all(Array.from({ length: WALKS }, (_, i) => walk([i, WALKS], steps)));
  // The walk is worth something only if it came by everything that a run changes.
  for (
    const step of [
      "CREATE TABLE `door.MARKET.archive_progress`",
      "CREATE MATERIALIZED VIEW `door.MARKET.levels.view`",
      "verify",
      "DROP TABLE IF EXISTS `door.MARKET.dead.levels`",
      "INSERT INTO archive_repair",
      "ALTER TABLE quotes DELETE",
      "ALTER TABLE levels DELETE",
      "ALTER TABLE quotes_1s DELETE",
      "INSERT INTO quotes_1s",
      "ALTER TABLE archive_repair DELETE",
      "INSERT INTO `door.MARKET.quotes` FORMAT Native",
      "INSERT INTO `door.MARKET.archive_progress`",
      "DROP TABLE IF EXISTS `door.MARKET.archive_progress`",
    ]
  ) {
    assert(
      [...steps].some((seen) => seen.startsWith(step)),
      `${step} among\n${[...steps].join("\n")}`,
    );
  }
});
