import assert from "node:assert/strict";
import { MemoryCluster, type MemoryNodeOptions } from "../../tests/support/memory_cluster.ts";
import { fold, type Tally, tallyActor } from "../../tests/simulation/tally_actor.ts";
import type { Actor } from "./actor.ts";
import { DEAD_BYTES_MAX } from "./dead_letters.ts";
import type { Output } from "./ports.ts";

const GOOD = 0;
const POISON = 1;

/** Entries of actor `a`; those that are poison change its state, emit one output of two and then throw. */
function append(cluster: MemoryCluster, kinds: readonly number[], name = "a"): void {
  kinds.forEach((kind, i) => cluster.server.append(`in.${name}`, Uint8Array.of(2, kind, i % 256)));
}

/** Run a host with the actors until `a` has folded the log, then end it. Keeps what was sent to be stored. */
async function foldAll(cluster: MemoryCluster, actors: readonly Actor<unknown>[], options: MemoryNodeOptions = {}) {
  const sent: Output[] = [];
  const node = cluster.node("n1", {
    change: (ports) => {
      const { outlet, ...rest } = options.change?.(ports) ?? ports;
      const store = (output: Output, after: number) => {
        sent.push(output);
        return outlet.store(output, after);
      };
      return { ...rest, outlet: { newest: (subject) => outlet.newest(subject), store } };
    },
  });
  const { host, stop } = cluster.run(node, actors);
  const isAtEnd = ({ name, input }: Actor<unknown>) =>
    host.where(name)?.sequence === cluster.server.newestSequence(input);
  await cluster.until(() => actors.every(isAtEnd));
  const { tasks } = host.report;
  await stop();
  return { ...host.stats, tasks, lines: node.lines, dead: sent.filter(({ subject }) => subject.startsWith("dead.")) };
}

function assertAsFolded(cluster: MemoryCluster, actors: readonly Actor<unknown>[]): void {
  const { outputs } = fold(actors, cluster.server.log);
  for (const [subject, list] of outputs) {
    assert.deepEqual(cluster.payloads(subject), list.map(({ payload }) => payload), subject);
  }
  assert.equal(cluster.server.outputs.length, [...outputs.values()].flat().length);
}

const tally = (name = "a") => tallyActor(name) as AnyActor;
type AnyActor = Actor<unknown>;

Deno.test("an entry that its actor always throws on is set aside with the reason, and the state is as if it had not been", async () => {
  const cluster = new MemoryCluster();
  append(cluster, [GOOD, GOOD, POISON, GOOD]);
  const { dead, deadCount, messageCount, tasks, lines } = await foldAll(cluster, [tally()]);
  assert.deepEqual([deadCount, messageCount, tasks[0]!.deadCount, tasks[0]!.restartCount], [1, 4, 1, 0]);
  assertAsFolded(cluster, [tally()]);
  assert.equal(dead.length, 1);
  assert.equal(dead[0]!.messageId, "a:1:3:0", "with an id, so that it is set aside once");
  assert.deepEqual([...dead[0]!.payload as Uint8Array], [2, POISON, 2]);
  assert.deepEqual(dead[0]!.headers, {
    "Fx-Actor": "a",
    "Fx-Sequence": "3",
    "Fx-Subject": "in.a",
    "Fx-Bytes": "3",
    "Fx-Reason": "Error: a defect",
  });
  assert(
    lines.some((line) =>
      /^warn: a: cannot fold entry 3, trying again from a clean state: Error: a defect\n/.test(line)
    ),
  );
  assert(lines.includes("error: a: entry 3 set aside on dead.a: Error: a defect"));

  // Another life that folds all of it again sets nothing aside twice.
  cluster.server.snapshots.clear();
  const again = await foldAll(cluster, [tally()]);
  assert.equal(again.messageCount, 4);
  assertAsFolded(cluster, [tally()]);
});

/** An actor that throws on entries the first time it sees them, its state half changed. */
function hesitant(isBad: (sequence: number) => boolean): { actor: AnyActor; seen: number[] } {
  const seen: number[] = [];
  const { receive, ...rest } = tallyActor("a");
  const actor: Actor<Tally> = {
    ...rest,
    receive(state, entry, emit) {
      if (isBad(entry.sequence) && !seen.includes(entry.sequence)) {
        seen.push(entry.sequence);
        state.count += 1_000;
        emit("out.a.0", "half of it");
        throw new Error("for once");
      }
      receive(state, entry, emit);
    },
  };
  return { actor: actor as AnyActor, seen };
}

