import assert from "node:assert/strict";
import { MemoryCluster, unanswered } from "../../tests/support/memory_cluster.ts";
import { outputId } from "./output_id.ts";
import { OUTPUTS_UNSTORED_MAX, OutputsLostError, OutputWindow } from "./output_window.ts";
import { NotNewestError, type Outlet } from "./ports.ts";

const ORIGIN = "a:1";
const id = (sequence: number, index = 0) => outputId(ORIGIN, { sequence, index });

/** A window on a simulated store; `change` gives it another outlet. */
function setUp(change: (outlet: Outlet) => Outlet = (outlet) => outlet) {
  const cluster = new MemoryCluster();
  const { ports: { outlet, clock, logLine }, lines } = cluster.node("n1");
  let contendedCount = 0;
  const window = new OutputWindow({
    origin: ORIGIN,
    outlet: change(outlet),
    clock,
    logLine,
    onContended: () => contendedCount++,
  });
  return {
    cluster,
    window,
    lines,
    get contendedCount() {
      return contendedCount;
    },
    send: (subject: string, sequence: number, index = 0) =>
      window.send({ subject, payload: `${sequence}/${index}`, sequence, index }),
    /** Something that is stored already, by whomever. */
    stored: (subject: string, messageId: string) =>
      cluster.server.store(
        { subject, payload: `old ${messageId}`, messageId },
        cluster.server.newest(subject)?.sequence ?? 0,
      ),
    settled: () => cluster.settled(window.settled()),
    /** So much time passes that the store knows no repeat by its id. */
    forgetIds: async () => {
      for (const _ of [1, 2]) await cluster.pass(100_000);
    },
  };
}

Deno.test("`OutputWindow` stores in order, one at a time on a subject and many subjects at once", async () => {
  const underWay = new Map<string, number>();
  let subjectsAtOnceMax = 0;
  const { cluster, window, send, settled } = setUp((outlet) => ({
    newest: (subject) => outlet.newest(subject),
    async store(output, after) {
      const count = (underWay.get(output.subject) ?? 0) + 1;
      assert.equal(count, 1, `${output.subject} has one under way`);
      underWay.set(output.subject, count);
      subjectsAtOnceMax = Math.max(subjectsAtOnceMax, underWay.size);
      return await outlet.store(output, after).finally(() => underWay.delete(output.subject));
    },
  }));
  for (let sequence = 1; sequence <= 40; sequence++) {
    for (const [index, subject] of ["x", "y", "z", "x"].entries()) send(subject, sequence, index);
  }
  assert.equal(window.unstoredCount, 160);
  await settled();
  const expected = (...indices: number[]) =>
    Array.from({ length: 40 }, (_, i) => indices.map((index) => `${i + 1}/${index}`)).flat();
  assert.deepEqual(cluster.payloads("y"), expected(1));
  assert.deepEqual(cluster.payloads("z"), expected(2));
  assert.deepEqual(cluster.payloads("x"), expected(0, 3));
  assert.equal(subjectsAtOnceMax, 3);
  assert.deepEqual(window.stats, { storedCount: 160, repeatedCount: 0, contendedCount: 0 });
  assert.equal(window.unstoredCount, 0);
  assert.deepEqual(window.newestIds, { x: id(40, 3), y: id(40, 1), z: id(40, 2) });
});

Deno.test("`OutputWindow` leaves out what is stored, however long ago, and goes on behind it", async () => {
  const { cluster, window, send, stored, settled, forgetIds } = setUp();
  for (const sequence of [1, 2, 3]) stored("x", id(sequence));
  stored("x", id(3, 1));
  await forgetIds();
  for (const sequence of [1, 2, 3]) send("x", sequence);
  send("x", 3, 1);
  send("x", 3, 2);
  send("x", 4);
  send("y", 4, 1);
  await settled();
  assert.deepEqual(cluster.payloads("x").slice(4), ["3/2", "4/0"]);
  assert.deepEqual(cluster.payloads("y"), ["4/1"]);
  assert.deepEqual(window.stats, { storedCount: 3, repeatedCount: 4, contendedCount: 0 });
});

