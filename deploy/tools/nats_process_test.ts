import assert from "node:assert/strict";
import { join } from "node:path";
import { readLines } from "./_lines.ts";
import {
  NatsPortInUseError,
  NatsServerStartError,
  NatsStoreInUseError,
  startNatsServer,
  type StartNatsServerOptions,
} from "./nats_process.ts";
import { resolveNatsServer } from "./nats_server.ts";

const { path: serverPath } = await resolveNatsServer();

class Store implements AsyncDisposable {
  private constructor(readonly dir: string) {}

  static async open(): Promise<Store> {
    return new Store(await Deno.makeTempDir({ prefix: "nats-process-test-" }));
  }

  start(options: Partial<StartNatsServerOptions> = {}) {
    return startNatsServer({ serverPath, storeDir: this.dir, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** Whether a process runs; one that has ended but was not waited for does not. */
async function runs(pid: number): Promise<boolean> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/cmdline`)) !== "";
  } catch {
    return false;
  }
}

Deno.test("`startNatsServer()` accepts clients when it resolves and stops on `stop()`", async () => {
  await using store = await Store.open();
  const lines: string[] = [];
  const server = await store.start({ name: "somebody", onLine: (line) => lines.push(line) });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  connection.close();
  assert.equal(server.url, `nats://127.0.0.1:${server.port}`);
  const about = await (await fetch(`${server.monitorUrl}/varz`)).json();
  assert.equal(about.server_name, "somebody");
  assert.equal(about.host, "127.0.0.1");
  assert.equal(about.jetstream.config.store_dir, join(store.dir, "jetstream"));
  const [first, again] = await Promise.all([server.stop(), server.stop()]);
  assert.equal(first, again);
  assert.equal(first, await server.exited);
  assert.ok(lines.some((line) => line.includes("Server Exiting")));
});

Deno.test("`startNatsServer()` makes a server one of a cluster", async () => {
  await using store = await Store.open();
  const port = freePort();
  const cluster = { name: "several", port, routePorts: [port] };
  await using server = await store.start({ name: "one", cluster });
  const about = await (await fetch(`${server.monitorUrl}/varz`)).json();
  assert.equal(about.server_name, "one");
  assert.deepEqual([about.cluster.name, about.cluster.addr, about.cluster.cluster_port], [
    "several",
    "127.0.0.1",
    port,
  ]);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("`startNatsServer()` names a port that is in use", async () => {
  await using store = await Store.open();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const cluster = { name: "several", port, routePorts: [port] };
  for (const options of [{ port }, { monitorPort: port }, { cluster }]) {
    await assert.rejects(store.start(options), (error) => {
      assert.ok(error instanceof NatsPortInUseError);
      assert.equal(error.port, port);
      assert.match(error.message, /NATS_PORT.*NATS_URL.*doctor/);
      return true;
    });
  }
});

Deno.test("`startNatsServer()` rejects with the log of a server that ended", async () => {
  await using store = await Store.open();
  const configFile = join(store.dir, "bad.conf");
  await Deno.writeTextFile(configFile, "no_such_option: 1\n");
  await assert.rejects(store.start({ configFile }), (error) => {
    assert.ok(error instanceof NatsServerStartError);
    assert.match(error.log.join("\n"), /no_such_option/);
    return true;
  });
  await using server = await store.start();
  assert.ok(server.pid > 0);
});

Deno.test({
  name: "`startNatsServer()` gives up on a server that is not ready in time",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using store = await Store.open();
    const fake = join(store.dir, "fake");
    await Deno.writeTextFile(fake, "#!/bin/sh\nexec sleep 60\n");
    await Deno.chmod(fake, 0o755);
    await assert.rejects(store.start({ serverPath: fake, startTimeoutMs: 50 }), NatsServerStartError);
  },
});

Deno.test("`startNatsServer()` stops when its signal is aborted", async () => {
  await using store = await Store.open();
  const stop = new AbortController();
  const server = await store.start({ signal: stop.signal });
  stop.abort();
  await server.exited;
  await assert.rejects(store.start({ signal: stop.signal }), { name: "AbortError" });
});

Deno.test("`startNatsServer()` refuses a store that another server uses, and takes it after that one's death", async () => {
  await using store = await Store.open();
  const first = await store.start();
  await assert.rejects(store.start(), NatsStoreInUseError);
  await first.kill();
  await using second = await store.start();
  assert.notEqual(second.pid, first.pid);
});

Deno.test({
  name: "`startNatsServer()` leaves no server when its process is killed, and the next start works",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using store = await Store.open();
    const { pid, crash } = await serverOfAnotherProcess(store.dir, {});
    await crash();
    await using server = await store.start();
    assert.equal(await runs(pid), false);
    assert.notEqual(server.pid, pid);
  },
});

Deno.test({
  name: "`startNatsServer()` stops a server that outlived its process",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using store = await Store.open();
    // Without setpriv on PATH the kernel is not asked to take the server along.
    const { pid, crash } = await serverOfAnotherProcess(store.dir, { PATH: "/nowhere" });
    await crash();
    assert.equal(await runs(pid), true);
    const lines: string[] = [];
    await using server = await store.start({ report: (line) => lines.push(line) });
    assert.equal(await runs(pid), false);
    assert.ok(server.pid > 0);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, new RegExp(`stopping nats-server ${pid}`));
  },
});

Deno.test({
  name: "`startNatsServer()` leaves a process alone that only has the pid of the last server",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using store = await Store.open();
    const bystander = new Deno.Command("sleep", { args: ["60"] }).spawn();
    await Deno.writeTextFile(join(store.dir, "nats-server.pid"), `${bystander.pid}\n`);
    {
      await using server = await store.start();
      assert.ok(server.pid > 0);
      assert.equal(await runs(bystander.pid), true);
    }
    bystander.kill("SIGKILL");
    await bystander.status;
  },
});

/** Starts a server on `storeDir` in a process of its own that can be crashed. */
async function serverOfAnotherProcess(
  storeDir: string,
  env: Record<string, string>,
): Promise<{ pid: number; crash: () => Promise<void> }> {
  const module = new URL("./nats_process.ts", import.meta.url).href;
  const code = `
    import { startNatsServer } from ${JSON.stringify(module)};
    const server = await startNatsServer(${JSON.stringify({ serverPath, storeDir })});
    console.log(server.pid);
    await server.exited;
  `;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    env,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = readLines(process.stdout);
  const pid = Number((await lines.next()).value);
  assert.ok(pid > 0);
  return {
    pid,
    async crash() {
      process.kill("SIGKILL");
      await process.status;
      await lines.return();
    },
  };
}
