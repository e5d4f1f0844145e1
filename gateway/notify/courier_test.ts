import assert from "node:assert/strict";
import { AlertRoute, BEYOND_MAX, Delivery, Random, UNDER_WAY_MAX } from "../../actors/contract/mod.ts";
import { IdleClock, MemoryAlertLog, MemoryLedger } from "../../tests/support/notify_ports.ts";
import { Courier, isFor } from "./courier.ts";
import { DeliveryFault, type Outgoing } from "./sender.ts";

type Send = (message: Outgoing, signal: AbortSignal) => Promise<void>;

const never = new AbortController().signal;

/** A log, a ledger, and couriers that carry between them. */
class World {
  readonly clock = new IdleClock();
  readonly log = new MemoryAlertLog({ nowMs: this.clock.nowMs });
  readonly ledger = new MemoryLedger();
  readonly sent: Outgoing[] = [];
  readonly errors: string[] = [];

  courier(send: Send, more: { route?: Record<string, unknown>; name?: string; log?: MemoryAlertLog } = {}): Courier {
    const { route, name = "desk", log = this.log } = more;
    return new Courier({
      name,
      route: AlertRoute.parse({ type: "log", ...route }),
      sender: {
        target: "there",
        send: async (message, signal) => {
          await send(message, signal);
          this.sent.push(message);
        },
        close() {},
      },
      log,
      ledger: this.ledger,
      clock: this.clock,
      random: () => 0.5,
      logLine: (level, text) => level === "error" && this.errors.push(text),
    });
  }

  /** Carry until the ledger holds what is asked for. */
  async carry(courier: Courier, holds: (told: readonly Delivery[]) => boolean): Promise<void> {
    const stop = new AbortController();
    const running = courier.run(stop.signal, never);
    await Promise.race([running, this.ledger.until(holds)]);
    stop.abort();
    await running;
    for (const delivery of this.ledger.told) Delivery.parse(delivery);
  }

  get states(): string[] {
    return this.ledger.told.map(({ state, alertId }) => `${state} ${alertId ?? ""}`.trim());
  }
}

const yes: Send = () => Promise.resolve();
const ended = (count: number) => (told: readonly Delivery[]) =>
  told.filter(({ state }) => state !== "retrying" && state !== "passed").length >= count;

Deno.test("a route begins where it is told of first, and goes on where it was", async () => {
  const world = new World();
  world.log.add({ id: "before" });
  await world.carry(world.courier(yes), (told) => told.length === 1);
  world.log.add({ id: "a" });
  world.log.add({ id: "other", severity: "info", routes: ["elsewhere"] });
  world.log.add("{");
  world.log.add({ id: "b" });
  await world.carry(world.courier(yes), ended(2));
  world.log.add({ id: "c" });
  await world.carry(world.courier(yes), ended(3));
  assert.deepEqual(world.states, ["passed", "delivered a", "delivered b", "delivered c"]);
  assert.deepEqual(world.sent.map(({ key }) => key), ["7-2", "7-5", "7-6"]);
  assert.equal(world.ledger.told.at(-1)!.through, 6);
});

Deno.test("what fails is tried again with a growing pause; what the receiver refuses is not", async () => {
  const world = new World();
  await world.carry(world.courier(yes), (told) => told.length === 1);
  world.log.add({ id: "a" });
  world.log.add({ id: "b" });
  const triesOf: Record<string, number> = {};
  const courier = world.courier(({ alert: { id } }) => {
    const tries = triesOf[id] = (triesOf[id] ?? 0) + 1;
    if (id === "b") throw new DeliveryFault("refused", "400: not this");
    if (tries <= 3) throw new DeliveryFault("failed", "503", { retryAfterMs: tries === 3 ? 60_000 : undefined });
    return Promise.resolve();
  });
  await world.carry(courier, ended(2));
  const pauses = world.ledger.told.filter(({ alertId, state }) => alertId === "a" && state === "retrying")
    .map(({ nextTryMs, timeMs }) => nextTryMs! - timeMs);
  assert.deepEqual(pauses, [750, 1_500, 60_000]);
  const refused = world.ledger.told.find(({ alertId }) => alertId === "b")!;
  assert.deepEqual([refused.state, refused.fault], ["refused", { code: "refused", detail: "400: not this" }]);
  assert.deepEqual([world.ledger.told.at(-1)!.attempt, world.ledger.told.at(-1)!.state], [4, "delivered"]);
});

