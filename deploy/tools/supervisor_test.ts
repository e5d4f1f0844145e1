import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Beacon } from "./_beacon.ts";
import { LogWriter } from "./log_writer.ts";
import { natsService } from "./nats_service.ts";
import { RoleStartError, type Running } from "./process.ts";
import {
  RESTART_FORGIVEN_AFTER_MS,
  RESTART_PAUSE_MS_MAX,
  RESTART_PAUSE_MS_MIN,
  restartPauseMs,
  RESTARTS_MAX,
  roleService,
  type Service,
  Supervisor,
  type SupervisorClock,
} from "./supervisor.ts";

const roleFixture = fileURLToPath(new URL("./_role_fixture.ts", import.meta.url));

class Log {
  text = "";
  readonly writer = new LogWriter({
    colour: false,
    write: (bytes) => {
      this.text += new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
  });
}

/** A clock whose pauses take no time and are noted. */
class FakeClock implements SupervisorClock {
  ms = 0;
  readonly pauses: number[] = [];

  nowMs(): number {
    return this.ms;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.pauses.push(ms);
    this.ms += ms;
  }
}

/** A process that the test ends. */
class FakeProcess implements Running {
  readonly pid = 1;
  readonly #exit = Promise.withResolvers<Deno.CommandStatus>();
  readonly #watched = Promise.withResolvers<void>();
  /** Settles when the supervisor has taken the process over and waits for its end. */
  readonly watched = this.#watched.promise;

  constructor(readonly name: string, readonly events: string[] = []) {}

  get exited(): Promise<Deno.CommandStatus> {
    this.#watched.resolve();
    return this.#exit.promise;
  }

  end(code: number): void {
    this.#exit.resolve({ success: code === 0, code, signal: null });
  }

  async stop(): Promise<void> {
    this.events.push(`stop ${this.name}`);
    this.end(0);
  }

  async kill(): Promise<void> {
    this.events.push(`kill ${this.name}`);
    this.end(137);
  }
}

/** A service whose processes the test meets one by one. */
class FakeService implements Service<FakeProcess> {
  readonly #started: ((process: FakeProcess) => void)[] = [];
  readonly #waiting: Promise<FakeProcess>[] = [];

  constructor(readonly name: string, readonly restart?: "always" | "failure" | "never") {}