Deno.test("an entry that its actor throws on once is folded from a clean state, and not set aside", async () => {
  const cluster = new MemoryCluster();
  append(cluster, Array(30).fill(GOOD));
  const { actor, seen } = hesitant((sequence) => sequence === 1 || sequence === 12 || sequence === 13);
  const { deadCount, dead, messageCount, tasks } = await foldAll(cluster, [actor]);
  assert.deepEqual(seen, [1, 12, 13]);
  assert.deepEqual([deadCount, dead.length, messageCount, tasks[0]!.restartCount], [0, 0, 30, 0]);
  assertAsFolded(cluster, [tally()]);
});

Deno.test("an entry that is thrown on behind a snapshot is tried again from there, not from the log's beginning", async () => {
  const cluster = new MemoryCluster();
  append(cluster, Array(20).fill(GOOD));
  await foldAll(cluster, [tally()]);
  append(cluster, [GOOD, GOOD, POISON, GOOD]);
  const reads: number[] = [];
  await foldAll(cluster, [tally()], {
    change: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        read(from, options) {
          reads.push(from);
          return ports.log.read(from, options);
        },
      },
    }),
  });
  assert.deepEqual(reads, [21, 21], "to recover, and to have a clean state before the entry");
  assertAsFolded(cluster, [tally()]);
});

Deno.test("50 entries in a row that its actor throws on do not stop it, nor its neighbour", async () => {
  const cluster = new MemoryCluster();
  const kinds = [GOOD, ...Array<number>(50).fill(POISON), GOOD, GOOD];
  append(cluster, kinds);
  append(cluster, Array(20).fill(GOOD), "b");
  const node = cluster.node("n1");
  const { host, stop } = cluster.run(node, [tally(), tally("b")]);
  await cluster.until(() => host.where("b")?.sequence === cluster.server.log.length);
  assert(host.where("a")!.deadCount < 10, "each further one waits longer, the neighbour does not");
  const neighbourMs = cluster.scheduler.nowMs;
  await cluster.until(() => host.where("a")?.sequence === kinds.length && host.where("a")?.unstoredOutputs === 0);
  assert(cluster.scheduler.nowMs - neighbourMs > 30_000);
  assert.equal(host.where("a")!.deadCount, 50);
  assert.deepEqual(host.report.tasks.map(({ restartCount }) => restartCount), [0, 0]);
  await stop();
  assert.equal(cluster.payloads("dead.a").length, 50);
  assertAsFolded(cluster, [tally(), tally("b")]);
});

Deno.test("pauses behind dead entries are short again after many good ones", async () => {
  const cluster = new MemoryCluster();
  append(cluster, [...Array(8).fill(POISON), ...Array(1_000).fill(GOOD), POISON]);
  const pauses: number[] = [];
  await foldAll(cluster, [tally()], {
    change: (ports) => ({
      ...ports,
      clock: {
        ...ports.clock,
        sleep: (ms, signal) => {
          pauses.push(ms);
          return ports.clock.sleep(ms, signal);
        },
      },
    }),
  });
  assert.deepEqual(pauses, [10, 20, 40, 80, 160, 320, 640, 1_000, 10]);
});

Deno.test("a dead entry is set aside in what a message may hold, whatever was thrown", async () => {
  const cluster = new MemoryCluster();
  const long = new Uint8Array(DEAD_BYTES_MAX + 1_000).fill(7);
  cluster.server.append("in.a", long);
  const thrower = (thrown: unknown): AnyActor => ({
    ...tally(),
    receive() {
      throw thrown;
    },
  });
  const { dead: [letter] } = await foldAll(cluster, [thrower(`two\r\nlines, ä, \0 and ${"x".repeat(2_000)}`)]);
  assert.equal((letter!.payload as Uint8Array).length, DEAD_BYTES_MAX);
  assert.equal(letter!.headers!["Fx-Bytes"], String(long.length));
  assert.match(letter!.headers!["Fx-Reason"]!, /^[\x20-\x7e]{1,500}$/);

  for (const thrown of [undefined, null, {}, 7, Symbol("s")]) {
    const other = new MemoryCluster();
    other.server.append("in.a", Uint8Array.of(1));
    const { dead } = await foldAll(other, [thrower(thrown)]);
    assert.match(dead[0]!.headers!["Fx-Reason"]!, /^[\x20-\x7e]+$/);
  }
});

Deno.test("an actor that is told to stop while it settles an entry stops, and the next life settles it", async () => {
  const cluster = new MemoryCluster();
  append(cluster, [GOOD, GOOD, ...Array(12).fill(POISON), GOOD]);
  const { host, stop } = cluster.run(cluster.node("n1"), [tally()]);
  await cluster.until(() => (host.where("a")?.deadCount ?? 0) >= 9); // its pauses take a second by now
  await stop();
  assert.equal(cluster.leaseOf("a")!.owner, null);
  await foldAll(cluster, [tally()]);
  assertAsFolded(cluster, [tally()]);
});