Deno.test("an attempt that takes too long is cut off, and an alert that is too old given up", async () => {
  const world = new World();
  await world.carry(world.courier(yes), (told) => told.length === 1);
  world.log.add({ id: "a" });
  const hanging: Send = (_message, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  await world.carry(world.courier(hanging, { route: { timeoutS: 2, giveUpHours: 0.01 } }), ended(1));
  const { state, fault, attempt, timeMs } = world.ledger.told.at(-1)!;
  assert.deepEqual([state, fault!.code, fault!.detail], ["given-up", "timeout", "there: no answer in 2 s"]);
  assert(attempt! > 2 && timeMs <= 1_000_000 + 36_000 + 2_000);
});

Deno.test("messages of one alert keep their order, and those of others do not wait for them", async () => {
  const world = new World();
  await world.carry(world.courier(yes), (told) => told.length === 1);
  world.log.add({ id: "a", state: "open" });
  world.log.add({ id: "a", state: "resolved" });
  world.log.add({ id: "b", state: "open" });
  let failures = 3;
  const courier = world.courier(({ alert: { id, state } }) =>
    id === "a" && state === "open" && failures-- > 0 ? Promise.reject(new DeliveryFault("failed", "no")) : yes as never
  );
  await world.carry(courier, ended(3));
  assert.deepEqual(world.sent.map(({ alert: { id, state } }) => `${id} ${state}`), ["b open", "a open", "a resolved"]);
});

Deno.test("a message that never succeeds holds up no more than so many others, and is given up then", async () => {
  const world = new World();
  await world.carry(world.courier(yes), (told) => told.length === 1);
  world.log.add({ id: "poison" });
  for (let i = 0; i < BEYOND_MAX + 50; i++) world.log.add({ id: `a${i}` });
  const courier = world.courier(({ alert: { id } }) =>
    id === "poison" ? Promise.reject(new DeliveryFault("failed", "500")) : Promise.resolve()
  );
  await world.carry(courier, ended(BEYOND_MAX + 51));
  const told = world.ledger.told;
  assert.equal(told.find(({ state }) => state === "given-up")!.alertId, "poison");
  assert(Math.max(...told.map(({ beyond }) => beyond.length)) <= BEYOND_MAX);
  assert.equal(told.at(-1)!.through, BEYOND_MAX + 51);
});

Deno.test("no more than so many are under way, however many wait", async () => {
  const world = new World();
  await world.carry(world.courier(yes), (told) => told.length === 1);
  for (let i = 0; i < 5 * UNDER_WAY_MAX; i++) world.log.add({ id: `a${i}` });
  let isDown = true;
  let mostUnderWay = 0;
  const courier = world.courier(() => {
    mostUnderWay = Math.max(mostUnderWay, courier.stats.underWayCount);
    return isDown ? Promise.reject(new DeliveryFault("unreachable", "down")) : Promise.resolve();
  });
  await world.carry(courier, (told) => {
    isDown = told.length < 3 * UNDER_WAY_MAX;
    return ended(5 * UNDER_WAY_MAX)(told);
  });
  assert.equal(mostUnderWay, UNDER_WAY_MAX);
});

Deno.test("a ledger that does not answer delays; one that somebody else writes ends it", async () => {
  const world = new World();
  await world.carry(world.courier(yes), (told) => told.length === 1);
  world.log.add({ id: "a" });
  world.ledger.failCount = 5;
  await world.carry(world.courier(yes), ended(1));
  assert.deepEqual([world.states, world.sent.length], [["passed", "delivered a"], 1]);
  const courier = world.courier(() => {
    world.ledger.told.push({ ...world.ledger.told.at(-1)!, state: "passed" });
    return Promise.resolve();
  });
  world.log.add({ id: "b" });
  await assert.rejects(courier.run(never, never), { name: "NotNewestError" });
});

Deno.test("a log that was made anew is carried from its beginning, under other keys", async () => {
  const world = new World();
  for (const id of ["a", "b"]) world.log.add({ id });
  await world.carry(world.courier(yes), (told) => told.length === 1);
  const log = new MemoryAlertLog({ createdMs: 8, nowMs: world.clock.nowMs });
  log.add({ id: "c" });
  await world.carry(world.courier(yes, { log }), ended(1));
  assert.deepEqual(world.sent.map(({ key }) => key), ["8-1"]);
});

Deno.test("`isFor()` goes by the rule's routes where it names any, by the route's own choice where not", () => {
  const route = { states: ["open" as const], severityMin: "warning" as const, byDefault: true };
  const is = (alert: { routes?: string[]; state?: "open" | "resolved"; severity?: "info" | "critical" }, more = {}) =>
    isFor({ name: "desk", route: { ...route, ...more } }, { state: "open", severity: "critical", ...alert });
  assert.equal(is({}), true);
  assert.equal(is({}, { byDefault: false }), false);
  assert.equal(is({ routes: ["desk"] }, { byDefault: false }), true);
  assert.equal(is({ routes: [] }), false);
  assert.equal(is({ routes: ["other"] }), false);
  assert.equal(is({ severity: "info" }), false);
  assert.equal(is({ state: "resolved" }), false);
});

Deno.test("killed anywhere, everything is delivered, in order, and what comes twice has its key", async () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 1e9));
  console.log(`    seed ${seed}`);
  const drawn = new Random(seed);
  const random = () => drawn.uniform();
  for (let round = 0; round < 20; round++) {
    const world = new World();
    await world.carry(world.courier(yes), (told) => told.length === 1);
    const count = 40;
    for (let i = 0; i < count; i++) world.log.add({ id: `a${Math.floor(random() * 6)}`, state: "open" });
    while (!ended(count)(world.ledger.told)) {
      const lost = new AbortController();
      // The process is gone in the midst of an attempt, before or after the receiver has it.
      let lives = Math.floor(random() * 30);
      const courier = world.courier((message) => {
        if (random() < 0.3) throw new DeliveryFault(random() < 0.5 ? "failed" : "timeout", "no");
        if (lives-- > 0) return Promise.resolve();
        if (random() < 0.5) world.sent.push(message);
        lost.abort();
        throw new Error("killed");
      });
      const running = courier.run(never, lost.signal);
      await Promise.race([running, world.ledger.until(ended(count))]);
      lost.abort();
      await running;
    }
    const firsts = new Map<string, string>();
    const lastOf = new Map<string, number>();
    for (const { key, alert: { id } } of world.sent) {
      if (firsts.has(key)) continue;
      firsts.set(key, id);
      const sequence = Number(key.split("-")[1]);
      assert(sequence > (lastOf.get(id) ?? 0), `seed ${seed}: ${key} behind ${lastOf.get(id)}`);
      lastOf.set(id, sequence);
    }
    assert.equal(firsts.size, count, `seed ${seed}`);
    assert.deepEqual(world.errors, []);
  }
});