  start(): Promise<FakeProcess> {
    const process = new FakeProcess(this.name);
    if (this.#started.length === 0) this.#expect();
    this.#started.shift()!(process);
    return Promise.resolve(process);
  }

  async next(): Promise<FakeProcess> {
    if (this.#waiting.length === 0) this.#expect();
    const process = await this.#waiting.shift()!;
    await process.watched;
    return process;
  }

  #expect(): void {
    const { promise, resolve } = Promise.withResolvers<FakeProcess>();
    this.#waiting.push(promise);
    this.#started.push(resolve);
  }
}

Deno.test("`restartPauseMs()` doubles up to its cap", () => {
  assert.equal(restartPauseMs(1), RESTART_PAUSE_MS_MIN);
  assert.equal(restartPauseMs(2), 2 * RESTART_PAUSE_MS_MIN);
  assert.equal(restartPauseMs(30), RESTART_PAUSE_MS_MAX);
});

Deno.test("`Supervisor.stop()` stops in reverse order, one after the other", async () => {
  const events: string[] = [];
  const supervisor = new Supervisor({ log: new Log().writer });
  for (const name of ["a", "b", "c"]) {
    await supervisor.run({ name, start: async () => new FakeProcess(name, events) });
  }
  await supervisor.stop();
  assert.deepEqual(events, ["stop c", "stop b", "stop a"]);
  assert.deepEqual(await supervisor.stopped, { kind: "asked" });
});

Deno.test("`Supervisor.stop()` stops the others when one cannot be stopped", async () => {
  const events: string[] = [];
  const log = new Log();
  const supervisor = new Supervisor({ log: log.writer });
  await supervisor.run({ name: "a", start: async () => new FakeProcess("a", events) });
  const bad = new FakeProcess("b");
  bad.stop = () => Promise.reject(new Error("stuck"));
  await supervisor.run({ name: "b", start: async () => bad });
  await supervisor.stop();
  assert.deepEqual(events, ["stop a"]);
  assert.match(log.text, /cannot be stopped: Error: stuck/);
});

Deno.test("`Supervisor` restarts what dies after a growing pause, and gives up on what keeps dying", async () => {
  const clock = new FakeClock();
  const service = new FakeService("s");
  const supervisor = new Supervisor({ log: new Log().writer, clock });
  const supervised = await supervisor.run(service);
  for (let death = 0; death < RESTARTS_MAX; death++) (await service.next()).end(1);
  const last = await service.next();
  assert.equal(supervised.running, last);
  last.end(1);
  const reason = await supervisor.stopped;
  assert.equal(reason.kind, "failed");
  assert.equal(supervised.restartCount, RESTARTS_MAX);
  assert.deepEqual(clock.pauses, Array.from({ length: RESTARTS_MAX }, (_, i) => restartPauseMs(i + 1)));
});

Deno.test("`Supervisor` forgives the deaths of a service that has run well since", async () => {
  const clock = new FakeClock();
  const service = new FakeService("s");
  await using supervisor = new Supervisor({ log: new Log().writer, clock });
  await supervisor.run(service);
  (await service.next()).end(1);
  (await service.next()).end(1);
  const well = await service.next();
  clock.ms += RESTART_FORGIVEN_AFTER_MS;
  well.end(1);
  await service.next();
  assert.deepEqual(clock.pauses, [1, 2, 1].map(restartPauseMs));
});

Deno.test("`Supervisor` counts a restart that fails as a death", async () => {
  const clock = new FakeClock();
  const first = new FakeProcess("s");
  let starts = 0;
  const supervisor = new Supervisor({ log: new Log().writer, clock });
  await supervisor.run({
    name: "s",
    start: async () => {
      if (++starts > 1) throw new Error("no port");
      return first;
    },
  });
  first.end(1);
  const reason = await supervisor.stopped;
  assert.ok(reason.kind === "failed" && /no port/.test(reason.problem));
  assert.equal(starts, 1 + RESTARTS_MAX);
});

Deno.test("`Supervisor` leaves a service alone that is done, and ends when one must not die", async () => {
  const supervisor = new Supervisor({ log: new Log().writer, clock: new FakeClock() });
  const [finite, vital] = [new FakeService("finite", "failure"), new FakeService("vital", "never")];
  await supervisor.run(finite);
  await supervisor.run(vital);
  (await finite.next()).end(0);
  (await vital.next()).end(5);
  assert.deepEqual(await supervisor.stopped, { kind: "failed", service: "vital", problem: "ended with code 5" });
});

Deno.test("`Supervisor.stop()` gives up a start under way", async () => {
  const supervisor = new Supervisor({ log: new Log().writer });
  const { promise, reject } = Promise.withResolvers<FakeProcess>();
  const running = supervisor.run({
    name: "s",
    start({ signal }) {
      signal.addEventListener("abort", () => reject(signal.reason));
      return promise;
    },
  });
  const refused = assert.rejects(running, { name: "AbortError" });
  await supervisor.stop();
  await refused;
  await assert.rejects(supervisor.run(new FakeService("late")), { name: "AbortError" });
});

Deno.test("`Supervisor.run()` rejects when the first start fails, without trying again", async () => {
  using beacon = new Beacon();
  await using supervisor = new Supervisor({ log: new Log().writer });
  const args = ["run", "-A", "--no-lock", roleFixture, "r", "dies"];
  await assert.rejects(supervisor.run(roleService({ name: "r", args, env: beacon.env })), RoleStartError);
});

Deno.test("`Supervisor` restarts a real role that died", async () => {
  using beacon = new Beacon();
  const log = new Log();
  const clock = new FakeClock();
  const supervisor = new Supervisor({ log: log.writer, clock });
  const args = ["run", "-A", "--no-lock", roleFixture, "r", "ok"];
  await supervisor.run(roleService({ name: "r", args, env: beacon.env }));
  await (await beacon.next("r")).fail();
  const second = await beacon.next("r");
  await supervisor.stop();
  await second.gone;
  assert.match(log.text, / r {10}\| ended with code 7; restart 1 of \d+ in 500 ms\n/);
});

Deno.test("`natsService()` restarts a server that died on the same ports, with what it stored", async () => {
  const storeDir = await Deno.makeTempDir();
  const log = new Log();
  const supervisor = new Supervisor({ log: log.writer, clock: new FakeClock() });
  const nats = await supervisor.run(natsService({ storeDir }));
  const first = nats.running;
  const connection = await connect({ servers: first.url, reconnectTimeWait: 10, maxReconnectAttempts: -1 });
  await (await jetstreamManager(connection)).streams.add({ name: "S", subjects: ["s"] });
  const reconnected = (async () => {
    for await (const status of connection.status()) if (status.type === "reconnect") return;
  })();
  await first.kill();
  await reconnected;
  assert.equal((await (await jetstreamManager(connection)).streams.info("S")).config.name, "S");
  await connection.close();
  await supervisor.stop();
  assert.equal(nats.running.url, first.url);
  assert.equal(nats.running.monitorUrl, first.monitorUrl);
  assert.notEqual(nats.running.pid, first.pid);
  await Deno.remove(storeDir, { recursive: true });
});
