import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { testNats } from "../../tests/support/nats.ts";
import { ALL_PAIRS, BUCKETS, MetricOptions, type Pair, type PairRecord, parsePair } from "../contract/mod.ts";
import { connectNats, ensureStorage } from "./nats.ts";
import { PairRegister } from "./pair_register.ts";

const [EURUSD, USDJPY, GBPTRY, XAUUSD] = ["EURUSD", "USDJPY", "GBPTRY", "XAUUSD"].map((name) => parsePair(name)!) as [
  Pair,
  Pair,
  Pair,
  Pair,
];
/** Longest a test waits for what must come by itself. */
const PATIENCE_MS = 20_000;

const statesOf = (records: ReadonlyMap<Pair, PairRecord>) =>
  [...records].map(([pair, { state }]) => `${pair} ${state}`).join(", ");
const bucketOf = (nc: NatsConnection) => new Kvm(nc).open(BUCKETS.pairs.name);
const deleteBucket = async (nc: NatsConnection) =>
  void await (await jetstreamManager(nc)).streams.delete(`KV_${BUCKETS.pairs.name}`);

async function connected(url: string) {
  const nc = await connectNats({ url, name: "test" });
  const warnings: string[] = [];
  const register = new PairRegister(nc, { logLine: (_, text) => warnings.push(text) });
  return { nc, register, warnings, [Symbol.asyncDispose]: () => nc.close() };
}