Deno.test("`OutputWindow` stores once what was stored though its answer was lost", async () => {
  let callCount = 0;
  const { cluster, window, send, settled, lines } = setUp((outlet) => ({
    newest: (subject) => outlet.newest(subject),
    store: (...args) => ++callCount % 2 === 1 ? unanswered(outlet.store.bind(outlet))(...args) : outlet.store(...args),
  }));
  for (let sequence = 1; sequence <= 10; sequence++) send("x", sequence);
  await settled();
  assert.deepEqual(cluster.payloads("x"), Array.from({ length: 10 }, (_, i) => `${i + 1}/0`));
  assert.equal(window.stats.contendedCount, 0, "its own output is nobody else's");
  assert.equal(window.stats.storedCount + window.stats.repeatedCount, 10);
  assert(lines.some((line) => line === "warn: x: not stored, trying again: no answer in time"), lines.join("\n"));
});

Deno.test("`OutputWindow` tries for as long as the store is away", async () => {
  const { cluster, window, send, settled } = setUp();
  cluster.server.isAway = true;
  for (let sequence = 1; sequence <= 5; sequence++) send("x", sequence);
  for (let minutes = 0; minutes < 10; minutes++) await cluster.pass(60_000);
  assert.equal(window.unstoredCount, 5);
  cluster.server.isAway = false;
  await settled();
  assert.deepEqual(cluster.payloads("x"), ["1/0", "2/0", "3/0", "4/0", "5/0"]);
});

Deno.test("`OutputWindow` tells of another writer and goes on behind it", async () => {
  const set = setUp();
  const { cluster, window, send, stored, settled, forgetIds } = set;
  send("x", 1);
  await settled();
  stored("x", "another:1:7:0");
  send("x", 2);
  await settled();
  assert.deepEqual(cluster.payloads("x"), ["1/0", "old another:1:7:0", "2/0"]);
  assert.equal(window.stats.contendedCount, 1);
  assert.equal(set.contendedCount, 1);

  // A twin of this actor is ahead: what it stored is left out.
  stored("x", id(3));
  stored("x", id(4));
  await forgetIds();
  for (const sequence of [3, 4, 5]) send("x", sequence);
  await settled();
  assert.deepEqual(cluster.payloads("x").slice(3), [`old ${id(3)}`, `old ${id(4)}`, "5/0"]);
  assert.equal(set.contendedCount, 2);
  assert.equal(window.stats.repeatedCount, 2);
});

for (const isForgetful of [false, true]) {
  const memory = isForgetful ? "a store that forgets ids" : "a store that remembers ids";
  Deno.test(`two \`OutputWindow\`s of one actor store each output once and in order, on ${memory}`, async () => {
    const set = setUp();
    const { cluster, window, send, settled } = set;
    const { server } = cluster;
    const store = server.store.bind(server);
    server.store = (output, after) => {
      if (isForgetful && (server.newest(output.subject)?.sequence ?? 0) !== after) throw new NotNewestError("x");
      return store(output, after);
    };
    const { ports: { outlet, clock, logLine } } = cluster.node("n2");
    const twin = new OutputWindow({ origin: ORIGIN, outlet, clock, logLine, onContended: () => {} });
    for (let sequence = 1; sequence <= 50; sequence++) {
      send("x", sequence);
      twin.send({ subject: "x", payload: `${sequence}/0`, sequence, index: 0 });
      if (sequence % 10 === 0) await cluster.pass(50);
    }
    await settled();
    await cluster.settled(twin.settled());
    assert.deepEqual(cluster.payloads("x"), Array.from({ length: 50 }, (_, i) => `${i + 1}/0`));
    if (!isForgetful) return;
    assert.equal(window.stats.storedCount + twin.stats.storedCount, 50);
    assert(window.stats.contendedCount + twin.stats.contendedCount > 0);
    assert.equal(set.contendedCount, window.stats.contendedCount);
  });
}

Deno.test("`OutputWindow` that is full says so, and tells when there is room", async () => {
  const { cluster, window, send, settled } = setUp();
  cluster.server.isAway = true;
  for (let sequence = 1; sequence <= OUTPUTS_UNSTORED_MAX; sequence++) {
    assert.equal(window.full, false);
    send(`x${sequence % 4}`, sequence);
  }
  assert(window.full);
  let hasRoom = false;
  const room = window.room().then(() => hasRoom = true);
  await cluster.pass(10_000);
  assert.equal(hasRoom, false);
  cluster.server.isAway = false;
  await cluster.settled(room);
  assert(window.unstoredCount < OUTPUTS_UNSTORED_MAX && window.unstoredCount > 0);
  await settled();
  assert.equal(cluster.server.outputs.length, OUTPUTS_UNSTORED_MAX);
});

