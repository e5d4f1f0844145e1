import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Beacon } from "./_beacon.ts";
import { readLines } from "./_lines.ts";
import { SECOND_SIGNAL_MS_MIN } from "./supervisor.ts";

const supervisorFixture = fileURLToPath(new URL("./_supervisor_fixture.ts", import.meta.url));

/** A supervisor in a process of its own, with a nats-server and the roles "one" and "two". */
class SupervisorProcess implements AsyncDisposable {
  readonly output: string[] = [];

  private constructor(
    readonly process: Deno.ChildProcess,
    readonly lines: AsyncGenerator<string>,
    readonly dir: string,
  ) {}

  static async start(beacon: Beacon, mode = "ok"): Promise<SupervisorProcess> {
    const dir = await Deno.makeTempDir();
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", supervisorFixture, dir, mode],
      env: beacon.env,
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const started = new SupervisorProcess(process, readLines(process.stdout), dir);
    await started.until((line) => line === "UP");
    return started;
  }

  /** Reads its output up to a line. */
  async until(wanted: (line: string) => boolean): Promise<void> {
    while (true) {
      const { value, done } = await this.lines.next();
      if (done) return;
      this.output.push(value);
      if (wanted(value)) return;
    }
  }

  /** Connects to the nats-server. `gone` settles when the server is. */
  async connectNats(): Promise<{ gone: Promise<unknown> }> {
    const port = Number(/^NATS (\d+)$/m.exec(this.output.join("\n"))?.[1]);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return { gone: Array.fromAsync(readLines(connection.readable)).catch(() => {}) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lines.return(undefined);
    await Deno.remove(this.dir, { recursive: true });
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test({
    name: `\`Supervisor.listen()\` stops everything in reverse order on ${signal}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      using beacon = new Beacon();
      await using running = await SupervisorProcess.start(beacon);
      const [one, two] = [await beacon.next("one"), await beacon.next("two")];
      const nats = await running.connectNats();
      const gone: string[] = [];
      const watched = Object.entries({ one, two, nats }).map(([name, process]) =>
        process.gone.then(() => gone.push(name))
      );
      running.process.kill(signal);
      await Promise.all(watched);
      assert.deepEqual(gone, ["two", "one", "nats"]);
      await running.until(() => false);
      assert.equal((await running.process.status).code, 0);
      const order = running.output.map((line) => /(one|two) got SIGTERM/.exec(line)?.[0]);
      assert.deepEqual(order.filter(Boolean), ["two got SIGTERM", "one got SIGTERM"]);
      assert.deepEqual(running.output.at(-1), JSON.stringify({ kind: "signal", signal }));
    },
  });
}

Deno.test({
  name: "`Supervisor.listen()` kills everything on a second signal",
  ignore: Deno.build.os === "windows",
  async fn() {
    using beacon = new Beacon();
    await using running = await SupervisorProcess.start(beacon, "stubborn");
    const [one, two] = [await beacon.next("one"), await beacon.next("two")];
    const nats = await running.connectNats();
    running.process.kill("SIGINT");
    running.process.kill("SIGINT"); // the echo of the first
    await running.until((line) => line.includes("two got SIGTERM"));
    await new Promise((resolve) => setTimeout(resolve, SECOND_SIGNAL_MS_MIN + 100));
    running.process.kill("SIGINT");
    await Promise.all([one.gone, two.gone, nats.gone]);
    await running.until(() => false);
    assert.equal((await running.process.status).code, 0);
  },
});

Deno.test({
  name: "`Supervisor` leaves no process when it is killed",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using beacon = new Beacon();
    await using running = await SupervisorProcess.start(beacon);
    const [one, two] = [await beacon.next("one"), await beacon.next("two")];
    const nats = await running.connectNats();
    running.process.kill("SIGKILL");
    await running.process.status;
    await Promise.all([one.gone, two.gone, nats.gone]);
  },
});