/** A watch, every list that it told, and a promise of the one that is waited for. */
function watching(register: PairRegister) {
  const abort = new AbortController();
  const told: string[] = [];
  let wake = () => {};
  const done = register.watch(abort.signal, (pairs) => {
    told.push(statesOf(pairs));
    wake();
  });
  return {
    told,
    async until(states: string): Promise<void> {
      const deadline = Date.now() + PATIENCE_MS;
      while (told.at(-1) !== states) {
        const leftMs = deadline - Date.now();
        assert(leftMs > 0, `told ${JSON.stringify(told)}, not ${states}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, leftMs);
        await promise;
        clearTimeout(timer);
      }
    },
    async [Symbol.asyncDispose]() {
      abort.abort();
      await done;
    },
  };
}

Deno.test("`PairRegister` adds, pauses, resumes and removes, and says what came of it", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  const { register } = one;
  assert.equal((await register.list()).size, 0, "a bucket that is not there yet has no pairs");
  for (const change of ["pause", "resume", "remove"] as const) {
    const made = { pair: GBPTRY, isChanged: false, before: undefined, after: undefined };
    assert.deepEqual(await register[change](GBPTRY), made, change);
  }
  const steps = [
    ["add", true, undefined, "active"],
    ["add", false, "active", "active"],
    ["pause", true, "active", "paused"],
    ["pause", false, "paused", "paused"],
    ["add", false, "paused", "paused"],
    ["resume", true, "paused", "active"],
    ["remove", true, "active", undefined],
    ["remove", false, undefined, undefined],
    ["add", true, undefined, "active"],
  ] as const;
  for (const [change, isChanged, before, after] of steps) {
    assert.deepEqual(await register[change](GBPTRY), { pair: GBPTRY, isChanged, before, after }, change);
  }
  assert.equal(statesOf(await register.list()), "GBPTRY active");
});

Deno.test("`PairRegister.seed()` adds what has never been there, and leaves what was changed or removed", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  const { register } = one;
  assert.deepEqual((await register.seed(ALL_PAIRS)).toSorted(), ALL_PAIRS.toSorted());
  await register.pause(USDJPY);
  await register.remove(EURUSD);
  assert.deepEqual(await register.seed([...ALL_PAIRS, GBPTRY]), [GBPTRY]);
  const records = await register.list();
  assert.equal(records.size, ALL_PAIRS.length);
  assert.equal(records.get(USDJPY)?.state, "paused");
  assert(!records.has(EURUSD));
  // One that was added, paused and removed so often that its past is no longer kept is remembered all the same.
  for (let i = 0; i < 5; i++) for (const change of ["add", "pause", "remove"] as const) await register[change](XAUUSD);
  assert.deepEqual(await register.seed([XAUUSD]), []);
});

Deno.test("`PairRegister` lets concurrent changes of one pair follow each other, each upon what it saw", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await using other = await connected(nats.url);
  await ensureStorage(one.nc);
  for (let round = 0; round < 20; round++) {
    const made = await Promise.all([one, other].map(({ register }) => register.add(EURUSD)));
    assert.deepEqual(made.map(({ isChanged }) => isChanged).sort(), [false, true], `round ${round}`);
    const gone = await Promise.all([one, other].map(({ register }) => register.remove(EURUSD)));
    assert.deepEqual(gone.map(({ isChanged }) => isChanged).sort(), [false, true], `round ${round}`);
  }
});

Deno.test("`PairRegister.watch()` tells the pairs, then every change, never half a list", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await using other = await connected(nats.url);
  await one.register.seed(ALL_PAIRS);
  const all = ALL_PAIRS.toSorted().map((pair) => `${pair} active`).join(", ");
  await using watch = watching(one.register);
  await watch.until(all);
  assert.equal(watch.told.length, 1);
  await other.register.pause(EURUSD);
  await watch.until(all.replace("EURUSD active", "EURUSD paused"));
  await other.register.add(XAUUSD);
  await watch.until(`${all.replace("EURUSD active", "EURUSD paused")}, XAUUSD active`);
  await other.register.remove(XAUUSD);
  await watch.until(all.replace("EURUSD active", "EURUSD paused"));
  assert.equal(watch.told.length, 4);
});

Deno.test("`PairRegister.watch()` tells an empty register too", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await ensureStorage(one.nc);
  await using watch = watching(one.register);
  await watch.until("");
  await one.register.add(EURUSD);
  await watch.until("EURUSD active");
});

Deno.test("`PairRegister.watch()` goes on over restarts of the server and tells what was changed meanwhile", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await one.register.seed([EURUSD, USDJPY]);
  await using watch = watching(one.register);
  await watch.until("EURUSD active, USDJPY active");
  for (const change of ["pause", "resume"] as const) {
    await nats.restart();
    await using other = await connected(nats.url);
    await other.register[change](EURUSD);
    await watch.until(`EURUSD ${change === "pause" ? "paused" : "active"}, USDJPY active`);
  }
  assert.equal(watch.told.length, 3);
});

Deno.test("`PairRegister.watch()` makes a bucket that was deleted anew, with the pairs as they were", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await using other = await connected(nats.url);
  await one.register.seed([EURUSD, USDJPY, XAUUSD]);
  await one.register.pause(USDJPY);
  await one.register.add(GBPTRY);
  await one.register.remove(XAUUSD);
  await using watch = watching(one.register);
  const states = "EURUSD active, GBPTRY active, USDJPY paused";
  await watch.until(states);
  await deleteBucket(other.nc);
  const deadline = Date.now() + PATIENCE_MS;
  while (statesOf(await other.register.list()) !== states) {
    assert(Date.now() < deadline, "the bucket did not come back");
  }
  // Nobody is told of less, and what was removed before is still remembered as removed.
  assert.deepEqual(await other.register.seed([EURUSD, XAUUSD]), []);
  await other.register.resume(USDJPY);
  await watch.until("EURUSD active, GBPTRY active, USDJPY active");
  assert.deepEqual(watch.told, [states, "EURUSD active, GBPTRY active, USDJPY active"]);
  assert.match(one.warnings.join("\n"), /bucket fx-pairs is gone: making it anew/);
});

Deno.test("`PairRegister.watch()` fills a bucket that somebody else made anew, before it believes that it is empty", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await using other = await connected(nats.url);
  await one.register.seed([EURUSD, USDJPY]);
  await using watch = watching(one.register);
  await watch.until("EURUSD active, USDJPY active");
  await deleteBucket(other.nc);
  await ensureStorage(other.nc);
  // More than there was before: only the time when it was made tells that it is another one.
  for (let i = 0; i < 3; i++) {
    for (const change of ["add", "remove", "add"] as const) await other.register[change](GBPTRY);
  }
  await other.register.add(XAUUSD);
  await watch.until("EURUSD active, GBPTRY active, USDJPY active, XAUUSD active");
  assert.equal(watch.told.length, 2);
});

Deno.test("`PairRegister.watch()` begins with the seeds where there is no bucket", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await one.register.seed([EURUSD, USDJPY]);
  await deleteBucket(one.nc);
  await using watch = watching(one.register);
  await watch.until("EURUSD active, USDJPY active");
  assert.equal(watch.told.length, 1);
});

Deno.test("`PairRegister` leaves out what is malformed, names it once, and takes it in when it is put right", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await one.register.seed([EURUSD, USDJPY]);
  const bucket = await bucketOf(one.nc);
  for (
    const [key, value] of [["EURXXX", '{"v":1,"state":"active"}'], ["eurgbp", "{}"], ["USDJPY", "not JSON"]] as const
  ) {
    await bucket.put(key, value);
  }
  await using watch = watching(one.register);
  await watch.until("EURUSD active");
  await bucket.put("USDJPY", '{"v":1,"state":"asleep"}');
  await one.register.add(GBPTRY);
  await watch.until("EURUSD active, GBPTRY active");
  assert.deepEqual(one.warnings.splice(0).toSorted(), [
    'bucket fx-pairs: key "EURXXX" is no pair, it is left out',
    'bucket fx-pairs: key "eurgbp" is no pair, it is left out',
    "bucket fx-pairs: the record of USDJPY cannot be read, it is left out",
  ]);
  assert.equal(statesOf(await one.register.list()), "EURUSD active, GBPTRY active");
  assert.deepEqual(one.warnings, ["the record of USDJPY cannot be read"]);
  assert.deepEqual(await one.register.resume(USDJPY), {
    pair: USDJPY,
    isChanged: true,
    before: undefined,
    after: "active",
  });
  await watch.until("EURUSD active, GBPTRY active, USDJPY active");
});

Deno.test("`PairRegister` keeps a pair whose options it does not understand, with those it knew, and never writes over them", async () => {
  await using nats = await testNats();
  await using one = await connected(nats.url);
  await one.register.seed([EURUSD, USDJPY]);
  const options = MetricOptions.parse({ spread: { windowS: 30 } });
  await one.register.setOptions(EURUSD, options);
  const bucket = await bucketOf(one.nc);
  const told: PairRecord[] = [];
  let wake = () => {};
  const stop = new AbortController();
  const watched = one.register.watch(stop.signal, (pairs) => {
    assert.equal(pairs.size, 2, "no pair is dropped");
    told.push(pairs.get(EURUSD)!);
    wake();
  });
  const until = async (count: number) => {
    while (told.length < count) await new Promise<void>((resolve) => wake = resolve);
    return told.at(-1)!;
  };
  assert.deepEqual((await until(1)).options, options);
  const newer = [
    '{"v":1,"state":"active","options":{"spread":{"windowS":30,"unheardOf":1}}}',
    '{"v":2,"state":"paused","options":"other","more":[1]}',
  ];
  await bucket.put("EURUSD", newer[0]!);
  await bucket.put("EURUSD", newer[1]!);
  assert.deepEqual(await until(2), { v: 1, state: "paused", options });
  assert.equal(one.warnings.length, 2, `${one.warnings}`);
  for (const text of one.warnings) {
    assert.match(text, /the record of EURUSD cannot be read whole, its options stay as they were/);
  }
  await one.register.resume(EURUSD);
  assert.deepEqual(await until(3), { v: 1, state: "active", options });
  assert.deepEqual((await bucket.get("EURUSD"))!.json(), { ...JSON.parse(newer[1]!), state: "active" });
  assert.equal(statesOf(await one.register.list()), "EURUSD active, USDJPY active");
  assert.equal((await one.register.setOptions(EURUSD, undefined)).isChanged, true);
  assert.deepEqual(await until(4), { v: 1, state: "active" });
  stop.abort();
  await watched;
});