Deno.test("`OutputWindow.settled()` waits for what was taken before it and for nothing else", async () => {
  let held: Promise<void> = Promise.resolve();
  const { cluster, window, send } = setUp((outlet) => ({
    newest: (subject) => outlet.newest(subject),
    store: async (output, after) => {
      if (output.messageId === id(2)) await held;
      return await outlet.store(output, after);
    },
  }));
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  send("x", 1);
  const first = window.settled();
  send("x", 2);
  let second = false;
  const both = window.settled().then(() => second = true);
  await cluster.settled(first);
  await cluster.pass(1_000);
  assert.equal(second, false);
  assert.deepEqual(window.newestIds, { x: id(2) }, "taken, though not stored yet");
  resolve();
  await cluster.settled(both);
  assert.deepEqual(cluster.payloads("x"), ["1/0", "2/0"]);
});

Deno.test("`OutputWindow` stops where outputs are lost that its actor counts on", async () => {
  const { cluster, window, send, stored, settled } = setUp();
  stored("x", id(3));
  window.expect("x", id(5));
  assert.deepEqual(window.newestIds, { x: id(5) });
  send("x", 6);
  await assert.rejects(settled(), OutputsLostError);
  await assert.rejects(cluster.settled(window.room()), OutputsLostError);
  assert.deepEqual(cluster.payloads("x"), [`old ${id(3)}`]);
});

Deno.test("`OutputWindow` stops where outputs that it stored itself are lost", async () => {
  const { cluster, send, settled } = setUp();
  for (let sequence = 1; sequence <= 3; sequence++) send("x", sequence);
  await settled();
  // The store is put back to an earlier state, in which the subject ends at the first one.
  cluster.server.newest = (subject) => subject === "x" ? { sequence: 1, messageId: id(1) } : undefined;
  cluster.server.store = () => {
    throw new NotNewestError("x");
  };
  send("x", 4);
  await assert.rejects(settled(), OutputsLostError);
});

Deno.test("`OutputWindow` takes no harm where age has taken what it counts on, or another's message lies behind it", async () => {
  const { cluster, window, send, stored, settled } = setUp();
  window.expect("aged", id(5));
  stored("foreign", "another:1:1:0");
  window.expect("foreign", id(5));
  window.expect("quiet", id(5));
  stored("quiet", id(5));
  for (const [index, subject] of ["quiet", "aged", "foreign"].entries()) {
    send(subject, 5); // counted on: stored already
    send(subject, 6, index);
  }
  await settled();
  assert.deepEqual(cluster.payloads("aged"), ["6/1"]);
  assert.deepEqual(cluster.payloads("foreign"), ["old another:1:1:0", "6/2"]);
  assert.deepEqual(cluster.payloads("quiet"), [`old ${id(5)}`, "6/0"]);
  assert.equal(window.stats.repeatedCount, 3);
});

Deno.test("`OutputWindow.stop()` sends nothing more and tells whoever waits why", async () => {
  const { cluster, window, send, settled } = setUp();
  send("x", 1);
  await settled();
  cluster.server.isAway = true;
  for (let sequence = 2; sequence <= OUTPUTS_UNSTORED_MAX + 1; sequence++) send("x", sequence);
  const waiting = [window.settled(), window.room()].map((promise) => assert.rejects(promise, /moved away/));
  await cluster.pass(5_000);
  window.stop(new Error("moved away"));
  window.stop(new Error("a later reason"));
  for (const rejected of waiting) await cluster.settled(rejected);
  cluster.server.isAway = false;
  await cluster.pass(60_000);
  assert.throws(() => send("y", 1), /moved away/);
  await cluster.pass(60_000);
  assert.deepEqual(cluster.payloads("x"), ["1/0"]);
  assert.deepEqual(cluster.payloads("y"), []);
  await assert.rejects(settled(), /moved away/);
});
