import assert from "node:assert/strict";
import { LeaseRecord, NodeRecord } from "../contract/mod.ts";
import { Placement } from "./placement.ts";
import { type Clock, type Register, type RegisterChange, RevisionError } from "./ports.ts";
import { rendezvous } from "./rendezvous.ts";

/** A clock on which nothing ever falls due: what happens, happens because of events. */
const still: Clock = { nowMs: () => 0, elapsedMs: () => 0, every: () => {}, sleep: () => new Promise(() => {}) };

/** A register that takes every write that is in order, and tells the given changes in one go. */
class ScriptedRegister implements Register {
  readonly entries = new Map<string, { value: string; revision: number }>();
  #revision = 100;

  constructor(readonly changes: readonly RegisterChange[]) {
    for (const change of changes) if (change.type === "put") this.entries.set(change.key, change);
  }

  get(key: string) {
    return Promise.resolve(this.entries.get(key));
  }

  put(key: string, value: string, revision: number): Promise<number> {
    if ((this.entries.get(key)?.revision ?? 0) !== revision) return Promise.reject(new RevisionError(key));
    this.entries.set(key, { value, revision: ++this.#revision });
    return Promise.resolve(this.#revision);
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegisterChange> {
    yield* this.changes;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}

const put = (key: string, record: unknown, revision: number): RegisterChange => ({
  type: "put",
  key,
  value: JSON.stringify(record),
  revision,
  timeMs: 0,
});

Deno.test("`Placement` takes a lease that is given away at the very moment in which it finds that it is held", async () => {
  const nodes = ["a", "b"].map((node) => ({ node, capacity: 1 }));
  const name = Array.from({ length: 10 }, (_, i) => `task.${i}`).find((task) => rendezvous(task, nodes)!.node === "b")!;
  const other = { group: "actors", node: "a", session: "other" };
  const held: LeaseRecord = {
    v: 1,
    owner: other,
    term: 1,
    sinceMs: 0,
    cause: "start",
    from: null,
    failoverCount: 0,
    handoverCount: 0,
    data: null,
  };
  const leases = new ScriptedRegister([
    { type: "reset" },
    put(name, held, 1),
    { type: "current" },
    put(name, { ...held, owner: null, from: "a" } satisfies LeaseRecord, 2),
  ]);
  const record: NodeRecord = { v: 1, ...other, capacity: 1, draining: false, startedMs: 0 };
  const nodeRegister = new ScriptedRegister([{ type: "reset" }, put("actors.a", record, 1), { type: "current" }]);
  const stop = new AbortController();
  const taken = Promise.withResolvers<void>();
  const placement = new Placement({ group: "actors", node: "b", session: "own", capacity: 1, startedMs: 0 }, {
    nodes: nodeRegister,
    leases,
    peers: { ask: () => Promise.resolve("alive"), answer: () => {} },
    clock: still,
    logLine: () => {},
  }, (_task, owned) => owned && taken.resolve());
  placement.setTasks([{
    name,
    run: (_lease, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
  }]);
  const running = placement.run(stop.signal);

  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), 1_000);
  assert.notEqual(await Promise.race([taken.promise, late.promise]), "late");
  clearTimeout(timer);
  stop.abort();
  await running;
});
